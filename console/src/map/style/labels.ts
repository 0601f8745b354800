/** Words on the map: places, streets, house numbers, and the marks that crews look for. Refuses to know roads' shapes. */

import type { ExpressionSpecification, LayerSpecification } from "maplibre-gl";
import type { Palette } from "./palette";
import { byKind, grow, kindIn } from "./zoom";

const source = "ground";
const name: ExpressionSpecification = ["coalesce", ["get", "name"], ["get", "ref"], ""];
const plain = ["Noto Sans"];
/** The first name tells MapLibre the weight, the second is the family that the page ships. */
const bold = ["Noto Sans Bold", "Noto Sans"];

/** Layers from the least to the most important: MapLibre places the last ones first. */
export function labelLayers(c: Palette): LayerSpecification[] {
  return [houseNumbers(c), ...pois(c), ...waters(c), ...streets(c), ...help(c), ...places(c)];
}

function houseNumbers(c: Palette): LayerSpecification {
  return {
    id: "housenumber", type: "symbol", source, "source-layer": "housenumber", minzoom: 17,
    layout: { "text-field": ["get", "number"], "text-font": plain, "text-size": grow(1, [17, 10], [20, 13]), "text-padding": 3 },
    paint: { "text-color": c.textSoft, "text-halo-color": c.halo, "text-halo-width": 1 },
  };
}

function waters(c: Palette): LayerSpecification[] {
  return [
    {
      id: "waterway-name", type: "symbol", source, "source-layer": "waterway", minzoom: 13, filter: ["has", "name"],
      layout: { "symbol-placement": "line", "text-field": name, "text-font": plain, "text-size": 11, "text-letter-spacing": 0.08 },
      paint: { "text-color": c.textWater, "text-halo-color": c.halo, "text-halo-width": 1 },
    },
    {
      id: "ferry-name", type: "symbol", source, "source-layer": "ferry", minzoom: 12, filter: ["has", "name"],
      layout: { "symbol-placement": "line", "text-field": name, "text-font": plain, "text-size": 10 },
      paint: { "text-color": c.textWater, "text-halo-color": c.water, "text-halo-width": 1 },
    },
    {
      id: "park-name", type: "symbol", source, "source-layer": "landuse", minzoom: 14,
      filter: ["all", ["has", "name"], kindIn("park", "cemetery", "wood", "reserve")],
      layout: { "text-field": name, "text-font": plain, "text-size": 11, "text-max-width": 7, "text-padding": 12 },
      paint: { "text-color": c.textPark, "text-halo-color": c.halo, "text-halo-width": 1.1 },
    },
  ];
}

function streets(c: Palette): LayerSpecification[] {
  const road = { type: "symbol", source, "source-layer": "road" } as const;
  const along = (size: ExpressionSpecification, font: string[]) => ({
    "symbol-placement": "line" as const, "text-field": name, "text-font": font, "text-size": size, "text-max-angle": 35,
    "symbol-spacing": 320, "text-padding": 4, "text-pitch-alignment": "viewport" as const,
  });
  const ink = (colour: string) => ({ "text-color": colour, "text-halo-color": c.halo, "text-halo-width": 1.6, "text-halo-blur": 0.3 });
  return [
    {
      ...road, id: "street-name-path", minzoom: 16.5, filter: ["all", ["has", "name"], kindIn("path", "steps", "service", "track")],
      layout: along(grow(1, [16, 10], [19, 12]), plain), paint: ink(c.textSoft),
    },
    {
      ...road, id: "street-name-minor", minzoom: 14.4, filter: ["all", ["has", "name"], kindIn("minor", "pedestrian")],
      layout: along(grow(1, [14, 10], [16, 11.5], [19, 15]), plain), paint: ink(c.text),
    },
    {
      ...road, id: "street-name-major", minzoom: 12.5,
      filter: ["all", ["any", ["has", "name"], ["has", "ref"]], kindIn("motorway", "trunk", "primary", "secondary", "tertiary")],
      layout: along(grow(1, [12, 10], [16, 12.5], [19, 16]), plain), paint: ink(c.text),
    },
  ];
}

/** A sign alone from afar, with the name under it from zoom 14. */
function signed(sign: string): ExpressionSpecification {
  const big = { "font-scale": 1.25 };
  const named = ["format", sign, big, ["case", ["has", "name"], ["concat", "\n", name], ""], {}];
  return ["step", ["zoom"], ["format", sign, big], 14, named] as unknown as ExpressionSpecification;
}

function marked(c: Palette, id: string, kinds: Record<string, string>, minzoom: number, sign: string, size: number): LayerSpecification {
  return {
    id, type: "symbol", source, "source-layer": "poi", minzoom, filter: kindIn(...Object.keys(kinds)),
    layout: {
      "text-field": signed(sign),
      "text-font": plain, "text-size": size, "text-max-width": 8, "text-padding": 4, "text-line-height": 1.15,
    },
    paint: { "text-color": byKind(kinds, c.poi), "text-halo-color": c.halo, "text-halo-width": 1.3 },
  };
}

