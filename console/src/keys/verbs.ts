/// One entry a verb of the command line: its form and help for the list of keys, and how it is understood.

import type { Messages } from "../i18n/languages";
import { alarmOrder, callOrder } from "../room/order_of_rows";
import { placeName } from "../room/places";
import type { IncidentType, Order, Place, UnitRow } from "../wire/types";
import { findDispositions, findId, findTypes, nameOf, startingWith } from "./find";
import type { Completion, Ground, Meaning, Said } from "./meaning";
import { SHORT_STAMPS, STAMP_CODES } from "./stamps";
import { CALLER_VERBS } from "./verbs_callers";
import { COVER_VERBS } from "./verbs_cover";
import { CALL_VERBS } from "./verbs_calls";
import { PLAN_VERBS } from "./verbs_plans";
import { SHARING_VERBS } from "./verbs_sharing";

type Need = keyof Messages["desk"]["command"]["what"];

export interface Verb {
  form: (words: Messages["desk"]["command"]["form"]) => string;
  help: (messages: Messages) => string;
  hear: (said: Said, ground: Ground) => Meaning;
}

const need = (ground: Ground, what: Need, completions: Completion[] = []): Meaning => {
  const words = ground.messages.desk.command;
  return { state: "need", says: words.need(words.what[what]), completions };
};

const wrong = (word: string, why: string, completions: Completion[] = []): Meaning => ({
  state: "wrong",
  says: `${word}: ${why}`,
  completions,
});

const ready = (order: Order, says: string, completions: Completion[] = []): Meaning => ({ state: "ready", order, says, completions });

const placed = (query: string, make: (place: Place) => { order: Order; says: string }): Meaning => ({ state: "place", query, make });

const callName = (ground: Ground, call: string): string => ground.messages.orders.call(call);

function incidentName(id: string, ground: Ground): string {
  const row = ground.incidents.get(id);
  const type = row && ground.catalogue.types.find((each) => each.code === row.type);
  return row ? `${id} (${type ? nameOf(type, ground.language) : row.type}${row.place.text ? `, ${row.place.text}` : ""})` : id;
}

/** The line up to its last word, which a completion replaces. */
function upToLast(said: Said): string {
  return [said.verb, ...said.words.slice(0, -1)].join(" ");
}

function unitChoices(word: string, said: Said, ground: Ground, fits: (unit: UnitRow) => boolean = () => true): Completion[] {
  return startingWith(word, ground.units, 24)
    .map((id) => ground.units.get(id) as UnitRow)
    .filter(fits)
    .slice(0, 6)
    .map((unit) => ({ line: `${upToLast(said)} ${unit.id} `, label: unit.id, detail: ground.messages.common.status[unit.status] }));
}

function withUnit(said: Said, ground: Ground, then: (unit: UnitRow, rest: string[]) => Meaning): Meaning {
  const [word, ...rest] = said.words;
  if (!word) return need(ground, "unit");
  const id = findId(word, ground.units);
  const unit = id === null ? undefined : ground.units.get(id);
  if (!unit) return wrong(word, ground.messages.desk.command.no_such.unit, rest.length ? [] : unitChoices(word, said, ground));
  return then(unit, rest);
}

/** A number as long as the incidents' own is meant as one: "n 1432 …" must never become a note on another incident. */
function looksLikeIncident(word: string, ground: Ground): boolean {
  if (!/^\d+$/.test(word)) return false;
  const [any] = ground.incidents.keys();
  return word.length >= Math.min(3, any?.length ?? 3);
}

/** The incident named first, or the selected one; the other words follow. */
function withIncident(said: Said, ground: Ground, then: (incident: string, rest: string) => Meaning): Meaning {
  const [word] = said.words;
  const named = word ? findId(word, ground.incidents) : null;
  if (named !== null && word) return then(named, said.rest.slice(word.length).trim());
  if (word && looksLikeIncident(word, ground)) return wrong(word, ground.messages.desk.command.no_such.incident);
  if (ground.selected) return then(ground.selected, said.rest);
  return need(ground, "incident");
}

function typeChoices(types: IncidentType[], ground: Ground, line: (type: IncidentType) => string): Completion[] {
  return types.slice(0, 6).map((type) => ({
    line: line(type),
    label: nameOf(type, ground.language),
    detail: ground.messages.common.priority[type.priority] ?? "",
  }));
}

