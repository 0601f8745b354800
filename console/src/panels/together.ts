/// Why a call may belong to an incident, in a person's words. Pure, given the words.

import type { Messages } from "../i18n/languages";
import type { Belongs } from "../wire/types";

interface Say {
  distance: (metres: number) => string;
  span: (seconds: number) => string;
}

const SAME_M = 25;

/** "same place, last word 2 min ago, both say smoke" */
export function reasons(found: Belongs, messages: Messages, say: Say): string {
  const t = messages.together;
  const out: string[] = [];
  for (const term of found.terms) {
    if (term.name === "place" && term.distance_m != null) {
      const known = 2 * (term.sigma_m ?? 0);
      if (term.same_place || term.distance_m < SAME_M) out.push(t.place.same);
      else out.push(term.distance_m <= known ? t.place.within(say.distance(term.distance_m)) : t.place.away(say.distance(term.distance_m)));
    } else if (term.name === "time" && term.age_s != null) out.push(t.ago(say.span(term.age_s)));
    else if (term.name === "type" && term.fit) out.push(t.type[term.fit] ?? "");
    else if (term.name === "words") {
      const plain = (term.words ?? []).filter((word) => !word.startsWith("="));
      if (term.words?.length) out.push(plain.length ? t.words(plain.join(", ")) : t.words_alike);
      for (const [mine, theirs] of term.against ?? []) out.push(t.against(mine, theirs));
    } else if (term.name === "number") out.push(t.number);
  }
  return out.filter(Boolean).join(", ");
}

export function howSure(found: Belongs, messages: Messages): string {
  const t = messages.together.sure;
  return found.likely ? t.likely : found.share >= 0.3 ? t.maybe : t.little;
}
