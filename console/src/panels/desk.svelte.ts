/// What this dispatcher is doing: the selected incident, the call in hand, the recommendation being looked at, the last
/// answer to an order. Parts of the desk meet here and not in each other.

import { m } from "../i18n";
import { mayGive } from "../keys/may";
import { orders, type Outcome } from "../room/orders.svelte";
import { room } from "../room/room.svelte";
import { ask } from "../wire/http";
import { door } from "../wire/session.svelte";
import type { CallRow, Entry, IncidentRow, Order, Problem, Recommendation, Timeline } from "../wire/types";

export type Region = "calls" | "intake" | "incidents" | "panel" | "units" | "command";
export const REGIONS: readonly Region[] = ["calls", "intake", "incidents", "panel", "units", "command"];

export interface Reply {
  tone: "working" | "done" | "refused" | "kept";
  text: string;
}

interface Takes {
  estimate: () => void;
  nearest: () => void;
}

class Desk {
  selected = $state("");
  reply = $state<Reply | null>(null);
  recommendation = $state.raw<Recommendation | null>(null);
  recommendationProblem = $state.raw<Problem | null>(null);
  timeline = $state.raw<Entry[] | null>(null);
  /** The proposed hospital of the unit with a patient, while its panel is open. */
  destination = $state.raw<{ unit: string; hospital: string } | null>(null);
  /** A call this person chose among several answered ones. */
  chosenCall = $state("");
  /** A lost caller this person is about to call back. */
  chosenBack = $state("");
  /** The call linked last from this screen: undo splits it off again. */
  linked = $state.raw<{ call: string; incident: string } | null>(null);
  #link: (() => void) | null = null;
  /** The answer on its way: what is typed meanwhile waits for it. */
  answering: Promise<void> | null = null;
  #focus = new Map<Region | "accept", () => void>();
  #wanted: Region | "accept" | null = null;
  #asked = 0;
  #takes = new Map<"call" | "incident", Takes>();

  /** Calls this person has answered, newest last. */
  mine = $derived.by((): CallRow[] => {
    const me = door.session?.account;
    return [...room.calls.values()]
      .filter((call) => call.status === "answered" && call.answered_by === me)
      .sort((a, b) => (a.answered_at ?? 0) - (b.answered_at ?? 0));
  });

  /** The call being answered this moment: until it is, no other call is in hand, so that nothing is typed into the wrong one. */
  pending = $state("");
  current = $derived<CallRow | null>(
    this.pending
      ? (this.mine.find((call) => call.id === this.pending) ?? null)
      : (this.mine.find((call) => call.id === this.chosenCall) ?? this.mine.at(-1) ?? null),
  );
  left = $state.raw<IncidentRow | null>(null);
  /** The selected incident: from the board while it is open; as fetched once it is closed and off the board. */
  incident = $derived<IncidentRow | null>(room.incidents.get(this.selected) ?? (this.left?.id === this.selected ? this.left : null));

  /** Units the recommendation names, while it is about the selected incident. */
  recommended = $derived.by((): string[] | null => {
    if (!this.recommendation || this.recommendation.incident !== this.selected) return null;
    return this.recommendation.candidates.filter((candidate) => candidate.chosen).map((candidate) => candidate.unit);
  });

  /** True when a unit it names has been taken since: accepting it would be refused. */
  recommendationStale = $derived.by((): boolean => {
    const units = this.recommended ?? [];
    return units.some((id) => {
      const unit = room.units.get(id);
      return !unit || unit.status !== "available";
    });
  });

