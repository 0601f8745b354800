/// What this person set on this screen: language, theme, sound, single-letter keys. Kept in the browser alone.

import { asLanguage, type Language, LANGUAGES, type Messages } from "./languages";

export type Theme = "night" | "day";

class Settings {
  language = $state<Language>("en");
  theme = $state<Theme>("night");
  sound = $state(true);
  /** Single-letter keys may be turned off (WCAG 2.1.4): people who speak to their computer need that. */
  letters = $state(true);

  constructor() {
    const asked = new URLSearchParams(globalThis.location?.search ?? "").get("lang");
    this.language = asLanguage(asked) ?? asLanguage(recall("language")) ?? asLanguage(globalThis.navigator?.language) ?? "en";
    this.theme = recall("theme") === "day" ? "day" : "night";
    this.sound = recall("sound") !== "off";
    this.letters = recall("letters") !== "off";
    this.#show();
  }

  /** The server's word on this account's language; a choice made on this screen stands above it. */
  suggestLanguage(word: string): void {
    const language = asLanguage(word);
    if (language && !recall("language") && !new URLSearchParams(location.search).has("lang")) this.language = language;
    this.#show();
  }

  setLanguage(language: Language): void {
    this.language = language;
    keep("language", language);
    this.#show();
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    keep("theme", theme);
    this.#show();
  }

  setSound(on: boolean): void {
    this.sound = on;
    keep("sound", on ? "on" : "off");
  }

  setLetters(on: boolean): void {
    this.letters = on;
    keep("letters", on ? "on" : "off");
  }

  #show(): void {
    const root = globalThis.document?.documentElement;
    if (!root) return;
    root.lang = this.language;
    root.dir = LANGUAGES[this.language].dir;
    root.dataset.theme = this.theme;
  }
}

function recall(name: string): string | null {
  try {
    return localStorage.getItem(`tocsin.${name}`);
  } catch {
    return null;
  }
}

function keep(name: string, value: string): void {
  try {
    localStorage.setItem(`tocsin.${name}`, value);
  } catch {
    // Private windows may refuse; the setting then lives as long as the page.
  }
}

export const settings = new Settings();

/** The messages in this person's language. Reactive. */
export function m(): Messages {
  return LANGUAGES[settings.language].messages;
}

export function locale(): string {
  return LANGUAGES[settings.language].locale;
}
