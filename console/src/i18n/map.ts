/// Words of the map window.

import type { Words } from "./words";

export const mapEn = {
  title: "Map",
};

export const mapPt: Words<typeof mapEn> = {
  title: "Mapa",
};
