/// Finding a type, a unit or an incident from what a person types. Pure. Any script; accents and case do not matter.

import type { Catalogue, Disposition, IncidentType, Named } from "../wire/types";

export function fold(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().trim();
}

const wordsOf = (text: string): string[] => fold(text).split(/[^\p{L}\p{N}]+/u).filter(Boolean);

/** Types that fit, best first: the name in this language, then any name, then everyday words, then the code. Of those
 *  that fit alike the more urgent stands first, because Enter takes the first; where in the name the word stands comes last. */
export function findTypes(query: string, catalogue: Catalogue, language: string): IncidentType[] {
  const asked = wordsOf(query);
  if (!asked.length) return [];
  const scored: [number, IncidentType][] = [];
  for (const type of catalogue.types) {
    const score = fit(asked, type, language);
    if (score > 0) scored.push([score, type]);
  }
  const early = ([, type]: [number, IncidentType]): number => Number(wordsOf(nameOf(type, language))[0]?.startsWith(asked[0]!));
  return scored.sort((a, b) => b[0] - a[0] || a[1].priority - b[1].priority || early(b) - early(a)).map(([, type]) => type);
}

function fit(asked: string[], type: IncidentType, language: string): number {
  if (fold(type.code) === asked.join("_") || fold(type.code) === asked.join("-")) return 1000;
  const fields: [weight: number, words: string[]][] = [
    [40, wordsOf(type.name[language] ?? type.name.en ?? "")],
    [20, Object.values(type.name).flatMap(wordsOf)],
    [18, (type.words ?? []).flatMap(wordsOf)],
    [10, wordsOf(type.code)],
    [4, wordsOf(type.group)],
  ];
  let total = 0;
  for (const word of asked) {
    const best = Math.max(0, ...fields.map(([weight, words]) => weight * closeness(word, words)));
    if (best === 0) return 0;
    total += best;
  }
  return total;
}

function closeness(word: string, words: string[]): number {
  let best = 0;
  for (const candidate of words) {
    if (candidate === word) best = 1;
    else if (candidate.startsWith(word)) best = Math.max(best, 0.6);
  }
  return best;
}

export function findDispositions(query: string, catalogue: Catalogue, language: string): Disposition[] {
  const asked = fold(query);
  const fits = (text: string): boolean => fold(text).startsWith(asked) || wordsOf(text).some((word) => word.startsWith(asked));
  const exact = catalogue.dispositions.filter((end) => fold(end.code) === asked);
  return exact.length ? exact : catalogue.dispositions.filter((end) => fits(end.code) || fits(nameOf(end, language)));
}

export function nameOf(thing: { name: Record<string, string>; code: string }, language: string): string {
  return thing.name[language] ?? thing.name.en ?? thing.code;
}

/** What people call a word of the fleet; a word nobody named stands for itself. */
export function wordFor(code: string, named: readonly Named[] | undefined, language: string): string {
  const found = named?.find((each) => each.code === code);
  return found ? nameOf(found, language) : code;
}

/** The row whose id is this word, whatever its case; or the only one whose id ends in this number. */
export function findId(word: string, rows: ReadonlyMap<string, unknown>): string | null {
  if (rows.has(word)) return word;
  const upper = word.toUpperCase();
  if (rows.has(upper)) return upper;
  const folded = fold(word);
  let ending: string | null = null;
  let endings = 0;
  for (const id of rows.keys()) {
    if (fold(id) === folded) return id;
    if (/^\d+$/.test(word) && id.endsWith(word) && !/\d/.test(id.at(-word.length - 1) ?? "")) {
      ending = id;
      endings += 1;
    }
  }
  return endings === 1 ? ending : null;
}

/** Ids that begin so, for completion. */
export function startingWith(word: string, rows: ReadonlyMap<string, unknown>, limit: number): string[] {
  const folded = fold(word);
  const found: string[] = [];
  for (const id of rows.keys()) {
    if (fold(id).startsWith(folded)) found.push(id);
    if (found.length >= limit * 4) break;
  }
  return found.sort((a, b) => a.length - b.length || (a < b ? -1 : 1)).slice(0, limit);
}
