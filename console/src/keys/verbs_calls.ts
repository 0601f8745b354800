/// Verbs about calls after the first word: split off again, silent, called back.

import type { Messages } from "../i18n/languages";
import type { CallRow } from "../wire/types";
import { findId, nameOf } from "./find";
import type { Ground, Meaning, Said } from "./meaning";

interface Verb {
  form: (words: Messages["desk"]["command"]["form"]) => string;
  help: (messages: Messages) => string;
  hear: (said: Said, ground: Ground) => Meaning;
}

const need = (ground: Ground, what: string): Meaning => ({ state: "need", says: ground.messages.desk.command.need(what), completions: [] });

/** An attached call is off the board: its number is taken as typed, and the server knows whether there is one. */
function split(said: Said, ground: Ground): Meaning {
  const [word = "", ...rest] = said.words;
  const words = ground.messages.together;
  if (!/^\d+$/.test(word)) return need(ground, words.what.call);
  const home = [...ground.incidents.values()].find((row) => row.calls?.includes(word));
  const reason = rest.join(" ");
  return { state: "ready", order: { kind: "detach_call", call: word, ...(reason ? { reason } : {}) }, says: words.orders.detach(ground.messages.orders.call(word), home?.id ?? ""), completions: [] };
}

function silent(_said: Said, ground: Ground): Meaning {
  const words = ground.messages.together;
  if (!ground.current) return need(ground, ground.messages.desk.command.what.call);
  return { state: "ready", order: { kind: "mark_silent", call: ground.current }, says: words.orders.silent(ground.messages.orders.call(ground.current)), completions: [] };
}

/** "cb 1187 r", "cb 1187 n", "cb 1187 known" */
function back(said: Said, ground: Ground): Meaning {
  const words = ground.messages.together;
  const lost = new Map<string, CallRow>([...ground.calls].filter(([, row]) => row.status === "released"));
  const [word = "", code = ""] = said.words;
  const named = word ? findId(word, lost) : null;
  const call = named === null ? (lost.size === 1 && !word ? [...lost.values()][0] : undefined) : lost.get(named);
  if (!call) return { ...need(ground, words.what.lost), completions: [...lost.values()].slice(0, 6).map((row) => ({ line: `cb ${row.id} `, label: row.id, detail: row.number })) } as Meaning;
  const reasons = ground.catalogue.call_back_reasons ?? [];
  const low = code.toLowerCase();
  if (low === "r") return { state: "ready", order: { kind: "call_back", call: call.id, outcome: "reached" }, says: words.orders.reached(call.number), completions: [] };
  if (low === "n") return { state: "ready", order: { kind: "call_back", call: call.id, outcome: "no_answer" }, says: words.orders.no_answer(call.number), completions: [] };
  const why = low ? reasons.find((each) => each.code.startsWith(low)) : undefined;
  if (why) return { state: "ready", order: { kind: "close_call_back", call: call.id, reason: why.code }, says: words.orders.close_back(call.number, nameOf(why, ground.language)), completions: [] };
  const choices = [["r", words.reached], ["n", words.no_answer], ...reasons.map((each) => [each.code, nameOf(each, ground.language)])];
  return { ...need(ground, words.what.outcome), completions: choices.map(([short, detail]) => ({ line: `cb ${call.id} ${short}`, label: String(short), detail: String(detail) })) } as Meaning;
}

export const CALL_VERBS: Record<string, Verb> = {
  split: { form: (w) => `${w.call} ${w.reason}`, help: (messages) => messages.together.help.split, hear: split },
  silent: { form: () => "", help: (messages) => messages.together.help.silent, hear: silent },
  cb: { form: (w) => `${w.call} r|n|${w.reason}`, help: (messages) => messages.together.help.back, hear: back },
};
