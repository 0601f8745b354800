/// The verbs of sharing: let another agency see an incident for a time, and end it. Pure.

import { clockTime } from "../i18n/format";
import { findId } from "./find";
import type { Completion, Ground, Meaning, Said } from "./meaning";
import type { Verb } from "./verbs";

const need = (ground: Ground, what: "agency" | "reason", completions: Completion[] = []): Meaning => ({
  state: "need",
  says: ground.messages.desk.command.need(ground.messages.sharing.what[what]),
  completions,
});

/** Agencies there are, by their units. */
export function agenciesOf(units: Ground["units"]): string[] {
  return [...new Set([...units.values()].map((unit) => unit.agency))].filter(Boolean).sort();
}

/** "2h", "30m": seconds. Anything else: null. */
export function span_s(word: string): number | null {
  const match = /^(\d{1,3})(h|m|min)$/i.exec(word);
  return match ? Number(match[1]) * (match[2]?.toLowerCase() === "h" ? 3600 : 60) : null;
}

/** The incident named first, or the selected one; then an agency; then the rest. */
function parts(said: Said, ground: Ground): { incident: string; agency: string; rest: string[] } {
  const [first = "", ...others] = said.words;
  const named = findId(first, ground.incidents);
  const [agency = "", ...rest] = named === null ? said.words : others;
  return { incident: named ?? ground.selected, agency, rest };
}

function agencyChoices(said: Said, ground: Ground, word: string): Completion[] {
  const before = [said.verb, ...said.words.slice(0, word ? -1 : undefined)].join(" ");
  return agenciesOf(ground.units)
    .filter((agency) => agency.toLowerCase().startsWith(word.toLowerCase()))
    .slice(0, 6)
    .map((agency) => ({ line: `${before} ${agency} `, label: agency, detail: "" }));
}

function share(said: Said, ground: Ground, now_s = Date.now() / 1000): Meaning {
  const { incident, agency, rest } = parts(said, ground);
  if (!incident) return { state: "need", says: ground.messages.desk.command.need(ground.messages.desk.command.what.incident), completions: [] };
  if (!agency) return need(ground, "agency", agencyChoices(said, ground, agency));
  const span = rest[0] ? span_s(rest[0]) : null;
  const reason = (span === null ? rest : rest.slice(1)).join(" ");
  if (!reason) return need(ground, "reason", rest.length ? [] : agencyChoices(said, ground, agency));
  const words = ground.messages.sharing;
  const until = span === null ? null : Math.round(now_s + span);
  const when = until === null ? words.until_closed : words.until(clockTime(until, ground.language).slice(0, 5));
  return { state: "ready", order: { kind: "share_incident", incident, agency, reason, until }, says: words.orders.share(incident, agency, when, reason), completions: [] };
}

function unshare(said: Said, ground: Ground): Meaning {
  const { incident, agency, rest } = parts(said, ground);
  if (!incident) return { state: "need", says: ground.messages.desk.command.need(ground.messages.desk.command.what.incident), completions: [] };
  const shared = ground.incidents.get(incident)?.shares ?? [];
  const chosen = agency || (shared.length === 1 ? (shared[0]?.agency ?? "") : "");
  const choices = shared.map((each) => ({ line: `unshare ${incident} ${each.agency}`, label: each.agency, detail: "" }));
  if (!chosen) return need(ground, "agency", choices);
  const reason = rest.join(" ");
  return { state: "ready", order: { kind: "end_sharing", incident, agency: chosen, ...(reason ? { reason } : {}) }, says: ground.messages.sharing.orders.end(incident, chosen), completions: choices };
}

export const SHARING_VERBS: Record<string, Verb> = {
  share: { form: (w) => `${w.incident} ems 2h ${w.reason}`, help: (m) => m.sharing.help.share, hear: (said, ground) => share(said, ground) },
  unshare: { form: (w) => `${w.incident} ems`, help: (m) => m.sharing.help.unshare, hear: unshare },
};
