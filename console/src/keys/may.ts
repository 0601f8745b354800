/// Which orders a role may not give, so that the screen does not offer them. The server decides; tests/keys/may.test.ts
/// compares this list with the server's own table. Pure.

import type { Order } from "../wire/types";

const DISPATCHERS: ReadonlySet<string> = new Set(["dispatcher", "supervisor"]);

export const FOR_DISPATCHERS: ReadonlySet<Order["kind"]> = new Set<Order["kind"]>([
  "close_incident", "reopen_incident", "accept_proposal",
  "dismiss_proposal",
  "explain_choice",
  "raise_level",
  "dispatch_units", "divert_unit", "cancel_unit", "close_road", "reopen_road",
  "stamp_unit", "unit_on_duty", "unit_off_duty", "unit_at_station", "move_up_unit", "unit_at_post", "call_home_unit", "decline_move",
  "divert_hospital", "reopen_hospital", "report_hospital", "share_incident", "end_sharing",
]);

/** True also while there is no order yet: nothing is refused before it is known. */
export function mayGive(kind: Order["kind"] | undefined, roles: readonly string[]): boolean {
  return !kind || !FOR_DISPATCHERS.has(kind) || roles.some((role) => DISPATCHERS.has(role));
}

const DESK = ["call_taker", "dispatcher", "supervisor"];
const WINDOWS = [
  { name: "desk", path: "/", roles: DESK },
  { name: "map", path: "/map", roles: DESK },
  { name: "wall", path: "/wall", roles: DESK },
  { name: "incidents", path: "/incidents", roles: [...DESK, "auditor"] },
  { name: "record", path: "/record", roles: [...DESK, "auditor"] },
  { name: "intake", path: "/intake", roles: [...DESK, "auditor"] },
  { name: "rules", path: "/rules", roles: DESK },
  { name: "access", path: "/access", roles: ["supervisor", "auditor"] },
  { name: "accounts", path: "/accounts", roles: ["administrator"] },
] as const;

/** The windows somebody with these roles has any use for. */
export function windowsFor(roles: readonly string[]): readonly (typeof WINDOWS)[number][] {
  return WINDOWS.filter((each) => each.roles.some((role) => roles.includes(role)));
}
