/// Verbs about a caller's own page: send the link, write, end it. Pure.

import type { Messages } from "../i18n/languages";
import { linkOf, PHRASES, subjectOf, TONGUES } from "../room/callers";
import type { CallerLinkRow, Tongue } from "../wire/types";
import type { Ground, Meaning, Said } from "./meaning";

interface Verb {
  form: (words: Messages["desk"]["command"]["form"]) => string;
  help: (messages: Messages) => string;
  hear: (said: Said, ground: Ground) => Meaning;
}

const need = (ground: Ground, what: string, completions: { line: string; label: string; detail: string }[] = []): Meaning => ({
  state: "need",
  says: ground.messages.desk.command.need(what),
  completions,
});

function subject(ground: Ground): string {
  return subjectOf(ground.current, ground.incidents.get(ground.selected), ground.links);
}

function open(ground: Ground): CallerLinkRow | null {
  const link = linkOf(subject(ground), ground.links);
  return link && link.status !== "ended" ? link : null;
}

function send(said: Said, ground: Ground): Meaning {
  const words = ground.messages.callers;
  const call = subject(ground);
  if (!call) return need(ground, words.what.call);
  const named = (said.words[0] ?? "").toLowerCase();
  const tongue = TONGUES.find((each) => each === named) ?? (ground.language as Tongue);
  const completions = TONGUES.map((each) => ({ line: `sms ${each}`, label: each, detail: words.tongues[each] ?? each }));
  const says = words.orders.send(ground.messages.orders.call(call), words.tongues[tongue] ?? tongue);
  return { state: "ready", order: { kind: "send_caller_link", call, tongue }, says, completions: named && TONGUES.includes(named as Tongue) ? [] : completions };
}

function write(said: Said, ground: Ground): Meaning {
  const words = ground.messages.callers;
  const link = open(ground);
  if (!link) return need(ground, words.what.link);
  const completions = PHRASES.map((phrase, n) => ({ line: `w ${n + 1}`, label: String(n + 1), detail: words.phrase[phrase] ?? phrase }));
  const numbered = /^\d{1,2}$/.test(said.rest) ? PHRASES[Number(said.rest) - 1] : undefined;
  if (numbered) return { state: "ready", order: { kind: "tell_caller", link: link.id, phrase: numbered }, says: words.orders.tell(words.phrase[numbered] ?? ""), completions: [] };
  if (!said.rest) return need(ground, ground.messages.desk.command.what.text, completions);
  return { state: "ready", order: { kind: "tell_caller", link: link.id, text: said.rest.slice(0, 500) }, says: words.orders.tell(said.rest), completions: [] };
}

function end(_said: Said, ground: Ground): Meaning {
  const link = open(ground);
  if (!link) return need(ground, ground.messages.callers.what.link);
  return { state: "ready", order: { kind: "end_caller_link", link: link.id }, says: ground.messages.callers.orders.end(link.id), completions: [] };
}

export const CALLER_VERBS: Record<string, Verb> = {
  sms: { form: () => TONGUES.join("|"), help: (m) => m.callers.help.sms, hear: send },
  w: { form: (w) => `${w.text} | 1–${PHRASES.length}`, help: (m) => m.callers.help.w, hear: write },
  we: { form: () => "", help: (m) => m.callers.help.we, hear: end },
};
