/// Address search while somebody types: the newest question wins, old answers are dropped. Knows no call and no order.

import { ask } from "../wire/http";
import type { PlaceMatch } from "../wire/types";

const PAUSE_MS = 90;

export class PlaceSearch {
  matches = $state.raw<PlaceMatch[]>([]);
  /** The query that `matches` answers. */
  answered = $state("");
  /** "idle", "searching", "answered" or "failed". */
  state = $state<"idle" | "searching" | "answered" | "failed">("idle");
  #timer = 0;
  #going: AbortController | null = null;
  #waiting: ((found: PlaceMatch[]) => void)[] = [];

  /** Ask for what is typed now. `near` puts what is close first. */
  type(query: string, near: { lat: number; lon: number } | null = null): void {
    window.clearTimeout(this.#timer);
    const asked = query.trim();
    if (!asked) return this.clear();
    if (asked === this.answered && this.state === "answered") return;
    this.state = "searching";
    this.#timer = window.setTimeout(() => void this.#search(asked, near), PAUSE_MS);
  }

  /** What was found for the newest question, once it is answered. */
  async settled(): Promise<PlaceMatch[]> {
    if (this.state !== "searching") return this.matches;
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  clear(): void {
    window.clearTimeout(this.#timer);
    this.#going?.abort();
    this.matches = [];
    this.answered = "";
    this.state = "idle";
    this.#settle();
  }

  async #search(query: string, near: { lat: number; lon: number } | null): Promise<void> {
    this.#going?.abort();
    const going = (this.#going = new AbortController());
    const where = near ? `&lat=${near.lat}&lon=${near.lon}` : "";
    const answer = await ask<PlaceMatch[]>(`/api/places?q=${encodeURIComponent(query)}&limit=8${where}`, { signal: going.signal, timeout_ms: 4_000 });
    if (going.signal.aborted) return;
    this.matches = answer.ok ? answer.value : [];
    this.answered = query;
    this.state = answer.ok ? "answered" : "failed";
    this.#settle();
  }

  #settle(): void {
    for (const call of this.#waiting.splice(0)) call(this.matches);
  }
}
