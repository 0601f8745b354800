/// Callers' links as screens look for them: whose page is meant, and the newest link of a call. Pure.

import type { CallerLinkRow, DeskPhrase, IncidentRow, Tongue } from "../wire/types";

export const TONGUES: readonly Tongue[] = ["en", "pt", "es", "fr", "sw", "ar"];

/** In the order of the server's table: the number that is typed for each. */
export const PHRASES: readonly DeskPhrase[] = [
  "help_is_coming", "stay_there", "get_to_safety", "get_out", "anyone_hurt", "how_many", "can_you_talk", "share_position",
  "show_photo", "which_floor", "what_do_you_see", "keep_page_open", "do_not_move_hurt", "call_again",
];

type Links = ReadonlyMap<string, CallerLinkRow>;

/** The newest link of a call. */
export function linkOf(call: string, links: Links): CallerLinkRow | null {
  let found: CallerLinkRow | null = null;
  for (const link of links.values()) if (link.call === call && (!found || link.sent_at >= found.sent_at)) found = link;
  return found;
}

/** Whose page is meant: the call in hand; without one, of the selected incident's calls the one with an open link, or the last. */
export function subjectOf(current: string, incident: IncidentRow | null | undefined, links: Links): string {
  if (current) return current;
  const calls = incident?.status === "open" ? incident.calls : [];
  return calls.find((call) => (linkOf(call, links)?.status ?? "ended") !== "ended") ?? calls.find((call) => linkOf(call, links)) ?? calls.at(-1) ?? "";
}
