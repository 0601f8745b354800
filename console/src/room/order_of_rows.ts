/// In which order rows stand: what needs a person first. Pure.

import type { AlarmRow, CallRow, IncidentRow, UnitRow, UnitStatus } from "../wire/types";

/** Nobody is there, nobody is coming, and nobody ever was: it waits for a unit. */
export function isWaiting(row: IncidentRow): boolean {
  return row.status === "open" && row.units.length === 0 && row.first_on_scene_at == null;
}

/** Units were there and have left: it waits for its disposition. */
export function isServed(row: IncidentRow): boolean {
  return row.status === "open" && row.units.length === 0 && row.first_on_scene_at != null;
}

/** What waits for a unit first; then by priority; then the longest open. What only waits to be closed stands last. */
export function incidentOrder(a: IncidentRow, b: IncidentRow): number {
  return rank(a) - rank(b) || a.priority - b.priority || a.opened_at - b.opened_at;
}

function rank(row: IncidentRow): number {
  return isWaiting(row) ? 0 : isServed(row) ? 2 : 1;
}

/** Ringing first, the longest ringing on top; then answered. */
export function callOrder(a: CallRow, b: CallRow): number {
  return Number(a.status !== "ringing") - Number(b.status !== "ringing") || a.received_at - b.received_at;
}

/** Alarms about units first: a call that rings unanswered ends its own alarm when somebody answers. Then the oldest. */
export function alarmOrder(a: AlarmRow, b: AlarmRow): number {
  return Number(a.alarm_kind === "call_unanswered") - Number(b.alarm_kind === "call_unanswered") || a.raised_at - b.raised_at;
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
