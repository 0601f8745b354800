/// Asking the server and hearing its no. Every answer is a value: a result or a Problem, never an exception.

import type { Problem } from "./types";

export type Answer<T> = { ok: true; value: T } | { ok: false; status: number; problem: Problem };

/** Status 0: no answer came back. The request may or may not have arrived. */
export const NO_ANSWER = 0;

let csrf = "";
let signedOut: () => void = () => {};

export function setCsrf(token: string): void {
  csrf = token;
}

/** Called whenever the server says 401 to a request that needs a session. */
export function onSignedOut(call: () => void): void {
  signedOut = call;
}

interface Wish {
  method?: "GET" | "POST" | "PATCH" | "DELETE";
  body?: unknown;
  signal?: AbortSignal;
  timeout_ms?: number;
  /** A 401 here is an ordinary answer (signing in), not the end of a session. */
  quiet?: boolean;
}

export async function ask<T>(path: string, wish: Wish = {}): Promise<Answer<T>> {
  const method = wish.method ?? "GET";
  const headers: Record<string, string> = { Accept: "application/json" };
  if (method !== "GET") headers["X-Tocsin-CSRF"] = csrf;
  if (wish.body !== undefined) headers["Content-Type"] = "application/json";
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers,
      credentials: "same-origin",
      cache: "no-store",
      signal: signals(wish),
      ...(wish.body === undefined ? {} : { body: JSON.stringify(wish.body) }),
    });
    if (response.ok) return { ok: true, value: (response.status === 204 ? undefined : await response.json()) as T };
  } catch (error) {
    return { ok: false, status: NO_ANSWER, problem: { name: "no_answer", text: String(error) } };
  }
  if (response.status === 401 && !wish.quiet) signedOut();
  return { ok: false, status: response.status, problem: await readProblem(response) };
}

function signals(wish: Wish): AbortSignal {
  const limit = AbortSignal.timeout(wish.timeout_ms ?? 8_000);
  return wish.signal ? AbortSignal.any([limit, wish.signal]) : limit;
}

async function readProblem(response: Response): Promise<Problem> {
  try {
    const said = (await response.json()) as Problem;
    if (typeof said.name === "string") return said;
  } catch {
    // A proxy's page, or nothing: the status is all we know.
  }
  return { name: "unreadable_answer", text: `HTTP ${response.status}` };
}
