/// Where a unit is drawn between its reports: a little behind, on the line between two points that it reported. Never
/// ahead of what was reported: a unit that falls silent stops where it was last known to be. Pure; the moment is handed in.

import type { Move } from "../wire/types";

/** Drawn this long ago, so that the next report of a unit that reports each second is here before it is needed. */
export const DELAY_S = 1.5;
/** Reports farther apart than this are not joined: nobody knows what lay between. The unit jumps. */
export const GAP_S = 8;
/** A jump of more than this between two reports is a mistake or a ferry, not a drive (m/s). */
const FASTEST_MPS = 90;
const KEPT = 6;
const METRES_PER_DEGREE = 111_195;

export interface Seen {
  lat: number;
  lon: number;
  heading_deg: number;
  speed_mps: number;
  /** When it was last reported, seconds UTC. */
  at: number;
}

export class Motion {
  #reports = new Map<string, Move[]>();

  /** Takes a report. One that is older than the newest known is dropped: the road behind is not driven twice. */
  hear(move: Move): void {
    const known = this.#reports.get(move[0]);
    if (!known) {
      this.#reports.set(move[0], [move]);
      return;
    }
    const last = known.at(-1) as Move;
    if (move[1] <= last[1]) return;
    known.push(move);
    if (known.length > KEPT) known.shift();
  }

  forget(): void {
    this.#reports.clear();
  }

  /** Where to draw it at server time `now`; null while it has never reported. */
  at(unit: string, now: number): Seen | null {
    const known = this.#reports.get(unit);
    if (!known) return null;
    const last = known.at(-1) as Move;
    const when = now - DELAY_S;
    if (when >= last[1]) return seen(last, last[1]);
    let after = last;
    for (let i = known.length - 2; i >= 0; i -= 1) {
      const before = known[i] as Move;
      if (before[1] <= when) return between(before, after, when, last[1]);
      after = before;
    }
    return seen(after, last[1]);
  }

  /** Whether it will still move on the screen after `now` without a further report. */
  moving(unit: string, now: number): boolean {
    const known = this.#reports.get(unit);
    if (!known || known.length < 2) return false;
    const last = known.at(-1) as Move;
    const before = known.at(-2) as Move;
    return now - DELAY_S < last[1] && (last[2] !== before[2] || last[3] !== before[3]);
  }
}

function seen(move: Move, at: number): Seen {
  return { lat: move[2], lon: move[3], heading_deg: move[5], speed_mps: move[4], at };
}

function between(before: Move, after: Move, when: number, at: number): Seen {
  const gap_s = after[1] - before[1];
  if (gap_s > GAP_S || metres(before, after) > FASTEST_MPS * gap_s) return seen(before, at);
  const share = (when - before[1]) / gap_s;
  return {
    lat: before[2] + (after[2] - before[2]) * share,
    lon: before[3] + (after[3] - before[3]) * share,
    heading_deg: turn(before[5], after[5], share),
    speed_mps: after[4],
    at,
  };
}

/** The shorter way round, in degrees from north. */
export function turn(from_deg: number, to_deg: number, share: number): number {
  const way = ((((to_deg - from_deg) % 360) + 540) % 360) - 180;
  return (((from_deg + way * share) % 360) + 360) % 360;
}

function metres(a: Move, b: Move): number {
  const east = (a[3] - b[3]) * Math.cos((a[2] * Math.PI) / 180);
  return Math.hypot(a[2] - b[2], east) * METRES_PER_DEGREE;
}
