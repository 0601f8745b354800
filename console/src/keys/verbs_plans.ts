/// Verbs about plans and choices: a higher alarm level, why others were sent, a proposal taken or left.

import type { Messages } from "../i18n/languages";
import type { IncidentRow } from "../wire/types";
import type { Ground, Meaning, Said } from "./meaning";

interface Verb {
  form: (words: Messages["desk"]["command"]["form"]) => string;
  help: (messages: Messages) => string;
  hear: (said: Said, ground: Ground) => Meaning;
}

const need = (ground: Ground, what: string): Meaning => ({ state: "need", says: ground.messages.desk.command.need(what), completions: [] });

/** The incident named first by its whole number, or the selected one; the other words follow. */
function named(said: Said, ground: Ground): { row: IncidentRow | undefined; rest: string } {
  const [word = ""] = said.words;
  const first = ground.incidents.get(word);
  return first ? { row: first, rest: said.rest.slice(word.length).trim() } : { row: ground.incidents.get(ground.selected), rest: said.rest };
}

function raise(said: Said, ground: Ground): Meaning {
  const { row, rest } = named(said, ground);
  if (!row) return need(ground, ground.messages.desk.command.what.incident);
  const [word = "", ...words] = rest.split(/\s+/);
  const level = /^[2-9]$/.test(word) ? Number(word) : row.level + 1;
  const reason = /^[2-9]$/.test(word) ? words.join(" ") : rest;
  return {
    state: "ready",
    order: { kind: "raise_level", incident: row.id, level, ...(reason ? { reason } : {}) },
    says: ground.messages.plans.orders.raise(row.id, level),
    completions: [],
  };
}

function why(said: Said, ground: Ground): Meaning {
  const { row, rest } = named(said, ground);
  const words = ground.messages.plans;
  if (!row?.owes) return need(ground, words.what.choice);
  const quick = /^[1-9]$/.test(rest) ? ground.reasons[Number(rest) - 1] : undefined;
  const reason = quick ?? rest;
  const completions = ground.reasons.map((each, n) => ({ line: `y ${row.id} ${n + 1}`, label: String(n + 1), detail: each }));
  if (!reason) return { state: "need", says: ground.messages.desk.command.need(words.what.reason), completions };
  return { state: "ready", order: { kind: "explain_choice", incident: row.id, reason }, says: words.orders.explain(row.id, reason), completions: [] };
}

function proposed(said: Said, ground: Ground): { row: IncidentRow; id: string; rest: string } | null {
  const { row, rest } = named(said, ground);
  return row?.proposal ? { row, id: row.proposal.id, rest } : null;
}

function take(said: Said, ground: Ground): Meaning {
  const found = proposed(said, ground);
  if (!found) return need(ground, ground.messages.plans.what.proposal);
  const { send, recall } = found.row.proposal!;
  const says = ground.messages.plans.orders.accept(send.join(", "), recall.join(", "), found.row.id);
  return { state: "ready", order: { kind: "accept_proposal", proposal: found.id }, says, completions: [] };
}

function leave(said: Said, ground: Ground): Meaning {
  const found = proposed(said, ground);
  if (!found) return need(ground, ground.messages.plans.what.proposal);
  const says = ground.messages.plans.orders.dismiss(found.row.id);
  return { state: "ready", order: { kind: "dismiss_proposal", proposal: found.id, ...(found.rest ? { reason: found.rest } : {}) }, says, completions: [] };
}

export const PLAN_VERBS: Record<string, Verb> = {
  al: { form: (w) => `${w.incident} 2 ${w.reason}`, help: (m) => m.plans.help.al, hear: raise },
  y: { form: (w) => `${w.incident} 1–9 | ${w.reason}`, help: (m) => m.plans.help.y, hear: why },
  ok: { form: (w) => w.incident, help: (m) => m.plans.help.ok, hear: take },
  no: { form: (w) => `${w.incident} ${w.reason}`, help: (m) => m.plans.help.no, hear: leave },
};
