/// What the wallboard counts. Pure; no names, no numbers of callers, no house numbers: visitors see this screen.

import { isWaiting } from "../room/order_of_rows";
import type { IncidentRow, UnitRow, UnitStatus } from "../wire/types";

export interface KindCount {
  kind: string;
  free: number;
  coming: number;
  there: number;
  off: number;
}

const COMING: ReadonlySet<UnitStatus> = new Set(["dispatched", "acknowledged", "en_route", "staged"]);

/** Units by kind and what they do, those with nobody free first, then by how many there are. */
export function countKinds(units: Iterable<UnitRow>): KindCount[] {
  const counts = new Map<string, KindCount>();
  for (const unit of units) {
    const count = counts.get(unit.unit_kind) ?? { kind: unit.unit_kind, free: 0, coming: 0, there: 0, off: 0 };
    counts.set(unit.unit_kind, count);
    if (unit.status === "available") count.free += 1;
    else if (unit.status === "off_duty") count.off += 1;
    else if (COMING.has(unit.status)) count.coming += 1;
    else count.there += 1;
  }
  const all = (count: KindCount): number => count.free + count.coming + count.there + count.off;
  return [...counts.values()].sort((a, b) => Number(a.free > 0) - Number(b.free > 0) || all(b) - all(a) || (a.kind < b.kind ? -1 : 1));
}

/** The most urgent first; within a priority those without anybody, then the longest open. */
export function wallOrder(a: IncidentRow, b: IncidentRow): number {
  return a.priority - b.priority || Number(!isWaiting(a)) - Number(!isWaiting(b)) || a.opened_at - b.opened_at;
}

/** Which rows stand on the wall now: pages turn by the clock, so that every wall of a room shows the same one. */
export function pageAt<T>(rows: readonly T[], fit: number, now: number, every_s: number): { rows: readonly T[]; page: number; pages: number } {
  const room = Math.max(1, fit);
  const pages = Math.max(1, Math.ceil(rows.length / room));
  const page = Math.floor(now / every_s) % pages;
  return { rows: rows.slice(page * room, (page + 1) * room), page: page + 1, pages };
}

/** The street without the house: enough to know where, not whose. */
export function withoutHouse(text: string): string {
  const [first = "", ...rest] = text.split(",");
  const street = first.split(/\s+/).filter((word) => !/\p{N}/u.test(word)).join(" ");
  return [street, ...rest.map((part) => part.trim()).filter((part) => !/\p{N}/u.test(part))].filter(Boolean).join(", ");
}

/** Seconds UTC of the last midnight of this screen's zone. */
export function midnight(now: number): number {
  const day = new Date(now * 1000);
  day.setHours(0, 0, 0, 0);
  return day.getTime() / 1000;
}
