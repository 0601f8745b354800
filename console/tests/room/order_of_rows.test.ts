import { expect, test } from "vitest";

import { alarmOrder, callOrder, callsign, incidentOrder, isServed, isWaiting, unitOrder } from "../../src/room/order_of_rows";
import type { AlarmRow, CallRow, IncidentRow, OnIt, UnitRow } from "../../src/wire/types";

const incident = (id: string, priority: number, opened_at: number, units: string[]) =>
  ({ id, status: "open", priority, opened_at, units: units.map((unit) => ({ unit }) as OnIt) }) as IncidentRow;

test("incidents: nobody sent first, then priority, then the longest waiting", () => {
  const rows = [incident("active1", 1, 0, ["E1"]), incident("low", 4, 0, []), incident("late", 1, 9, []), incident("early", 1, 2, [])];
  expect(rows.sort(incidentOrder).map((row) => row.id)).toEqual(["early", "late", "low", "active1"]);
});

test("calls: ringing first, the oldest on top", () => {
  const call = (id: string, status: string, received_at: number) => ({ id, status, received_at }) as CallRow;
  const rows = [call("mine", "answered", 0), call("young", "ringing", 5), call("old", "ringing", 1)];
  expect(rows.sort(callOrder).map((row) => row.id)).toEqual(["old", "young", "mine"]);
});

test("units: silent ones first, off duty last, E2 before E12", () => {
  const unit = (id: string, status: string) => ({ id, status }) as UnitRow;
  const rows = [unit("E12", "available"), unit("E2", "available"), unit("A1", "off_duty"), unit("M9", "dispatched"), unit("M3", "on_scene")];
  expect(rows.sort(unitOrder).map((row) => row.id)).toEqual(["M9", "M3", "E2", "E12", "A1"]);
});

test("callsigns in any script have a total order", () => {
  const ids = ["سيارة 2", "救1", "E2", "E12", "E2B", "12", ""];
  for (const a of ids) for (const b of ids) expect(Math.sign(callsign(a, b)) + Math.sign(callsign(b, a))).toBe(0);
});

test("an incident whose units have left waits to be closed, not for a unit", () => {
  const incident = (units: unknown[], first_on_scene_at: number | null, status = "open") =>
    ({ status, units, first_on_scene_at, priority: 1, opened_at: 0 }) as unknown as IncidentRow;
  const [fresh, cancelled, busy, served, closed] = [incident([], null), incident([], null), incident([{}], null), incident([], 9), incident([], null, "closed")];
  expect([fresh, cancelled, busy, served, closed].map((row) => isWaiting(row!))).toEqual([true, true, false, false, false]);
  expect([fresh, busy, served, closed].map((row) => isServed(row!))).toEqual([false, false, true, false]);
  expect([served, busy, fresh].sort((a, b) => incidentOrder(a!, b!))).toEqual([fresh, busy, served]);
});

test("alarms about units are taken before calls that ring, the oldest first", () => {
  const alarm = (id: string, alarm_kind: string, raised_at: number) => ({ id, alarm_kind, raised_at }) as AlarmRow;
  const rows = [alarm("rings", "call_unanswered", 1), alarm("silent", "not_acknowledged", 9), alarm("long", "long_on_scene", 5)];
  expect(rows.sort(alarmOrder).map((row) => row.id)).toEqual(["long", "silent", "rings"]);
});
