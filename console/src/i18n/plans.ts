/// Words of response plans and of the recommendation: which plan applies and why, and why a unit goes or stays.

import type { BypassReason } from "../wire/types";
import type { Words } from "./words";

/** What a reason is about. Times are formatted, shares are in percent with their sign; empty: not known. */
export interface About {
  incident: string;
  later: string;
  sooner: string;
  other: string;
  lost: string;
  area: string;
  gap: string;
  until: string;
  crew: number;
}

export const plansEn = {
  plan: "Plan",
  match: { type: "for this type", group: "for this group of types", any: "for every type", catalogue: "no plan fits: needs of the type" },
  area: (name: string) => `in ${name}`,
  priority: "for this priority",
  level: (level: number, levels: number) => (levels > 1 ? `alarm ${level} of ${levels}` : ""),
  target: (time: string) => `late after ${time}`,
  need: (what: string, have: number, count: number) => `${what} ${have}/${count}`,
  line: { or: "or", crew: "with a crew of" },
  filled: "filled",
  open: (n: number) => `${n} open`,
  way: (way: string) => `filled as ${way}`,
  lost: (share: string) => `cover lost ${share}`,
  cover_unknown: "cover not known",
  not_exact: "best found in the time there was",
  no_siren: "without siren",
  in_time: "In time",
  in_time_long: (time: string) => `Chance of arriving within ${time}`,
  for_need: (capability: string) => `for ${capability}`,
  keys: {
    accept: "Take the better proposal for the selected incident; go to the oldest one",
    dismiss: "Leave it as it is",
    raise: "Raise the alarm level of the selected incident",
    why: "Say why others were sent: quick reason 1 to 9",
  },
  help: {
    al: "raise the alarm level: a second alarm",
    y: "say why others were sent than proposed",
    ok: "take the better proposal",
    no: "leave it as it is",
  },
  what: { choice: "a choice without a reason", reason: "why (1 to 9, or words)", proposal: "a proposal" },
  orders: {
    raise: (incident: string, level: number) => `Raise ${incident} to alarm ${level}`,
    explain: (incident: string, reason: string) => `Why, for ${incident}: ${reason}`,
    accept: (send: string, recall: string, incident: string) => `Send ${send}${recall && ` instead of ${recall}`} to ${incident}`,
    dismiss: (incident: string) => `Leave ${incident} as it is`,
  },
  better: {
    instead: (send: string, recall: string) => `Better now: ${send} instead of ${recall}`,
    more: (send: string) => `Can come now: ${send}`,
    sooner: (time: string) => `${time} sooner`,
    accept: "Take it",
    dismiss: "Leave it",
    cause: { unit_free: "a unit came free", incident_changed: "the incident changed", unit_delayed: "a unit is delayed", road_changed: "a road was closed or opened" },
  },
  why: { title: "Others were sent than proposed. Why?", typed: "or type: y and the reason" },
  mark: { level: (level: number) => `alarm ${level}`, better: "better", better_long: "A better unit has come up: F7", owes: "say why" },
  verdict: {
    accepted: "as proposed",
    partly: "part of what was proposed",
    changed: "other than proposed",
    overridden: "against the proposal",
    unplanned: "nothing was proposed",
  },
  shown: (units: string) => `proposed were ${units}`,
  nobody: "nobody",
  reason: {
    off_duty: () => "off duty",
    understaffed: (a) => (a.crew ? `crew too small, ${a.crew} needed` : "crew too small"),
    not_capable: () => "not capable",
    not_served: () => "its agency does not serve this here",
    on_incident: (a) => `on ${a.incident}`,
    crew_away: (a) => `its crew is out with ${a.other}`,
    resting: (a) => (a.until ? `crew rests ${a.until} more` : "crew rests until its shift ends"),
    no_road: () => "no way there by road",
    farther: (a) => (a.later ? `${a.later} later` : "same time"),
    not_needed: () => "not needed",
    crew_shared: (a) => `its crew goes with ${a.other}`,
    neighbour: () => "neighbour: only when ours cannot fill it",
    leaves_gap: (a) =>
      `${a.sooner} closer but ${a.area ? `leaves ${a.area} without cover${a.gap && ` for ${a.gap}`}` : `loses ${a.lost} of cover`}`,
    less_certain: (a) => `${a.sooner} closer but less certain than ${a.other}`,
    other_way: (a) => `${a.sooner} closer, but the plan fills better with ${a.other}`,
  } satisfies Record<BypassReason, (about: About) => string> as Record<BypassReason, (about: About) => string>,
};

