import { expect, test } from "vitest";

import { en, pt } from "../../src/i18n/languages";
import { reasons } from "../../src/panels/together";
import type { Belongs } from "../../src/wire/types";

const SAY = { distance: (metres: number) => `${metres} m`, span: (seconds: number) => `${seconds} s` };
const found = (...terms: unknown[]) => ({ terms }) as unknown as Belongs;

test("what both say and what cannot both be is told in the person's language, in the callers' words", () => {
  const words = { name: "words", weight: 0.4, words: ["smoke"], against: [["third floor", "second floor"]] };
  expect(reasons(found(words), en, SAY)).toBe("both say smoke, one says third floor, the other second floor");
  expect(reasons(found(words), pt, SAY)).toBe("ambas dizem smoke, uma diz third floor, a outra second floor");
});

test("a contradiction alone is told as well, and types that words name are no words", () => {
  expect(reasons(found({ name: "words", against: [["wife", "brother"]] }), en, SAY)).toBe("one says wife, the other brother");
  expect(reasons(found({ name: "words", words: ["=FIRE-ALARM"] }), en, SAY)).toBe("say the same in other words");
  expect(reasons(found({ name: "words" }), en, SAY)).toBe("");
});
