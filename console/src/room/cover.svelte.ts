/// Coverage beside the board: asked every few seconds, and at once when a unit is sent or free again; cells only while a
/// map shades them. Knows no window.

import { ask } from "../wire/http";
import type { CellsView, CoverView } from "../wire/types";
import { room } from "./room.svelte";

const EVERY_MS = 5_000;
const CELLS_EVERY_MS = 8_000;
const SOON_MS = 1_500;
const MOVES = /^unit\.(dispatched|available|cancelled|diverted|on_duty|off_duty|at_station|moved_up|at_post|called_home)$/;

class Cover {
  view = $state.raw<CoverView | null>(null);
  cells = $state.raw<CellsView | null>(null);
  #watchers = 0;
  #timer = 0;
  #stop: () => void = () => {};

  /** Keeps the number true until the returned function is called. */
  watch(): () => void {
    this.#watchers += 1;
    if (this.#watchers === 1) this.#begin();
    return () => {
      this.#watchers -= 1;
      if (this.#watchers === 0) this.#end();
    };
  }

  /** Keeps the cells of a group true until the returned function is called. */
  shade(group: string): () => void {
    let over = false;
    const read = async () => {
      const answer = await ask<CellsView>(`/api/coverage/cells?group=${encodeURIComponent(group)}`);
      if (!over && answer.ok) this.cells = answer.value;
    };
    void read();
    const timer = setInterval(() => void read(), CELLS_EVERY_MS);
    return () => {
      over = true;
      clearInterval(timer);
      this.cells = null;
    };
  }

  read = async (): Promise<void> => {
    const answer = await ask<CoverView>("/api/coverage");
    if (answer.ok && this.#watchers) this.view = answer.value;
  };

  #begin(): void {
    void this.read();
    this.#timer = window.setInterval(() => room.link.word !== "cut" && void this.read(), EVERY_MS);
    let soon = 0;
    const stop = room.onEntries((entries) => {
      if (!entries.some(({ fact }) => MOVES.test(fact.kind))) return;
      clearTimeout(soon);
      soon = window.setTimeout(() => void this.read(), SOON_MS);
    });
    this.#stop = () => {
      stop();
      clearTimeout(soon);
    };
  }

  #end(): void {
    clearInterval(this.#timer);
    this.#stop();
  }
}

export const cover = new Cover();
