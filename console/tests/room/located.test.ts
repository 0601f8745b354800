import { describe, expect, test } from "vitest";

import { locatedMarks, smooth } from "../../src/map/marks";
import { heardAt, newest, ordered, standing } from "../../src/room/located";
import type { AreaRow, CallRow, ReportRow } from "../../src/wire/types";

const report = (id: string, more: Partial<ReportRow> = {}): ReportRow => ({
  id, call: "1", source: "aml", method: "gnss", origin: "carrier", received_at: 100, fixed_at: 90, percent: 68, text: "", floor: "", flaws: [], late: false,
  spot: { lat: 38.7, lon: -9.1, radius_m: 20, outline: [] }, ...more,
});
const area: AreaRow = {
  id: "E1", call: "1", at: 110, lat: 38.7, lon: -9.1, radius_m: 30, areas: [[[38.7, -9.1], [38.8, -9.1], [38.8, -9.2]]], certainty: "spot", share: 0.95,
  used: ["L1", "L2"], disagree: ["L2"], replaced: ["L3"],
};
const rows = [report("L3"), report("L4", { spot: null }), report("L2"), report("L1")];

describe("where a caller is", () => {
  test("each report stands as the area has it", () => {
    expect(rows.map((row) => standing(row, area))).toEqual(["replaced", "no_fix", "disagrees", "used"]);
  });
  test("an address on file and a message without a position say nothing of when", () => {
    const late = [report("L1"), report("L2", { fixed_at: 95 }), report("L5", { source: "registered", fixed_at: 300, received_at: 300 }), report("L6", { spot: null, fixed_at: 400, received_at: 400 })];
    expect(heardAt(late, area)).toBe(95);
    expect(heardAt([], area)).toBe(110);
  });
  test("those that count come first", () => {
    expect(ordered(rows, area).map((row) => row.id)).toEqual(["L1", "L2", "L3", "L4"]);
  });
  test("a report without a fix and one that was replaced are never drawn", () => {
    const row = { status: "answered", reports: rows, areas: [area] } as unknown as CallRow;
    const drawn = locatedMarks([row], (source) => `from ${source}`).map((mark) => [mark.properties.id, mark.geometry.type, mark.properties.word]);
    expect(drawn).toEqual([["L2", "Polygon", "from aml"], ["L1", "Polygon", "from aml"], ["E1", "Polygon", undefined], ["E1", "Point", undefined]]);
  });
  test("of a call in nobody's hand only the outline is drawn, of one that belongs to an incident nothing", () => {
    const kinds = (status: string) =>
      locatedMarks([{ status, reports: rows, areas: [area] } as unknown as CallRow], String).map((mark) => mark.properties.area);
    expect(kinds("ringing")).toEqual(["far"]);
    expect(kinds("released")).toEqual(["far"]);
    expect(kinds("attached")).toEqual([]);
  });
  test("stairs become a slope, and a square stays where it is", () => {
    const stairs = [[0, 0], [0, 3], [1, 3], [1, 2], [2, 2], [2, 1], [3, 1], [3, 0]].map(([n, e]) => [n! * 1e-3, e! * 1e-3]);
    const slope = smooth(stairs).filter(([n, e]) => n! > 0.4e-3 && e! > 0.4e-3);
    for (const [n, e] of slope) expect(n! + e!).toBeCloseTo(3.5e-3, 9);
    expect(slope.length).toBeGreaterThan(5);
  });
  test("of several callers the one heard of last is the one to act on", () => {
    const two = [{ ...area, call: "2", id: "E2", at: 200 }, { ...area, at: 900 }];
    expect(newest({ reports: [report("L1"), report("L5", { call: "2", fixed_at: 95 })], areas: two } as unknown as CallRow)?.id).toBe("E2");
    expect(newest(null)).toBeUndefined();
  });
});
