/// Words of the window for whoever reads the record: every incident and all that was recorded about it.

import type { Words } from "./words";

export const auditEn = {
  title: "Incidents on record",
  find: "Find",
  find_hint: "number, type, street, unit, words of a note …",
  none: "No incident fits.",
  failed: "The record cannot be read now.",
  again: "Read again",
  count: (n: number, more: boolean) => (more ? `the latest ${n}` : n === 1 ? "1 incident" : `${n} incidents`),
  more: "Older ones",
  opened: "Opened",
  number: "No.",
  type: "Type",
  place: "Place",
  state: "State",
  select: "Select an incident: everything recorded about it stands here.",
  reading: "Reading …",
  head: (position: string) => `The log stands at entry ${position}`,
  read_only: "You read the record; nothing can be changed from here.",
  long: (n: string) => `Show all ${n} characters`,
  short: "Show less",
  timings: { dispatched: "first sent", on_scene: "first on scene", closed: "closed" },
};

export const auditPt: Words<typeof auditEn> = {
  title: "Ocorrências no registo",
  find: "Procurar",
  find_hint: "número, tipo, rua, unidade, palavras de uma nota …",
  none: "Nenhuma ocorrência corresponde.",
  failed: "O registo não pode ser lido agora.",
  again: "Ler de novo",
  count: (n, more) => (more ? `as ${n} mais recentes` : n === 1 ? "1 ocorrência" : `${n} ocorrências`),
  more: "Mais antigas",
  opened: "Aberta",
  number: "N.º",
  type: "Tipo",
  place: "Local",
  state: "Estado",
  select: "Escolha uma ocorrência: tudo o que foi registado sobre ela aparece aqui.",
  reading: "A ler …",
  head: (position) => `O registo vai na entrada ${position}`,
  read_only: "Está a ler o registo; daqui nada se altera.",
  long: (n) => `Mostrar os ${n} caracteres`,
  short: "Mostrar menos",
  timings: { dispatched: "primeiro envio", on_scene: "primeira chegada", closed: "fechada" },
};
