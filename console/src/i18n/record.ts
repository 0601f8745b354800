/// Words about the record: whether it is being written, and the page that shows how to check it.

import type { Words } from "./words";

export const recordEn = {
  not_recording: "The record cannot be written now: no orders are taken.",
  not_recording_long: "What you see was true. This ends by itself as soon as the record is back.",
  title: "Record",
  stands: "Where the record stands",
  entries: "Entries",
  chain: "Chain head",
  root: "Tree root",
  stands_long:
    "Note position and chain head somewhere else: they prove later that nothing before was changed or dropped.",
  signed: "Signed checkpoint",
  signed_at: (n: string, origin: string) => `The first ${n} entries of ${origin} are signed.`,
  key: "Public key",
  key_long: "Give this key to witnesses on paper or by voice, not by this server.",
  witnesses: "Witnesses",
  witness: "Witness",
  seen: "Saw it",
  not_seen: "not this checkpoint yet",
  no_witnesses: "No witness is known here. The operator names them in the settings.",
  as_it_was: (time: string) => `The server does not answer. What stands here is as it was at ${time}.`,
  check: "Check it yourself",
  watch: "Follow the record from your own machine, with hashes only:",
  verify: "At the centre, read every entry and check all hashes:",
  prove: "At the centre, prove that one entry is in it; `tocsin log check` reads the proof on any machine:",
  fetch: "The checkpoint as anybody gets it:",
  check_long:
    "A rewriting, even by whoever runs this server, is proven by two signed checkpoints that cannot both be true. Formats: RFC 6962, C2SP tlog-tiles and signed-note.",
  trouble: "Nothing is signed: the record is not what was signed before, or cannot be read.",
};

export const recordPt: Words<typeof recordEn> = {
  not_recording: "O registo não pode ser escrito agora: não se aceitam ordens.",
  not_recording_long: "O que vê era verdade. Isto acaba por si, assim que o registo voltar.",
  title: "Registo",
  stands: "Onde está o registo",
  entries: "Entradas",
  chain: "Fim da cadeia",
  root: "Raiz da árvore",
  stands_long:
    "Anote noutro lugar a posição e o fim da cadeia: provam mais tarde que nada do que está para trás foi mudado ou retirado.",
  signed: "Ponto de controlo assinado",
  signed_at: (n, origin) => `Estão assinadas as primeiras ${n} entradas de ${origin}.`,
  key: "Chave pública",
  key_long: "Dê esta chave às testemunhas em papel ou de viva voz, não por este servidor.",
  witnesses: "Testemunhas",
  witness: "Testemunha",
  seen: "Viu-o",
  not_seen: "ainda não este ponto",
  no_witnesses: "Não se conhece aqui nenhuma testemunha. O operador indica-as nas definições.",
  as_it_was: (time) => `O servidor não responde. O que aqui está é como era às ${time}.`,
  check: "Verifique por si",
  watch: "Siga o registo da sua própria máquina, só com resumos:",
  verify: "No centro, leia todas as entradas e verifique todos os resumos:",
  prove: "No centro, prove que uma entrada lá está; `tocsin log check` lê a prova em qualquer máquina:",
  fetch: "O ponto de controlo, como qualquer pessoa o recebe:",
  check_long:
    "Uma reescrita, mesmo por quem gere este servidor, fica provada por dois pontos assinados que não podem ser ambos verdade. Formatos: RFC 6962, C2SP tlog-tiles e signed-note.",
  trouble: "Nada se assina: o registo não é o que antes foi assinado, ou não se consegue ler.",
};
