/** The calm ground: land, water, buildings, boundaries. Refuses to know roads and labels. */

import type { LayerSpecification } from "maplibre-gl";
import type { Palette } from "./palette";
import { byKind, grow, kindIn } from "./zoom";

const source = "ground";

/** Layers from the bottom up, to lie under all roads. */
export function groundLayers(c: Palette): LayerSpecification[] {
  return [
    { id: "land", type: "background", paint: { "background-color": c.land } },
    ...landuse(c),
    ...water(c),
    ...built(c),
    ...boundaries(c),
  ];
}

function landuse(c: Palette): LayerSpecification[] {
  const wide = {
    residential: c.residential, industrial: c.industrial, commercial: c.commercial, farm: c.farm,
    military: c.special, airport: c.special, rock: c.rock,
  };
  const green = { park: c.park, grass: c.park, cemetery: c.park, reserve: c.park, wetland: c.park, scrub: c.wood, wood: c.wood };
  const small = {
    hospital: c.hospital, school: c.school, pitch: c.pitch, parking: c.paved, apron: c.paved, square: c.paved, sand: c.sand,
  };
  return [
    {
      id: "ground-wide", type: "fill", source, "source-layer": "landuse", filter: kindIn(...Object.keys(wide)),
      paint: { "fill-color": byKind(wide, c.land), "fill-antialias": false },
    },
    {
      id: "ground-green", type: "fill", source, "source-layer": "landuse", filter: kindIn(...Object.keys(green)),
      paint: {
        "fill-color": byKind(green, c.park),
        "fill-opacity": ["interpolate", ["linear"], ["zoom"], 8, 0.6, 13, 1],
      },
    },
    {
      id: "ground-small", type: "fill", source, "source-layer": "landuse", filter: kindIn(...Object.keys(small)),
      paint: { "fill-color": byKind(small, c.paved) },
    },
  ];
}

function water(c: Palette): LayerSpecification[] {
  return [
    { id: "water", type: "fill", source, "source-layer": "water", paint: { "fill-color": c.water } },
    {
      id: "waterway", type: "line", source, "source-layer": "waterway", filter: ["!=", ["get", "kind"], "coast"],
      layout: { "line-cap": "round", "line-join": "round" },
      paint: {
        "line-color": c.waterLine,
        "line-width": ["interpolate", ["exponential", 1.4], ["zoom"],
          9, ["match", ["get", "kind"], ["river", "canal"], 1, 0.3],
          17, ["match", ["get", "kind"], ["river", "canal"], 9, 3]],
      },
    },
    {
      id: "coast", type: "line", source, "source-layer": "waterway", filter: kindIn("coast"),
      paint: { "line-color": c.coast, "line-width": grow(1.3, [8, 0.8], [16, 2.5]) },
    },
    {
      id: "pier", type: "fill", source, "source-layer": "landuse", filter: kindIn("pier"),
      paint: { "fill-color": c.pier },
    },
    {
      id: "ferry", type: "line", source, "source-layer": "ferry", minzoom: 9,
      paint: { "line-color": c.ferry, "line-width": 1, "line-dasharray": [4, 4] },
    },
  ];
}

function built(c: Palette): LayerSpecification[] {
  return [
    {
      id: "building", type: "fill", source, "source-layer": "building", minzoom: 13,
      paint: {
        "fill-color": c.building, "fill-outline-color": c.buildingLine,
        "fill-opacity": ["interpolate", ["linear"], ["zoom"], 13, 0, 14.5, 1],
      },
    },
  ];
}

function boundaries(c: Palette): LayerSpecification[] {
  return [
    {
      id: "boundary-town", type: "line", source, "source-layer": "boundary", minzoom: 10, filter: [">", ["get", "level"], 4],
      paint: { "line-color": c.boundary, "line-opacity": 0.55, "line-width": 0.8, "line-dasharray": [5, 3] },
    },
    {
      id: "boundary-country", type: "line", source, "source-layer": "boundary", filter: ["<=", ["get", "level"], 4],
      paint: { "line-color": c.boundary, "line-width": grow(1.3, [5, 0.8], [14, 2]), "line-dasharray": [6, 2, 1, 2] },
    },
  ];
}