/** "building fire p2" → the words and the priority. */
function splitPriority(text: string): { words: string; priority: number | undefined } {
  const match = /(?:^|\s)p([1-5])$/i.exec(text.trim());
  return match ? { words: text.trim().slice(0, match.index).trim(), priority: Number(match[1]) } : { words: text.trim(), priority: undefined };
}

function answer(said: Said, ground: Ground): Meaning {
  const ringing = [...ground.calls.values()].filter((call) => call.status === "ringing").sort(callOrder);
  const word = said.words[0];
  const named = word ? findId(word, ground.calls) : null;
  const call = word ? (named === null ? undefined : ground.calls.get(named)) : ringing[0];
  if (!call) return need(ground, "ringing");
  return ready({ kind: "answer_call", call: call.id }, ground.messages.orders.answer(callName(ground, call.id)));
}

function locate(said: Said, ground: Ground): Meaning {
  const call = ground.current;
  if (!call) return need(ground, "call");
  if (!said.rest) return need(ground, "place");
  return placed(said.rest, (place) => ({
    order: { kind: "locate_call", call, place },
    says: ground.messages.orders.locate(callName(ground, call), placeName(place)),
  }));
}

function open(said: Said, ground: Ground): Meaning {
  const call = ground.calls.get(ground.current);
  if (!call) return need(ground, "call");
  const { words, priority } = splitPriority(said.rest);
  if (!words) return need(ground, "type");
  const types = findTypes(words, ground.catalogue, ground.language);
  const [type] = types;
  if (!type) return wrong(words, ground.messages.desk.command.no_such.type);
  if (!call.place) return need(ground, "place");
  const { messages } = ground;
  const says = messages.orders.open(nameOf(type, ground.language), messages.common.priority[priority ?? type.priority] ?? "", placeName(call.place));
  const order: Order = { kind: "open_incident", type: type.code, calls: [call.id], ...(priority ? { priority } : {}) };
  return ready(order, says, types.length > 1 ? typeChoices(types, ground, (each) => `o ${nameOf(each, ground.language)}`) : []);
}

/** Where a unit or an incident may stand, bare digits are an incident: "d e1 4" must never become E1 and M4. */
function unitNamed(word: string, ground: Ground): string | null {
  return /^\d+$/.test(word) && !ground.units.has(word) ? null : findId(word, ground.units);
}

function dispatch(said: Said, ground: Ground): Meaning {
  if (!said.words.length) return dispatchRecommended(ground);
  const units: string[] = [];
  let incident = "";
  for (const [place, word] of said.words.entries()) {
    const unit = unitNamed(word, ground);
    const other = unit === null ? findId(word, ground.incidents) : null;
    if (unit !== null) units.push(unit);
    else if (other !== null && !incident) incident = other;
    else {
      const last = place === said.words.length - 1;
      const missing = /^\d+$/.test(word) ? "incident" : "unit";
      return wrong(word, ground.messages.desk.command.no_such[missing], last ? unitChoices(word, said, ground, (each) => each.status === "available") : []);
    }
  }
  incident ||= ground.selected;
  if (!units.length) return incident === ground.selected ? dispatchRecommended(ground) : need(ground, "unit");
  if (!incident) return need(ground, "incident");
  const said_units = [...new Set(units)];
  return ready({ kind: "dispatch_units", incident, units: said_units }, ground.messages.orders.dispatch(said_units.join(", "), incidentName(incident, ground)));
}

function dispatchRecommended(ground: Ground): Meaning {
  if (!ground.selected) return need(ground, "recommendation");
  if (!ground.recommended) return need(ground, "units");
  if (!ground.recommended.length) return need(ground, "nobody");
  const order: Order = { kind: "dispatch_units", incident: ground.selected, units: ground.recommended };
  return ready(order, ground.messages.orders.dispatch(ground.recommended.join(", "), incidentName(ground.selected, ground)));
}

