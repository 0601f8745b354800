/// The marks as pictures: a badge whose outline says what kind of unit it is, with the same shapes inside that the tables
/// show. Drawn once per theme. Knows no row and no map: it answers with pictures by name.

import { PRIORITY_SHAPES, type Shape, STATUS_SHAPES } from "../panels/shapes";
import type { UnitStatus } from "../wire/types";

export const RATIO = 2;
export type Family = "fire" | "medical" | "police" | "other";

export interface Picture {
  name: string;
  image: ImageData;
}

type Ink = (property: string) => string;

/** Which outline a unit wears: by its kind, then by its agency. */
export function familyOf(unit_kind: string, agency: string): Family {
  for (const word of [unit_kind, agency]) {
    if (/ambul|medic|ems|doctor|helic/i.test(word)) return "medical";
    if (/police|patrol|guard/i.test(word)) return "police";
    if (/fire|engine|ladder|truck|pump|chief|rescue|hazmat|tanker/i.test(word)) return "fire";
  }
  return "other";
}

const QUIET: ReadonlySet<UnitStatus> = new Set(["available", "off_duty"]);

/** Every picture there is, in the colours of the page's theme. */
export function pictures(): Picture[] {
  const style = getComputedStyle(document.documentElement);
  const ink: Ink = (property) => style.getPropertyValue(property).trim();
  return [...units(ink), ...beaks(ink), ...incidents(ink), ...others(ink)];
}

const OUTLINES: Record<Family, string> = {
  fire: "M2.500 1h15a1.500 1.500 0 0 1 1.500 1.500v15a1.500 1.500 0 0 1-1.500 1.500h-15a1.500 1.500 0 0 1-1.500-1.500v-15a1.500 1.500 0 0 1 1.500-1.500z",
  medical: "M10 .5a9.500 9.500 0 1 0 0 19a9.500 9.500 0 1 0 0-19z",
  police: "M10 .3L18.500 3.200V9.500c0 5-3.500 8.500-8.500 10.300c-5-1.800-8.500-5.300-8.500-10.300V3.200z",
  other: "M6 .8h8l5.200 5.200v8l-5.200 5.200h-8l-5.200-5.200v-8z",
};

function units(ink: Ink): Picture[] {
  const made: Picture[] = [];
  for (const family of Object.keys(OUTLINES) as Family[]) {
    for (const status of Object.keys(STATUS_SHAPES) as UnitStatus[]) {
      const shape = STATUS_SHAPES[status];
      const quiet = QUIET.has(status);
      made.push({
        name: `unit-${family}-${status}`,
        image: paint(26, (pen) => {
          pen.translate(3, 3);
          const outline = new Path2D(OUTLINES[family]);
          halo(pen, outline, ink("--map-halo"), 4);
          pen.fillStyle = quiet ? ink("--sheet") : ink(shape.colour);
          pen.fill(outline);
          pen.strokeStyle = quiet ? ink(status === "available" ? "--good" : "--line-strong") : ink("--map-halo");
          pen.lineWidth = quiet ? 1.4 : 0.8;
          pen.stroke(outline);
          inside(pen, shape, quiet ? ink(shape.colour) : ink("--map-on-mark"), 4.2, 11.6);
        }),
      });
    }
  }
  return made;
}

function beaks(ink: Ink): Picture[] {
  return ["--go", "--alarm", "--ink-2", "--good"].map((colour) => ({
    name: `beak${colour}`,
    image: paint(42, (pen) => {
      const beak = new Path2D("M21 1.500L27 10.500H15z");
      halo(pen, beak, ink("--map-halo"), 3);
      pen.fillStyle = ink(colour);
      pen.fill(beak);
    }),
  }));
}

function incidents(ink: Ink): Picture[] {
  const made: Picture[] = [];
  for (const [priority, shape] of Object.entries(PRIORITY_SHAPES)) {
    for (const waiting of [false, true]) {
      const size = Number(priority) === 1 ? 25 : Number(priority) === 2 ? 22 : 18;
      made.push({
        name: `incident-${priority}${waiting ? "-waiting" : ""}`,
        image: paint(40, (pen) => {
          const place = (40 - size) / 2;
          if (waiting) ring(pen, 20, 17.5, ink(Number(priority) < 3 ? shape.colour : "--ink-3"));
          pen.translate(place, place);
          pen.scale(size / 12, size / 12);
          const path = new Path2D(shape.path);
          halo(pen, path, ink("--map-halo"), 2.2);
          pen.strokeStyle = pen.fillStyle = ink(shape.colour);
          pen.lineWidth = shape.filled ? 0.4 : 1.6;
          if (!shape.filled) {
            pen.save();
            pen.fillStyle = ink("--map-halo");
            pen.fill(path);
            pen.restore();
          }
          if (shape.filled) pen.fill(path, "evenodd");
          pen.stroke(path);
        }),
      });
    }
  }
  return made;
}

