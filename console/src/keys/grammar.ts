/// The command line's grammar: what was typed, against what is on the screen, becomes an order and its words, or what is
/// still missing. Pure: nothing is sent from here, and the same line over the same room means the same.

import type { Completion, Ground, Meaning } from "./meaning";
import { VERBS } from "./verbs";

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
