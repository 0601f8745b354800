/** Small builders of zoom expressions, so that layers read as tables. Refuses to know colours. */

import type { ExpressionSpecification } from "maplibre-gl";

/** A width or size that grows smoothly with zoom: pairs of zoom and value. */
export function grow(base: number, ...stops: [number, number][]): ExpressionSpecification {
  return ["interpolate", ["exponential", base], ["zoom"], ...stops.flat()] as unknown as ExpressionSpecification;
}

/** The test that a feature's `kind` is one of these. */
export function kindIn(...kinds: string[]): ExpressionSpecification {
  return ["match", ["get", "kind"], kinds, true, false];
}

/** A colour by `kind`, with one for all others. */
export function byKind(table: Record<string, string>, other: string): ExpressionSpecification {
  return ["match", ["get", "kind"], ...Object.entries(table).flat(), other] as unknown as ExpressionSpecification;
}
