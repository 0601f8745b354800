/** Roads and rails: cases first, then the roads, bridges last. Refuses to know labels. */

import type { ExpressionSpecification, FilterSpecification, LayerSpecification } from "maplibre-gl";
import type { Palette } from "./palette";
import { grow, kindIn } from "./zoom";

const source = "ground";
const line = { type: "line", source, "source-layer": "road" } as const;
const round = { "line-cap": "round", "line-join": "round" } as const;

/** The widths of each class, in pixels at a zoom; the case adds to it on both sides. */
const WIDTHS: Record<string, [number, number][]> = {
  motorway: [[6, 0.7], [10, 1.8], [13, 4], [16, 13], [19, 42]],
  trunk: [[7, 0.6], [10, 1.5], [13, 3.6], [16, 12], [19, 40]],
  primary: [[8, 0.5], [11, 1.6], [13, 3.2], [16, 11.5], [19, 38]],
  secondary: [[10, 0.6], [12, 1.7], [14, 3.8], [16, 10.5], [19, 36]],
  tertiary: [[11, 0.6], [13, 1.8], [14, 3.2], [16, 9.5], [19, 34]],
  minor: [[12, 0.4], [13, 1], [14, 2.2], [16, 8], [19, 30]],
  pedestrian: [[13, 0.6], [14, 1.4], [16, 6], [19, 24]],
  service: [[14, 0.6], [15, 1.6], [16, 4], [19, 16]],
  aisle: [[15, 0.5], [16, 2], [19, 10]],
};
/** From least to most important, so that the greater road lies above. */
const ORDER = ["aisle", "service", "pedestrian", "minor", "tertiary", "secondary", "primary", "trunk", "motorway"];

/** Layers from the bottom up, to lie above the ground and under the labels. */
export function roadLayers(c: Palette): LayerSpecification[] {
  return [
    ...ways(c),
    ...tunnels(c),
    ...ORDER.map((kind) => casing(kind, c, false)),
    ...rails(c),
    ...ORDER.map((kind) => surface(kind, c, false)),
    ...ORDER.slice(3).flatMap((kind) => [casing(kind, c, true), surface(kind, c, true)]),
    arrows(c),
  ];
}

function colour(kind: string, c: Palette): string {
  if (kind === "motorway" || kind === "trunk") return c.motorway;
  if (kind === "primary" || kind === "secondary") return c.major;
  return kind === "service" || kind === "aisle" ? c.service : c.minor;
}

function caseColour(kind: string, c: Palette): string {
  if (kind === "motorway" || kind === "trunk") return c.motorwayCase;
  return kind === "primary" || kind === "secondary" ? c.majorCase : c.minorCase;
}

function filter(kind: string, bridge: boolean): FilterSpecification {
  const level: ExpressionSpecification = bridge ? ["has", "bridge"] : ["all", ["!", ["has", "bridge"]], ["!", ["has", "tunnel"]]];
  return ["all", ["==", ["get", "kind"], kind], level];
}

function width(kind: string, wider: number): ExpressionSpecification {
  const link = (value: number): ExpressionSpecification => ["case", ["has", "link"], value * 0.6 + wider, value + wider];
  const stops = (WIDTHS[kind] ?? []).flatMap(([zoom, value]) => [zoom, link(value)]);
  return ["interpolate", ["exponential", 1.5], ["zoom"], ...stops] as unknown as ExpressionSpecification;
}

function casing(kind: string, c: Palette, bridge: boolean): LayerSpecification {
  const first = WIDTHS[kind]?.[0]?.[0] ?? 12;
  return {
    ...line, id: `road-${kind}-case${bridge ? "-bridge" : ""}`, minzoom: kind === "minor" ? 13.6 : first + 1, filter: filter(kind, bridge),
    layout: { "line-cap": bridge ? "butt" : "round", "line-join": "round" },
    paint: { "line-color": caseColour(kind, c), "line-width": width(kind, bridge ? 2.4 : 1.5) },
  };
}

