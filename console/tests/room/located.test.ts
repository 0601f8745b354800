import { describe, expect, test } from "vitest";

import { locatedMarks } from "../../src/map/marks";
import { newest, ordered, standing } from "../../src/room/located";
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
  test("those that count come first", () => {
    expect(ordered(rows, area).map((row) => row.id)).toEqual(["L1", "L2", "L3", "L4"]);
  });
  test("a report without a fix and one that was replaced are never drawn", () => {
    const row = { reports: rows, areas: [area] } as unknown as CallRow;
    const drawn = locatedMarks([row]).map((mark) => [mark.properties.id, mark.geometry.type]);
    expect(drawn).toEqual([["L2", "Polygon"], ["L1", "Polygon"], ["E1", "Polygon"], ["E1", "Point"]]);
  });
  test("of several callers the newest area is the one to act on", () => {
    expect(newest({ areas: [area, { ...area, id: "E2", at: 200 }] } as unknown as CallRow)?.id).toBe("E2");
    expect(newest(null)).toBeUndefined();
  });
});
