/// What a verb of the command line is given, and what a line may mean. Types alone.

import type { Messages } from "../i18n/languages";
import type { AlarmRow, CallerLinkRow, CallRow, Catalogue, ClosureRow, HospitalRow, IncidentRow, Order, Place, UnitRow } from "../wire/types";

export interface Ground {
  calls: ReadonlyMap<string, CallRow>;
  incidents: ReadonlyMap<string, IncidentRow>;
  units: ReadonlyMap<string, UnitRow>;
  alarms: ReadonlyMap<string, AlarmRow>;
  closures: ReadonlyMap<string, ClosureRow>;
  links: ReadonlyMap<string, CallerLinkRow>;
  catalogue: Catalogue;
  language: string;
  messages: Messages;
  /** The selected incident, or "". */
  selected: string;
  /** The call this person has answered and works on, or "". */
  current: string;
  /** Units the recommendation for the selected incident names; null while there is none. */
  recommended: string[] | null;
  /** Quick reasons of the centre, in the person's language. */
  reasons: string[];
  hospitals?: ReadonlyMap<string, HospitalRow>;
  /** Seconds since 1970 by the server's clock; where an order says until when. */
  now?: number;
}

export interface Completion {
  /** The whole line with this choice taken. */
  line: string;
  label: string;
  detail: string;
}

export type Meaning =
  | { state: "empty" }
  | { state: "need" | "wrong"; says: string; completions: Completion[] }
  /** An address: the screen searches, and makes the order with the match that the person sees. */
  | { state: "place"; query: string; make: (place: Place) => { order: Order; says: string } }
  | { state: "ready"; order: Order; says: string; completions: Completion[] }
  | { state: "go"; to: { incident: string } | { unit: string }; says: string };

/** What a verb hears: its words, and the text after the verb as typed (spaces kept). */
export interface Said {
  verb: string;
  words: string[];
  rest: string;
}
