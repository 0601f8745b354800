/// The short codes of stages, as typed.

import type { Stamp } from "../wire/types";

export const STAMP_CODES: Record<string, Stamp> = {
  ack: "acknowledged", acknowledged: "acknowledged",
  er: "en_route", enroute: "en_route", en_route: "en_route",
  st: "staged", staged: "staged",
  os: "on_scene", onscene: "on_scene", on_scene: "on_scene",
  ap: "at_patient", patient: "at_patient", at_patient: "at_patient",
  ls: "left_scene", left: "left_scene", left_scene: "left_scene",
  ah: "at_hospital", hospital: "at_hospital", at_hospital: "at_hospital",
  ho: "handed_over", handover: "handed_over", handed_over: "handed_over",
  av: "available", clear: "available", available: "available",
};

/** One short code for each stage, in the order they happen. */
export const SHORT_STAMPS: [code: string, stamp: Stamp][] = [
  ["ack", "acknowledged"], ["er", "en_route"], ["st", "staged"], ["os", "on_scene"], ["ap", "at_patient"],
  ["ls", "left_scene"], ["ah", "at_hospital"], ["ho", "handed_over"], ["av", "available"],
];
