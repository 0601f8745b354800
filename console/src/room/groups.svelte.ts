/// Which live calls seem to be about one thing, as the server has it. Asked for when a call or an incident has changed, never by
/// the clock; until the answer is here every call stands alone.

import { ask } from "../wire/http";
import type { CallGroup, GroupsView } from "../wire/types";
import { room } from "./room.svelte";

const PAUSE_MS = 150;
const EVERY_MS = 15_000;

class Groups {
  now = $state.raw<CallGroup[]>([]);
  #asked = "";
  #timer = 0;

  /** Call inside an effect: follows the board. */
  follow(): void {
    const calls = [...room.calls.values()].map((call) => `${call.id}${call.status}${call.notes.length}${call.areas.at(-1)?.id ?? ""}${call.place?.lat ?? ""}`);
    const wanted = calls.length > 0 ? `${calls.join()} ${[...room.incidents.keys()].join()}` : "";
    if (wanted === this.#asked) return;
    this.#asked = wanted;
    window.clearTimeout(this.#timer);
    if (!wanted) this.now = [];
    else this.#timer = window.setTimeout(() => void this.#fetch(wanted), PAUSE_MS);
  }

  /** For an agency, whose screen has no calls that could change: by the clock, until the returned function is called. */
  watch(): () => void {
    const timer = window.setInterval(() => void this.#fetch(this.#asked), EVERY_MS);
    void this.#fetch(this.#asked);
    return () => window.clearInterval(timer);
  }

  async #fetch(wanted: string): Promise<void> {
    const answer = await ask<GroupsView>("/api/calls/groups");
    if (wanted === this.#asked && answer.ok) this.now = answer.value.groups;
  }
}

export const groups = new Groups();
