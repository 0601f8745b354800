/// Tells the access log that this screen has opened where a caller is. Help never waits for the answer, and no refusal of
/// it is shown: the look is of the work in hand. Knows nothing of what is shown.

import { ask } from "../wire/http";
import type { Place } from "../wire/types";

/** Whether a place gives anybody's whereabouts away: kept from this reader, it is no look. */
export const tells = (place: Place | null | undefined): boolean => !!place && place.how !== "hidden" && place.how !== "erased";

/** Once for each opening; "" is no call. The server keeps one look where the same is opened again and again. */
export function looked(call: string): void {
  if (call) void ask("/api/looks", { method: "POST", body: { what: "position", call } });
}
