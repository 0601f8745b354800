/// One recorded fact as a sentence. Pure, given the words.

import type { Messages } from "../i18n/languages";
import { nameOf } from "../keys/find";
import { placeName } from "../room/places";
import type { AlarmKind, Catalogue, Drive, Entry, Fact, Place, ReleaseReason, Tongue } from "../wire/types";
import * as format from "../i18n/format";

/** `viewer` is the incident whose timeline it stands in: a link is named by its other end. */
export function sentence(entry: Entry, messages: Messages, catalogue: Catalogue, language: string, viewer = ""): string {
  const { fact } = entry;
  const words = messages.facts as Record<string, ((who: string, what: string) => string) | undefined>;
  const say = words[fact.kind];
  const said = say ? say(whoOf(fact), fact.kind === "incident.linked" && fact.other === viewer ? text(fact.incident) : whatOf(fact, messages, catalogue, language)) : fact.kind;
  return entry.erased ? [said, messages.common.erased].filter(Boolean).join(" · ") : said;
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");

function whoOf(fact: Fact): string {
  if (fact.kind === "call.received") return [text(fact.number), text(fact.caller)].filter(Boolean).join(" · ");
  if (fact.kind === "call.attached" || fact.kind === "call.detached") return text(fact.call);
  if (fact.kind === "glass.broken") return text(fact.account);
  if (fact.kind === "incident.shared" || fact.kind === "incident.sharing_ended") return text(fact.agency);
  return text(fact.unit) || text(fact.hospital) || text(fact.partner) || text(fact.by);
}

function whatOf(fact: Fact, messages: Messages, catalogue: Catalogue, language: string): string {
  const place = fact.place as Place | undefined | null;
  const type = catalogue.types.find((each) => each.code === fact.type);
  const typed = fact.type ? [type ? nameOf(type, language) : text(fact.type), messages.common.priority[Number(fact.priority)]].filter(Boolean).join(", ") : "";
  const placed = place ? placeName(place) : "";
  switch (fact.kind) {
    case "incident.opened":
      return [typed, placed].filter(Boolean).join(", ");
    case "incident.reclassified":
      return typed;
    case "incident.linked":
      return text(fact.other);
    case "incident.closed": {
      const end = catalogue.dispositions.find((each) => each.code === fact.disposition);
      return [end ? nameOf(end, language) : text(fact.disposition), text(fact.text)].filter(Boolean).join(", ");
    }
    case "call.detached":
      return text(fact.reason);
    case "call.back_closed": {
      const why = catalogue.call_back_reasons?.find((each) => each.code === fact.reason);
      return [why ? nameOf(why, language) : fact.later ? messages.together.number : text(fact.reason), text(fact.text)].filter(Boolean).join(", ");
    }
    case "call.released":
      return [messages.orders.release_reason[fact.reason as ReleaseReason], text(fact.text)].filter(Boolean).join(", ");
    case "unit.dispatched":
      return drive(fact.drive as Drive | undefined, messages);
    case "incident.units_chosen":
      return choice(fact, messages);
    case "incident.level_raised":
      return [String(fact.level), text(fact.reason)].filter(Boolean).join(", ");
    case "proposal.made":
      return proposal(fact, messages);
    case "unit.diverted":
      return text(fact.to);
    case "glass.broken":
      return text(fact.why);
    case "incident.shared":
      return [fact.until ? messages.sharing.until(format.clockTime(Number(fact.until), language).slice(0, 5)) : messages.sharing.until_closed, text(fact.reason)].filter(Boolean).join(", ");
    case "incident.sharing_ended":
      return [messages.sharing.ended[fact.cause as keyof typeof messages.sharing.ended], text(fact.reason)].filter(Boolean).join(", ");
    case "personal.held":
      return text(fact.reference);
    case "unit.moved_up":
    case "unit.at_post":
    case "unit.move_declined":
      return text(fact.post);
    case "hospital.load":
      return format.eta(Number(fact.wait_s ?? 0));
    case "unit.left_scene":
      return text(fact.destination);
    case "alarm.raised":
      return messages.common.alarm[fact.alarm_kind as AlarmKind]?.(text(fact.subject)) ?? "";
    case "location.reported":
      return reported(fact, messages);
    case "location.estimated":
      return messages.locations.certainty[text(fact.certainty)]?.(format.distance(Number(fact.radius_m ?? 0), messages.common.distance, language)) ?? "";
    case "neighbour.event_logged":
      return text(fact.event).replace(/LogEvent$/u, "");
    case "link.sent":
    case "link.opened":
      return messages.callers.tongues[fact.tongue as Tongue] ?? text(fact.tongue);
    case "link.passed":
      return text(fact.gateway);
    case "link.receipt":
      return [messages.callers.delivery[text(fact.state)], messages.callers.delivery_why[text(fact.why)]].filter(Boolean).join(": ");
    case "link.said":
      return messages.callers.fact_said(text(fact.by) || messages.callers.caller, text(fact.text));
    case "link.shown":
      return fact.form === "clip" ? messages.callers.fact_clip(`${Math.round(Number(fact.duration_s ?? 0))} s`) : messages.callers.fact_photo(`${String(fact.width_px)} × ${String(fact.height_px)}`);
    case "link.ended":
      return [messages.callers.why[fact.why as keyof Messages["callers"]["why"]] ?? text(fact.why), messages.callers.not_sent[text(fact.text)] ?? ""].filter(Boolean).join(": ");
    case "location.taken":
      return text(fact.basis);
    default:
      return placed || text(fact.text) || text(fact.reason);
  }
}

function reported(fact: Fact, messages: Messages): string {
  const source = messages.locations.source[text(fact.source)] ?? text(fact.source);
  return fact.shape ? messages.locations.fact_reported(source, "") : messages.locations.fact_no_fix(source);
}

function drive(known: Drive | undefined, messages: Messages): string {
  if (!known || known.basis === "none") return messages.common.basis.none;
  const range = format.range(known.low_s, known.high_s, messages.arrival);
  const time = format.eta(known.eta_s ?? 0);
  return `${range ? messages.arrival.in_range(time, range) : time} ${messages.common.basis[known.basis]}`;
}

/** How what was sent compares with what was shown, and why. */
function choice(fact: Fact, messages: Messages): string {
  const words = messages.plans;
  const shown = fact.shown as { candidates?: { unit: string; chosen?: boolean }[] } | undefined;
  const proposed = (shown?.candidates ?? []).filter((each) => each.chosen).map((each) => each.unit);
  const verdict = fact.verdict as keyof typeof words.verdict;
  const against = verdict === "accepted" ? "" : words.shown(proposed.join(", ") || words.nobody);
  return [words.verdict[verdict] ?? String(verdict), against, text(fact.reason)].filter(Boolean).join("; ");
}

function proposal(fact: Fact, messages: Messages): string {
  const words = messages.plans.better;
  const send = ((fact.send as string[] | undefined) ?? []).join(", ");
  const recall = ((fact.recall as string[] | undefined) ?? []).join(", ");
  const gain = Number(fact.gain_s ?? 0);
  return [recall ? words.instead(send, recall) : words.more(send), gain > 0 && words.sooner(format.eta(gain)), words.cause[fact.cause as keyof typeof words.cause]].filter(Boolean).join(", ");
}

/** Whether a recorded fact belongs to this incident's timeline. */
export function belongs(entry: Entry, incident: string, calls: readonly string[]): boolean {
  const { fact } = entry;
  return fact.incident === incident || fact.to === incident || fact.other === incident || (typeof fact.call === "string" && calls.includes(fact.call));
}
