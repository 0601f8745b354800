/// An invented centre for work on the screens without a server. Development only: never part of a build.
/// It knows just enough of the rules to make every screen move.

import type { CallRow, Candidate, Entry, Fact, IncidentRow, Move, Order, Place, Rows, UnitRow, UnitStatus } from "../src/wire/types";

const LAT = 38.72;
const LON = -9.14;
const STREETS = ["Rua da Prata", "Harbour Road", "St John's Lane", "Avenida da Liberdade", "Mill Street", "شارع الملك فيصل", "அண்ணா சாலை", "Castle Hill", "Old Market"];
export const TYPES = [
  { code: "fire_building", group: "fire", priority: 1, name: { en: "Building fire", pt: "Incêndio em edifício" }, needs: [{ capability: "fire", count: 2 }, { capability: "ladder", count: 1 }], words: ["smoke", "flames", "house"] },
  { code: "medical_arrest", group: "medical", priority: 1, name: { en: "Cardiac arrest", pt: "Paragem cardíaca" }, needs: [{ capability: "als", count: 1 }], words: ["not breathing", "heart", "cpr"] },
  { code: "medical_breathing", group: "medical", priority: 2, name: { en: "Breathing problem", pt: "Dificuldade respiratória" }, needs: [{ capability: "als", count: 1 }], words: ["asthma"] },
  { code: "crash_injury", group: "rescue", priority: 2, name: { en: "Road crash, injuries", pt: "Acidente com feridos" }, needs: [{ capability: "rescue", count: 1 }, { capability: "als", count: 1 }], words: ["car", "accident"] },
  { code: "medical_fall", group: "medical", priority: 3, name: { en: "Fall", pt: "Queda" }, needs: [{ capability: "bls", count: 1 }], words: ["hip"] },
  { code: "alarm_fire", group: "fire", priority: 3, name: { en: "Fire alarm", pt: "Alarme de incêndio" }, needs: [{ capability: "fire", count: 1 }], words: ["bell"] },
  { code: "police_disturbance", group: "police", priority: 4, name: { en: "Disturbance", pt: "Desordem" }, needs: [{ capability: "police", count: 1 }], words: ["noise", "fight"] },
  { code: "hazard_wires", group: "hazard", priority: 4, name: { en: "Wires down", pt: "Cabos caídos" }, needs: [{ capability: "fire", count: 1 }], words: ["cable"] },
  { code: "service_lift", group: "rescue", priority: 5, name: { en: "Person in a lift", pt: "Pessoa presa em elevador" }, needs: [{ capability: "rescue", count: 1 }], words: ["elevator"] },
];
export const DISPOSITIONS = [
  { code: "done", name: { en: "Help given", pt: "Ajuda prestada" } },
  { code: "false_alarm", name: { en: "False alarm", pt: "Falso alarme" } },
  { code: "transported", name: { en: "Taken to hospital", pt: "Levado ao hospital" } },
];
const KINDS: [prefix: string, kind: string, agency: string, capabilities: string[]][] = [
  ["E", "fire truck", "fire", ["fire"]],
  ["L", "ladder", "fire", ["ladder", "fire"]],
  ["M", "ambulance", "ambulance", ["als", "bls"]],
  ["A", "ambulance", "ambulance", ["bls"]],
  ["R", "rescue", "rescue", ["rescue"]],
  ["P", "patrol car", "police", ["police"]],
];
const FLOW: UnitStatus[] = ["dispatched", "acknowledged", "en_route", "on_scene", "at_patient", "available"];
const now = () => Date.now() / 1000;

