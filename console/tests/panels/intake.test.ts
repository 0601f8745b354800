import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { en } from "../../src/i18n/languages";
import { BECAME, messages, unseen } from "../../src/panels/intake";
import type { IntakeView } from "../../src/wire/types";

type Odd = NonNullable<IntakeView["odd"]>[number];
const odd: Odd = { at: 10, report: "L1", partner: "carrier", source: "aml", call: "4", fix: true, late: false, flaws: [], raw: true, expired: false };
const flaw = { field: "lt", what: "bad_number", text: "+g5 is no number." };
const cut = { field: "message", what: "raw_cut", text: "Only 4096 of its 9000 characters are kept." };
const VIEW: IntakeView = {
  since: 1,
  partners: [],
  latest: [{ at: 30, partner: "carrier", way: "aml", name: "forged", field: "hmac", text: "No.", size_b: 12 }, { at: 5, partner: "carrier", way: "aml", name: "empty", field: "body", text: "No.", size_b: 0 }],
  odd: [
    { ...odd, at: 20, call: "", flaws: [flaw] },
    { ...odd, at: 19, report: "L2", call: "", expired: true },
    { ...odd, at: 18, report: "L3", flaws: [flaw, cut], fix: false },
    { ...odd, at: 17, report: "L4", late: true, flaws: [flaw] },
    { ...odd, at: 16, report: "L5", late: true },
  ],
};

test("one list, the newest first, each with what became of it and how much of it is kept", () => {
  const list = messages(VIEW);
  expect(list.map((each) => [each.became, each.raw])).toEqual([
    ["refused", "none"], ["waiting", "whole"], ["expired", "whole"], ["no_fix", "cut"], ["flawed", "whole"], ["late", "whole"], ["refused", "none"],
  ]);
  expect(list[0]?.wrong[0]).toMatchObject({ field: "hmac", what: "forged" });
  expect(new Set(list.map((each) => each.id)).size).toBe(list.length);
});

test("only refusals since somebody looked are news", () => {
  expect([unseen(VIEW, 0), unseen(VIEW, 5), unseen(VIEW, 30)]).toEqual([2, 1, 0]);
});

test("every state and every reason the server's readers know has words", () => {
  const names = (path: string) => readFileSync(new URL(`../../../src/tocsin/${path}`, import.meta.url), "utf8");
  const listed = [...names("standards/flaws.py").matchAll(/^ {4}"(\w+)",$/gm)].map((found) => found[1] as string);
  const said = [...names("gateways/intake.py").matchAll(/(?:Turned|ReportFlaw)\((?:"device_number", )?"(\w+)"/g)].map((found) => found[1] as string);
  const flagged = [...names("domain/decide_locations.py").matchAll(/ReportFlaw\("\w+", "(\w+)"/g)].map((found) => found[1] as string);
  expect([listed.length, said.length, flagged.length].every((n) => n >= 3)).toBe(true);
  const unheard = new Set(["unknown_route", "wrong_method"]); // nobody's message
  expect([...listed, ...said, ...flagged].filter((name) => !unheard.has(name) && !en.intake.reasons[name])).toEqual([]);
  expect(BECAME.filter((each) => !en.intake.state[each] || !en.intake.state_long[each])).toEqual([]);
});
