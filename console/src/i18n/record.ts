/// Words about the record: whether it is being written, and the page that shows how to check it.

import type { Words } from "./words";

export const recordEn = {
  not_recording: "The record cannot be written now: no orders are taken.",
  not_recording_long: "What you see was true. This ends by itself as soon as the record is back.",
};

export const recordPt: Words<typeof recordEn> = {
  not_recording: "O registo não pode ser escrito agora: não se aceitam ordens.",
  not_recording_long: "O que vê era verdade. Isto acaba por si, assim que o registo voltar.",
};