function surface(kind: string, c: Palette, bridge: boolean): LayerSpecification {
  const first = WIDTHS[kind]?.[0]?.[0] ?? 12;
  const great = kind === "motorway" || kind === "trunk";
  const whenThin = great ? colour(kind, c) : c.thin;
  return {
    ...line, id: `road-${kind}${bridge ? "-bridge" : ""}`, minzoom: first, filter: filter(kind, bridge), layout: round,
    paint: {
      "line-color": ["interpolate", ["linear"], ["zoom"], first + 0.8, whenThin, first + 1.8, colour(kind, c)],
      "line-width": width(kind, 0),
    },
  };
}

function ways(c: Palette): LayerSpecification[] {
  return [
    {
      ...line, id: "pier-line", minzoom: 13, filter: kindIn("pier"), layout: round,
      paint: { "line-color": c.pier, "line-width": grow(1.5, [13, 1], [17, 8]) },
    },
    {
      ...line, id: "runway", minzoom: 10, filter: kindIn("runway", "taxiway"),
      paint: {
        "line-color": c.paved,
        "line-width": ["interpolate", ["exponential", 1.5], ["zoom"],
          11, ["match", ["get", "kind"], "runway", 3, 0.5], 16, ["match", ["get", "kind"], "runway", 60, 14]],
      },
    },
    {
      ...line, id: "path", minzoom: 14, filter: kindIn("path", "track", "sidewalk"), layout: { "line-join": "round" },
      paint: {
        "line-color": c.path, "line-width": grow(1.4, [14, 0.7], [18, 2]), "line-dasharray": [2.5, 1.8],
        "line-opacity": ["case", ["==", ["get", "kind"], "sidewalk"], 0.45, 0.9],
      },
    },
    {
      ...line, id: "steps", minzoom: 15, filter: kindIn("steps"),
      paint: { "line-color": c.path, "line-width": grow(1.4, [15, 2], [18, 6]), "line-dasharray": [0.4, 0.4] },
    },
  ];
}

function tunnels(c: Palette): LayerSpecification[] {
  const drivable = ORDER.slice(1);
  const wide: ExpressionSpecification = grow(1.5, [8, 0.4], [13, 2.5], [16, 9], [19, 32]);
  return [
    {
      ...line, id: "tunnel-case", minzoom: 12, filter: ["all", kindIn(...drivable), ["has", "tunnel"]],
      paint: { "line-color": c.minorCase, "line-width": 1, "line-gap-width": wide, "line-dasharray": [3, 2] },
    },
    {
      ...line, id: "tunnel", minzoom: 9, filter: ["all", kindIn(...drivable), ["has", "tunnel"]],
      paint: { "line-color": c.tunnel, "line-width": wide },
    },
  ];
}

function rails(c: Palette): LayerSpecification[] {
  const rail = { type: "line", source, "source-layer": "rail" } as const;
  const open: FilterSpecification = ["all", ["!", ["has", "tunnel"]], kindIn("rail", "narrow_gauge", "light_rail", "preserved", "funicular", "monorail")];
  return [
    {
      ...rail, id: "tram", minzoom: 13, filter: ["all", ["!", ["has", "tunnel"]], kindIn("tram", "subway", "yard")],
      paint: { "line-color": c.rail, "line-width": grow(1.4, [13, 0.5], [18, 1.6]), "line-opacity": 0.8 },
    },
    {
      ...rail, id: "rail", minzoom: 9, filter: open,
      paint: { "line-color": c.rail, "line-width": grow(1.4, [9, 0.4], [12, 0.7], [14, 1.6], [18, 4]) },
    },
    {
      ...rail, id: "rail-ties", minzoom: 14, filter: open,
      paint: { "line-color": c.railDash, "line-width": grow(1.4, [14, 0.8], [18, 2.4]), "line-dasharray": [6, 5] },
    },
  ];
}

function arrows(c: Palette): LayerSpecification {
  return {
    id: "oneway", type: "symbol", source, "source-layer": "road", minzoom: 16,
    filter: ["all", ["has", "oneway"], kindIn("motorway", "trunk", "primary", "secondary", "tertiary", "minor", "service")],
    layout: {
      "symbol-placement": "line", "symbol-spacing": 180, "text-field": ["case", ["==", ["get", "oneway"], -1], "←", "→"],
      "text-font": ["Noto Sans"], "text-size": 12, "text-keep-upright": false, "text-rotation-alignment": "map", "text-padding": 12,
    },
    paint: { "text-color": c.arrow },
  };
}

