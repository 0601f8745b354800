import { afterEach, expect, test, vi } from "vitest";

import { called, callMarks, happening, incidentMarks } from "../../src/map/marks";
import { looked, tells } from "../../src/panels/looked";
import { placeName } from "../../src/room/places";
import type { CallRow, IncidentRow, Place } from "../../src/wire/types";

const hidden: Place = { lat: 0, lon: 0, text: "", how: "hidden" };
const plain: Place = { lat: 38.7, lon: -9.1, text: "" };
const incident = (place: Place) => ({ id: "1", type: "x", priority: 1, units: [], place }) as unknown as IncidentRow;
const call = (place: Place) => ({ id: "1", place, areas: [] }) as unknown as CallRow;

afterEach(() => vi.unstubAllGlobals());

test("an opening is told to the access log, and no call is no look", () => {
  const fetched = vi.fn((_path: string, _wish: RequestInit) => Promise.resolve(new Response('{"why":"taking call 7"}')));
  vi.stubGlobal("fetch", fetched);
  looked("");
  looked("7");
  expect(fetched.mock.calls.map(([path, wish]) => [path, wish.method, wish.body])).toEqual([["/api/looks", "POST", '{"what":"position","call":"7"}']]);
});
test("what is kept from this reader is no look", () => {
  expect([tells(hidden), tells({ ...plain, how: "erased" }), tells(null), tells(plain)]).toEqual([false, false, false, true]);
});
test("a hidden place is a word, a coarse one says so", () => {
  expect(placeName(hidden)).toMatch(/hidden|oculto/);
  expect(placeName({ ...plain, how: "coarse" })).toMatch(/^≈ 38\.70, -9\.10 \((coarse|aproximado)\)$/);
});
test("a hidden place has no mark on the map", () => {
  expect([incidentMarks([incident(hidden)], String).length, callMarks([call(hidden)]).length]).toEqual([0, 0]);
  expect([incidentMarks([incident(plain)], String).length, callMarks([call(plain)]).length]).toEqual([1, 1]);
  expect([...happening([incident(hidden), incident(plain)]), ...called([call(hidden), call(plain)])]).toEqual([plain, plain]);
});
