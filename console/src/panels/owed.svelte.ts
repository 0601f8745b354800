/// What waits for a supervisor: broken glass nobody took, looks to review, looks not in the access log yet. Counts alone.

import { m } from "../i18n";
import { ask } from "../wire/http";
import { door } from "../wire/session.svelte";
import type { Health } from "../wire/types";

const EVERY_MS = 20_000;

class Owed {
  #told = $state.raw<Health | null>(null);
  readonly count = $derived((this.#told?.glass_broken ?? 0) + (this.#told?.reviews_owed ?? 0) + (this.#told?.looks_owed ?? 0));

  /** In words, without the broken glass, which has an alarm of its own on every desk. */
  readonly quiet = $derived([this.#told?.reviews_owed && m().access.owed.reviews(this.#told.reviews_owed), this.#told?.looks_owed && m().access.owed.looks(this.#told.looks_owed)].filter(Boolean).join(" · "));

  /** The same with it, the loudest first. */
  readonly words = $derived([this.#told?.glass_broken && m().access.owed.glass(this.#told.glass_broken), this.quiet].filter(Boolean).join(" · "));

  get loud(): boolean {
    return !!this.#told?.glass_broken;
  }

  read = async (): Promise<void> => {
    const answer = await ask<Health>("/api/health", { quiet: true });
    if (answer.ok) this.#told = answer.value;
  };

  /** While a supervisor of the whole centre is at this screen; returns the way to stop. */
  watch(): (() => void) | undefined {
    if (!door.session?.roles.includes("supervisor") || door.session.agency) return;
    void this.read();
    const timer = window.setInterval(() => void this.read(), EVERY_MS);
    return () => window.clearInterval(timer);
  }
}

export const owed = new Owed();
