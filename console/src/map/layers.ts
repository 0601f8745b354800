/// How marks are drawn above the ground: sources and layers, as tables. Colours are the page's own, read when the theme
/// is set. Knows no row and no event.

import type { ExpressionSpecification, FilterSpecification, LayerSpecification } from "maplibre-gl";

import { NOTHING } from "./marks";

export const SOURCES = ["coverage", "resources", "closures", "calls", "located", "trail", "routes", "incidents", "units", "selected"] as const;
export type SourceName = (typeof SOURCES)[number];

/** Which marks may be hidden, and the layers that hold them. */
export const GROUPS = {
  idle: ["units-idle", "units-idle-beak"],
  incidents: ["incidents"],
  calls: ["calls", "calls-area", "located-area", "located-edge", "located-far", "located-report", "located-name", "located-best"],
  closures: ["closures", "closures-area", "closures-edge"],
  resources: ["resources", "resources-small"],
} as const;
export type Group = keyof typeof GROUPS;

/** Layers whose marks can be picked, the topmost first. */
export const PICKED: [layer: string, source: SourceName][] = [
  ["units-busy", "units"], ["incidents", "incidents"], ["units-idle", "units"], ["calls", "calls"], ["closures", "closures"],
  ["resources", "resources"], ["resources-small", "resources"],
];

export const source = () => ({ type: "geojson" as const, data: NOTHING, maxzoom: 17, buffer: 64, tolerance: 0.2 });

const plain = ["Noto Sans"];
const bold = ["Noto Sans Bold", "Noto Sans"];
const get = (name: string): ExpressionSpecification => ["get", name];
const isPoint: FilterSpecification = ["==", ["geometry-type"], "Point"];
const isArea: FilterSpecification = ["==", ["geometry-type"], "Polygon"];
const isLine: FilterSpecification = ["==", ["geometry-type"], "LineString"];

/** All layers, from the bottom up. `ink` answers a colour of the theme. */
export function markLayers(ink: (property: string) => string): LayerSpecification[] {
  const halo = { "text-halo-color": ink("--map-halo"), "text-halo-width": 1.7 };
  return [
    ...coverage(ink), ...areas(ink, halo), ...resources(ink, halo), ...lines(ink), ...selected(ink), ...units(ink, halo, true), ...points(ink, halo),
    ...units(ink, halo, false), ...labels(ink, halo),
  ];
}

type Ink = (property: string) => string;
type Halo = { "text-halo-color": string; "text-halo-width": number };

/** What is badly covered is shaded, the worse the darker; what is well covered stays as it is. */
function coverage(ink: Ink): LayerSpecification[] {
  return [
    { id: "coverage", type: "fill", source: "coverage", paint: { "fill-color": ink("--gap"), "fill-antialias": false, "fill-opacity": ["step", get("served"), 0.5, 0.25, 0.36, 0.5, 0.22, 0.75, 0.1, 0.9, 0] as unknown as ExpressionSpecification } },
  ];
}

function areas(ink: Ink, halo: Halo): LayerSpecification[] {
  const report = ["all", isArea, ["==", ["get", "area"], "report"]] as FilterSpecification;
  const colour = ["case", ["get", "odd"], ink("--alarm"), ink("--ink-3")] as unknown as ExpressionSpecification;
  return [
    { id: "calls-area", type: "fill", source: "calls", filter: isArea, paint: { "fill-color": ink("--ring"), "fill-opacity": 0.1, "fill-outline-color": ink("--ring") } },
    { id: "located-area", type: "fill", source: "located", filter: ["all", isArea, ["==", ["get", "area"], "fused"]] as FilterSpecification, paint: { "fill-color": ink("--ring"), "fill-opacity": ["case", ["get", "main"], 0.22, 0.1] } },
    { id: "located-edge", type: "line", source: "located", filter: ["all", isArea, ["==", ["get", "area"], "fused"]] as FilterSpecification, paint: { "line-color": ink("--ring"), "line-width": 2 } },
    { id: "located-far", type: "line", source: "located", filter: ["all", isArea, ["==", ["get", "area"], "far"]] as FilterSpecification, paint: { "line-color": ink("--ring"), "line-width": 1, "line-opacity": 0.6 } },
    { id: "located-report", type: "line", source: "located", filter: report, paint: { "line-color": colour, "line-width": 1.3, "line-dasharray": [2, 2] } },
    {
      id: "located-name", type: "symbol", source: "located", filter: report,
      layout: { "symbol-placement": "line", "symbol-spacing": 420, "text-field": get("word"), "text-font": plain, "text-size": 11, "text-max-angle": 40, "text-padding": 8 },
      paint: { "text-color": colour, ...halo },
    },
    { id: "located-best", type: "circle", source: "located", filter: isPoint, paint: { "circle-radius": 4, "circle-color": ink("--ring"), "circle-stroke-color": ink("--map-halo"), "circle-stroke-width": 2 } },
    { id: "closures-area", type: "fill", source: "closures", filter: isArea, paint: { "fill-color": ink("--alarm"), "fill-opacity": 0.18 } },
    { id: "closures-edge", type: "line", source: "closures", filter: isArea, paint: { "line-color": ink("--alarm"), "line-width": 1.5, "line-dasharray": [2, 1.5] } },
  ];
}

