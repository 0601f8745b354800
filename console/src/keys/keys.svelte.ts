/// Every key there is, with its help text. A key that is not registered here does not exist; `F1` shows what works now.
/// Single letters work only outside text fields, and can be turned off.

import type { Messages } from "../i18n/languages";
import { settings } from "../i18n/settings.svelte";

export interface Binding {
  /** "F2", "Shift+F8", "a", "?", "Escape" … as in KeyboardEvent.key. The first one is shown in the help. */
  keys: string[];
  help: (messages: Messages) => string;
  run: (event: KeyboardEvent) => void;
  /** Whether it works now; without one: always. */
  when?: () => boolean;
  /** May it repeat while held down? Orders never do. */
  repeats?: boolean;
}

class Keys {
  #bindings: readonly Binding[] = [];

  /** Registers keys; returns the way to take them back. Two bindings for one key is a mistake of ours: it throws. */
  use(bindings: Binding[]): () => void {
    const taken = new Set(this.#bindings.flatMap((binding) => binding.keys));
    for (const key of bindings.flatMap((binding) => binding.keys)) {
      if (taken.has(key)) throw new Error(`the key ${key} is registered twice`);
      taken.add(key);
    }
    this.#bindings = [...this.#bindings, ...bindings];
    return () => {
      this.#bindings = this.#bindings.filter((binding) => !bindings.includes(binding));
    };
  }

  /** What works at this moment. */
  here(): Binding[] {
    return this.#bindings.filter((binding) => binding.when?.() ?? true);
  }

  handle = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing) return;
    const key = combination(event);
    if (isLetter(key) && (!settings.letters || inTextField(event.target))) return;
    const binding = this.#bindings.find((each) => each.keys.includes(key) && (each.when?.() ?? true));
    if (!binding) return;
    event.preventDefault();
    if (!event.repeat || binding.repeats) binding.run(event);
  };
}

export function combination(event: Pick<KeyboardEvent, "key" | "ctrlKey" | "altKey" | "metaKey" | "shiftKey">): string {
  const named = event.key.length > 1;
  return [
    event.ctrlKey && "Ctrl",
    event.altKey && "Alt",
    event.metaKey && "Meta",
    event.shiftKey && named && "Shift",
    named ? event.key : event.key.toLowerCase(),
  ]
    .filter(Boolean)
    .join("+");
}

export function isLetter(key: string): boolean {
  return [...key].length === 1;
}

export function inTextField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

export const keys = new Keys();
