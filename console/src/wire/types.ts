/// The words of the wire, as the server's structs have them. Instants are seconds UTC; units stand last in names.
/// Knows no screen and no store.

export type Instant = number;
export type Basis = "road" | "line" | "none";
export type Mode = "live" | "exercise";
export type CallStatus = "ringing" | "answered" | "attached" | "released";
export type ReleaseReason = "abandoned" | "information";
export type AlarmKind = "call_unanswered" | "not_acknowledged" | "long_on_scene";
export type UnitStatus =
  | "off_duty"
  | "available"
  | "dispatched"
  | "acknowledged"
  | "en_route"
  | "staged"
  | "on_scene"
  | "at_patient"
  | "left_scene"
  | "at_hospital"
  | "handed_over";
export type Stamp = Exclude<UnitStatus, "off_duty" | "dispatched">;

export interface Place {
  lat: number;
  lon: number;
  text?: string;
  how?: string;
  radius_m?: number;
}

/** [unit, at, lat, lon, speed_mps, heading_deg] */
export type Move = [unit: string, at: Instant, lat: number, lon: number, speed_mps: number, heading_deg: number];

export interface CallRow {
  id: string;
  status: CallStatus;
  line: string;
  number: string;
  caller: string;
  place: Place | null;
  received_at: Instant;
  answered_at: Instant | null;
  answered_by: string;
  ended_at: Instant | null;
  incident: string;
  reason: ReleaseReason | null;
  notes: string[];
}

export interface OnIt {
  unit: string;
  status: UnitStatus;
  since: Instant;
  dispatched_at: Instant;
  due_at: Instant | null;
  basis: Basis;
}

export interface IncidentRow {
  id: string;
  status: "open" | "closed";
  type: string;
  priority: number;
  place: Place;
  summary: string;
  opened_at: Instant;
  opened_by: string;
  calls: string[];
  links: string[];
  units: OnIt[];
  first_dispatched_at: Instant | null;
  first_on_scene_at: Instant | null;
  closed_at: Instant | null;
  disposition: string;
  notes: number;
  last_note: string;
  changed_at: Instant;
}

export interface UnitRow {
  id: string;
  unit_kind: string;
  agency: string;
  capabilities: string[];
  crew_min: number;
  crew_count: number;
  station: string;
  home: Place;
  status: UnitStatus;
  since: Instant;
  incident: string;
  at_station: boolean;
  due_at: Instant | null;
  basis: Basis;
  destination: string;
}

export interface AlarmRow {
  id: string;
  alarm_kind: AlarmKind;
  subject: string;
  since: Instant;
  raised_at: Instant;
  incident: string;
  acknowledged_by: string;
}

export interface ClosureRow {
  id: string;
  place: Place;
  radius_m: number;
  reason: string;
  since: Instant;
  by: string;
}

/** Rows by id. In a tail event: those that changed; null means gone from the board. */
export interface Rows {
  calls: Record<string, CallRow | null>;
  incidents: Record<string, IncidentRow | null>;
  units: Record<string, UnitRow | null>;
  alarms: Record<string, AlarmRow | null>;
  closures: Record<string, ClosureRow | null>;
}

export interface Board {
  centre: string;
  name: string;
  mode: Mode;
  position: number;
  rows: Rows;
}

export interface Picture {
  board: Board;
  tracks: Move[];
  now: Instant;
}

export interface Drive {
  basis: Basis;
  eta_s?: number;
  length_m?: number;
  lat?: number | null;
  lon?: number | null;
  position_at?: Instant | null;
}

/** A fact as recorded; which fields it has depends on its kind. */
export interface Fact {
  kind: string;
  at: Instant;
  [field: string]: unknown;
}

export interface Entry {
  position: number;
  recorded_at: Instant;
  by: string;
  order: string;
  seen: number;
  fact: Fact;
}

export interface Done {
  position: number;
  entries: Entry[];
  repeated: boolean;
}

