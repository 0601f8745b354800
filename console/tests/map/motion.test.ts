/// Units between reports: on the line that was reported, never ahead of it; marks of rows.

import { describe, expect, test } from "vitest";

import { along, circle, routeMarks, STALE_S, STALE_STANDING_S, unitMarks, whereabouts } from "../../src/map/marks";
import { DELAY_S, GAP_S, Motion, turn } from "../../src/map/motion";
import type { Move, Route, UnitRow, UnitStatus } from "../../src/wire/types";

const move = (at: number, lat: number, lon = 14, heading = 90): Move => ["E1", at, lat, lon, 12, heading];
const unit = (id: string, status: UnitStatus, more: Partial<UnitRow> = {}): UnitRow => ({
  id, unit_kind: "engine", agency: "fire", capabilities: [], crew_min: 2, crew_count: 2, station: "Mill", home: { lat: 1, lon: 2 },
  status, since: 0, incident: "", at_station: false, due_at: null, due_low_at: null, due_high_at: null, basis: "none", destination: "", ...more,
} as UnitRow);

describe("motion", () => {
  test("half way between two reports it stands half way", () => {
    const motion = new Motion();
    motion.hear(move(100, 45));
    motion.hear(move(101, 45.0001, 14.0002));
    const seen = motion.at("E1", 100.5 + DELAY_S)!;
    expect(seen.lat).toBeCloseTo(45.00005, 9);
    expect(seen.lon).toBeCloseTo(14.0001, 9);
    expect(seen.at).toBe(101);
  });

  test("silence stops it where it was last reported, however fast it drove", () => {
    const motion = new Motion();
    motion.hear(move(100, 45));
    motion.hear(move(101, 45.0001));
    expect(motion.at("E1", 500)!.lat).toBe(45.0001);
    expect(motion.moving("E1", 500)).toBe(false);
    expect(motion.moving("E1", 101)).toBe(true);
  });

  test("an older report that comes late changes nothing", () => {
    const motion = new Motion();
    motion.hear(move(101, 45.0001));
    motion.hear(move(100, 44));
    expect(motion.at("E1", 200)!.lat).toBe(45.0001);
  });

  test("a long gap is not driven: it jumps", () => {
    const motion = new Motion();
    motion.hear(move(100, 45));
    motion.hear(move(100 + GAP_S + 1, 45.001));
    expect(motion.at("E1", 100 + GAP_S / 2 + DELAY_S)!.lat).toBe(45);
    expect(motion.at("E1", 100 + GAP_S + 1 + DELAY_S)!.lat).toBe(45.001);
  });

  test("a leap no vehicle can make is not drawn as a drive", () => {
    const motion = new Motion();
    motion.hear(move(100, 45));
    motion.hear(move(101, 45.1));
    expect(motion.at("E1", 100.5 + DELAY_S)!.lat).toBe(45);
  });

  test.each([[350, 10, 0.5, 0], [10, 350, 0.5, 0], [0, 90, 0.5, 45], [270, 0, 1, 0]])("turns from %d to %d the shorter way", (from, to, share, wanted) => {
    expect(turn(from, to, share)).toBeCloseTo(wanted, 6);
  });
});

describe("marks", () => {
  const words = { age: (seconds: number) => `${seconds}`, kind: (code: string) => code };

  test("a driving unit grows stale soon, a standing one later, one at its station never", () => {
    const motion = new Motion();
    motion.hear(move(100, 45));
    const at = (status: UnitStatus, now: number, more = {}) => whereabouts(unit("E1", status, more), motion, now).stale;
    expect(at("en_route", 100 + STALE_S - 1)).toBe(false);
    expect(at("en_route", 100 + STALE_S + 1)).toBe(true);
    expect(at("on_scene", 100 + STALE_S + 1)).toBe(false);
    expect(at("on_scene", 100 + STALE_STANDING_S + 1)).toBe(true);
    expect(at("available", 1e6, { at_station: true })).toBe(false);
  });

  test("units that stand together are drawn side by side, off-duty ones not at all", () => {
    const rows = [unit("E1", "available", { at_station: true }), unit("E2", "available", { at_station: true }), unit("E3", "off_duty")];
    const drawn = unitMarks(rows, new Motion(), 0, words);
    expect(drawn.map((mark) => mark.properties.id)).toEqual(["E1", "E2"]);
    const [left, right] = drawn.map((mark) => (mark.properties.off as number[])[0]!);
    expect(right! - left!).toBeGreaterThanOrEqual(28);
    expect(left! + right!).toBe(0);
  });

  test("a closed road's circle is as wide on the ground as it says", () => {
    const ring = (circle({ lat: 60, lon: 10 }, 100, {}).geometry.coordinates as [number, number][][])[0]!;
    const lats = ring.map(([, lat]) => lat);
    const lons = ring.map(([lon]) => lon);
    expect((Math.max(...lats) - Math.min(...lats)) * 111_195).toBeCloseTo(200, 0);
    expect((Math.max(...lons) - Math.min(...lons)) * 111_195 * Math.cos(Math.PI / 3)).toBeCloseTo(200, 0);
  });

  test("a straight line is labelled as such, and its time counts down", () => {
    const route: Route = { unit: "E1", incident: "1", basis: "line", eta_s: 100, length_m: 900, points: [[45, 9], [45.01, 9]], streets: [], low_s: 30, high_s: 250 };
    const [line, label] = routeMarks([route], 40, { label: (id, eta_s, straight, low_s, high_s) => `${id} ${eta_s} ${straight} ${low_s} ${high_s}` });
    expect(line!.properties.straight).toBe(true);
    expect(label!.properties.label).toBe("E1 60 true 0 210");
  });

  test("half way along a bent line", () => {
    const [lon, lat] = along([[0, 0], [0, 1], [0, 3]], 0.5);
    expect([lon, lat]).toEqual([0, 1.5]);
  });
});
