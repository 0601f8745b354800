/// The words of the wire. Rows and answers are the types made from the server's OpenAPI document (api.ts, made by the
/// build, never edited); what is said here besides is checked against them below. Instants are seconds UTC; units stand
/// last in names. Knows no screen and no store.

import type { components } from "./api";

type S = components["schemas"];

export type Instant = number;
export type Mode = S["Board"]["mode"];
export type Basis = S["OnIt"]["basis"];
export type CallStatus = S["CallRow"]["status"];
export type ReleaseReason = S["ReleaseCall"]["reason"];
export type AlarmKind = S["AlarmRow"]["alarm_kind"];
export type UnitStatus = S["UnitRow"]["status"];
export type Stamp = S["StampUnit"]["status"];
export type BypassReason = NonNullable<S["Candidate"]["reason"]>;

/** A point and its words. The server leaves out what says nothing. */
export interface Place {
  lat: number;
  lon: number;
  text?: string;
  how?: string;
  radius_m?: number;
}

/** [unit, at, lat, lon, speed_mps, heading_deg] */
export type Move = [unit: string, at: Instant, lat: number, lon: number, speed_mps: number, heading_deg: number];

/** The server leaves out a field that says nothing: reading one must expect that. */
type WithPlace<T> = Omit<T, "place"> & { place: T extends { place: infer P } ? (null extends P ? Place | null : Place) : never };

export type ReportRow = S["ReportRow"];
export type AreaRow = S["AreaRow"];
export type CallRow = WithPlace<S["CallRow"]>;
export type OnIt = S["OnIt"];
export type IncidentRow = WithPlace<S["IncidentRow"]>;
export type UnitRow = Omit<S["UnitRow"], "home" | "post_place"> & { home: Place; post_place?: Place | null };
export type AlarmRow = S["AlarmRow"];
export type ClosureRow = WithPlace<S["ClosureRow"]>;
export type CallerLinkRow = S["CallerLinkRow"];
export type SaidRow = S["SaidRow"];
export type MediaRow = S["MediaRow"];
export type Tongue = CallerLinkRow["tongue"];
export type DeskPhrase = NonNullable<S["TellCaller"]["phrase"]>;
export type CallerPhrase = "yes" | "no" | "cannot_talk" | "they_are_here";
export type HospitalRow = WithPlace<S["HospitalRow"]>;
export type IntakeView = S["IntakeView"];
export type LookView = S["LookView"];
export type ReviewView = S["ReviewView"];
export type CountsView = S["CountsView"];
export type Passkey = S["Passkey"];
export type OpenSession = S["OpenSession"];
export type WaysIn = S["WaysIn"];
export type Account = S["Account"];
export type Token = S["Token"];
export type TokenMade = S["TokenMade"];
export type TokensView = S["TokensView"];
export type AccountView = S["AccountView"];
export type Choices = S["Choices"];
export type LinkMade = S["LinkMade"];
export type Health = S["Health"];
/** The first half of a ceremony; `options` is for the browser's own interface. */
export interface Begun {
  ceremony: string;
  options: unknown;
}

/** Rows by id. In a tail event: those that changed; null means gone from the board. */
export interface Rows {
  calls: Record<string, CallRow | null>;
  incidents: Record<string, IncidentRow | null>;
  units: Record<string, UnitRow | null>;
  alarms: Record<string, AlarmRow | null>;
  closures: Record<string, ClosureRow | null>;
  hospitals: Record<string, HospitalRow | null>;
  caller_links: Record<string, CallerLinkRow | null>;
}
export type Board = Omit<S["Board"], "rows"> & { rows: Rows };
export interface Picture {
  board: Board;
  tracks: Move[];
  now: Instant;
  /** Names what is seen of the centre: said again when following. */
  view?: string;
}

export type Drive = Partial<S["Drive"]> & { basis: Basis };

/** A fact as recorded; which fields it has depends on its kind. */
export interface Fact {
  kind: FactKind;
  at: Instant;
  [field: string]: unknown;
}
export type FactKind = S["DecisionFact"]["kind"];
export type Entry = Omit<S["Entry"], "fact"> & { fact: Fact };
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
export type RefusalName = S["RefusalName"];

export interface TailFacts {
  position: number;
  entries: Entry[];
  rows: Partial<Rows>;
}
export interface TailTracks {
  now: Instant;
  moves: Move[];
}
export type TailPulse = S["TailPulse"];
export type TailReset = S["TailReset"];
export type RecordView = S["RecordView"];
export type RulesView = S["RulesView"];
export type CardView = S["CardView"];

export type Candidate = S["Candidate"];
export type NeedStatus = S["NeedStatus"];
export type Recommendation = S["Recommendation"];
export interface Route {
  unit: string;
  incident: string;
  basis: Basis;
  eta_s: number;
  length_m: number;
  points: [lat: number, lon: number][];
  streets: string[];
  low_s: number | null;
  high_s: number | null;
}
export type PlaceMatch = WithPlace<S["PlaceMatch"]>;
export interface Timeline {
  incident: string;
  entries: Entry[];
}

