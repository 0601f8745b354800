/// How fresh the picture is, from what was heard and when. Pure: the same moments give the same word.

export type LinkWord = "live" | "behind" | "cut";

export interface LinkFacts {
  /** Local seconds when anything was last heard of the server. */
  heard_at: number;
  connected: boolean;
  /** Local seconds when the connection was lost; 0 while connected. */
  lost_at: number;
  /** Local seconds since when the server's position is ahead of ours; 0 when it is not. */
  lagging_since: number;
}

export interface LinkState {
  word: LinkWord;
  /** Whole seconds since the picture was last known to be true. */
  behind_s: number;
}

export const BEHIND_AFTER_S = 4;
export const CUT_AFTER_S = 2;
export const SILENT_TOO_LONG_S = 12;

export function linkState(facts: LinkFacts, now: number): LinkState {
  const silent_s = now - facts.heard_at;
  const lag_s = facts.lagging_since ? now - facts.lagging_since : 0;
  const behind_s = Math.max(0, Math.floor(Math.max(silent_s, lag_s)));
  if (!facts.connected) {
    return { word: now - facts.lost_at >= CUT_AFTER_S ? "cut" : "behind", behind_s };
  }
  if (silent_s > BEHIND_AFTER_S || lag_s > BEHIND_AFTER_S) return { word: "behind", behind_s };
  return { word: "live", behind_s: 0 };
}

/** Seconds to wait before the next attempt: at once, then slower, never slower than every five seconds. */
export function backoff_s(attempt: number, dice: number): number {
  if (attempt <= 0) return 0;
  const base = Math.min(5, 0.25 * 2 ** (attempt - 1));
  return base * (0.75 + 0.5 * dice);
}
