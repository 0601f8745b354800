import { existsSync, readFileSync } from "node:fs";

import { describe, expect, test } from "vitest";

import { emptyTables, foldMoves, foldPicture, foldTail, type Tables } from "../../src/room/fold";
import type { Move, Picture } from "../../src/wire/types";
import { trace, type Trace } from "../golden";

/** Written by the server's own tests, so that both sides agree on what a tail means. */
const SERVER_TRACE = new URL("../../../tests/samples/board_trace.json", import.meta.url);

function folded(picture: Picture): Tables {
  const tables = emptyTables();
  foldPicture(tables, picture);
  return tables;
}

function follow({ picture, tail }: Trace): Tables {
  const tables = folded(picture);
  for (const event of tail) foldTail(tables, event);
  return tables;
}

describe("picture + tail = fresh picture, whole state compared", () => {
  test.each([1, 7, 2026])("invented centre, seed %i", (seed) => {
    const golden = trace(400, seed);
    expect(golden.tail.length).toBeGreaterThan(50);
    expect(follow(golden)).toEqual(folded(golden.end));
  });

  test.skipIf(!existsSync(SERVER_TRACE))("the server's golden trace", () => {
    const golden = JSON.parse(readFileSync(SERVER_TRACE, "utf8")) as Trace;
    expect(golden.tail.length).toBeGreaterThan(0);
    expect(follow(golden)).toEqual(folded(golden.end));
  });
});

test("an event that came before is old news", () => {
  const golden = trace(60, 3);
  const once = follow(golden);
  const before = structuredClone(once);
  for (const event of golden.tail) expect(foldTail(once, event)).toEqual([]);
  expect(once).toEqual(before);
});

test("only the tables that changed are named, and null takes a row away", () => {
  const { picture } = trace(0, 5);
  const tables = folded(picture);
  const [unit] = tables.units.keys();
  const at = tables.position + 1;
  expect(foldTail(tables, { position: at, entries: [], rows: { units: { [unit!]: null }, calls: {} } })).toEqual(["units"]);
  expect(tables.units.has(unit!)).toBe(false);
  expect(tables.position).toBe(at);
});

test("an older position never replaces a newer one", () => {
  const tracks = new Map<string, Move>();
  const move = (at: number, lat: number): Move => ["E1", at, lat, 0, 0, 0];
  expect(foldMoves(tracks, [move(10, 1)])).toEqual(["E1"]);
  expect(foldMoves(tracks, [move(9, 2)])).toEqual([]);
  expect(tracks.get("E1")).toEqual(move(10, 1));
});
