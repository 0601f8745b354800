/// Why a unit goes or stays, in the person's words. Pure, given the words.

import * as format from "../i18n/format";
import type { Messages } from "../i18n/languages";
import type { About } from "../i18n/plans";
import { capabilityName } from "../room/names";
import type { Candidate } from "../wire/types";

export function reasonFor(candidate: Candidate, now: number, messages: Messages): string {
  const words = messages.plans;
  if (candidate.chosen) return words.for_need(capabilityName(candidate.capability));
  if (!candidate.reason) return "";
  return words.reason[candidate.reason]({ ...aboutOf(candidate, now), area: messages.cover.areas[candidate.area] ?? candidate.area });
}

export function aboutOf(candidate: Candidate, now: number): About {
  const later = candidate.later_s ?? 0;
  return {
    incident: candidate.incident,
    later: Math.round(later) > 0 ? format.eta(later) : "",
    sooner: format.eta(Math.max(0, -later)),
    other: candidate.other,
    lost: candidate.lost === null ? "" : `${(candidate.lost * 100).toFixed(1)} %`,
    area: candidate.area,
    gap: candidate.gap_s === null ? "" : `${Math.max(1, Math.round(candidate.gap_s / 60))} min`,
    until: candidate.until === null ? "" : format.eta(Math.max(0, candidate.until - now)),
    crew: candidate.crew_min,
  };
}
