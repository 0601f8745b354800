/// Words for when a unit will be there: every estimate has its range.

import type { Words } from "./words";

export const arrivalEn = {
  range: "9 in 10",
  range_long: "9 of 10 such drives take between these times, the age of the unit's position included",
  between: (low: number, high: number) => (low === high ? `${high} min` : `${low}–${high} min`),
  no_range: "–",
  in_range: (time: string, range: string) => `${time} (${range})`,
};

export const arrivalPt: Words<typeof arrivalEn> = {
  range: "9 em 10",
  range_long: "9 em cada 10 viagens assim duram entre estes tempos, contando a idade da posição da unidade",
  between: (low, high) => (low === high ? `${high} min` : `${low} a ${high} min`),
  no_range: "–",
  in_range: (time, range) => `${time} (${range})`,
};
