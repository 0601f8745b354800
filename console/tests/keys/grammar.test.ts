import { describe, expect, test } from "vitest";

import { DISPOSITIONS, TYPES } from "../../mock/centre";
import { en, pt } from "../../src/i18n/languages";
import { understand } from "../../src/keys/grammar";
import type { Ground } from "../../src/keys/meaning";
import { VERB_TABLES, VERBS } from "../../src/keys/verbs";
import type { AlarmRow, CallerLinkRow, CallRow, ClosureRow, HospitalRow, IncidentRow, UnitRow } from "../../src/wire/types";

const table = <T extends { id: string }>(...rows: Partial<T>[]) => new Map(rows.map((row) => [row.id as string, row as T]));
const PLACE = { lat: 38.7, lon: -9.1, text: "12 Mill Street" };

const GROUND: Ground = {
  calls: table<CallRow>(
    { id: "17", status: "answered", place: PLACE, received_at: 1 },
    { id: "18", status: "ringing", place: null, received_at: 9 },
    { id: "19", status: "ringing", place: null, received_at: 5 },
  ),
  incidents: table<IncidentRow>(
    { id: "1432", type: "fire_building", priority: 1, place: PLACE, units: [], level: 1, owes: 1, proposal: { id: "1432-3", at: 1, cause: "unit_free", send: ["E12"], recall: ["M3"], gain_s: 130, due: [] } },
    { id: "1433", type: "medical_fall", priority: 3, place: PLACE, units: [], level: 2, owes: 0, proposal: null },
  ),
  units: table<UnitRow>(
    { id: "E12", status: "available", crew_min: 3, incident: "" },
    { id: "E1", status: "available", crew_min: 3, incident: "", post: "North bridge" },
    { id: "M3", status: "en_route", crew_min: 2, incident: "1433" },
  ),
  alarms: table<AlarmRow>({ id: "a1", alarm_kind: "not_acknowledged", subject: "M3", raised_at: 1, acknowledged_by: "" }),
  closures: table<ClosureRow>({ id: "7", place: PLACE }),
  catalogue: { types: TYPES as never, dispositions: DISPOSITIONS as never, limits: { call_unanswered_s: 10, not_acknowledged_s: 60, long_on_scene_s: 2700, location_waits_s: 300, same_caller_s: 7200 } },
  links: table<CallerLinkRow>({ id: "K3", call: "17", status: "opened", sent_at: 5 }, { id: "K2", call: "17", status: "ended", sent_at: 1 }),
  language: "en",
  messages: en,
  now: 1_000,
  hospitals: table<HospitalRow>({ id: "São José" }, { id: "São João" }, { id: "General" }),
  selected: "1432",
  current: "17",
  recommended: ["E12", "M3"],
  reasons: ["Closer than the map knows", "Asked for by the scene"],
};

