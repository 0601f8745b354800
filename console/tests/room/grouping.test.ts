import { expect, test } from "vitest";

import { again, callItems } from "../../src/room/grouping";
import { hold, letGo } from "../../src/room/held";
import type { CallGroup, CallRow, IncidentRow } from "../../src/wire/types";

const call = (id: string, status: string, received_at: number, more: Partial<CallRow> = {}) => ({ id, status, received_at, earlier: [], ...more }) as CallRow;
const group = (id: string, incident: string, ...calls: string[]): CallGroup => ({ id, incident, calls, ringing: 0, size: calls.length });
const rows = [call("1", "ringing", 1), call("2", "answered", 2), call("3", "ringing", 3), call("9", "ringing", 9), call("5", "released", 0)];

test("a burst is one row with its count, and the odd one out its own", () => {
  const items = callItems(rows, [group("1001", "1001", "1", "2", "3"), group("9", "", "9")], new Set());
  expect(items.map((item) => item.id)).toEqual(["group-1001", "9", "5"]);
  const [burst] = items;
  expect(burst?.kind === "group" && [burst.calls.length, burst.ringing]).toEqual([3, 2]);
  expect(items.at(-1)?.kind).toBe("back");
});

test("opened, its calls follow it, ringing ones first", () => {
  const items = callItems(rows, [group("1001", "1001", "1", "2", "3")], new Set(["1001"]));
  expect(items.map((item) => item.id)).toEqual(["group-1001", "1", "3", "2", "9", "5"]);
  expect(items.map((item) => item.kind !== "group" && item.inside)).toEqual([false, true, true, true, false, false]);
});

test("a call the groups do not know yet is there at once, and one that has gone counts no more", () => {
  expect(callItems(rows, [], new Set())).toHaveLength(5);
  expect(callItems([rows[0]!, rows[3]!], [group("1001", "1001", "1", "2", "3")], new Set()).map((item) => item.id)).toEqual(["1", "9"]);
});

test("a call alone with its incident says which it may be", () => {
  const [item] = callItems([rows[0]!], [group("1001", "1001", "1")], new Set());
  expect(item?.kind === "call" && item.suggested).toBe("1001");
});

test("while somebody works in the list, a group that grows moves nothing", () => {
  const before = letGo(callItems(rows, [], new Set()));
  const after = callItems(rows, [group("1001", "1001", "1", "2", "3")], new Set());
  const held = hold(before, after);
  expect(held.slice(0, before.length).map((each) => each.row.id)).toEqual(before.map((each) => each.row.id));
});

test("the same caller again: how often, when last, and what came of it", () => {
  const twice = call("7", "ringing", 100, { earlier: [{ call: "3", at: 10 }, { call: "5", at: 40, incident: "1000" }] } as Partial<CallRow>);
  expect(again(twice, [])).toEqual({ n: 3, at: 40, incident: "1000" });
  expect(again(twice, [{ id: "1042", calls: ["5"] } as IncidentRow])).toEqual({ n: 3, at: 40, incident: "1042" });
  expect(again(rows[0]!, [])).toBeNull();
});