function pois(c: Palette): LayerSpecification[] {
  const soft = {
    school: c.poiText, station: c.poiText, ferry_terminal: c.poiText, townhall: c.poiText, prison: c.poiText, fuel: c.poiText,
    nursing_home: c.poiText, airport: c.poiText, museum: c.poiText, mall: c.poiText, attraction: c.poiText, worship: c.poiText,
    hotel: c.poiText, shop: c.poiText, pharmacy: c.poiText, subway_entrance: c.poiText, peak: c.poiText,
  };
  const tiny = { hydrant: c.fire, water_tank: c.fire, defibrillator: c.health, assembly_point: c.textPark, emergency_phone: c.health };
  const rare = ["airport", "station", "ferry_terminal", "prison", "townhall", "peak"];
  return [
    {
      id: "poi-tiny", type: "circle", source, "source-layer": "poi", minzoom: 16, filter: kindIn(...Object.keys(tiny)),
      paint: {
        "circle-color": byKind(tiny, c.poi), "circle-radius": grow(1.2, [16, 2.2], [19, 5]), "circle-stroke-color": c.halo,
        "circle-stroke-width": 1,
      },
    },
    {
      id: "poi-tiny-name", type: "symbol", source, "source-layer": "poi", minzoom: 17, filter: kindIn(...Object.keys(tiny)),
      layout: {
        "text-field": ["match", ["get", "kind"], "hydrant", "H", "water_tank", "W", "defibrillator", "AED", "assembly_point", "AP", "SOS"],
        "text-font": bold, "text-size": 10, "text-offset": [0, 1], "text-optional": true,
      },
      paint: { "text-color": byKind(tiny, c.poi), "text-halo-color": c.halo, "text-halo-width": 1.2 },
    },
    { ...marked(c, "poi-soft", soft, 15.5, "·", 10.5), filter: ["all", kindIn(...Object.keys(soft)), ["!", kindIn(...rare)]] } as LayerSpecification,
    { ...marked(c, "poi-rare", soft, 13.5, "·", 11), filter: kindIn(...rare) } as LayerSpecification,
  ];
}

function help(c: Palette): LayerSpecification[] {
  const health = { hospital: c.health, ambulance_station: c.health, clinic: c.health, helipad: c.health };
  return [
    { ...marked(c, "help-clinic", health, 14.5, "+", 11), filter: kindIn("clinic", "helipad") } as LayerSpecification,
    marked(c, "help-police", { police: c.police }, 12.5, "★", 11),
    marked(c, "help-fire", { fire_station: c.fire }, 12, "▲", 11),
    { ...marked(c, "help-hospital", health, 11.5, "✚", 11.5), filter: kindIn("hospital", "ambulance_station") } as LayerSpecification,
  ];
}

function places(c: Palette): LayerSpecification[] {
  const place = { type: "symbol", source, "source-layer": "place" } as const;
  const ink = (colour: string) => ({ "text-color": colour, "text-halo-color": c.halo, "text-halo-width": 1.6 });
  return [
    {
      ...place, id: "place-small", minzoom: 12.5, maxzoom: 17, filter: kindIn("hamlet", "quarter", "neighbourhood", "locality", "islet", "square"),
      layout: { "text-field": name, "text-font": plain, "text-size": grow(1, [12, 10.5], [16, 12.5]), "text-letter-spacing": 0.06, "text-max-width": 7, "text-padding": 8 },
      paint: ink(c.textSoft),
    },
    {
      ...place, id: "place-suburb", minzoom: 11, maxzoom: 16.5, filter: kindIn("suburb", "borough", "village", "island"),
      layout: { "text-field": name, "text-font": plain, "text-size": grow(1, [10, 10.5], [13, 13], [16, 15]), "text-letter-spacing": 0.04, "text-max-width": 7, "text-padding": 6 },
      paint: ink(c.textSoft),
    },
    {
      ...place, id: "place-town", minzoom: 8, maxzoom: 16, filter: kindIn("town"),
      layout: { "text-field": name, "text-font": plain, "text-size": grow(1, [8, 10.5], [11, 12.5], [14, 16]), "text-max-width": 7, "symbol-sort-key": ["get", "rank"] },
      paint: ink(c.text),
    },
    {
      ...place, id: "place-city", minzoom: 4, maxzoom: 15, filter: kindIn("city", "state", "country"),
      layout: { "text-field": name, "text-font": bold, "text-size": grow(1, [5, 11], [10, 16], [14, 20]), "text-max-width": 8, "symbol-sort-key": ["get", "rank"] },
      paint: ink(c.text),
    },
  ];
}