describe("a line becomes an order", () => {
  test.each([
    ["a", { kind: "answer_call", call: "19" }],
    ["sms", { kind: "send_caller_link", call: "17", tongue: "en" }],
    ["sms AR", { kind: "send_caller_link", call: "17", tongue: "ar" }],
    ["w which door?", { kind: "tell_caller", link: "K3", text: "which door?" }],
    ["w 1", { kind: "tell_caller", link: "K3", phrase: "help_is_coming" }],
    ["w 14", { kind: "tell_caller", link: "K3", phrase: "call_again" }],
    ["w 15", { kind: "tell_caller", link: "K3", text: "15" }],
    ["we", { kind: "end_caller_link", link: "K3" }],
    ["a 18", { kind: "answer_call", call: "18" }],
    ["o fire b", { kind: "open_incident", type: "fire_building", calls: ["17"] }],
    ["o building fire p2", { kind: "open_incident", type: "fire_building", calls: ["17"], priority: 2 }],
    ["o not breathing", { kind: "open_incident", type: "medical_arrest", calls: ["17"] }],
    ["d", { kind: "dispatch_units", incident: "1432", units: ["E12", "M3"] }],
    ["d e12", { kind: "dispatch_units", incident: "1432", units: ["E12"] }],
    ["d e12 E1 1433", { kind: "dispatch_units", incident: "1433", units: ["E12", "E1"] }],
    ["D  E12   e12 1433 ", { kind: "dispatch_units", incident: "1433", units: ["E12"] }],
    ["s m3 os", { kind: "stamp_unit", unit: "M3", status: "on_scene" }],
    ["s m3 left St Mary", { kind: "stamp_unit", unit: "M3", status: "left_scene", destination: "St Mary" }],
    ["x m3 not needed", { kind: "cancel_unit", unit: "M3", reason: "not needed" }],
    ["v m3 1432 closer", { kind: "divert_unit", unit: "M3", incident: "1432", reason: "closer" }],
    ["v m3", { kind: "divert_unit", unit: "M3", incident: "1432" }],
    ["n 1433 smoke  on stairs", { kind: "note_incident", incident: "1433", text: "smoke  on stairs" }],
    ["n 2 adults حريق", { kind: "note_incident", incident: "1432", text: "2 adults حريق" }],
    ["back e1 covered", { kind: "call_home_unit", unit: "E1", reason: "covered" }],
    ["hd general", { kind: "divert_hospital", hospital: "General" }],
    ["hd general 60 ward full", { kind: "divert_hospital", hospital: "General", reason: "ward full", until: 4_600 }],
    ["hd são josé no beds", { kind: "divert_hospital", hospital: "São José", reason: "no beds" }],
    ["ho gen", { kind: "reopen_hospital", hospital: "General" }],
    ["hl gen 25 3", { kind: "report_hospital", hospital: "General", wait_s: 1_500, beds_free: 3 }],
    ["hl gen 0", { kind: "report_hospital", hospital: "General", wait_s: 0 }],
    ["nc two children", { kind: "note_call", call: "17", text: "two children" }],
    ["c false nothing found", { kind: "close_incident", incident: "1432", disposition: "false_alarm", text: "nothing found" }],
    ["c 1433 done", { kind: "close_incident", incident: "1433", disposition: "done" }],
    ["t 1433 p1", { kind: "reclassify_incident", incident: "1433", priority: 1 }],
    ["t cardiac p2", { kind: "reclassify_incident", incident: "1432", type: "medical_arrest", priority: 2 }],
    ["al", { kind: "raise_level", incident: "1432", level: 2 }],
    ["al 1433 smoke everywhere", { kind: "raise_level", incident: "1433", level: 3, reason: "smoke everywhere" }],
    ["al 4", { kind: "raise_level", incident: "1432", level: 4 }],
    ["y 2", { kind: "explain_choice", incident: "1432", reason: "Asked for by the scene" }],
    ["y 2 children inside", { kind: "explain_choice", incident: "1432", reason: "2 children inside" }],
    ["ok", { kind: "accept_proposal", proposal: "1432-3" }],
    ["no nearly there", { kind: "dismiss_proposal", proposal: "1432-3", reason: "nearly there" }],
    ["k 1433", { kind: "link_incidents", incident: "1432", other: "1433" }],
    ["k 1433 1432", { kind: "link_incidents", incident: "1433", other: "1432" }],
    ["j 1433", { kind: "attach_call", call: "17", incident: "1433" }],
    ["rel a", { kind: "release_call", call: "17", reason: "abandoned" }],
    ["rel i asked the time", { kind: "release_call", call: "17", reason: "information", text: "asked the time" }],
    ["on e12 4", { kind: "unit_on_duty", unit: "E12", crew_count: 4 }],
    ["off e12", { kind: "unit_off_duty", unit: "E12" }],
    ["home e12", { kind: "unit_at_station", unit: "E12" }],
    ["unblock", { kind: "reopen_road", closure: "7" }],
    ["reopen 1200 still smoking", { kind: "reopen_incident", incident: "1200", reason: "still smoking" }],
    ["ack", { kind: "acknowledge_alarm", alarm: "a1" }],
    ["unshare ems", { kind: "end_sharing", incident: "1432", agency: "ems" }],
    ["share ems their boat is nearer", { kind: "share_incident", incident: "1432", agency: "ems", reason: "their boat is nearer", until: null }],
  ])("%s", (line, order) => {
    expect(understand(line, GROUND)).toMatchObject({ state: "ready", order });
  });

  test.each([
    ["l 12 mill st", "12 mill st", { kind: "locate_call", call: "17", place: PLACE }],
    ["r 1433 mill / high", "mill / high", { kind: "relocate_incident", incident: "1433", place: PLACE }],
    ["block mill street 40 m", "mill street", { kind: "close_road", place: PLACE, radius_m: 40 }],
    ["block شارع الملك", "شارع الملك", { kind: "close_road", place: PLACE, radius_m: 15 }],
  ])("%s searches for a place first", (line, query, order) => {
    const meaning = understand(line, GROUND);
    expect(meaning).toMatchObject({ state: "place", query });
    if (meaning.state === "place") expect(meaning.make(PLACE).order).toEqual(order);
  });
});

