/// Orders without an answer outlive the page, under the name of who gave them.

import { expect, test } from "vitest";

import { type Kept, readUnsent, type Store, unsentKey, writeUnsent } from "../../src/room/unsent";

function store(): Store & { kept: Map<string, string> } {
  const kept = new Map<string, string>();
  return { kept, getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value), removeItem: (key) => void kept.delete(key) };
}

const order = (id: string, state: Kept["state"]): Kept => ({
  id, order: { kind: "answer_call", call: "1" }, words: "Answer call 1", seen: 7, given_at: 1_800_000_000, state, problem: null,
});

test("what has no answer is kept as it was; what was on its way may have arrived; what is done is over", () => {
  const one = store();
  writeUnsent(one, "k", [order("a", "not_sent"), order("b", "sending"), order("c", "done"), order("d", "unknown")]);
  expect(readUnsent(one, "k").map(({ id, state }) => [id, state])).toEqual([["a", "not_sent"], ["b", "unknown"], ["d", "unknown"]]);
  expect(readUnsent(one, "k")[0]).toEqual(order("a", "not_sent"));
  writeUnsent(one, "k", [order("c", "done")]);
  expect(one.kept.size).toBe(0);
});

test("never under another name or in another centre, whatever characters names have", () => {
  const keys = [unsentKey("north", "ana"), unsentKey("north", "bo"), unsentKey("south", "ana"), unsentKey('north","', "ana"), unsentKey("north", '","ana')];
  expect(new Set(keys).size).toBe(keys.length);
});

test.each(["{", "null", '{"id":1}', '[null, 3, {"id": "a"}]', '[{"id":"a","words":"w","given_at":1,"order":{},"state":"done"}]'])("a damaged store %s is an empty tray", (text) => {
  const one = store();
  one.setItem("k", text);
  expect(readUnsent(one, "k")).toEqual([]);
});

test("a store that is full stops no order", () => {
  const full: Store = { ...store(), setItem: () => { throw new Error("QuotaExceededError"); } };
  expect(() => writeUnsent(full, "k", [order("a", "not_sent")])).not.toThrow();
});