export interface Need {
  capability: string;
  count?: number;
}
export type IncidentType = Omit<S["IncidentType"], "needs" | "words"> & { needs?: Need[]; words?: string[] };
export type Disposition = S["Disposition"];
export interface Catalogue {
  types: IncidentType[];
  dispositions: Disposition[];
  limits: S["Limits"];
  unit_kinds?: Named[];
  capabilities?: Named[];
  call_back_reasons?: Named[];
}
/** A word of the fleet and what people call it, by language. */
export type Named = S["Named"];

export type Resource = S["ResourceView"];
export interface Region {
  name: string;
  bbox: [w: number, s: number, e: number, n: number];
  attribution: string;
  has_basemap: boolean;
  resources: Resource[];
}
export type Belongs = S["Belongs"];
export type TogetherView = S["TogetherView"];
export type CallGroup = S["CallGroup"];
export type GroupsView = S["GroupsView"];
export type CoverView = S["CoverView"];
export type DestinationView = S["DestinationView"];
export type Destination = S["Destination"];
export type MoveView = S["MoveView"];
export type CoverGroup = S["CoverGroupView"];
export interface CellsView {
  group: string;
  now: Instant;
  cells: [south: number, west: number, north: number, east: number, served: number, weight: number][];
}
export type Session = S["SessionView"];

/** Requests to change something: `kind` and the fields of the server's order of that name. */
export type Order =
  | { kind: "answer_call"; call: string }
  | { kind: "locate_call"; call: string; place: Place; basis?: string }
  | { kind: "note_call"; call: string; text: string }
  | { kind: "release_call"; call: string; reason: ReleaseReason; text?: string }
  | { kind: "attach_call"; call: string; incident: string }
  | { kind: "detach_call"; call: string; reason?: string }
  | { kind: "mark_silent"; call: string }
  | { kind: "call_back"; call: string; outcome: "reached" | "no_answer" }
  | { kind: "close_call_back"; call: string; reason: string; text?: string }
  | { kind: "open_incident"; type: string; priority?: number; place?: Place; calls?: string[]; summary?: string }
  | { kind: "note_incident"; incident: string; text: string }
  | { kind: "relocate_incident"; incident: string; place: Place; basis?: string }
  | { kind: "reclassify_incident"; incident: string; type?: string; priority?: number }
  | { kind: "link_incidents"; incident: string; other: string }
  | { kind: "close_incident"; incident: string; disposition: string; text?: string }
  | { kind: "reopen_incident"; incident: string; reason?: string }
  | { kind: "unit_on_duty"; unit: string; crew_count: number; crew?: string[] }
  | { kind: "unit_off_duty"; unit: string }
  | { kind: "unit_at_station"; unit: string }
  | { kind: "dispatch_units"; incident: string; units: string[]; shown?: string; reason?: string }
  | { kind: "raise_level"; incident: string; level?: number; reason?: string }
  | { kind: "explain_choice"; incident: string; reason: string; choice?: number }
  | { kind: "accept_proposal"; proposal: string }
  | { kind: "dismiss_proposal"; proposal: string; reason?: string }
  | { kind: "stamp_unit"; unit: string; status: Stamp; at?: Instant | null; destination?: string }
  | { kind: "cancel_unit"; unit: string; reason?: string }
  | { kind: "divert_unit"; unit: string; incident: string; reason?: string }
  | { kind: "close_road"; place: Place; radius_m?: number; reason?: string }
  | { kind: "reopen_road"; closure: string }
  | { kind: "move_up_unit"; unit: string; post: string; place: Place; group?: string; before?: number; after?: number }
  | { kind: "unit_at_post"; unit: string }
  | { kind: "call_home_unit"; unit: string; reason?: string }
  | { kind: "decline_move"; unit: string; post: string; reason?: string }
  | { kind: "divert_hospital"; hospital: string; reason?: string; until?: Instant | null }
  | { kind: "reopen_hospital"; hospital: string }
  | { kind: "report_hospital"; hospital: string; wait_s: number; beds_free?: number | null }
  | { kind: "send_caller_link"; call: string; tongue?: Tongue }
  | { kind: "end_caller_link"; link: string }
  | { kind: "tell_caller"; link: string; text?: string; phrase?: DeskPhrase | null }
  | { kind: "acknowledge_alarm"; alarm: string }
  | { kind: "share_incident"; incident: string; agency: string; reason: string; until?: Instant | null }
  | { kind: "end_sharing"; incident: string; agency: string; reason?: string };

/** A type error here means that the server's words have changed and ours have not. */
type Agrees<Ours extends Theirs, Theirs> = Ours;
type DeepRequired<T> = T extends object ? { [K in keyof T]-?: DeepRequired<T[K]> } : T;
export type Checked = [
  Agrees<DeepRequired<Order>, S["Order"]>,
  Agrees<Required<Place>, S["Place"]>,
  Agrees<Move, S["Move"]>,
  Agrees<Route, S["Route"]>,
  Agrees<Region, S["RegionView"]>,
  Agrees<CellsView, S["CellsView"]>,
  Agrees<keyof Rows, keyof S["Rows"]>,
  Agrees<keyof S["Rows"], keyof Rows>,
];
