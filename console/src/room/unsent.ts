/// Orders without an answer, kept through a reload of the page: in this tab's own store, under the name of the person and
/// the centre they were given for, never read under another's. Pure, given the store.

import type { Order, Problem } from "../wire/types";

/** An order that may not have arrived. */
export interface Kept {
  id: string;
  order: Order;
  /** What the person was told it would do. */
  words: string;
  seen: number;
  given_at: number;
  state: "not_sent" | "unknown" | "sending" | "done";
  problem: Problem | null;
}

/** What of a browser's store is needed here. */
export type Store = Pick<Storage, "getItem" | "setItem" | "removeItem">;

const STATES: ReadonlySet<unknown> = new Set(["not_sent", "unknown", "sending"]);

export const unsentKey = (centre: string, account: string): string => `tocsin.unsent ${JSON.stringify([centre, account])}`;

/** What was left without an answer, oldest first. One that was on its way may have arrived: it is unknown. */
export function readUnsent(store: Store, key: string): Kept[] {
  try {
    const found: unknown = JSON.parse(store.getItem(key) ?? "[]");
    if (!Array.isArray(found)) return [];
    return found.filter(isKept).map((kept) => ({ ...kept, state: kept.state === "sending" ? "unknown" : kept.state }));
  } catch {
    return [];
  }
}

/** Writes down everything that has no answer yet. A full store must not stop an order: it is then kept on the screen alone. */
export function writeUnsent(store: Store, key: string, all: readonly Kept[]): void {
  const left = all.filter(({ state }) => STATES.has(state));
  try {
    if (left.length) store.setItem(key, JSON.stringify(left));
    else store.removeItem(key);
  } catch {
    // Nothing to say to a dispatcher: the tray on the screen is what counts.
  }
}

function isKept(value: unknown): value is Kept {
  const kept = value as Partial<Kept> | null;
  return typeof kept === "object" && kept !== null && typeof kept.id === "string" && typeof kept.words === "string" && typeof kept.given_at === "number" && typeof kept.order === "object" && STATES.has(kept.state);
}
