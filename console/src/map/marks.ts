/// Rows become marks: what is drawn where, with which picture and which words. Pure; knows no map library and no screen.

import { isWaiting } from "../room/order_of_rows";
import { STATUS_SHAPES } from "../panels/shapes";
import { standing } from "../room/located";
import type { CallRow, CellsView, ClosureRow, IncidentRow, Place, ReportRow, Resource, Route, UnitRow, UnitStatus } from "../wire/types";
import { familyOf } from "./icons";
import type { Motion } from "./motion";

export type Point = [lon: number, lat: number];
export interface Mark {
  type: "Feature";
  geometry: { type: "Point"; coordinates: Point } | { type: "LineString"; coordinates: Point[] } | { type: "Polygon"; coordinates: Point[][] };
  properties: Record<string, string | number | boolean | number[]>;
}
export interface Marks {
  type: "FeatureCollection";
  features: Mark[];
}

export const marks = (features: Mark[]): Marks => ({ type: "FeatureCollection", features });
export const NOTHING: Marks = marks([]);

/** A position older than this fades and says how old it is. Who drives reports often; who stands may report seldom, and
 *  who stands at the station need not. */
export const STALE_S = 45;
export const STALE_STANDING_S = 600;
const DRIVES: ReadonlySet<UnitStatus> = new Set(["acknowledged", "en_route", "left_scene", "handed_over"]);
const LABEL_PX = 11.5;
const STEP_PX = 32;
const A_ROW = 4;

/** Busy units stand above free ones, and those that have not answered above all. */
const SORT: Record<UnitStatus, number> = {
  dispatched: 9, acknowledged: 8, en_route: 8, staged: 7, left_scene: 7, on_scene: 6, at_patient: 6, at_hospital: 5, handed_over: 5,
  available: 2, off_duty: 1,
};

/** Squares of the ground with the share of their demand that is reached in time. */
export function cellMarks(view: CellsView | null): Mark[] {
  return (view?.cells ?? []).map(([south, west, north, east, served]) => ({
    type: "Feature",
    geometry: { type: "Polygon", coordinates: [[[west, south], [east, south], [east, north], [west, north], [west, south]]] },
    properties: { served },
  }));
}

export interface UnitWords {
  /** The age of a stale position, in words. */
  age: (seconds: number) => string;
  /** What a kind of unit is called. */
  kind: (code: string) => string;
}

export interface Whereabouts {
  lat: number;
  lon: number;
  /** Seconds since the last report; null when it has never reported and its home station is drawn. */
  age_s: number | null;
  stale: boolean;
}

export function whereabouts(unit: UnitRow, motion: Motion, now: number): Whereabouts {
  const seen = motion.at(unit.id, now);
  if (!seen) return { lat: unit.home.lat, lon: unit.home.lon, age_s: null, stale: !unit.at_station };
  const age_s = Math.max(0, now - seen.at);
  return { lat: seen.lat, lon: seen.lon, age_s, stale: !unit.at_station && age_s > (DRIVES.has(unit.status) ? STALE_S : STALE_STANDING_S) };
}

export function unitMarks(units: Iterable<UnitRow>, motion: Motion, now: number, words: UnitWords): Mark[] {
  const together = new Map<string, number>();
  const drawn = [...units].filter((unit) => unit.status !== "off_duty");
  const sizes = new Map<string, number>();
  for (const unit of drawn) {
    const group = groupOf(unit);
    if (group) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  }
  return drawn.map((unit) => {
    const group = groupOf(unit);
    const nth = group ? (together.get(group) ?? 0) : 0;
    if (group) together.set(group, nth + 1);
    return unitMark(unit, motion, now, words, group ? offset(nth, sizes.get(group) ?? 1, !unit.at_station) : [0, 0]);
  });
}

/** Units that stand at one place are drawn in a row there, so that each can be read. */
function groupOf(unit: UnitRow): string {
  if (unit.at_station && unit.status === "available") return `home ${unit.home.lat} ${unit.home.lon}`;
  if (unit.status === "on_scene" || unit.status === "at_patient") return `scene ${unit.incident}`;
  if (unit.status === "at_hospital") return `hospital ${unit.destination || unit.incident}`;
  return "";
}

function offset(nth: number, all: number, below: boolean): [number, number] {
  const row = Math.floor(nth / A_ROW);
  const wide = Math.min(A_ROW, all - row * A_ROW);
  return [((nth % A_ROW) - (wide - 1) / 2) * STEP_PX, row * 34 + (below ? 34 : 0)];
}

