/// The tail of the log as a stream: resumes at the last position, loses nothing, says when it lost the server.
/// Knows no table and no screen.

import { type LinkFacts, backoff_s, SILENT_TOO_LONG_S } from "./link";
import { EventReader, type ServerEvent } from "./sse";
import type { TailFacts, TailPulse, TailReset, TailTracks } from "./types";

export interface TailHandlers {
  facts(event: TailFacts): void;
  tracks(event: TailTracks): void;
  pulse(event: TailPulse): void;
  /** Too far behind: fetch the board and answer with its position, or null when that failed. */
  reset(event: TailReset): Promise<number | null>;
  signedOut(): void;
  /** What the picture at hand is of, as it said itself. */
  view?(): string;
  link(facts: LinkFacts): void;
}

export interface Machinery {
  fetch: typeof fetch;
  now_s(): number;
  sleep(seconds: number, signal: AbortSignal): Promise<void>;
  dice(): number;
}

export const browserMachinery: Machinery = {
  fetch: (...words) => fetch(...words),
  now_s: () => Date.now() / 1000,
  sleep: (seconds, signal) =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, seconds * 1000);
      signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
    }),
  dice: Math.random,
};

export class Tail {
  position: number;
  readonly link: LinkFacts;
  #stop = new AbortController();
  #attempt = 0;
  #asked_at = 0;
  #found_at = 0;
  #stream: AbortController | null = null;
  #wake: AbortController | null = null;

  constructor(
    after: number,
    readonly handlers: TailHandlers,
    readonly machinery: Machinery = browserMachinery,
  ) {
    this.position = after;
    const now = machinery.now_s();
    this.link = { heard_at: now, connected: false, lost_at: now, lagging_since: 0 };
  }

  /** Follows until stopped. Never throws. */
  async run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const going = await this.#once();
      if (!going) return;
      this.#lost();
      this.#wake = new AbortController();
      const signal = AbortSignal.any([this.#stop.signal, this.#wake.signal]);
      await this.machinery.sleep(backoff_s(this.#attempt, this.machinery.dice()), signal);
      this.#attempt += 1;
    }
  }

  stop(): void {
    this.#stop.abort();
    this.#stream?.abort();
  }

  /** Try again now (a person pressed "try now", or the browser says that it is online). */
  retry(): void {
    this.#wake?.abort();
  }

  /** Called every second: a stream that says nothing for too long is as good as cut, even while its socket stands. */
  check(): void {
    const quiet_since = this.link.connected ? Math.max(this.link.heard_at, this.#found_at) : this.#asked_at;
    if (this.machinery.now_s() - quiet_since > SILENT_TOO_LONG_S) this.#stream?.abort();
  }

  async #once(): Promise<boolean> {
    this.#stream = new AbortController();
    this.#asked_at = this.machinery.now_s();
    const signal = AbortSignal.any([this.#stop.signal, this.#stream.signal]);
    try {
      const view = this.handlers.view?.();
      const of = view === undefined ? "" : `&view=${encodeURIComponent(view)}`;
      const response = await this.machinery.fetch(`/api/tail?after=${this.position}${of}`, {
        headers: { Accept: "text/event-stream" },
        credentials: "same-origin",
        cache: "no-store",
        signal,
      });
      if (response.status === 401) {
        this.handlers.signedOut();
        return false;
      }
      if (!response.ok || !response.body) return true;
      await this.#read(response.body);
    } catch {
      // The connection broke: the loop above says so and tries again.
    }
    return !this.#stop.signal.aborted;
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    const reader = new EventReader();
    const decoder = new TextDecoder();
    const stream = body.getReader();
    this.#found();
    for (;;) {
      const { done, value } = await stream.read();
      if (done) return;
      this.link.heard_at = this.machinery.now_s();
      for (const event of reader.feed(decoder.decode(value, { stream: true }))) await this.#take(event);
      this.handlers.link(this.link);
    }
  }

  async #take(event: ServerEvent): Promise<void> {
    const said: unknown = JSON.parse(event.data);
    if (event.event === "facts") this.#facts(said as TailFacts);
    else if (event.event === "tracks") this.handlers.tracks(said as TailTracks);
    else if (event.event === "pulse") this.#pulse(said as TailPulse);
    else if (event.event === "reset") await this.#reset(said as TailReset);
  }

  #facts(event: TailFacts): void {
    if (event.position <= this.position) return;
    this.handlers.facts(event);
    this.position = event.position;
  }

  #pulse(event: TailPulse): void {
    if (event.position <= this.position) this.link.lagging_since = 0;
    else this.link.lagging_since ||= this.machinery.now_s();
    this.handlers.pulse(event);
  }

  async #reset(event: TailReset): Promise<void> {
    const position = await this.handlers.reset(event);
    if (position === null) throw new Error("the board could not be fetched");
    this.position = position;
  }

  #found(): void {
    this.#attempt = 0;
    this.#found_at = this.machinery.now_s();
    this.link.connected = true;
    this.link.lost_at = 0;
    this.handlers.link(this.link);
  }

  #lost(): void {
    if (this.link.connected) this.link.lost_at = this.machinery.now_s();
    this.link.connected = false;
    this.handlers.link(this.link);
  }
}
