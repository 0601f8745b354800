/// What machines sent in, as one list: messages that were refused and those that were taken and are odd. Pure.

import type { IntakeView } from "../wire/types";

export type Became = "refused" | "expired" | "waiting" | "no_fix" | "flawed" | "late";
export const BECAME: readonly Became[] = ["refused", "expired", "waiting", "no_fix", "flawed", "late"];

export interface Message {
  id: string;
  at: number;
  partner: string;
  way: string;
  became: Became;
  call: string;
  /** What is wrong with it: the field, the name of the reason, the server's own sentence. */
  wrong: readonly { field: string; what: string; text: string }[];
  raw: "whole" | "cut" | "none";
  size_b: number | null;
}

type Odd = NonNullable<IntakeView["odd"]>[number];
const WHETHER: readonly [Became, (odd: Odd) => boolean][] = [
  ["expired", (odd) => odd.expired ?? false],
  ["waiting", (odd) => !odd.call],
  ["no_fix", (odd) => !odd.fix],
  ["flawed", (odd) => odd.flaws.length > 0],
];

/** The newest first. What no call came for and what waits for one is said before what is wrong with it. */
export function messages(view: IntakeView): Message[] {
  const refused = view.latest.map((each, n): Message => ({
    id: `R${view.latest.length - n}-${each.at}`,
    at: each.at,
    partner: each.partner,
    way: each.way,
    became: "refused",
    call: "",
    wrong: [{ field: each.field, what: each.name, text: each.text }],
    raw: "none",
    size_b: each.size_b,
  }));
  const odd = (view.odd ?? []).map((each): Message => ({
    id: each.report,
    at: each.at,
    partner: each.partner,
    way: each.source,
    became: WHETHER.find(([, is]) => is(each))?.[0] ?? "late",
    call: each.call,
    wrong: each.flaws,
    raw: each.flaws.some((flaw) => flaw.what === "raw_cut") ? "cut" : each.raw ? "whole" : "none",
    size_b: null,
  }));
  return [...refused, ...odd].sort((a, b) => b.at - a.at);
}

/** Refusals that nobody at this screen has looked at. */
export const unseen = (view: IntakeView, since: number): number => view.latest.filter((each) => each.at > since).length;