function unitMark(unit: UnitRow, motion: Motion, now: number, words: UnitWords, away: [number, number]): Mark {
  const seen = motion.at(unit.id, now);
  const place = whereabouts(unit, motion, now);
  const drives = seen !== null && seen.speed_mps > 0.8 && !place.stale && away[0] === 0 && away[1] === 0;
  const age = place.stale ? (place.age_s === null ? "?" : words.age(place.age_s)) : "";
  return {
    type: "Feature",
    geometry: { type: "Point", coordinates: [place.lon, place.lat] },
    properties: {
      id: unit.id,
      icon: `unit-${familyOf(unit.unit_kind, unit.agency)}-${unit.status}`,
      beak: drives ? `beak${beakColour(unit.status)}` : "",
      heading: seen?.heading_deg ?? 0,
      word: words.kind(unit.unit_kind),
      age,
      off: away,
      text: [away[0] / LABEL_PX, (away[1] + 12) / LABEL_PX],
      sort: SORT[unit.status],
      idle: unit.status === "available",
      stale: place.stale,
    },
  };
}

function beakColour(status: UnitStatus): string {
  const colour = STATUS_SHAPES[status].colour;
  return colour === "--ink-3" ? "--ink-2" : colour;
}

/** A place that was erased or is kept from this reader stands at 0, 0: it is nowhere on the map. */
const drawable = (place: Place): boolean => place.how !== "hidden" && place.how !== "erased";

/** Where there are incidents, as far as they are anywhere on the map. */
export const happening = (incidents: Iterable<IncidentRow>): Place[] => [...incidents].map((row) => row.place).filter(drawable);

const callAt = (call: CallRow) => (call.place ? (drawable(call.place) ? call.place : undefined) : call.areas[0]);

/** Where callers are, by their place or by what was reported. */
export const called = (calls: Iterable<CallRow>): { lat: number; lon: number }[] => [...calls].flatMap((call) => callAt(call) ?? []);

export function incidentMarks(incidents: Iterable<IncidentRow>, nameOf: (type: string) => string): Mark[] {
  return [...incidents].filter((row) => drawable(row.place)).map((row) => ({
    type: "Feature",
    geometry: { type: "Point", coordinates: [row.place.lon, row.place.lat] },
    properties: {
      id: row.id,
      icon: `incident-${row.priority}${isWaiting(row) ? "-waiting" : ""}`,
      word: nameOf(row.type),
      priority: row.priority,
      sort: 10 - row.priority + (isWaiting(row) ? 5 : 0),
    },
  }));
}

/**
 * Where callers are by their reports: the area all of them come to, its best point, and each report's own outline with
 * its source. Of a call in nobody's hand only the area, in a thin line: a burst would paint the map over.
 */
export function locatedMarks(rows: Iterable<CallRow | IncidentRow>, nameOf: (source: string) => string): Mark[] {
  const found: Mark[] = [];
  for (const row of rows) {
    if (row.status === "attached") continue;
    const inHand = row.status === "answered" || row.status === "open";
    if (inHand) found.push(...row.reports.flatMap((report) => reportMarks(report, row, nameOf)));
    for (const area of row.areas) {
      found.push(...area.areas.map((ring, n) => polygon(smooth(ring), { id: area.id, area: inHand ? "fused" : "far", main: n === 0 })));
      if (inHand) found.push(pointMark(area, { id: area.id }));
    }
  }
  return found;
}

function reportMarks(report: ReportRow, row: CallRow | IncidentRow, nameOf: (source: string) => string): Mark[] {
  const state = standing(report, row.areas.find((each) => each.call === report.call));
  if (!report.spot || state === "replaced") return [];
  const said = { id: report.id, area: "report", odd: state === "disagrees", word: nameOf(report.source) };
  if (report.spot.outline.length) return [polygon(report.spot.outline, said)];
  return report.spot.radius_m ? [circle(report.spot, report.spot.radius_m, said)] : [];
}

/** An outline of squares without its stairs: each corner is cut by half of its shorter side, so that what a step takes the next one gives. */
export function smooth(ring: readonly (readonly number[])[]): number[][] {
  const side = (a: readonly number[], b: readonly number[]) => Math.hypot(b[0]! - a[0]!, (b[1]! - a[1]!) * Math.cos((a[0]! * Math.PI) / 180));
  const toward = (a: readonly number[], b: readonly number[], cut: number) => {
    const share = cut / (side(a, b) || 1);
    return [a[0]! + (b[0]! - a[0]!) * share, a[1]! + (b[1]! - a[1]!) * share];
  };
  return ring.flatMap((corner, i) => {
    const before = ring.at(i - 1)!;
    const after = ring[(i + 1) % ring.length]!;
    const cut = Math.min(side(corner, before), side(corner, after)) / 2;
    return [toward(corner, before, cut), toward(corner, after, cut)];
  });
}