function stamp(said: Said, ground: Ground): Meaning {
  return withUnit(said, ground, (unit, [code, ...rest]) => {
    const status = STAMP_CODES[(code ?? "").toLowerCase()];
    const words = ground.messages.common.status;
    if (!status) {
      const fits = SHORT_STAMPS.filter(([short]) => !code || short.startsWith(code.toLowerCase()));
      const choices = (fits.length ? fits : SHORT_STAMPS).map(([short, full]) => ({ line: `s ${unit.id} ${short}`, label: short, detail: words[full] }));
      return code && !fits.length ? wrong(code, ground.messages.desk.command.no_such.stamp, choices) : need(ground, "stamp", choices);
    }
    const destination = rest.join(" ");
    const says = ground.messages.orders.stamp(unit.id, words[status] + (destination && ` → ${destination}`));
    return ready({ kind: "stamp_unit", unit: unit.id, status, ...(destination ? { destination } : {}) }, says);
  });
}

function cancel(said: Said, ground: Ground): Meaning {
  return withUnit(said, ground, (unit, rest) => {
    const reason = rest.join(" ");
    const says = ground.messages.orders.cancel(unit.id, unit.incident ? incidentName(unit.incident, ground) : "—");
    return ready({ kind: "cancel_unit", unit: unit.id, ...(reason ? { reason } : {}) }, says);
  });
}

function divert(said: Said, ground: Ground): Meaning {
  return withUnit(said, ground, (unit, [word, ...rest]) => {
    const named = word ? findId(word, ground.incidents) : null;
    if (word && named === null) return wrong(word, ground.messages.desk.command.no_such.incident);
    const incident = named ?? ground.selected;
    if (!incident || incident === unit.incident) return need(ground, "incident");
    const reason = rest.join(" ");
    const order: Order = { kind: "divert_unit", unit: unit.id, incident, ...(reason ? { reason } : {}) };
    return ready(order, ground.messages.orders.divert(unit.id, incidentName(incident, ground)));
  });
}

function note(said: Said, ground: Ground): Meaning {
  return withIncident(said, ground, (incident, text) =>
    text ? ready({ kind: "note_incident", incident, text }, ground.messages.orders.note(incident, text)) : need(ground, "text"),
  );
}

function noteCall(said: Said, ground: Ground): Meaning {
  if (!ground.current) return need(ground, "call");
  if (!said.rest) return need(ground, "text");
  const says = ground.messages.orders.note_call(callName(ground, ground.current), said.rest);
  return ready({ kind: "note_call", call: ground.current, text: said.rest }, says);
}

function close(said: Said, ground: Ground): Meaning {
  return withIncident(said, ground, (incident, rest) => {
    const [word = "", ...text] = rest.split(/\s+/);
    const ends = findDispositions(word, ground.catalogue, ground.language);
    const choices = ends.map((end) => ({ line: `c ${incident} ${end.code}`, label: end.code, detail: nameOf(end, ground.language) }));
    if (!word) return need(ground, "disposition", choices);
    const [end] = ends;
    if (!end) return wrong(word, ground.messages.desk.command.no_such.disposition);
    if (ends.length > 1) return { state: "need", says: ground.messages.desk.command.ambiguous(word), completions: choices };
    const words = text.join(" ");
    const order: Order = { kind: "close_incident", incident, disposition: end.code, ...(words ? { text: words } : {}) };
    return ready(order, ground.messages.orders.close(incidentName(incident, ground), nameOf(end, ground.language) + (words && `, ${words}`)));
  });
}

function relocate(said: Said, ground: Ground): Meaning {
  return withIncident(said, ground, (incident, query) =>
    query
      ? placed(query, (place) => ({ order: { kind: "relocate_incident", incident, place }, says: ground.messages.orders.relocate(incident, placeName(place)) }))
      : need(ground, "place"),
  );
}

function reclassify(said: Said, ground: Ground): Meaning {
  return withIncident(said, ground, (incident, rest) => {
    const { words, priority } = splitPriority(rest);
    const types = words ? findTypes(words, ground.catalogue, ground.language) : [];
    const [type] = types;
    if (words && !type) return wrong(words, ground.messages.desk.command.no_such.type);
    if (!type && !priority) return need(ground, "change");
    const order: Order = { kind: "reclassify_incident", incident, ...(type ? { type: type.code } : {}), ...(priority ? { priority } : {}) };
    const what = [type && nameOf(type, ground.language), priority && ground.messages.common.priority[priority]].filter(Boolean).join(", ");
    const choices = types.length > 1 ? typeChoices(types, ground, (each) => `t ${incident} ${nameOf(each, ground.language)}`) : [];
    return ready(order, ground.messages.orders.reclassify(incident, what), choices);
  });
}