/** Nobody has been sent yet: a broken ring around the mark. */
function ring(pen: CanvasRenderingContext2D, middle: number, radius: number, colour: string): void {
  pen.save();
  const circle = new Path2D();
  circle.arc(middle, middle, radius, 0, 7);
  halo(pen, circle, colour, 0);
  pen.strokeStyle = colour;
  pen.lineWidth = 2;
  pen.setLineDash([4.6, 3.25]);
  pen.stroke(circle);
  pen.restore();
}

const SIGNS: Record<string, { path: string; colour: string; filled: boolean; ground?: string }> = {
  call: { path: "M2.300 1.200h2.400l1.100 2.900-1.500 1.100c.5 1.100 1.400 2 2.500 2.500l1.100-1.500 2.900 1.100v2.400c0 .6-.5 1.100-1.100 1.100C5 10.800 1.200 7 1.200 2.300c0-.6.5-1.100 1.100-1.100z", colour: "--ring", filled: true, ground: "round" },
  closure: { path: "M2.200 4.700h7.600v2.600h-7.600z", colour: "--alarm", filled: true, ground: "sign" },
  hospital: { path: "M2.200 1.500h2.300v3.200h3v-3.200h2.300v9h-2.300v-3.500h-3v3.500h-2.300z", colour: "--map-health", filled: true, ground: "box" },
  clinic: { path: "M4.700 1.500h2.600v3.200h3.200v2.600h-3.200v3.200h-2.600v-3.200h-3.200v-2.600h3.200z", colour: "--map-health", filled: true },
  ambulance_station: { path: "M4.700 1.500h2.600v3.200h3.200v2.600h-3.200v3.200h-2.600v-3.200h-3.200v-2.600h3.200z", colour: "--map-health", filled: true, ground: "house" },
  fire_station: { path: "M6 1.300c.5 2 3.300 3.300 3.300 6a3.300 3.300 0 0 1-6.600 0c0-1.300.7-2.100 1.400-2.700c0 1 .5 1.600 1 1.700c-.3-1.700-.1-3.600.9-5z", colour: "--map-fire", filled: true, ground: "house" },
  police_station: { path: "M6 1.200l1.400 3.200 3.400.3-2.600 2.200.8 3.400L6 8.500l-3 1.800.8-3.400L1.200 4.700l3.400-.3z", colour: "--map-police", filled: true, ground: "house" },
  hydrant: { path: "M6 2.500a3.500 3.500 0 1 0 0 7a3.500 3.500 0 1 0 0-7z", colour: "--map-fire", filled: true },
  defibrillator: { path: "M6 10.300L2 6.300a2.400 2.400 0 0 1 4-3a2.400 2.400 0 0 1 4 3z", colour: "--map-health", filled: true },
};

function others(ink: Ink): Picture[] {
  return Object.entries(SIGNS).map(([name, { path, colour, ground }]) => ({
    name,
    image: paint(ground ? 24 : 16, (pen) => {
      const sign = new Path2D(path);
      if (ground) board(pen, ground, ink(colour), ink("--map-halo"), ink("--sheet"));
      pen.translate(ground ? 6 : 2, ground ? 6 : 2);
      if (!ground) halo(pen, sign, ink("--map-halo"), 3);
      pen.fillStyle = ground === "sign" || ground === "round" ? ink("--map-on-mark") : ink(colour);
      pen.fill(sign);
    }),
  }));
}

function board(pen: CanvasRenderingContext2D, form: string, colour: string, edge: string, sheet: string): void {
  const outline = new Path2D();
  if (form === "house" || form === "box") outline.roundRect(3, 3, 18, 18, form === "box" ? 2 : 6);
  else outline.arc(12, 12, 9.5, 0, 7);
  halo(pen, outline, edge, 3);
  const full = form === "sign" || form === "round";
  pen.fillStyle = full ? colour : sheet;
  pen.fill(outline);
  pen.strokeStyle = full ? edge : colour;
  pen.lineWidth = 1;
  pen.stroke(outline);
}

function inside(pen: CanvasRenderingContext2D, shape: Shape, colour: string, offset: number, size: number): void {
  pen.save();
  pen.translate(offset, offset);
  pen.scale(size / 12, size / 12);
  const path = new Path2D(shape.path);
  pen.lineWidth = 1.8;
  pen.lineJoin = pen.lineCap = "round";
  pen.strokeStyle = pen.fillStyle = colour;
  if (shape.filled) pen.fill(path, "evenodd");
  else pen.stroke(path);
  pen.restore();
}

function halo(pen: CanvasRenderingContext2D, path: Path2D, colour: string, width: number): void {
  if (!width) return;
  pen.strokeStyle = colour;
  pen.lineJoin = "round";
  pen.lineWidth = width;
  pen.stroke(path);
}

/** Draws on a square of `size` screen pixels. */
function paint(size: number, draw: (pen: CanvasRenderingContext2D) => void): ImageData {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size * RATIO;
  const pen = canvas.getContext("2d", { willReadFrequently: true }) as CanvasRenderingContext2D;
  pen.scale(RATIO, RATIO);
  pen.save();
  draw(pen);
  pen.restore();
  return pen.getImageData(0, 0, canvas.width, canvas.height);
}
