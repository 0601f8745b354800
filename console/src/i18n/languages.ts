/// The languages there are. A catalogue that lacks a key is a type error here.

import { accountEn, accountPt } from "./account";
import { accessEn, accessPt } from "./access";
import { arrivalEn, arrivalPt } from "./arrival";
import { auditEn, auditPt } from "./audit";
import { callersEn, callersPt } from "./callers";
import { commonEn, commonPt } from "./common";
import { coverEn, coverPt } from "./cover";
import { deskEn } from "./desk";
import { deskPt } from "./desk_pt";
import { factsEn, factsPt } from "./facts";
import { intakeEn, intakePt } from "./intake";
import { locationsEn, locationsPt } from "./locations";
import { mapEn, mapPt } from "./map";
import { ordersEn, ordersPt } from "./orders";
import { peopleEn, peoplePt } from "./people";
import { plansEn, plansPt } from "./plans";
import { recordEn, recordPt } from "./record";
import { placesEn, placesPt } from "./places";
import { refusalsEn, refusalsPt } from "./refusals";
import { rulesEn, rulesPt } from "./rules";
import { togetherEn, togetherPt } from "./together";
import { sharingEn, sharingPt } from "./sharing";
import { wallEn, wallPt } from "./wall";
import type { Words } from "./words";

export const en = {
  access: accessEn,
  account: accountEn,
  arrival: arrivalEn,
  audit: auditEn,
  callers: callersEn,
  common: commonEn,
  cover: coverEn,
  desk: deskEn,
  facts: factsEn,
  intake: intakeEn,
  locations: locationsEn,
  map: mapEn,
  orders: ordersEn,
  people: peopleEn,
  places: placesEn,
  plans: plansEn,
  record: recordEn,
  refusals: refusalsEn,
  rules: rulesEn,
  together: togetherEn,
  sharing: sharingEn,
  wall: wallEn,
};
export type Messages = Words<typeof en>;

export const pt: Messages = {
  access: accessPt,
  account: accountPt,
  arrival: arrivalPt,
  audit: auditPt,
  callers: callersPt,
  common: commonPt,
  cover: coverPt,
  desk: deskPt,
  facts: factsPt,
  intake: intakePt,
  locations: locationsPt,
  map: mapPt,
  orders: ordersPt,
  people: peoplePt,
  places: placesPt,
  plans: plansPt,
  record: recordPt,
  refusals: refusalsPt,
  rules: rulesPt,
  together: togetherPt,
  sharing: sharingPt,
  wall: wallPt,
};

export type Language = "en" | "pt";

interface LanguageInfo {
  name: string;
  dir: "ltr" | "rtl";
  /** For Intl: dates and numbers. */
  locale: string;
  messages: Messages;
}

export const LANGUAGES: Record<Language, LanguageInfo> = {
  en: { name: "English", dir: "ltr", locale: "en-GB", messages: en },
  pt: { name: "Português", dir: "ltr", locale: "pt-PT", messages: pt },
};

export function asLanguage(word: string | null | undefined): Language | null {
  const base = (word ?? "").toLowerCase().split(/[-_]/)[0] ?? "";
  return base in LANGUAGES ? (base as Language) : null;
}