describe("what is not an order says why, and gives no order", () => {
  test.each([
    ["", "empty"],
    ["zz", "wrong"],
    ["d e99", "wrong"],
    ["d e12 9999", "wrong"],
    ["n 9999 text meant for another", "wrong"],
    ["c 9999 done", "wrong"],
    ["s m3", "need"],
    ["s m3 xx", "wrong"],
    ["n", "need"],
    ["on e12", "need"],
    ["o", "need"],
    ["o qqqq", "wrong"],
    ["k 1432", "need"],
    ["c", "need"],
  ])("%j: %s", (line, state) => {
    expect(understand(line, GROUND).state).toBe(state);
  });

  test("without a selection, a call or a recommendation, the bare forms ask for one", () => {
    const bare = { ...GROUND, selected: "", current: "", recommended: null };
    for (const line of ["d", "d e12", "n hello", "l mill", "o fire", "j 1432", "rel a", "nc x"]) expect(understand(line, bare).state, line).toBe("need");
  });

  test("a part of a callsign never dispatches; it offers the whole ones", () => {
    const meaning = understand("d e", GROUND);
    expect(meaning).toMatchObject({ state: "wrong" });
    expect("completions" in meaning && meaning.completions.map((each) => each.line.trim())).toEqual(["d E1", "d E12"]);
  });
});

test("the preview names the incident in words, in the person's language", () => {
  const english = understand("d e12", GROUND);
  const portuguese = understand("d e12", { ...GROUND, messages: pt, language: "pt" });
  expect(english).toMatchObject({ says: "Send E12 to 1432 (Building fire, 12 Mill Street)" });
  expect(portuguese).toMatchObject({ says: "Enviar E12 para 1432 (Incêndio em edifício, 12 Mill Street)" });
});

test("bare digits where an incident may stand are never the unit that ends in them", () => {
  const ground = { ...GROUND, units: table<UnitRow>({ id: "E1", status: "available" }, { id: "M4", status: "available" }) };
  expect(understand("d e1 4", ground)).toMatchObject({ state: "wrong", says: "4: no open incident of that number" });
  const open = { ...ground, incidents: table<IncidentRow>({ id: "4", type: "fire_building", priority: 1, place: PLACE, units: [] }) };
  expect(understand("d e1 4", open)).toMatchObject({ order: { kind: "dispatch_units", incident: "4", units: ["E1"] } });
  expect(understand("g 4", ground)).toMatchObject({ to: { incident: "4" } });
  expect(understand("g m4", ground)).toMatchObject({ to: { unit: "M4" } });
});

test("a status that is none is named, with all that there are", () => {
  const meaning = understand("s m3 xx", GROUND);
  expect(meaning).toMatchObject({ state: "wrong", says: "xx: no such status" });
  expect("completions" in meaning && meaning.completions.length).toBe(9);
});

test("a crew too small is said before Enter", () => {
  expect(understand("on e1 1", GROUND)).toMatchObject({ says: "E1 on duty with a crew of 1 (too few: needs 3)" });
  expect(understand("on e1 3", GROUND)).toMatchObject({ says: "E1 on duty with a crew of 3" });
});

test("a selected incident without a recommendation asks for units, not for an incident", () => {
  expect(understand("d", { ...GROUND, recommended: null })).toMatchObject({ state: "need", says: en.desk.command.need(en.desk.command.what.units) });
});

describe("calls after the first word", () => {
  const lost = { ...GROUND, calls: table<CallRow>({ id: "41", status: "released", number: "+351 912 345 678", received_at: 1 }), catalogue: { ...GROUND.catalogue, call_back_reasons: [{ code: "known", name: { en: "Known" } }] } } as Ground;
  test("a call is split off by its number", () => {
    expect(understand("split 17 another street", GROUND)).toMatchObject({ state: "ready", order: { kind: "detach_call", call: "17", reason: "another street" } });
    expect(understand("split", GROUND)).toMatchObject({ state: "need" });
  });
  test("the current call is silent", () => {
    expect(understand("silent", GROUND)).toMatchObject({ state: "ready", order: { kind: "mark_silent", call: GROUND.current } });
    expect(understand("rel s", GROUND)).toMatchObject({ order: { kind: "release_call", reason: "silent" } });
  });
  test("a lost caller is reached, tried in vain, or not called for a reason", () => {
    expect(understand("cb 41 r", lost)).toMatchObject({ order: { kind: "call_back", outcome: "reached" } });
    expect(understand("cb 41 n", lost)).toMatchObject({ order: { kind: "call_back", outcome: "no_answer" } });
    expect(understand("cb 41 kn", lost)).toMatchObject({ order: { kind: "close_call_back", reason: "known" } });
    expect(understand("cb 41", lost)).toMatchObject({ state: "need" });
    expect(understand("cb 17 r", GROUND)).toMatchObject({ state: "need" });
  });
});

test("no verb is registered twice: the later one would silently win", () => {
  const all = VERB_TABLES.flatMap((table) => Object.keys(table));
  expect(all.filter((verb, at) => all.indexOf(verb) !== at)).toEqual([]);
  expect(Object.keys(VERBS)).toEqual(all);
});