export class Centre {
  position = 1;
  calls = new Map<string, CallRow>();
  incidents = new Map<string, IncidentRow>();
  units = new Map<string, UnitRow>();
  alarms = new Map<string, Rows["alarms"][string] & object>();
  closures = new Map<string, Rows["closures"][string] & object>();
  hospitals = new Map<string, Rows["hospitals"][string] & object>();
  caller_links = new Map<string, Rows["caller_links"][string] & object>();
  tracks = new Map<string, Move>();
  entries: Entry[] = [];
  #touched: { [K in keyof Rows]: Set<string> } = { calls: new Set(), incidents: new Set(), units: new Set(), alarms: new Set(), closures: new Set(), hospitals: new Set(), caller_links: new Set() };
  #fresh: Entry[] = [];
  #seed: number;
  #calls = 100;
  #incidents = 1400;
  #orders = new Map<string, Entry[]>();
  listeners = new Set<(data: object) => void>();

  constructor(incidents: number, units: number, seed = 7) {
    this.#seed = seed;
    for (let i = 0; i < units; i += 1) this.#unit(i);
    for (let i = 0; i < incidents; i += 1) this.#incident(this.#place(), TYPES[this.die(TYPES.length)]!.code, null, [], now() - this.die(9000));
    const free = [...this.units.values()].filter((unit) => unit.status === "available");
    for (const [i, incident] of [...this.incidents.values()].slice(0, Math.floor(free.length * 0.4)).entries()) if (i % 7) this.#assign(free[i]!.id, incident.id);
    for (let i = 0; i < 40; i += 1) this.step();
    this.flush();
  }

  dice(): number {
    this.#seed = (this.#seed * 1664525 + 1013904223) % 4294967296;
    return this.#seed / 4294967296;
  }
  die(n: number): number {
    return Math.floor(this.dice() * n);
  }

