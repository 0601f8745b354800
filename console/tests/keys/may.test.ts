import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { FOR_DISPATCHERS, mayGive } from "../../src/keys/may";

const SERVER = readFileSync(new URL("../../../src/tocsin/access/roles.py", import.meta.url), "utf8");

test("what only dispatchers may do is what the server's table says", () => {
  const rows = [...SERVER.matchAll(/fromkeys\(\(([^)]*)\), _DISPATCH\)/g)].map((row) => row[1] ?? "");
  const kinds = rows.flatMap((row) => [...row.matchAll(/"(\w+)"/g)].map((word) => word[1]));
  expect(kinds.length).toBeGreaterThan(5);
  expect([...FOR_DISPATCHERS].sort()).toEqual(kinds.sort());
});

test("a call-taker opens and does not send; somebody who is both may", () => {
  expect(mayGive("open_incident", ["call_taker"])).toBe(true);
  expect(mayGive("dispatch_units", ["call_taker"])).toBe(false);
  expect(mayGive("dispatch_units", ["call_taker", "supervisor"])).toBe(true);
  expect(mayGive(undefined, ["call_taker"])).toBe(true);
});