function resources(ink: Ink, halo: Halo): LayerSpecification[] {
  const small: FilterSpecification = ["match", ["get", "kind"], ["hydrant", "defibrillator"], true, false];
  const layout = {
    "icon-image": get("icon"), "text-font": plain, "text-size": 10.5, "text-anchor": "top" as const, "text-offset": [0, 1] as [number, number],
    "text-optional": true, "text-max-width": 9, "icon-padding": 1,
  };
  return [
    {
      id: "resources", type: "symbol", source: "resources", filter: ["!", small], minzoom: 10.5,
      layout: { ...layout, "icon-size": ["interpolate", ["linear"], ["zoom"], 11, 0.55, 14, 0.9], "icon-allow-overlap": false, "text-field": ["step", ["zoom"], ["case", get("shut"), get("word"), ""], 13, get("word")] as unknown as ExpressionSpecification, "symbol-sort-key": ["match", ["get", "kind"], "hospital", 0, "clinic", 3, 1] },
      paint: { "text-color": ["case", get("shut"), ink("--alarm"), ink("--ink-2")] as unknown as ExpressionSpecification, ...halo },
    },
    {
      id: "resources-small", type: "symbol", source: "resources", filter: small, minzoom: 16,
      layout: { ...layout, "icon-size": ["interpolate", ["linear"], ["zoom"], 16, 0.6, 18, 1], "icon-allow-overlap": true, "text-field": ["step", ["zoom"], "", 17, get("word")] },
      paint: { "text-color": ink("--ink-3"), ...halo },
    },
  ];
}

function lines(ink: Ink): LayerSpecification[] {
  const round = { "line-cap": "round" as const, "line-join": "round" as const };
  return [
    { id: "trail", type: "line", source: "trail", filter: isLine, layout: round, paint: { "line-color": ink("--ink-3"), "line-width": 2.5, "line-dasharray": [0.1, 2] } },
    { id: "routes-case", type: "line", source: "routes", filter: isLine, layout: round, paint: { "line-color": ink("--map-halo"), "line-width": 8, "line-opacity": 0.85 } },
    { id: "routes", type: "line", source: "routes", filter: ["all", isLine, ["!", get("straight")]] as FilterSpecification, layout: round, paint: { "line-color": ink("--go"), "line-width": 4 } },
    { id: "routes-straight", type: "line", source: "routes", filter: ["all", isLine, get("straight")] as FilterSpecification, paint: { "line-color": ink("--alarm"), "line-width": 2.5, "line-dasharray": [3, 2.5] } },
  ];
}

function selected(ink: Ink): LayerSpecification[] {
  const ring = (id: string, radius: number, colour: string, width: number): LayerSpecification => ({
    id, type: "circle", source: "selected",
    paint: { "circle-radius": radius, "circle-color": "rgba(0,0,0,0)", "circle-stroke-color": colour, "circle-stroke-width": width, "circle-translate": [0, 0] },
  });
  return [ring("selected-case", 22, ink("--map-halo"), 7), ring("selected", 23, ink("--focus"), 3)];
}

