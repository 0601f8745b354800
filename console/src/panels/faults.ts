/// What the server found wrong with a form, in the reader's language and at its field.

import { m } from "../i18n";
import type { Answer } from "../wire/http";
import type { Problem } from "../wire/types";

/** Our own words for it; the server's sentence where we have none. */
export function faultWords(problem: Problem): string {
  const words = m().people.problems;
  const closer = problem.name === "impossible_value" ? words[NAMED[problem.field ?? ""] ?? `impossible_${problem.field ?? ""}`] : undefined;
  return closer ?? words[problem.name] ?? problem.text;
}

/** Where the reader of forms says only that a value cannot be: what we call that. */
const NAMED: Record<string, string> = { days: "impossible_expiry", issuer: "impossible_identity", subject: "impossible_identity", new: "password_too_short", scopes: "no_scope" };

/** After a refusal: the field that is wrong has the keyboard. */
export function toFault(form: HTMLElement | undefined): void {
  requestAnimationFrame(() => form?.querySelector<HTMLElement>("[aria-invalid]")?.focus());
}

export const faultOf = (answer: Answer<unknown>): Problem | null => (answer.ok ? null : answer.problem);
