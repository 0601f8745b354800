/// The one door to words: `m()` is the catalogue in the person's language, `words` formats ages and times with it.

import { clock } from "../room/clock.svelte";
import * as format from "./format";
import { locale, m } from "./settings.svelte";

export { LANGUAGES, type Language, type Messages } from "./languages";
export { locale, m, settings } from "./settings.svelte";

/** Reactive formatting. `age` counts from the server's clock and moves every second. */
export const say = {
  age: (since: number): string => format.age(clock.now - since, m().common.time),
  span: (seconds: number): string => format.span(seconds, m().common.time),
  eta: (seconds: number): string => format.eta(seconds),
  range: (low_s: number | null | undefined, high_s: number | null | undefined): string => format.range(low_s, high_s, m().arrival),
  distance: (metres: number): string => format.distance(metres, m().common.distance, locale()),
  /** Day and time, for what may be of another day. */
  moment: (instant: number): string => format.moment(instant, locale()),
  clock: (instant: number): string => format.clockTime(instant, locale()),
};
