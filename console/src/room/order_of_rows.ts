/// In which order rows stand: what needs a person first. Pure.

import type { CallRow, IncidentRow, UnitRow, UnitStatus } from "../wire/types";

/** Nobody sent yet first; then by priority; then the longest waiting. */
export function incidentOrder(a: IncidentRow, b: IncidentRow): number {
  return Number(a.units.length > 0) - Number(b.units.length > 0) || a.priority - b.priority || a.opened_at - b.opened_at;
}

/** Ringing first, the longest ringing on top; then answered. */
export function callOrder(a: CallRow, b: CallRow): number {
  return Number(a.status !== "ringing") - Number(b.status !== "ringing") || a.received_at - b.received_at;
}

const RANK: Record<UnitStatus, number> = {
  dispatched: 0, acknowledged: 1, en_route: 1, staged: 1, on_scene: 1, at_patient: 1, left_scene: 1, at_hospital: 1,
  handed_over: 1, available: 2, off_duty: 3,
};

/** Silent after being sent first, then busy, then free, then off duty; within those by callsign, E2 before E12. */
export function unitOrder(a: UnitRow, b: UnitRow): number {
  return RANK[a.status] - RANK[b.status] || callsign(a.id, b.id);
}

/** Callsigns as people read them: letters, then number. Much cheaper than a collator on thousands of rows. */
export function callsign(a: string, b: string): number {
  const [head, number] = split(a);
  const [otherHead, otherNumber] = split(b);
  if (head !== otherHead) return head < otherHead ? -1 : 1;
  return number - otherNumber || (a < b ? -1 : a > b ? 1 : 0);
}

const parts = new Map<string, [string, number]>();

function split(id: string): [string, number] {
  let found = parts.get(id);
  if (!found) {
    const match = /^(\D*)(\d*)/.exec(id);
    found = [match?.[1] ?? id, Number(match?.[2] ?? 0)];
    parts.set(id, found);
  }
  return found;
}
