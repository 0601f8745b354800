/// Verbs about what is left and where patients go: a unit called home from its post, what a hospital says of itself.

import type { Messages } from "../i18n/languages";
import type { HospitalRow } from "../wire/types";
import { findId } from "./find";
import type { Completion, Ground, Meaning, Said } from "./meaning";

interface Verb {
  form: (words: Messages["desk"]["command"]["form"]) => string;
  help: (messages: Messages) => string;
  hear: (said: Said, ground: Ground) => Meaning;
}

const need = (ground: Ground, what: string, completions: Completion[] = []): Meaning => ({ state: "need", says: ground.messages.desk.command.need(what), completions });
const small = (text: string): string => text.toLocaleLowerCase();

function back(said: Said, ground: Ground): Meaning {
  const posted = [...ground.units.values()].filter((unit) => unit.post);
  const completions = posted.slice(0, 6).map((unit) => ({ line: `back ${unit.id}`, label: unit.id, detail: unit.post ?? "" }));
  const [word = ""] = said.words;
  if (!word) return need(ground, ground.messages.cover.verbs.posted, completions);
  const id = findId(word, ground.units);
  const unit = posted.find((each) => each.id === id);
  if (!unit) return { state: "wrong", says: `${word}: ${ground.messages.cover.verbs.not_posted}`, completions };
  const reason = said.rest.slice(word.length).trim();
  return {
    state: "ready",
    order: { kind: "call_home_unit", unit: unit.id, ...(reason ? { reason } : {}) },
    says: ground.messages.cover.move.home(unit.id, unit.post ?? ""),
    completions: [],
  };
}

/** The hospital whose name the text begins with, or the only one with its first word; and what follows. */
function hospital(text: string, rows: readonly HospitalRow[]): { row: HospitalRow; rest: string } | null {
  const whole = rows.filter((row) => small(text).startsWith(small(row.id))).sort((a, b) => b.id.length - a.id.length)[0];
  if (whole) return { row: whole, rest: text.slice(whole.id.length).trim() };
  const [word = ""] = text.split(/\s+/);
  const like = word ? rows.filter((row) => small(row.id).split(/\s+/).some((part) => part.startsWith(small(word)))) : [];
  return like.length === 1 && like[0] ? { row: like[0], rest: text.slice(word.length).trim() } : null;
}

function named(said: Said, ground: Ground, then: (row: HospitalRow, rest: string) => Meaning): Meaning {
  const rows = [...(ground.hospitals?.values() ?? [])];
  const found = hospital(said.rest, rows);
  if (found) return then(found.row, found.rest);
  const start = small(said.words[0] ?? "");
  const completions = rows.filter((row) => small(row.id).includes(start)).slice(0, 6).map((row) => ({ line: `${said.verb} ${row.id} `, label: row.id, detail: row.reason ?? "" }));
  return need(ground, ground.messages.cover.hospital.name, completions);
}

function diverts(said: Said, ground: Ground): Meaning {
  return named(said, ground, (row, rest) => {
    const [minutes = "", ...words] = rest.split(/\s+/);
    const timed = /^\d{1,4}$/.test(minutes) && Number(minutes) > 0;
    const reason = timed ? words.join(" ") : rest;
    const until = timed ? { until: Math.round((ground.now ?? 0) + 60 * Number(minutes)) } : {};
    const order = { kind: "divert_hospital" as const, hospital: row.id, ...(reason ? { reason } : {}), ...until };
    return { state: "ready", order, says: ground.messages.cover.hospital.divert_for(row.id, timed ? `${minutes} min` : "", reason), completions: [] };
  });
}

function opens(said: Said, ground: Ground): Meaning {
  return named(said, ground, (row) => ({ state: "ready", order: { kind: "reopen_hospital", hospital: row.id }, says: ground.messages.cover.hospital.reopen_order(row.id), completions: [] }));
}

function reports(said: Said, ground: Ground): Meaning {
  return named(said, ground, (row, rest) => {
    const [wait = "", beds = "", ...more] = rest.split(/\s+/);
    if (!/^\d{1,4}$/.test(wait) || Number(wait) > 1440 || (beds && !/^\d{1,5}$/.test(beds)) || more.length) return need(ground, ground.messages.cover.verbs.load);
    const order = { kind: "report_hospital" as const, hospital: row.id, wait_s: 60 * Number(wait), ...(beds ? { beds_free: Number(beds) } : {}) };
    return { state: "ready", order, says: ground.messages.cover.hospital.load_order(row.id, `${Number(wait)} min`, beds), completions: [] };
  });
}

export const COVER_VERBS: Record<string, Verb> = {
  back: { form: (w) => `${w.unit} ${w.reason}`, help: (m) => m.cover.verbs.back, hear: back },
  hd: { form: (w) => `… 60 ${w.reason}`, help: (m) => m.cover.verbs.hd, hear: diverts },
  ho: { form: () => "…", help: (m) => m.cover.verbs.ho, hear: opens },
  hl: { form: () => "… 20 4", help: (m) => m.cover.verbs.hl, hear: reports },
};