function units(ink: Ink, halo: Halo, idle: boolean): LayerSpecification[] {
  const which: FilterSpecification = ["==", ["get", "idle"], idle];
  const id = idle ? "units-idle" : "units-busy";
  const name: ExpressionSpecification = ["case", ["==", get("age"), ""], get("id"), ["concat", get("id"), "\n", get("age")]];
  const far: ExpressionSpecification = idle ? ["literal", ""] as unknown as ExpressionSpecification : name;
  const near: ExpressionSpecification = ["concat", name, "\n", get("word")];
  return [
    {
      id: `${id}-beak`, type: "symbol", source: "units", filter: ["all", which, ["!=", get("beak"), ""]] as FilterSpecification, minzoom: idle ? 12 : 9,
      layout: { "icon-image": get("beak"), "icon-rotate": get("heading"), "icon-rotation-alignment": "map", "icon-allow-overlap": true, "icon-ignore-placement": true },
    },
    {
      id, type: "symbol", source: "units", filter: which,
      layout: {
        "icon-image": get("icon"), "icon-offset": ["array", "number", 2, get("off")] as unknown as ExpressionSpecification, "icon-allow-overlap": true,
        "icon-size": idle ? ["interpolate", ["linear"], ["zoom"], 9, 0.45, 12, 0.7, 14, 1] : ["interpolate", ["linear"], ["zoom"], 9, 0.7, 13, 1],
        "text-field": ["step", ["zoom"], far, 12.5, name, 15.5, near], "text-font": idle ? plain : bold, "text-size": 11.5, "text-anchor": "top",
        "text-offset": ["array", "number", 2, get("text")] as unknown as ExpressionSpecification, "text-optional": true, "text-padding": 1, "text-line-height": 1.1,
        "text-overlap": idle ? "never" : ["step", ["zoom"], "never", 12, "cooperative"], "symbol-sort-key": idle ? get("sort") : ["-", 0, get("sort")],
      },
      paint: {
        "text-color": idle ? ink("--ink-2") : ink("--ink"), ...halo,
        "icon-opacity": ["case", get("stale"), 0.45, 1], "text-opacity": ["case", get("stale"), 0.75, 1],
      },
    },
  ];
}

function points(ink: Ink, halo: Halo): LayerSpecification[] {
  const named = ["format", get("id"), {}, "\n", {}, get("word"), { "font-scale": 0.88, "text-font": ["literal", plain], "text-color": ink("--ink-2") }];
  return [
    {
      id: "closures", type: "symbol", source: "closures", filter: isPoint,
      layout: { "icon-image": "closure", "icon-allow-overlap": true, "icon-size": ["interpolate", ["linear"], ["zoom"], 10, 0.7, 14, 1], "text-field": ["step", ["zoom"], "", 13.5, get("word")], "text-font": plain, "text-size": 11, "text-anchor": "top", "text-offset": [0, 1.1], "text-optional": true },
      paint: { "text-color": ink("--alarm"), ...halo },
    },
    {
      id: "calls", type: "symbol", source: "calls", filter: isPoint,
      layout: { "icon-image": "call", "icon-allow-overlap": true, "text-field": get("id"), "text-font": bold, "text-size": 11, "text-anchor": "top", "text-offset": [0, 1.1], "text-optional": true },
      paint: { "text-color": ink("--ring"), ...halo },
    },
    {
      id: "incidents", type: "symbol", source: "incidents",
      layout: {
        "icon-image": get("icon"), "icon-allow-overlap": true, "icon-size": ["interpolate", ["linear"], ["zoom"], 8, 0.65, 12, 1],
        "text-field": ["step", ["zoom"], ["case", ["<=", get("priority"), 2], get("id"), ""], 11, get("id"), 13.5, named] as unknown as ExpressionSpecification,
        "text-font": bold, "text-size": 12.5, "text-anchor": "left", "text-justify": "left", "text-offset": [1.55, 0], "text-optional": true, "text-padding": 1, "text-max-width": 14,
        "symbol-sort-key": ["-", 0, get("sort")],
      },
      paint: { "text-color": ["match", get("priority"), 1, ink("--p1"), 2, ink("--p2"), ink("--ink")], ...halo },
    },
  ];
}

function labels(ink: Ink, halo: Halo): LayerSpecification[] {
  return [
    {
      id: "routes-label", type: "symbol", source: "routes", filter: isPoint,
      layout: { "text-field": get("label"), "text-font": bold, "text-size": 13, "text-allow-overlap": true, "text-ignore-placement": true },
      paint: { "text-color": ink("--go"), ...halo, "text-halo-width": 2.6 },
    },
    {
      id: "selected-label", type: "symbol", source: "selected",
      layout: { "text-field": get("label"), "text-font": bold, "text-size": 13, "text-allow-overlap": true, "text-ignore-placement": true, "text-anchor": "bottom", "text-offset": [0, -2] },
      paint: { "text-color": ink("--focus"), ...halo, "text-halo-width": 2.4 },
    },
  ];
}
