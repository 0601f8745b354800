/// Incidents that were closed lately: they are off the board and fetched when somebody wants to see them, and again
/// whenever one closes or opens again. Knows no window.

import { ask } from "../wire/http";
import type { IncidentRow } from "../wire/types";
import { room } from "./room.svelte";

const LIMIT = 100;

class Closed {
  rows = $state.raw<IncidentRow[]>([]);
  #watching = false;

  /** Keeps the list true until the returned function is called. */
  watch(): () => void {
    this.#watching = true;
    void this.#fetch();
    const stop = room.onEntries((entries) => {
      if (entries.some(({ fact }) => fact.kind === "incident.closed" || fact.kind === "incident.reopened")) void this.#fetch();
    });
    return () => {
      this.#watching = false;
      stop();
    };
  }

  async #fetch(): Promise<void> {
    const answer = await ask<IncidentRow[]>(`/api/incidents?status=closed&limit=${LIMIT}`);
    if (answer.ok && this.#watching) this.rows = answer.value;
  }
}

export const closedIncidents = new Closed();
