/// What is selected, shared between the windows that one person has open. Knows no window: each hands in what it selects
/// and hears what the others did.

export interface Selection {
  incident: string;
  unit: string;
}

export class SharedSelection {
  #channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("tocsin-selection");
  #last: Selection = { incident: "", unit: "" };
  #heard = false;

  /** Tells the other windows. What they said themselves is not said back: a window that knows no units would forget one. */
  tell(selection: Selection): void {
    const same = selection.incident === this.#last.incident;
    if (same && (selection.unit === this.#last.unit || (this.#heard && !selection.unit))) return;
    this.#last = selection;
    this.#heard = false;
    this.#channel?.postMessage(selection);
  }

  /** Calls with what another window selected. Returns the way to stop listening. */
  hear(call: (selection: Selection) => void): () => void {
    const take = (event: MessageEvent<Selection>): void => {
      this.#last = event.data;
      this.#heard = true;
      call(event.data);
    };
    this.#channel?.addEventListener("message", take);
    return () => this.#channel?.removeEventListener("message", take);
  }
}

export const sharedSelection = new SharedSelection();
