/**
 * The ground map's style. Refuses to know units and incidents: they are drawn above these layers by others.
 * Labels use the page's own fonts (MapLibre draws them so where a style has no `glyphs`).
 */

import type { LayerSpecification, StyleSpecification } from "maplibre-gl";
import { groundLayers } from "./ground";
import { labelLayers } from "./labels";
import { palette, type Theme } from "./palette";
import { roadLayers } from "./roads";

export type { Theme } from "./palette";

/** The name of the vector source that all layers draw from. */
export const GROUND = "ground";

/**
 * The whole style for a theme. `tilesUrl` is where the region's basemap is served, with or without the `pmtiles://`
 * scheme that the pmtiles protocol listens to.
 */
export function style(theme: Theme, tilesUrl: string): StyleSpecification {
  const colours = palette(theme);
  const layers: LayerSpecification[] = [...groundLayers(colours), ...roadLayers(colours), ...labelLayers(colours)];
  return {
    version: 8,
    name: `Tocsin ${theme}`,
    sources: {
      [GROUND]: {
        type: "vector",
        url: tilesUrl.startsWith("pmtiles://") ? tilesUrl : `pmtiles://${tilesUrl}`,
        attribution: '<a href="https://www.openstreetmap.org/copyright">© OpenStreetMap contributors</a>',
      },
    },
    layers,
  };
}