function polygon(ring: readonly (readonly number[])[], properties: Mark["properties"]): Mark {
  const points = ring.map(([lat, lon]): Point => [lon as number, lat as number]);
  return { type: "Feature", geometry: { type: "Polygon", coordinates: [[...points, points[0] as Point]] }, properties };
}

export function callMarks(calls: Iterable<CallRow>): Mark[] {
  const found: Mark[] = [];
  for (const call of calls) {
    const at = callAt(call);
    if (!at) continue;
    found.push(pointMark(at, { id: call.id, icon: "call", word: "" }));
    if (call.place && (call.place.radius_m ?? 0) > 20) found.push(circle(call.place, call.place.radius_m as number, { id: call.id, area: "call" }));
  }
  return found;
}

export function closureMarks(closures: Iterable<ClosureRow>): Mark[] {
  return [...closures].flatMap((row) => [
    circle(row.place, row.radius_m, { id: row.id, area: "closure" }),
    pointMark(row.place, { id: row.id, icon: "closure", word: row.reason ?? "" }),
  ]);
}

/** `shut` says in words why a hospital takes no patients; empty where it does. */
export function resourceMarks(resources: readonly Resource[], shut: (name: string) => string = () => ""): Mark[] {
  return resources.map((one, i) => {
    const why = one.kind === "hospital" ? shut(one.name) : "";
    return pointMark(one, { id: String(i), icon: one.kind, kind: one.kind, word: why ? `${one.name}\n${why}` : one.name, shut: why !== "" });
  });
}

function pointMark(place: { lat: number; lon: number }, properties: Mark["properties"]): Mark {
  return { type: "Feature", geometry: { type: "Point", coordinates: [place.lon, place.lat] }, properties };
}

const METRES_PER_DEGREE = 111_195;

/** A circle of true metres on the ground. */
export function circle(place: Place, radius_m: number, properties: Mark["properties"]): Mark {
  const north = radius_m / METRES_PER_DEGREE;
  const east = north / Math.cos((place.lat * Math.PI) / 180);
  const ring: Point[] = [];
  for (let i = 0; i <= 48; i += 1) {
    const angle = (i / 48) * 2 * Math.PI;
    ring.push([place.lon + east * Math.sin(angle), place.lat + north * Math.cos(angle)]);
  }
  return { type: "Feature", geometry: { type: "Polygon", coordinates: [ring] }, properties };
}

export interface RouteWords {
  label: (unit: string, eta_s: number, straight: boolean, low_s: number | null, high_s: number | null) => string;
}

/** The way of each unit that comes, and its label at the middle of the way. `gone_s`: seconds since they were worked out. */
export function routeMarks(routes: readonly Route[], gone_s: number, words: RouteWords): Mark[] {
  return routes.flatMap((route): Mark[] => {
    if (route.points.length < 2) return [];
    const points = route.points.map(([lat, lon]): Point => [lon, lat]);
    const straight = route.basis !== "road";
    const left = (seconds: number | null): number | null => (seconds === null ? null : Math.max(0, seconds - gone_s));
    const label = words.label(route.unit, Math.max(0, route.eta_s - gone_s), straight, left(route.low_s), left(route.high_s));
    const [lon, lat] = along(points, 0.45);
    return [
      { type: "Feature", geometry: { type: "LineString", coordinates: points }, properties: { id: route.unit, straight } },
      pointMark({ lat, lon }, { id: route.unit, label }),
    ];
  });
}

/** The point a share of the way along a line. */
export function along(points: readonly Point[], share: number): Point {
  const scale = Math.cos(((points[0]?.[1] ?? 0) * Math.PI) / 180);
  const lengths = points.slice(1).map((to, i) => Math.hypot((to[0] - (points[i] as Point)[0]) * scale, to[1] - (points[i] as Point)[1]));
  let left = lengths.reduce((sum, length) => sum + length, 0) * share;
  for (const [i, length] of lengths.entries()) {
    const from = points[i] as Point;
    const to = points[i + 1] as Point;
    if (left <= length && length > 0) return [from[0] + ((to[0] - from[0]) * left) / length, from[1] + ((to[1] - from[1]) * left) / length];
    left -= length;
  }
  return points.at(-1) ?? [0, 0];
}
