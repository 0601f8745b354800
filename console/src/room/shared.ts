/// What is selected, shared between the windows that one person has open. Knows no window: each hands in what it selects
/// and hears what the others did.

export interface Selection {
  incident: string;
  unit: string;
}

export class SharedSelection {
  #channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("tocsin-selection");
  #last = "";

  /** Tells the other windows; what they said themselves is not said back. */
  tell(selection: Selection): void {
    const text = JSON.stringify(selection);
    if (text === this.#last) return;
    this.#last = text;
    this.#channel?.postMessage(text);
  }

  /** Calls with what another window selected. Returns the way to stop listening. */
  hear(call: (selection: Selection) => void): () => void {
    const take = (event: MessageEvent<string>): void => {
      this.#last = event.data;
      call(JSON.parse(event.data) as Selection);
    };
    this.#channel?.addEventListener("message", take);
    return () => this.#channel?.removeEventListener("message", take);
  }
}

export const sharedSelection = new SharedSelection();
