/// How many messages of machines were refused since somebody at this screen last looked. Asked for now and then by the
/// windows that show it; nobody but the whole centre may know.

import { unseen } from "../panels/intake";
import { ask } from "../wire/http";
import type { IntakeView } from "../wire/types";

const EVERY_MS = 20_000;
const SEEN = "tocsin.intake.seen";

class Incoming {
  view = $state.raw<IntakeView | null>(null);
  failed = $state(false);
  #seen = $state(Number(localStorage.getItem(SEEN) ?? 0));
  readonly unseen = $derived(this.view ? unseen(this.view, this.#seen) : 0);

  /** Asks now and every so often until the returned function is called. */
  watch(every_ms = EVERY_MS): () => void {
    const read = async () => {
      const answer = await ask<IntakeView>("/api/intake");
      this.failed = !answer.ok;
      if (answer.ok) this.view = answer.value;
      this.#seen = Number(localStorage.getItem(SEEN) ?? 0);
    };
    void read();
    const timer = window.setInterval(() => void read(), every_ms);
    return () => window.clearInterval(timer);
  }

  /** Somebody looks at the list as it stands. */
  look(): void {
    const newest = this.view?.latest[0]?.at ?? 0;
    if (newest > this.#seen) localStorage.setItem(SEEN, String((this.#seen = newest)));
  }
}

export const incoming = new Incoming();