  focusable(region: Region | "accept", focus: () => void): () => void {
    this.#focus.set(region, focus);
    if (this.#wanted === region) this.focus(region);
    return () => void (this.#focus.get(region) === focus && this.#focus.delete(region));
  }

  /** Goes there; where it is not there yet (an incident on its way to this screen), goes once it is. */
  focus(region: Region | "accept"): void {
    const go = this.#focus.get(region);
    this.#wanted = go ? null : region;
    go?.();
  }

  select(incident: string): void {
    if (this.selected === incident) return;
    this.selected = incident;
  }

  /** What takes a caller's location as the place, where one is shown: of the call in hand before the selected incident. */
  locatable(of: "call" | "incident", take: Takes): () => void {
    this.#takes.set(of, take);
    return () => void (this.#takes.get(of) === take && this.#takes.delete(of));
  }

  takeLocation(which: keyof Takes): void {
    (this.#takes.get("call") ?? this.#takes.get("incident"))?.[which]();
  }

  /** What links the call in hand to what it most likely belongs to, where that is shown. */
  linkable(link: () => void): () => void {
    this.#link = link;
    return () => void (this.#link === link && (this.#link = null));
  }

  linkFirst(): void {
    if (this.#link) this.#link();
    else this.reply = { tone: "refused", text: m().together.nothing };
  }

  /** Undo of linking: the call is in this person's hand again. */
  async split(call = this.linked?.call, incident = this.linked?.incident ?? ""): Promise<void> {
    if (!call) {
      this.reply = { tone: "refused", text: m().together.nothing_to_split };
      return;
    }
    const outcome = await this.give({ kind: "detach_call", call }, m().together.orders.detach(m().orders.call(call), incident));
    if (outcome.word !== "done") return;
    this.linked = null;
    this.chosenCall = call;
    this.focus("intake");
  }

  silence(): void {
    const call = this.current;
    if (call) void this.give({ kind: "mark_silent", call: call.id }, m().together.orders.silent(m().orders.call(call.id)));
  }

  async give(order: Order, words: string): Promise<Outcome> {
    this.reply = { tone: "working", text: words };
    const outcome = await orders.give(this.#withShown(order), words);
    this.reply = replyTo(outcome, words);
    if (outcome.word === "done") {
      this.#follow(outcome.done.entries);
      if (order.kind === "attach_call") this.linked = { call: order.call, incident: order.incident };
    }
    return outcome;
  }

  /** What was on the screen when units were sent is named, so that the record can keep it. */
  #withShown(order: Order): Order {
    const seen = this.recommendation;
    return order.kind === "dispatch_units" && seen?.incident === order.incident && order.incident === this.selected ? { ...order, shown: seen.id } : order;
  }

  /** An incident just opened is the one to look at. */
  #follow(entries: readonly Entry[]): void {
    const opened = entries.find((entry) => entry.fact.kind === "incident.opened");
    if (opened) this.select(String(opened.fact.incident));
  }

  /** Closed incidents leave the board: the selected one is fetched, so that it can still be read. */
  async fetchLeft(): Promise<void> {
    const id = this.selected;
    const answer = await ask<IncidentRow>(`/api/incidents/${encodeURIComponent(id)}`);
    if (this.selected !== id) return;
    if (answer.ok) this.left = answer.value;
    else if (answer.status === 404) this.reply = { tone: "refused", text: m().refusals.unknown_incident({ incident: id }) };
  }

  takeToHospital(to = this.destination): void {
    if (!to) return;
    this.destination = null;
    void this.give({ kind: "stamp_unit", unit: to.unit, status: "left_scene", destination: to.hospital }, m().cover.hospital.order(to.unit, to.hospital));
  }

  async recommend(): Promise<void> {
    const incident = this.selected;
    const asked = (this.#asked += 1);
    const row = room.incidents.get(incident);
    if (!row || row.status === "closed") {
      this.recommendation = null;
      this.recommendationProblem = null;
      return;
    }
    const answer = await ask<Recommendation>(`/api/incidents/${encodeURIComponent(incident)}/recommendation`);
    if (asked !== this.#asked) return;
    this.recommendation = answer.ok ? answer.value : null;
    this.recommendationProblem = answer.ok ? null : answer.problem;
  }

  async acceptRecommendation(): Promise<void> {
    const units = this.recommended;
    if (!units?.length || !this.selected) {
      const words = m().desk.command;
      this.reply = { tone: "refused", text: words.need(units ? words.what.nobody : words.what.recommendation) };
      return;
    }
    if (!mayGive("dispatch_units", door.session?.roles ?? [])) {
      this.reply = { tone: "refused", text: m().refusals.not_permitted({}) };
      return;
    }
    const words = m().orders.dispatch(units.join(", "), this.selected);
    const outcome = await this.give({ kind: "dispatch_units", incident: this.selected, units }, words);
    if (outcome.word === "done") this.focus("command");
    else if (outcome.word === "refused") void this.recommend();
  }

  async readTimeline(incident: string): Promise<Entry[] | null> {
    const answer = await ask<Timeline>(`/api/incidents/${encodeURIComponent(incident)}/timeline`);
    return answer.ok ? answer.value.entries : null;
  }

  answer(call: string): Promise<void> {
    const words = m().orders.answer(m().orders.call(call));
    this.chosenCall = call;
    this.pending = call;
    const going = this.give({ kind: "answer_call", call }, words).then(async (outcome) => {
      if (outcome.word === "done") await seen(() => this.mine.some((each) => each.id === call));
      if (this.pending === call) this.pending = "";
    });
    this.answering = going;
    return going;
  }
}

/** Waits until the tail has brought what we know to be recorded; gives up after two seconds. */
async function seen(there: () => boolean): Promise<void> {
  for (let i = 0; i < 100 && !there(); i += 1) await new Promise((resolve) => setTimeout(resolve, 20));
}

function replyTo(outcome: Outcome, words: string): Reply {
  const t = m().desk;
  if (outcome.word === "done") return { tone: "done", text: `${outcome.done.repeated ? t.command.repeated : t.command.done}: ${words}` };
  if (outcome.word === "kept") return { tone: "kept", text: outcome.state === "not_sent" ? t.outbox.cut : t.outbox.no_answer };
  return { tone: "refused", text: refusalWords(outcome.problem) };
}

/** A no in the person's language: by its name, or in the server's own words when the name is new to this screen. */
export function refusalWords(problem: Problem): string {
  const words = m().refusals as Record<string, (facts: Record<string, unknown>) => string>;
  const said = Object.hasOwn(words, problem.name) ? words[problem.name] : undefined;
  return said ? said(inWords(problem.facts ?? {})) : problem.text || problem.name;
}

/** Facts of a refusal as a person reads them: statuses in words, lists joined. */
function inWords(facts: Record<string, unknown>): Record<string, unknown> {
  const status = m().common.status as Record<string, string>;
  const word = (value: unknown): unknown => (Array.isArray(value) ? value.map(word).join(", ") : (status[String(value)] ?? value));
  return Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, name === "unit" ? value : word(value)]));
}

export const desk = new Desk();
