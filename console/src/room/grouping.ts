/// Rows of the calls list: calls about one thing as one row that can be opened, everything else as its own. Pure: a view,
/// nothing is merged. What the groups are is the server's word.

import type { CallGroup, CallRow, IncidentRow } from "../wire/types";
import { callOrder } from "./order_of_rows";

export type CallItem =
  | { id: string; kind: "call"; call: CallRow; inside: boolean; suggested: string }
  | { id: string; kind: "group"; group: CallGroup; calls: CallRow[]; ringing: number; open: boolean }
  | { id: string; kind: "back"; call: CallRow; inside: boolean; suggested: string };

const item = (call: CallRow, suggested: string, inside: boolean): CallItem => ({ id: call.id, kind: call.status === "released" ? "back" : "call", call, inside, suggested });

/** Live calls, the longest ringing first, then those in hand, then lost callers. From two calls on, a group is one row where its
 *  first call would stand; opened, its calls follow it. A call the groups do not know yet stands alone: nobody waits for them. */
export function callItems(calls: Iterable<CallRow>, groups: readonly CallGroup[], open: ReadonlySet<string>): CallItem[] {
  const rows = [...calls].sort(order);
  const known = new Map(rows.map((row) => [row.id, row]));
  const groupOf = new Map(groups.flatMap((group) => group.calls.map((call) => [call, group] as const)));
  const out: CallItem[] = [];
  const told = new Set<string>();
  for (const row of rows) {
    const group = groupOf.get(row.id);
    const members = group ? group.calls.map((id) => known.get(id)).filter((each) => each !== undefined) : [];
    if (!group || members.length < 2) {
      out.push(item(row, group?.incident ?? "", false));
      continue;
    }
    if (told.has(group.id)) continue;
    told.add(group.id);
    const isOpen = open.has(group.id);
    const inside = members.sort(order);
    out.push({ id: `group-${group.id}`, kind: "group", group, calls: inside, ringing: inside.filter((each) => each.status === "ringing").length, open: isOpen });
    if (isOpen) out.push(...inside.map((each) => item(each, "", true)));
  }
  return out;
}

function order(a: CallRow, b: CallRow): number {
  return Number(a.status === "released") - Number(b.status === "released") || callOrder(a, b);
}

export interface Again {
  n: number;
  at: number;
  incident: string;
}

/** The same number has called before: how often, when last, and the incident that came of it, as far as this screen knows. */
export function again(call: CallRow, incidents: Iterable<IncidentRow>): Again | null {
  const last = call.earlier?.at(-1);
  if (!last) return null;
  const now = [...incidents].find((row) => row.calls.includes(last.call));
  return { n: call.earlier.length + 1, at: last.at, incident: now?.id ?? last.incident ?? "" };
}
