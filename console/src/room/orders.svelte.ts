/// Giving orders. An order has one key for life: sent again it is done once. What could not be sent is kept where the
/// person sees it and is sent only when the person says so; the record itself tells whether an unanswered one was done.

import { type Answer, ask, NO_ANSWER } from "../wire/http";
import type { Done, Entry, Order, Problem } from "../wire/types";
import { clock } from "./clock.svelte";
import { room } from "./room.svelte";
import { type Kept, readUnsent, type Store, unsentKey, writeUnsent } from "./unsent";

export type Outcome =
  | { word: "done"; done: Done }
  | { word: "refused"; problem: Problem }
  | { word: "kept"; state: "not_sent" | "unknown" };

const RETRY_AFTER_MS = [300, 900];

export function orderKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Whether the order may have been recorded: no answer came, or the server lost its record under the write. */
function isUnknown(answer: { status: number; problem: Problem }): boolean {
  return answer.status === NO_ANSWER || answer.problem.name === "not_known";
}

class Orders {
  outbox = $state<Kept[]>([]);
  /** How many are on their way. */
  sending = $state(0);
  /** On their way, without an answer yet. */
  #flying = new Map<string, Kept>();
  #store: Store | null = null;
  #key = "";

  constructor() {
    room.onEntries((entries) => this.#seeRecord(entries));
  }

  /** Whose orders these are from now on. What they left without an answer on this tab is in sight again. */
  belongTo(centre: string, account: string, store: Store): void {
    const key = unsentKey(centre, account);
    if (key === this.#key) return;
    this.#key = key;
    this.#store = store;
    this.outbox = readUnsent(store, key);
  }

  async give(order: Order, words: string): Promise<Outcome> {
    const kept: Kept = {
      id: orderKey(), order, words, seen: room.position, given_at: clock.read(), state: "not_sent", problem: null,
    };
    if (room.link.word === "cut") return this.#keep(kept, "not_sent");
    this.#flying.set(kept.id, { ...kept, state: "sending" });
    this.#write();
    const answer = await this.#post(kept);
    this.#flying.delete(kept.id);
    this.#write();
    if (answer.ok) return { word: "done", done: answer.value };
    if (isUnknown(answer)) return this.#keep(kept, "unknown");
    if (answer.status === 401) return this.#keep(kept, "not_sent");
    return { word: "refused", problem: answer.problem };
  }

  /** The person says: send it now. The same key, so that it is done once whatever happened before. */
  async send(id: string): Promise<void> {
    const kept = this.outbox.find((each) => each.id === id);
    if (!kept || kept.state === "sending" || kept.state === "done") return;
    const before = kept.state;
    kept.state = "sending";
    kept.problem = null;
    const answer = await this.#post(kept);
    if (answer.ok) this.drop(id);
    else if (isUnknown(answer)) kept.state = "unknown";
    else {
      kept.state = before === "unknown" ? "not_sent" : before;
      kept.problem = answer.problem;
    }
    this.#write();
  }

  drop(id: string): void {
    this.outbox = this.outbox.filter((each) => each.id !== id);
    this.#write();
  }

  async #post(kept: Kept): Promise<Answer<Done>> {
    this.sending += 1;
    const body = { id: kept.id, seen: kept.seen, order: kept.order };
    try {
      for (let attempt = 0; ; attempt += 1) {
        const answer = await ask<Done>("/api/orders", { method: "POST", body, timeout_ms: 5_000 });
        const wait_ms = RETRY_AFTER_MS[attempt];
        if (answer.ok || answer.status !== NO_ANSWER || wait_ms === undefined) return answer;
        await new Promise((resolve) => setTimeout(resolve, wait_ms));
      }
    } finally {
      this.sending -= 1;
    }
  }

  #keep(kept: Kept, state: "not_sent" | "unknown"): Outcome {
    this.outbox.push({ ...kept, state });
    this.#write();
    return { word: "kept", state };
  }

  #seeRecord(entries: readonly Entry[]): void {
    if (!this.outbox.length) return;
    const recorded = new Set(entries.map((entry) => entry.order));
    for (const kept of this.outbox) if (recorded.has(kept.id)) kept.state = "done";
    this.#write();
  }

  #write(): void {
    if (this.#store) writeUnsent(this.#store, this.#key, [...this.outbox, ...this.#flying.values()]);
  }
}

export const orders = new Orders();
