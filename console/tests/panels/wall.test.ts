/// What the wall counts and leaves out.

import { expect, test } from "vitest";

import { countKinds, pageAt, wallOrder, withoutHouse } from "../../src/panels/wall";
import type { IncidentRow, UnitRow, UnitStatus } from "../../src/wire/types";

const unit = (unit_kind: string, status: UnitStatus) => ({ unit_kind, status }) as UnitRow;

test("kinds with nobody free stand first", () => {
  const counts = countKinds([unit("engine", "available"), unit("engine", "en_route"), unit("ladder", "on_scene"), unit("ladder", "off_duty")]);
  expect(counts).toEqual([
    { kind: "ladder", free: 0, coming: 0, there: 1, off: 1 },
    { kind: "engine", free: 1, coming: 1, there: 0, off: 0 },
  ]);
});

test("every row has its turn, on every wall the same", () => {
  const rows = [1, 2, 3, 4, 5];
  const seen = [0, 12, 24].flatMap((now) => [...pageAt(rows, 2, now, 12).rows]);
  expect(seen).toEqual(rows);
  expect(pageAt(rows, 2, 36, 12).page).toBe(1);
  expect(pageAt([], 2, 36, 12)).toEqual({ rows: [], page: 1, pages: 1 });
  expect(pageAt(rows, 0, 0, 12).pages).toBe(5);
});

test.each([
  ["12 Harbour Road", "Harbour Road"],
  ["Rua das Flores 7, Lisboa", "Rua das Flores, Lisboa"],
  ["12B Mill Lane, Flat 4", "Mill Lane"],
  ["شارع البحر ٧", "شارع البحر"],
  ["", ""],
])("%s without the house", (text, wanted) => {
  expect(withoutHouse(text)).toBe(wanted);
});

test("the most urgent first, then those without anybody, then the longest open", () => {
  const row = (id: string, priority: number, units: number, opened_at: number) => ({ id, priority, status: "open", units: Array(units).fill({}), opened_at }) as unknown as IncidentRow;
  const rows = [row("late", 2, 0, 9), row("sent", 1, 1, 1), row("waits", 1, 0, 5), row("early", 2, 0, 2)];
  expect(rows.sort(wallOrder).map(({ id }) => id)).toEqual(["waits", "sent", "early", "late"]);
});
