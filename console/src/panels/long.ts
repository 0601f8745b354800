/// Long texts in a list: their beginning stands there, the rest is asked for. Pure.

const SHOWN = 200;
const LINES = 5;

/** The beginning of a text too long for a list, cut at a word and never inside a character; null where all of it fits. */
export function beginning(text: string): string | null {
  const lines = text.split("\n");
  const few = lines.length > LINES + 1 ? lines.slice(0, LINES).join("\n") : text;
  let cut = "";
  let letters = 0;
  for (const { segment } of new Intl.Segmenter().segment(few)) {
    if (letters < SHOWN) cut += segment;
    letters += 1;
    if (letters > SHOWN * 1.25) break;
  }
  if (letters <= SHOWN * 1.25) return few === text ? null : `${few.trimEnd()} …`;
  const word = cut.search(/\s\S*$/u);
  return `${(word > cut.length / 2 ? cut.slice(0, word) : cut).trimEnd()} …`;
}
