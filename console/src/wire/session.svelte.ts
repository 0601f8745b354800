/// Who is signed in on this screen. Knows the door; knows no room.

import { enterByPasskey } from "./passkeys";
import { ask, onSignedOut, setCsrf } from "./http";
import type { Catalogue, Problem, Session } from "./types";

const EMPTY: Catalogue = {
  types: [],
  dispositions: [],
  limits: { call_unanswered_s: 10, not_acknowledged_s: 60, long_on_scene_s: 2700, location_waits_s: 300, same_caller_s: 7200 },
};

class Door {
  /** undefined: not known yet. null: nobody. */
  session = $state<Session | null | undefined>(undefined);
  catalogue = $state.raw<Catalogue>(EMPTY);
  problem = $state<Problem | null>(null);
  /** The session ended while somebody worked. */
  ended = $state(false);
  /** Who was signed in on this page before, if anybody. */
  #last = "";

  constructor() {
    onSignedOut(() => this.lost());
  }

  /** At the page's start: a one-time link in the address, or the session of the cookie. */
  async open(): Promise<void> {
    const link = /^#link=(.+)$/.exec(location.hash)?.[1];
    if (link) {
      history.replaceState(null, "", location.pathname + location.search);
      const answer = await this.#enter({ link: decodeURIComponent(link) });
      if (answer) return;
      const problem = this.problem;
      await this.#resume();
      if (!this.session) this.problem = problem?.name === "no_answer" ? problem : { name: "link_used", text: "" };
      return;
    }
    const fault = /^#problem=([a-z_]+)$/.exec(location.hash)?.[1];
    if (fault) history.replaceState(null, "", location.pathname + location.search);
    await this.#resume();
    if (fault && !this.session) this.problem = { name: fault, text: "" };
  }

  async signIn(name: string, password: string): Promise<boolean> {
    return this.#enter({ name, password });
  }

  /** By a passkey of this device. */
  async signInByPasskey(): Promise<boolean> {
    this.problem = null;
    const answer = await enterByPasskey();
    if (answer.ok) await this.#welcome(answer.value);
    else this.problem = answer.problem;
    return answer.ok;
  }

  async signOut(): Promise<void> {
    await ask("/api/session", { method: "DELETE", quiet: true });
    location.assign("/");
  }

  lost(): void {
    if (this.session) this.ended = true;
    this.session = null;
  }

  async #resume(): Promise<void> {
    for (;;) {
      const answer = await ask<Session>("/api/session", { quiet: true });
      if (answer.ok) return this.#welcome(answer.value);
      if (answer.status === 401) {
        this.problem = null;
        this.session = null;
        return;
      }
      this.problem = answer.problem;
      await new Promise((resolve) => setTimeout(resolve, 2000));
    }
  }

  async #enter(body: { name: string; password: string } | { link: string }): Promise<boolean> {
    this.problem = null;
    const answer = await ask<Session>("/api/session", { method: "POST", body, quiet: true });
    if (answer.ok) {
      await this.#welcome(answer.value);
      return true;
    }
    this.problem = answer.problem;
    return false;
  }

  async #welcome(session: Session): Promise<void> {
    // Another person at this screen: nothing typed or held unsent by the one before may go out under a new name.
    if (this.#last && this.#last !== session.account) return location.replace(location.pathname);
    this.#last = session.account;
    setCsrf(session.csrf);
    const catalogue = await ask<Catalogue>("/api/catalogue");
    if (catalogue.ok) this.catalogue = catalogue.value;
    this.problem = null;
    this.ended = false;
    this.session = session;
  }
}

export const door = new Door();
