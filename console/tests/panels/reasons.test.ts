import { expect, test } from "vitest";

import { en, pt } from "../../src/i18n/languages";
import { guessed, needWords, reasonFor } from "../../src/panels/reasons";
import type { Candidate } from "../../src/wire/types";

const PASSED = { unit: "A3", chosen: false, reason: "leaves_gap", later_s: -62, other: "A7", lost: 0.0234, area: "", gap_s: null, until: null, incident: "", crew_min: 0 } as unknown as Candidate;

test("a share of cover is written as the person's language writes numbers, and is never nothing", () => {
  expect(reasonFor(PASSED, 0, en, "en")).toBe("1:02 closer but loses 2.3 % of cover");
  expect(reasonFor(PASSED, 0, pt, "pt-PT")).toBe("1:02 mais perto mas perde 2,3 % de cobertura");
  expect(reasonFor({ ...PASSED, lost: 0.0001 }, 0, en, "en")).toContain("loses < 0.1 %");
});

test("a line of a run card is read in the person's language", () => {
  const name = (capability: string) => ({ als: "Suporte avançado", ambulance: "Ambulância" })[capability] ?? capability;
  expect(needWords("1 als crew 2 or 1 ambulance + 1 medic", pt.plans.line, name)).toBe("1 Suporte avançado com guarnição de 2 ou 1 Ambulância + 1 medic");
});

test("a straight line is marked as one, a drive by road is not", () => {
  expect(guessed("line", en)).toBe("≈ straight line");
  expect(guessed("line", pt)).toBe("≈ linha reta");
  expect(guessed("road", en)).toBe("");
});