export const plansPt: Words<typeof plansEn> = {
  plan: "Plano",
  match: { type: "para este tipo", group: "para este grupo de tipos", any: "para todos os tipos", catalogue: "nenhum plano serve: necessidades do tipo" },
  area: (name) => `em ${name}`,
  priority: "para esta prioridade",
  level: (level, levels) => (levels > 1 ? `alarme ${level} de ${levels}` : ""),
  target: (time) => `tarde após ${time}`,
  need: (what, have, count) => `${what} ${have}/${count}`,
  line: { or: "ou", crew: "com guarnição de" },
  filled: "preenchido",
  open: (n) => `${n} por preencher`,
  way: (way) => `preenchido com ${way}`,
  lost: (share) => `cobertura perdida ${share}`,
  cover_unknown: "cobertura desconhecida",
  not_exact: "o melhor encontrado no tempo que havia",
  no_siren: "sem sirene",
  in_time: "A tempo",
  in_time_long: (time) => `Probabilidade de chegar em ${time}`,
  for_need: (capability) => `para ${capability}`,
  keys: {
    accept: "Aceitar a proposta melhor para a ocorrência escolhida; ir à mais antiga",
    dismiss: "Deixar como está",
    raise: "Subir o nível de alarme da ocorrência escolhida",
    why: "Dizer porque foram outras: motivo rápido 1 a 9",
  },
  help: {
    al: "subir o nível de alarme: segundo alarme",
    y: "dizer porque foram outras unidades do que as propostas",
    ok: "aceitar a proposta melhor",
    no: "deixar como está",
  },
  what: { choice: "uma escolha sem motivo", reason: "porquê (1 a 9, ou palavras)", proposal: "uma proposta" },
  orders: {
    raise: (incident, level) => `Subir ${incident} para alarme ${level}`,
    explain: (incident, reason) => `Porquê, na ${incident}: ${reason}`,
    accept: (send, recall, incident) => `Enviar ${send}${recall && ` em vez de ${recall}`} para ${incident}`,
    dismiss: (incident) => `Deixar ${incident} como está`,
  },
  better: {
    instead: (send, recall) => `Melhor agora: ${send} em vez de ${recall}`,
    more: (send) => `Já pode ir: ${send}`,
    sooner: (time) => `${time} mais cedo`,
    accept: "Aceitar",
    dismiss: "Deixar",
    cause: { unit_free: "uma unidade ficou livre", incident_changed: "a ocorrência mudou", unit_delayed: "uma unidade está atrasada", road_changed: "uma via foi cortada ou reaberta" },
  },
  why: { title: "Foram outras unidades do que as propostas. Porquê?", typed: "ou escreva: y e o motivo" },
  mark: { level: (level) => `alarme ${level}`, better: "melhor", better_long: "Há uma unidade melhor: F7", owes: "dizer porquê" },
  verdict: {
    accepted: "como proposto",
    partly: "parte do proposto",
    changed: "diferente do proposto",
    overridden: "contra a proposta",
    unplanned: "nada foi proposto",
  },
  shown: (units) => `propostas: ${units}`,
  nobody: "ninguém",
  reason: {
    off_duty: () => "fora de serviço",
    understaffed: (a) => (a.crew ? `guarnição pequena, precisa de ${a.crew}` : "guarnição pequena"),
    not_capable: () => "sem capacidade",
    not_served: () => "a sua entidade não atende isto aqui",
    on_incident: (a) => `na ${a.incident}`,
    crew_away: (a) => `a guarnição saiu com ${a.other}`,
    resting: (a) => (a.until ? `guarnição em descanso mais ${a.until}` : "guarnição em descanso até ao fim do turno"),
    no_road: () => "sem caminho por estrada",
    farther: (a) => (a.later ? `${a.later} mais tarde` : "mesmo tempo"),
    not_needed: () => "não é precisa",
    crew_shared: (a) => `a guarnição vai com ${a.other}`,
    neighbour: () => "vizinha: só quando as nossas não chegam",
    leaves_gap: (a) =>
      `${a.sooner} mais perto mas ${a.area ? `deixa ${a.area} sem cobertura${a.gap && ` por ${a.gap}`}` : `perde ${a.lost} de cobertura`}`,
    less_certain: (a) => `${a.sooner} mais perto mas menos certa do que ${a.other}`,
    other_way: (a) => `${a.sooner} mais perto, mas o plano fica melhor com ${a.other}`,
  },
};
