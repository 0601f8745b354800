/// The command line's grammar: what was typed, against what is on the screen, becomes an order and its words, or what is
/// still missing. Pure: nothing is sent from here, and the same line over the same room means the same.

import type { Messages } from "../i18n/languages";
import type { AlarmRow, CallRow, Catalogue, ClosureRow, IncidentRow, Order, Place, UnitRow } from "../wire/types";
import { VERBS } from "./verbs";

export interface Ground {
  calls: ReadonlyMap<string, CallRow>;
  incidents: ReadonlyMap<string, IncidentRow>;
  units: ReadonlyMap<string, UnitRow>;
  alarms: ReadonlyMap<string, AlarmRow>;
  closures: ReadonlyMap<string, ClosureRow>;
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

export function understand(line: string, ground: Ground): Meaning {
  const typed = line.trim();
  if (!typed) return { state: "empty" };
  const [word = "", ...words] = typed.split(/\s+/);
  const verb = word.toLowerCase();
  const found = VERBS[verb];
  if (!found) {
    return { state: "wrong", says: ground.messages.desk.command.unknown(word), completions: verbsLike(verb, ground) };
  }
  return found.hear({ verb, words, rest: typed.slice(word.length).trim() }, ground);
}

function verbsLike(start: string, ground: Ground): Completion[] {
  return Object.entries(VERBS)
    .filter(([verb]) => verb.startsWith(start))
    .map(([verb, { help }]) => ({ line: `${verb} `, label: verb, detail: help(ground.messages) }));
}
