/// Two sounds that cannot be taken for each other: a call rings (two high notes, then a pause), an alarm falls (three
/// low notes, once). Silent until the person's first key: browsers want that, and so do people.

class Sound {
  #context: AudioContext | null = null;
  #ringing = 0;

  /** The person has touched the console: sound may begin. */
  wake(): void {
    if (!globalThis.AudioContext) return;
    this.#context ??= new AudioContext();
    if (this.#context.state === "suspended") void this.#context.resume();
  }

  ring(on: boolean): void {
    if (on && !this.#ringing) {
      this.#ringOnce();
      this.#ringing = window.setInterval(() => this.#ringOnce(), 3_000);
    } else if (!on && this.#ringing) {
      window.clearInterval(this.#ringing);
      this.#ringing = 0;
    }
  }

  alarm(): void {
    for (const [i, hertz] of [520, 415, 330].entries()) this.#note(hertz, i * 0.2, 0.18, "triangle", 0.16);
  }

  #ringOnce(): void {
    for (let i = 0; i < 4; i += 1) this.#note(i % 2 ? 988 : 784, i * 0.12, 0.1, "sine", 0.12);
  }

  #note(hertz: number, after_s: number, length_s: number, shape: OscillatorType, loud: number): void {
    const context = this.#context;
    if (!context || context.state !== "running") return;
    const start = context.currentTime + after_s;
    const tone = context.createOscillator();
    const gain = context.createGain();
    tone.type = shape;
    tone.frequency.value = hertz;
    gain.gain.setValueAtTime(0, start);
    gain.gain.linearRampToValueAtTime(loud, start + 0.015);
    gain.gain.linearRampToValueAtTime(0, start + length_s);
    tone.connect(gain).connect(context.destination);
    tone.start(start);
    tone.stop(start + length_s + 0.02);
  }
}

export const sound = new Sound();
