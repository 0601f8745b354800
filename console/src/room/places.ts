/// A place in words and short distances on the ground. Distances here are for "nearby" only: never for deciding who goes
/// (that is the server's, by road).

import { m } from "../i18n";
import type { Place } from "../wire/types";

const METRES_PER_DEGREE = 111_195;

/** Its words, or its coordinates to about a metre; a word where it is kept from this reader or made coarse for them. */
export function placeName(place: Place): string {
  if (place.how === "erased") return "–";
  if (place.how === "hidden") return m().places.kept.hidden ?? "–";
  if (place.how === "coarse") return `≈ ${place.lat.toFixed(2)}, ${place.lon.toFixed(2)} (${m().places.kept.coarse})`;
  return place.text || `${place.lat.toFixed(5)}, ${place.lon.toFixed(5)}`;
}

export function metres(a: { lat: number; lon: number }, b: { lat: number; lon: number }): number {
  const east = (a.lon - b.lon) * Math.cos((((a.lat + b.lat) / 2) * Math.PI) / 180);
  return Math.hypot(a.lat - b.lat, east) * METRES_PER_DEGREE;
}