export interface Problem {
  name: string;
  text: string;
  field?: string;
  facts?: Record<string, unknown>;
}

export interface TailFacts {
  position: number;
  entries: Entry[];
  rows: Partial<Rows>;
}
export interface TailTracks {
  now: Instant;
  moves: Move[];
}
export interface TailPulse {
  now: Instant;
  position: number;
}
export interface TailReset {
  position: number;
}

export type BypassReason =
  | "off_duty"
  | "understaffed"
  | "on_incident"
  | "not_capable"
  | "no_road"
  | "farther"
  | "not_needed";

export interface Candidate {
  unit: string;
  chosen: boolean;
  basis: Basis;
  eta_s: number | null;
  length_m: number | null;
  position_age_s: number | null;
  capability: string;
  reason: BypassReason | null;
  incident: string;
  later_s: number | null;
  text: string;
}

export interface NeedStatus {
  capability: string;
  count: number;
  assigned: number;
  chosen: number;
}

export interface Recommendation {
  incident: string;
  position: number;
  now: Instant;
  needs: NeedStatus[];
  candidates: Candidate[];
}

export interface Route {
  unit: string;
  incident: string;
  basis: Basis;
  eta_s: number;
  length_m: number;
  points: [lat: number, lon: number][];
  streets: string[];
}

export interface PlaceMatch {
  place: Place;
  detail: string;
  match: string;
}

export interface Timeline {
  incident: string;
  entries: Entry[];
}

export interface Need {
  capability: string;
  count?: number;
}
export interface IncidentType {
  code: string;
  group: string;
  priority: number;
  name: Record<string, string>;
  needs?: Need[];
  words?: string[];
}
export interface Disposition {
  code: string;
  name: Record<string, string>;
}
export interface Catalogue {
  types: IncidentType[];
  dispositions: Disposition[];
  limits: { call_unanswered_s: number; not_acknowledged_s: number; long_on_scene_s: number };
}

export interface Resource {
  kind: string;
  name: string;
  lat: number;
  lon: number;
}
export interface Region {
  name: string;
  bbox: [w: number, s: number, e: number, n: number];
  attribution: string;
  has_basemap: boolean;
  resources: Resource[];
}

export interface Session {
  account: string;
  display: string;
  roles: string[];
  unit: string;
  language: string;
  csrf: string;
  mode: Mode;
  centre: string;
  name: string;
}

/** Requests to change something: `kind` and the fields of the server's order of that name. */
export type Order =
  | { kind: "answer_call"; call: string }
  | { kind: "locate_call"; call: string; place: Place }
  | { kind: "note_call"; call: string; text: string }
  | { kind: "release_call"; call: string; reason: ReleaseReason; text?: string }
  | { kind: "attach_call"; call: string; incident: string }
  | { kind: "open_incident"; type: string; priority?: number; place?: Place; calls?: string[]; summary?: string }
  | { kind: "note_incident"; incident: string; text: string }
  | { kind: "relocate_incident"; incident: string; place: Place }
  | { kind: "reclassify_incident"; incident: string; type?: string; priority?: number }
  | { kind: "link_incidents"; incident: string; other: string }
  | { kind: "close_incident"; incident: string; disposition: string; text?: string }
  | { kind: "reopen_incident"; incident: string; reason?: string }
  | { kind: "unit_on_duty"; unit: string; crew_count: number; crew?: string[] }
  | { kind: "unit_off_duty"; unit: string }
  | { kind: "unit_at_station"; unit: string }
  | { kind: "dispatch_units"; incident: string; units: string[] }
  | { kind: "stamp_unit"; unit: string; status: Stamp; destination?: string }
  | { kind: "cancel_unit"; unit: string; reason?: string }
  | { kind: "divert_unit"; unit: string; incident: string; reason?: string }
  | { kind: "close_road"; place: Place; radius_m?: number; reason?: string }
  | { kind: "reopen_road"; closure: string }
  | { kind: "acknowledge_alarm"; alarm: string };