function link(said: Said, ground: Ground): Meaning {
  const found = said.words.map((word) => findId(word, ground.incidents));
  const missing = said.words[found.indexOf(null)];
  if (missing) return wrong(missing, ground.messages.desk.command.no_such.incident);
  const [first, second] = found as string[];
  const incident = second ? first : ground.selected;
  const other = second ?? first;
  if (!incident) return need(ground, "incident");
  if (!other || other === incident) return need(ground, "other");
  return ready({ kind: "link_incidents", incident, other }, ground.messages.orders.link(incidentName(incident, ground), incidentName(other, ground)));
}

function join(said: Said, ground: Ground): Meaning {
  const call = ground.current;
  if (!call) return need(ground, "call");
  return withIncident(said, ground, (incident) =>
    ready({ kind: "attach_call", call, incident }, ground.messages.orders.attach(callName(ground, call), incidentName(incident, ground))),
  );
}

function onDuty(said: Said, ground: Ground): Meaning {
  return withUnit(said, ground, (unit, [count]) => {
    if (!count || !/^\d{1,2}$/.test(count)) return need(ground, "crew", [{ line: `on ${unit.id} ${unit.crew_min}`, label: String(unit.crew_min), detail: "" }]);
    const crew_count = Number(count);
    return ready({ kind: "unit_on_duty", unit: unit.id, crew_count }, ground.messages.orders.on_duty(unit.id, crew_count, unit.crew_min));
  });
}

function offDuty(said: Said, ground: Ground): Meaning {
  return withUnit(said, ground, (unit) => ready({ kind: "unit_off_duty", unit: unit.id }, ground.messages.orders.off_duty(unit.id)));
}

function home(said: Said, ground: Ground): Meaning {
  return withUnit(said, ground, (unit) => ready({ kind: "unit_at_station", unit: unit.id }, ground.messages.orders.at_station(unit.id)));
}

function release(said: Said, ground: Ground): Meaning {
  if (!ground.current) return need(ground, "call");
  const [code = "", ...text] = said.words;
  const reason = code && "abandoned".startsWith(code.toLowerCase()) ? "abandoned" : code && "silent".startsWith(code.toLowerCase()) ? "silent" : code && "information".startsWith(code.toLowerCase()) ? "information" : null;
  const names = ground.messages.orders.release_reason;
  if (!reason) return need(ground, "reason", [
    { line: "rel a", label: "a", detail: names.abandoned },
    { line: "rel s", label: "s", detail: names.silent },
    { line: "rel i", label: "i", detail: names.information },
  ]);
  const words = text.join(" ");
  const order: Order = { kind: "release_call", call: ground.current, reason, ...(words ? { text: words } : {}) };
  return ready(order, ground.messages.orders.release(callName(ground, ground.current), names[reason] + (words && `, ${words}`)));
}

function block(said: Said, ground: Ground): Meaning {
  const match = /\s(\d{1,4})\s?m$/.exec(said.rest);
  const radius_m = match ? Number(match[1]) : 15;
  const query = match ? said.rest.slice(0, match.index) : said.rest;
  if (!query) return need(ground, "place");
  return placed(query, (place) => ({ order: { kind: "close_road", place, radius_m }, says: ground.messages.orders.block(placeName(place), radius_m) }));
}

function unblock(said: Said, ground: Ground): Meaning {
  const word = said.words[0];
  const named = word ? findId(word, ground.closures) : ground.closures.size === 1 ? [...ground.closures.keys()][0] ?? null : null;
  const closure = named === null ? undefined : ground.closures.get(named);
  const choices = [...ground.closures.values()].slice(0, 8).map((each) => ({ line: `unblock ${each.id}`, label: each.id, detail: placeName(each.place) }));
  if (!closure) return need(ground, "closure", choices);
  return ready({ kind: "reopen_road", closure: closure.id }, ground.messages.orders.unblock(placeName(closure.place)));
}

