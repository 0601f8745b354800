import { expect, test } from "vitest";

import { findId, findTypes, fold, startingWith, wordFor } from "../../src/keys/find";
import type { Catalogue } from "../../src/wire/types";
import { DISPOSITIONS, TYPES } from "../../mock/centre";

const CATALOGUE = { types: TYPES, dispositions: DISPOSITIONS } as unknown as Catalogue;
const codes = (query: string, language = "en") => findTypes(query, CATALOGUE, language).map((type) => type.code);

test("types by the name's words, everyday words, code; every word must fit", () => {
  expect(codes("fire b")[0]).toBe("fire_building");
  expect(codes("elevator")).toEqual(["service_lift"]);
  expect(codes("medical_fall")[0]).toBe("medical_fall");
  expect(codes("incendio", "pt")[0]).toBe("fire_building");
  expect(codes("queda", "en")).toEqual(["medical_fall"]);
  expect(codes("fire zebra")).toEqual([]);
  expect(codes("  ")).toEqual([]);
});

test("accents and case do not matter, scripts do not break", () => {
  expect(fold("INCÊNDIO ")).toBe("incendio");
  expect(fold("شارع")).toBe("شارع");
});

test("ids: exact, in any case, or by the only number they end in", () => {
  const rows = new Map([["E12", 0], ["E2", 0], ["I-1432", 0], ["I-1433", 0]]);
  expect(findId("e12", rows)).toBe("E12");
  expect(findId("1432", rows)).toBe("I-1432");
  expect(findId("432", rows)).toBeNull();
  expect(findId("e", rows)).toBeNull();
  expect(findId("2", rows)).toBe("E2");
  expect(findId("2", new Map([...rows, ["M2", 0]]))).toBeNull();
});

test("completion: shortest first", () => {
  expect(startingWith("e", new Map([["E12", 0], ["E2", 0], ["M1", 0]]), 5)).toEqual(["E2", "E12"]);
});

test("of those that fit alike the more urgent stands first: Enter takes the first", () => {
  const type = (code: string, priority: number, en: string) => ({ code, group: "fire", priority, name: { en } });
  const types = [type("FA", 3, "Fire alarm sounding"), type("FS", 1, "Structure fire"), type("FO", 2, "Outside fire")];
  const found = (query: string) => findTypes(query, { types } as unknown as Catalogue, "en").map((each) => each.code);
  expect(found("fire")).toEqual(["FS", "FO", "FA"]);
  expect(found("fire al")).toEqual(["FA"]);
});

test("the fleet's words in the person's language, in English without it, as they are without a name", () => {
  const named = [{ code: "als", name: { en: "Advanced life support", pt: "Suporte avançado de vida" } }];
  expect(wordFor("als", named, "pt")).toBe("Suporte avançado de vida");
  expect(wordFor("als", named, "fr")).toBe("Advanced life support");
  expect(wordFor("foam", named, "pt")).toBe("foam");
  expect(wordFor("foam", undefined, "pt")).toBe("foam");
});
