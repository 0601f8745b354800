import { expect, test } from "vitest";

import { DISPOSITIONS, TYPES } from "../../mock/centre";
import { en, pt } from "../../src/i18n/languages";
import { belongs, sentence } from "../../src/panels/sentences";
import type { Catalogue, Entry, Fact } from "../../src/wire/types";

const CATALOGUE = { types: TYPES, dispositions: DISPOSITIONS } as unknown as Catalogue;
const entry = (fact: Partial<Fact>): Entry => ({ position: 1, recorded_at: 0, by: "ana", order: "", seen: 0, erased: false, fact: { at: 0, ...fact } as Fact });
const say = (fact: Partial<Fact>) => sentence(entry(fact), en, CATALOGUE, "en");

test("facts as sentences", () => {
  expect(say({ kind: "incident.opened", type: "fire_building", priority: 1, place: { lat: 1, lon: 2, text: "12 Mill Street" } })).toBe("Incident opened: Building fire, Immediate, 12 Mill Street");
  expect(say({ kind: "unit.dispatched", unit: "E12", drive: { basis: "line", eta_s: 245 } })).toBe("E12 dispatched, 4:05 straight line");
  expect(say({ kind: "unit.dispatched", unit: "E12", drive: { basis: "road", eta_s: 245, low_s: 130, high_s: 421 } })).toBe("E12 dispatched, 4:05 (2–8 min) by road");
  expect(say({ kind: "unit.dispatched", unit: "E12", drive: { basis: "none" } })).toBe("E12 dispatched, no estimate");
  expect(say({ kind: "incident.noted", text: "دخان كثيف" })).toBe("دخان كثيف");
  expect(say({ kind: "incident.closed", disposition: "false_alarm" })).toBe("Closed: False alarm");
  expect(sentence(entry({ kind: "unit.diverted", unit: "M3", to: "1433" }), pt, CATALOGUE, "pt")).toBe("M3 desviada para 1433");
});

test("a choice says what was proposed, unless it was done", () => {
  const shown = { candidates: [{ unit: "E1", chosen: true }, { unit: "E2" }] };
  expect(say({ kind: "incident.units_chosen", verdict: "accepted", sent: ["E1"], shown })).toBe("Sent as proposed");
  expect(say({ kind: "incident.units_chosen", verdict: "overridden", sent: ["E2"], shown, reason: "knows the gate" })).toBe("Sent against the proposal; proposed were E1; knows the gate");
  expect(say({ kind: "proposal.made", send: ["E2"], recall: ["E1"], gain_s: 130, cause: "unit_free" })).toBe("Proposed: Better now: E2 instead of E1, 2:10 sooner, a unit came free");
});

test("a link is named by its other end", () => {
  const link = entry({ kind: "incident.linked", incident: "1", other: "2" });
  expect(sentence(link, en, CATALOGUE, "en", "1")).toBe("Linked with 2");
  expect(sentence(link, en, CATALOGUE, "en", "2")).toBe("Linked with 1");
});

test("a kind this screen does not know is named, not hidden", () => {
  expect(say({ kind: "moon.landed" as never })).toBe("moon.landed");
});

test("what belongs to an incident", () => {
  expect(belongs(entry({ kind: "unit.diverted", incident: "1", to: "2" }), "2", [])).toBe(true);
  expect(belongs(entry({ kind: "call.noted", call: "9" }), "2", ["9"])).toBe(true);
  expect(belongs(entry({ kind: "call.noted", call: "8" }), "2", ["9"])).toBe(false);
});
