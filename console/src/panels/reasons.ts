/// Why a unit goes or stays, in the person's words. Pure, given the words.

import * as format from "../i18n/format";
import type { Messages } from "../i18n/languages";
import type { About } from "../i18n/plans";
import { capabilityName } from "../room/names";
import type { Candidate } from "../wire/types";

/** A line of a run card as a person reads it: "1 Advanced life support or 2 Ambulance". `name` says a capability. */
export function needWords(text: string, words: { or: string; crew: string }, name: (capability: string) => string): string {
  const one = (word: string) => (word === "or" || word === "crew" ? words[word] : /^(\d+|\+)$/.test(word) ? word : name(word));
  return text.split(/\s+/).map(one).join(" ");
}

/** The mark of a drive that no road was found for; empty beside a drive by road. */
export const guessed = (basis: Candidate["basis"], messages: Messages): string => (basis === "line" ? `≈ ${messages.common.basis.line}` : "");

export function reasonFor(candidate: Candidate, now: number, messages: Messages, locale = "en"): string {
  const words = messages.plans;
  if (candidate.chosen) return words.for_need(capabilityName(candidate.capability));
  if (!candidate.reason) return "";
  return words.reason[candidate.reason]({ ...aboutOf(candidate, now, locale), area: messages.cover.areas[candidate.area] ?? candidate.area });
}

/** "2.3 %" as this language writes it; what would round to nothing is said to be less than the least that is written. */
function share(lost: number, locale: string): string {
  const percent = Math.max(0.1, lost * 100).toLocaleString(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  return lost < 0.0005 ? `< ${percent} %` : `${percent} %`;
}

export function aboutOf(candidate: Candidate, now: number, locale = "en"): About {
  const later = candidate.later_s ?? 0;
  return {
    incident: candidate.incident,
    later: Math.round(later) > 0 ? format.eta(later) : "",
    sooner: format.eta(Math.max(0, -later)),
    other: candidate.other,
    lost: candidate.lost === null ? "" : share(candidate.lost, locale),
    area: candidate.area,
    gap: candidate.gap_s === null ? "" : `${Math.max(1, Math.round(candidate.gap_s / 60))} min`,
    until: candidate.until === null ? "" : format.eta(Math.max(0, candidate.until - now)),
    crew: candidate.crew_min,
  };
}
