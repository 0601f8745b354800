/// The server's clock as this screen knows it. Every age on the screen counts from here; ticks once a second.

class Clock {
  /** Server time now, in seconds, as of the last tick. Reactive. */
  now = $state(Date.now() / 1000);
  #offset_s = 0;
  #samples: number[] = [];

  constructor() {
    const tick = () => {
      this.now = this.read();
      setTimeout(tick, 1000 - (Math.round(this.now * 1000) % 1000));
    };
    tick();
  }

  /** Server time this very moment; not reactive. */
  read(): number {
    return Date.now() / 1000 + this.#offset_s;
  }

  /** The server said what time it is. The median of the last few readings stands. */
  hear(server_now: number): void {
    const samples = [...this.#samples, server_now - Date.now() / 1000].slice(-7);
    this.#samples = samples;
    this.#offset_s = samples.toSorted((a, b) => a - b)[samples.length >> 1] ?? 0;
  }
}

export const clock = new Clock();
