import { describe, expect, test } from "vitest";

import { age, distance, eta, span } from "../../src/i18n/format";
import { asLanguage, en, LANGUAGES, pt } from "../../src/i18n/languages";

function leaves(words: unknown, path = ""): [string, unknown][] {
  if (typeof words !== "object" || words === null) return [[path, words]];
  return Object.entries(words).flatMap(([key, value]) => leaves(value, `${path}.${key}`));
}

describe("every language says everything", () => {
  const english = leaves(en);
  test.each(Object.keys(LANGUAGES))("%s", (code) => {
    const theirs = new Map(leaves(LANGUAGES[code as keyof typeof LANGUAGES].messages));
    expect([...theirs.keys()].sort()).toEqual(english.map(([path]) => path).sort());
    for (const [path, words] of english) {
      expect(typeof theirs.get(path), path).toBe(typeof words);
      if (typeof words === "string") expect(String(theirs.get(path)).trim(), path).not.toBe("");
    }
  });
});

test("Portuguese is not English with another name", () => {
  const portuguese = new Map(leaves(pt.desk));
  const same = leaves(en.desk).filter(([path, words]) => typeof words === "string" && words.length > 12 && portuguese.get(path) === words);
  expect(same).toEqual([]);
});

test("languages by their codes", () => {
  expect([asLanguage("pt-BR"), asLanguage("EN"), asLanguage("tlh"), asLanguage(null)]).toEqual(["pt", "en", null, null]);
});

test("ages count: never negative, hours only when there are some", () => {
  const { time, distance: words } = en.common;
  expect([-3, 7, 760, 3729, 200_000].map((seconds) => age(seconds, time))).toEqual(["0:00", "0:07", "12:40", "1:02:09", "2 d"]);
  expect([40, 420, 6300].map((seconds) => span(seconds, time))).toEqual(["40 s", "7 min", "1 h 45"]);
  expect(eta(260)).toBe("4:20");
  expect([42, 1340, 15_200].map((metres) => distance(metres, words, "en-GB"))).toEqual(["40 m", "1.3 km", "15 km"]);
});
