/// Orders about choices, from keys and buttons: a proposal taken or left, a reason said, a higher alarm level.

import { m } from "../i18n";
import { room } from "../room/room.svelte";
import type { IncidentRow } from "../wire/types";
import { desk } from "./desk.svelte";

class Choices {
  #reasons: readonly Record<string, string>[] = [];

  /** Quick reasons of the centre's plan file, in this language. */
  reasons(language: string): string[] {
    const known = desk.recommendation?.plan?.reasons;
    if (known?.length) this.#reasons = known;
    return (known ?? this.#reasons).map((each) => each[language] ?? each.en ?? "").filter(Boolean);
  }

  /** The incident whose proposal a key is about: the selected one, or the one that has waited longest. */
  waiting(): IncidentRow | undefined {
    if (desk.incident?.proposal) return desk.incident;
    return [...room.incidents.values()].filter((row) => row.proposal).sort((a, b) => a.proposal!.at - b.proposal!.at)[0];
  }

  /** One key takes it; about another incident it first goes there, so that nothing is taken unseen. */
  press(order: "accept" | "dismiss"): void {
    const row = this.waiting();
    if (!row) return;
    if (row.id !== desk.selected) desk.select(row.id);
    else void this[order](row);
  }

  async accept(row: IncidentRow): Promise<void> {
    const { id, send, recall } = row.proposal!;
    await desk.give({ kind: "accept_proposal", proposal: id }, m().plans.orders.accept(send.join(", "), recall.join(", "), row.id));
  }

  async dismiss(row: IncidentRow): Promise<void> {
    await desk.give({ kind: "dismiss_proposal", proposal: row.proposal!.id }, m().plans.orders.dismiss(row.id));
  }

  async explain(row: IncidentRow, reason: string | undefined): Promise<void> {
    if (reason && row.owes) await desk.give({ kind: "explain_choice", incident: row.id, reason }, m().plans.orders.explain(row.id, reason));
  }

  async raise(): Promise<void> {
    const row = desk.incident;
    if (!row) return;
    const outcome = await desk.give({ kind: "raise_level", incident: row.id, level: row.level + 1 }, m().plans.orders.raise(row.id, row.level + 1));
    if (outcome.word === "done") void desk.recommend();
  }
}

export const choices = new Choices();
