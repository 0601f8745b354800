/// Run cards as rows to read: whom a card is for, in words, and which cards somebody looks for. Pure.

import type { Messages } from "../i18n/languages";
import type { CardView } from "../wire/types";

export function forWhom(card: CardView, messages: Messages): string {
  const t = messages.rules;
  const what = [...(card.types ?? []), ...(card.groups ?? [])].join(", ");
  return [what || t.every_type, (card.areas ?? []).join(", "), card.priorities?.length ? t.priorities(card.priorities.join(", ")) : ""].filter(Boolean).join(" · ");
}

export function wanted(cards: readonly CardView[], text: string): CardView[] {
  const words = text.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  return cards.filter((card) => {
    const all = [card.code, ...Object.values(card.name ?? {}), ...(card.types ?? []), ...(card.groups ?? []), ...(card.areas ?? []), ...(card.levels ?? []).flat().map((need) => need.text)].join(" ").toLocaleLowerCase();
    return words.every((word) => all.includes(word));
  });
}