/** A closed incident is off the board: its number is taken as typed, and the server knows whether there is one. */
function reopen(said: Said, ground: Ground): Meaning {
  const [word, ...text] = said.words;
  const named = word && /\d/.test(word) ? word : "";
  const incident = named || (ground.incidents.has(ground.selected) ? "" : ground.selected);
  if (!incident) return need(ground, "incident");
  const reason = named ? text.join(" ") : said.rest;
  return ready({ kind: "reopen_incident", incident, ...(reason ? { reason } : {}) }, ground.messages.orders.reopen(incident));
}

function acknowledge(_said: Said, ground: Ground): Meaning {
  const [alarm] = [...ground.alarms.values()].filter((each) => !each.acknowledged_by).sort(alarmOrder);
  if (!alarm) return need(ground, "alarm");
  const words = ground.messages.common.alarm[alarm.alarm_kind](alarm.subject);
  return ready({ kind: "acknowledge_alarm", alarm: alarm.id }, ground.messages.orders.acknowledge(words));
}

function go(said: Said, ground: Ground): Meaning {
  const word = said.words[0];
  if (!word) return need(ground, "incident");
  const unit = unitNamed(word, ground);
  if (unit !== null) return { state: "go", to: { unit }, says: `→ ${unit}` };
  // A closed incident is off the board: its number is taken as typed, and the server knows whether there is one.
  const incident = findId(word, ground.incidents) ?? (/^\d+$/.test(word) ? word : null);
  if (incident !== null) return { state: "go", to: { incident }, says: `→ ${incidentName(incident, ground)}` };
  return wrong(word, ground.messages.desk.command.no_such.either);
}

type Form = Messages["desk"]["command"]["form"];
const verb = (help: keyof Messages["desk"]["command"]["help"], form: (w: Form) => string, hear: Verb["hear"]): Verb => ({
  form,
  help: (messages) => messages.desk.command.help[help],
  hear,
});

const DESK_VERBS: Record<string, Verb> = {
  a: verb("a", () => "", answer),
  l: verb("l", (w) => w.address, locate),
  o: verb("o", (w) => `${w.type} p1–p5`, open),
  d: verb("d", (w) => `${w.units} ${w.incident}`, dispatch),
  s: verb("s", (w) => `${w.unit} ${w.status}`, stamp),
  x: verb("x", (w) => `${w.unit} ${w.reason}`, cancel),
  v: verb("v", (w) => `${w.unit} ${w.incident} ${w.reason}`, divert),
  n: verb("n", (w) => `${w.incident} ${w.text}`, note),
  nc: verb("nc", (w) => w.text, noteCall),
  c: verb("c", (w) => `${w.incident} ${w.disposition} ${w.text}`, close),
  r: verb("r", (w) => `${w.incident} ${w.address}`, relocate),
  t: verb("t", (w) => `${w.incident} ${w.type} p1–p5`, reclassify),
  k: verb("k", (w) => `${w.incident} ${w.incident}`, link),
  j: verb("j", (w) => w.incident, join),
  rel: verb("rel", (w) => `a|s|i ${w.text}`, release),
  on: verb("on", (w) => `${w.unit} ${w.crew}`, onDuty),
  off: verb("off", (w) => w.unit, offDuty),
  home: verb("home", (w) => w.unit, home),
  block: verb("block", (w) => `${w.address} 50 m`, block),
  unblock: verb("unblock", () => "", unblock),
  reopen: verb("reopen", (w) => `${w.incident} ${w.reason}`, reopen),
  ack: verb("ack", () => "", acknowledge),
};

const GO_VERBS: Record<string, Verb> = { g: verb("g", (w) => `${w.incident} | ${w.unit}`, go) };

/** Every table of verbs. A verb that stands in two of them would be the later one's, silently: a test keeps them apart. */
export const VERB_TABLES: readonly Record<string, Verb>[] = [DESK_VERBS, PLAN_VERBS, SHARING_VERBS, CALL_VERBS, CALLER_VERBS, COVER_VERBS, GO_VERBS];

export const VERBS: Record<string, Verb> = Object.fromEntries(VERB_TABLES.flatMap((table) => Object.entries(table)));
