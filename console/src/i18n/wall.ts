/// Words of the wallboard.

import type { Words } from "./words";

export const wallEn = {
  title: "Wallboard",
};

export const wallPt: Words<typeof wallEn> = {
  title: "Painel de parede",
};
