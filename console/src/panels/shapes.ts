/// One small shape for every status and priority, so that none is told by colour alone. Paths on a 12 × 12 grid.

import type { CallerLinkRow, UnitStatus } from "../wire/types";

export interface Shape {
  /** SVG path data. */
  path: string;
  /** Drawn as an outline (nothing is happening) or filled (something is). */
  filled: boolean;
  /** CSS custom property of its colour. */
  colour: string;
}

const shape = (path: string, filled: boolean, colour: string): Shape => ({ path, filled, colour });

export const STATUS_SHAPES: Record<UnitStatus, Shape> = {
  off_duty: shape("M2.5 6h7", false, "--ink-3"),
  available: shape("M6 2a4 4 0 1 0 0 8a4 4 0 1 0 0-8z", false, "--good"),
  dispatched: shape("M6 1.500L11 10.500H1z", false, "--alarm"),
  acknowledged: shape("M6 1.500L11 10.500H1zM6 5.500L8 9H4z", true, "--go"),
  en_route: shape("M2 1.500L11 6L2 10.500L4.200 6z", true, "--go"),
  staged: shape("M2.500 2h2.500v8h-2.500zM7 2h2.500v8h-2.500z", true, "--go"),
  on_scene: shape("M2 2h8v8h-8z", true, "--ink-2"),
  at_patient: shape("M4.500 1.500h3v3h3v3h-3v3h-3v-3h-3v-3h3z", true, "--ink-2"),
  left_scene: shape("M1.500 4.500h5v-3L11 6l-4.500 4.500v-3h-5z", true, "--ink-2"),
  at_hospital: shape("M2 1.500h2.500v3h3v-3h2.500v9h-2.500v-3.500h-3v3.500h-2.500z", true, "--ink-2"),
  handed_over: shape("M1.500 6.500L4.700 9.700L10.500 2.500", false, "--ink-2"),
};

/** How far a caller's link came: an empty circle fills. */
export const LINK_SHAPES: Record<CallerLinkRow["status"], Shape> = {
  sent: shape("M6 2a4 4 0 1 0 0 8a4 4 0 1 0 0-8z", false, "--ink-3"),
  passed: shape("M6 2a4 4 0 1 0 0 8a4 4 0 1 0 0-8z", false, "--alarm"),
  opened: shape("M6 1.500a4.500 4.500 0 1 0 0 9zM6 1.500a4.500 4.500 0 0 1 0 9", false, "--go"),
  sharing: shape("M6 1.500a4.500 4.500 0 1 0 0 9a4.500 4.500 0 1 0 0-9z", true, "--good"),
  ended: shape("M3 3l6 6M9 3l-6 6", false, "--ink-3"),
};

export const PRIORITY_SHAPES: Record<number, Shape> = {
  1: shape("M6 .5L11.500 6L6 11.500L.5 6z", true, "--p1"),
  2: shape("M6 1.500L11 10.500H1z", true, "--p2"),
  3: shape("M6 2a4 4 0 1 0 0 8a4 4 0 1 0 0-8z", true, "--ink-2"),
  4: shape("M2.500 2.500h7v7h-7z", false, "--ink-3"),
  5: shape("M2 4.500h8M2 7.500h8", false, "--ink-3"),
};