  #place(): Place {
    return { lat: LAT + (this.dice() - 0.5) * 0.08, lon: LON + (this.dice() - 0.5) * 0.1, text: `${1 + this.die(140)} ${STREETS[this.die(STREETS.length)]}`, how: "address" };
  }

  #unit(i: number): void {
    const [prefix, kind, agency, capabilities] = KINDS[i % KINDS.length]!;
    const id = `${prefix}${1 + Math.floor(i / KINDS.length)}`;
    const home = { ...this.#place(), how: "registered" };
    const off = this.dice() < 0.1;
    this.units.set(id, {
      id, unit_kind: kind, agency, capabilities, crew_min: 2, crew_count: off ? 0 : 2 + this.die(3), station: `Station ${1 + (i % 17)}`, home,
      status: off ? "off_duty" : "available", since: now() - this.die(5000), incident: "", at_station: true, due_at: null, due_low_at: null, due_high_at: null, basis: "none", destination: "", post: "", at_post: false, post_due_at: null,
    });
    this.tracks.set(id, [id, now(), home.lat, home.lon, 0, 0]);
  }

  record(fact: { kind: string } & Record<string, unknown>, by = "mock", order = ""): void {
    this.position += 1;
    const entry: Entry = { position: this.position, recorded_at: now(), by, order, seen: 0, erased: false, fact: { at: now(), ...fact } as Fact };
    this.entries.push(entry);
    this.#fresh.push(entry);
  }
  #put<R extends { id: string }>(table: keyof Rows, row: R): void {
    (this[table] as Map<string, unknown>).set(row.id, row);
    this.#touched[table].add(row.id);
  }
  #drop(table: keyof Rows, id: string): void {
    this[table].delete(id);
    this.#touched[table].add(id);
  }

  ring(): void {
    const id = `${(this.#calls += 1)}`;
    const place = this.dice() < 0.6 ? { ...this.#place(), how: "caller", radius_m: 40 + this.die(300) } : null;
    this.record({ kind: "call.received", call: id, line: "112" });
    this.#put("calls", { id, status: "ringing", line: "112", number: `+351 9${1e7 + this.die(8e7)}`, caller: this.dice() < 0.3 ? "فاطمة الزهراء" : "", place, received_at: now(), answered_at: null, answered_by: "", ended_at: null, incident: "", reason: null, notes: [], reports: [], areas: [], taken: "", earlier: [], silent: false, tries: 0, tried_at: null } as CallRow);
  }

  #incident(place: Place, type: string, priority: number | null, calls: string[], at = now(), order = "", by = "mock"): string {
    const id = `${(this.#incidents += 1)}`;
    const kind = TYPES.find((each) => each.code === type)!;
    this.record({ kind: "incident.opened", incident: id, type, priority: priority ?? kind.priority, place, calls, at }, by, order);
    this.#put("incidents", {
      id, status: "open", type, priority: priority ?? kind.priority, place, summary: "", opened_at: at, opened_by: by, calls, links: [], units: [], first_dispatched_at: null, first_on_scene_at: null,
      closed_at: null, disposition: "", notes: this.die(3), last_note: this.dice() < 0.4 ? "Caller says second floor, smoke on the stairs" : "", changed_at: at, erased: false, reports: [], areas: [], level: 1, owes: 0, proposal: null, callers: [], agencies: [], shares: [],
    } as IncidentRow);
    return id;
  }

  #assign(unit: string, incident: string, order = "", by = "mock"): void {
    const row = this.units.get(unit)!;
    const due_at = now() + 120 + this.die(400);
    const range = { due_low_at: due_at - 60, due_high_at: due_at + 150 };
    this.record({ kind: "unit.dispatched", unit, incident, drive: { basis: "road", eta_s: due_at - now() } }, by, order);
    this.#put("units", { ...row, status: "dispatched", since: now(), incident, at_station: false, due_at, ...range, basis: this.dice() < 0.1 ? "line" : "road" });
    const on = this.incidents.get(incident)!;
    this.#put("incidents", { ...on, first_dispatched_at: on.first_dispatched_at ?? now(), changed_at: now(), units: [...on.units, { unit, status: "dispatched", since: now(), dispatched_at: now(), due_at, ...range, basis: "road" }] });
  }

  #stamp(unit: string, status: UnitStatus, order = "", by = "mock", kind = `unit.${status}`): void {
    const row = this.units.get(unit)!;
    const incident = this.incidents.get(row.incident);
    this.record({ kind, unit, incident: row.incident }, by, order);
    const done = status === "available";
    this.#put("units", { ...row, status, since: now(), incident: done ? "" : row.incident, due_at: status === "on_scene" || done ? null : row.due_at });
    if (incident) {
      const units = done ? incident.units.filter((on) => on.unit !== unit) : incident.units.map((on) => (on.unit === unit ? { ...on, status, since: now() } : on));
      this.#put("incidents", { ...incident, units, changed_at: now() });
      if (done && !units.length) this.#close(incident.id, "done");
    }
  }

  closed = new Map<string, IncidentRow>();
  #close(id: string, disposition: string, order = "", by = "mock"): void {
    this.record({ kind: "incident.closed", incident: id, disposition }, by, order);
    this.closed.set(id, { ...this.incidents.get(id)!, status: "closed", closed_at: now(), disposition, changed_at: now() });
    this.#drop("incidents", id);
  }

  /** A second or so of life. */
  step(): void {
    if (this.dice() < 0.12 && [...this.calls.values()].filter((call) => call.status === "ringing").length < 4) this.ring();
    const busy = [...this.units.values()].filter((unit) => unit.incident);
    const unit = busy[this.die(busy.length)];
    if (unit && this.dice() < 0.5) this.#stamp(unit.id, FLOW[Math.min(FLOW.length - 1, FLOW.indexOf(unit.status) + 1)] ?? "available");
    if (this.dice() < 0.05) this.#incident(this.#place(), TYPES[this.die(TYPES.length)]!.code, null, []);
    for (const call of this.calls.values()) {
      const alarm = `a${call.id}`;
      if (call.status === "ringing" && now() - call.received_at > 10 && !this.alarms.has(alarm)) this.#put("alarms", { id: alarm, alarm_kind: "call_unanswered", subject: call.id, since: call.received_at, raised_at: now(), incident: "", acknowledged_by: "" } as never);
    }
  }

  drive(): Move[] {
    const moves: Move[] = [];
    for (const [id, unit] of this.units) {
      if (!["en_route", "left_scene"].includes(unit.status)) continue;
      const [, , lat, lon, , heading] = this.tracks.get(id)!;
      const turn = (heading + (this.dice() - 0.5) * 30 + 360) % 360;
      const move: Move = [id, now(), lat + Math.cos((turn * Math.PI) / 180) * 0.00012, lon + Math.sin((turn * Math.PI) / 180) * 0.00015, 13, turn];
      this.tracks.set(id, move);
      moves.push(move);
    }
    return moves;
  }

  board() {
    const rows = { calls: Object.fromEntries(this.calls), incidents: Object.fromEntries(this.incidents), units: Object.fromEntries(this.units), alarms: Object.fromEntries(this.alarms), closures: Object.fromEntries(this.closures), hospitals: {}, caller_links: {} };
    return { board: { centre: "lisbon", name: "Lisboa Centro", mode: "exercise", position: this.position, rows }, tracks: [...this.tracks.values()], now: now() };
  }

  flush(): void {
    if (!this.#fresh.length) return;
    const rows = Object.fromEntries(Object.entries(this.#touched).map(([table, ids]) => [table, Object.fromEntries([...ids].map((id) => [id, this[table as keyof Rows].get(id) ?? null]))]));
    const event = { position: this.position, entries: this.#fresh, rows };
    for (const ids of Object.values(this.#touched)) ids.clear();
    this.#fresh = [];
    for (const tell of this.listeners) tell(event);
  }

  give(id: string, order: Order): { status: number; body: object } {
    const before = this.#orders.get(id);
    if (before) return { status: 200, body: { position: this.position, entries: before, repeated: true } };
    const start = this.entries.length;
    const refusal = this.#do(order, id);
    if (refusal) return { status: 409, body: refusal };
    const entries = this.entries.slice(start);
    this.#orders.set(id, entries);
    const position = this.position;
    this.flush();
    return { status: 200, body: { position, entries, repeated: false } };
  }

  #do(order: Order, id: string): object | null {
    const by = "ana";
    switch (order.kind) {
      case "answer_call": {
        const call = this.calls.get(order.call);
        if (!call) return { name: "unknown_call", text: "There is no such call.", facts: { call: order.call } };
        if (call.status !== "ringing") return { name: "call_answered_already", text: "Answered already.", facts: { call: call.id, by: call.answered_by } };
        this.record({ kind: "call.answered", call: call.id, by }, by, id);
        this.#put("calls", { ...call, status: "answered", answered_at: now(), answered_by: by });
        this.#drop("alarms", `a${call.id}`);
        return null;
      }
      case "locate_call":
        this.record({ kind: "call.located", call: order.call, place: order.place }, by, id);
        this.#put("calls", { ...this.calls.get(order.call)!, place: order.place });
        return null;
      case "note_call": {
        const call = this.calls.get(order.call)!;
        this.record({ kind: "call.noted", call: order.call, text: order.text }, by, id);
        this.#put("calls", { ...call, notes: [...call.notes, order.text] });
        return null;
      }
      case "release_call":
        this.record({ kind: "call.released", call: order.call, reason: order.reason }, by, id);
        this.#drop("calls", order.call);
        return null;
      case "open_incident": {
        const place = order.place ?? this.calls.get(order.calls?.[0] ?? "")?.place;
        if (!place) return { name: "place_missing", text: "Where?" };
        this.#incident(place, order.type, order.priority ?? null, order.calls ?? [], now(), id, by);
        for (const call of order.calls ?? []) this.#drop("calls", call);
        return null;
      }
      case "dispatch_units":
        for (const unit of order.units) {
          const row = this.units.get(unit);
          if (!row) return { name: "unknown_unit", text: `No unit ${unit}.`, facts: { unit } };
          if (row.incident) return { name: "unit_assigned", text: "On another.", facts: { unit, incident: row.incident } };
        }
        for (const unit of order.units) this.#assign(unit, order.incident, id, by);
        return null;
      case "stamp_unit":
        if (!this.units.get(order.unit)?.incident) return { name: "unit_not_assigned", text: "Not on an incident.", facts: { unit: order.unit } };
        this.#stamp(order.unit, order.status, id, by);
        return null;
      case "cancel_unit":
        this.#stamp(order.unit, "available", id, by, "unit.cancelled");
        return null;
      case "note_incident": {
        const row = this.incidents.get(order.incident)!;
        this.record({ kind: "incident.noted", incident: order.incident, text: order.text }, by, id);
        this.#put("incidents", { ...row, notes: row.notes + 1, last_note: order.text, changed_at: now() });
        return null;
      }
      case "close_incident":
        if (this.incidents.get(order.incident)?.units.length) return { name: "units_still_assigned", text: "Units are on it.", facts: { units: this.incidents.get(order.incident)!.units.map((on) => on.unit).join(", ") } };
        this.#close(order.incident, order.disposition, id, by);
        return null;
      case "acknowledge_alarm":
        this.record({ kind: "alarm.acknowledged", alarm: order.alarm, by }, by, id);
        this.#put("alarms", { ...this.alarms.get(order.alarm)!, acknowledged_by: by } as never);
        return null;
      default:
        return { name: "not_in_mock", text: `The mock does not know ${order.kind}.` };
    }
  }

  recommend(id: string): object {
    const incident = this.incidents.get(id)!;
    const needs = TYPES.find((type) => type.code === incident.type)!.needs;
    const far = (unit: UnitRow) => 60 + Math.hypot(unit.home.lat - incident.place.lat, (unit.home.lon - incident.place.lon) * 0.78) * 12000;
    const taken = new Set<string>();
    const chosen: Candidate[] = [];
    const one = (unit: UnitRow, more: Partial<Candidate>): Candidate => ({ unit: unit.id, chosen: false, basis: "road", eta_s: far(unit), length_m: far(unit) * 11, position_age_s: this.dice() < 0.2 ? null : this.die(90), capability: "", reason: null, incident: "", later_s: null, text: "", low_s: far(unit) * 0.65, high_s: far(unit) * 1.55, in_time: null, other: "", lost: null, area: "", gap_s: null, until: null, crew_min: 0, ...more });
    const units = [...this.units.values()].sort((a, b) => far(a) - far(b));
    for (const need of needs) for (let i = incident.units.filter((on) => this.units.get(on.unit)?.capabilities.includes(need.capability)).length; i < need.count; i += 1) {
      const best = units.find((unit) => unit.status === "available" && !taken.has(unit.id) && unit.capabilities.includes(need.capability));
      if (best) taken.add(best.id), chosen.push(one(best, { chosen: true, capability: need.capability, basis: chosen.length === 2 ? "line" : "road" }));
    }
    const rest = units.filter((unit) => !taken.has(unit.id)).slice(0, 40).map((unit) => one(unit, unit.status === "off_duty" ? { reason: "off_duty", eta_s: null } : unit.incident ? { reason: "on_incident", incident: unit.incident } : !needs.some((need) => unit.capabilities.includes(need.capability)) ? { reason: "not_capable" } : { reason: "farther", later_s: 30 + this.die(300) }));
    return { incident: id, position: this.position, now: now(), needs: needs.map((need) => ({ ...need, assigned: incident.units.filter((on) => this.units.get(on.unit)?.capabilities.includes(need.capability)).length, chosen: chosen.filter((each) => each.capability === need.capability).length })), candidates: [...chosen, ...rest] };
  }

  places(q: string): object[] {
    const words = q.toLowerCase().split(/\s+/);
    const number = words.find((word) => /^\d+$/.test(word));
    return STREETS.filter((street) => words.every((word) => word === number || street.toLowerCase().includes(word))).map((street, i) => ({ place: { lat: LAT + i * 0.004, lon: LON + i * 0.005, text: `${number ?? ""} ${street}`.trim(), how: number ? "address" : "street" }, detail: ["Baixa", "Alfama"][i % 2], match: number ? "house number" : "street" }));
  }
}
