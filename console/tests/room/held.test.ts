import { expect, test } from "vitest";

import { hold, letGo } from "../../src/room/held";

const rows = (...ids: string[]) => ids.map((id) => ({ id }));
const ids = (held: { row: { id: string }; gone: boolean }[]) => held.map(({ row, gone }) => (gone ? `-${row.id}` : row.id)).join(" ");

test("held: rows stay where they are, new ones wait at the end, those that left stay as gone", () => {
  const shown = letGo(rows("a", "b", "c"));
  expect(ids(hold(shown, rows("new", "c", "a")))).toBe("a -b c new");
});

test("held: a row changes in place", () => {
  const shown = letGo([{ id: "a", n: 1 }]);
  expect(hold(shown, [{ id: "a", n: 2 }])[0]?.row.n).toBe(2);
});

test("held: a row that came back is no longer gone", () => {
  const gone = hold(letGo(rows("a", "b")), rows("b"));
  expect(ids(gone)).toBe("-a b");
  expect(ids(hold(gone, rows("b", "a")))).toBe("a b");
});

test("let go: in order again", () => {
  expect(ids(letGo(rows("c", "a")))).toBe("c a");
});
