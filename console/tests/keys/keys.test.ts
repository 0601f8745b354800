import { expect, test } from "vitest";

import { combination, isLetter, keys } from "../../src/keys/keys.svelte";

const press = (key: string, more: Partial<KeyboardEvent> = {}) => combination({ key, ctrlKey: false, altKey: false, metaKey: false, shiftKey: false, ...more });

test("combinations are named as the browser names keys", () => {
  expect([press("F8"), press("F8", { shiftKey: true }), press("A", { shiftKey: true }), press("?", { shiftKey: true }), press("k", { ctrlKey: true })]).toEqual(["F8", "Shift+F8", "a", "?", "Ctrl+k"]);
  expect([isLetter("a"), isLetter("救"), isLetter("F2")]).toEqual([true, true, false]);
});

test("one key, one meaning", () => {
  const back = keys.use([{ keys: ["F2"], help: () => "", run: () => {} }]);
  expect(() => keys.use([{ keys: ["F2"], help: () => "", run: () => {} }])).toThrow("registered twice");
  back();
  expect(() => keys.use([{ keys: ["F2"], help: () => "", run: () => {} }])()).not.toThrow();
});

test("what does not work now is not listed", () => {
  let works = false;
  const back = keys.use([{ keys: ["F9"], help: () => "", when: () => works, run: () => {} }]);
  expect(keys.here()).toEqual([]);
  works = true;
  expect(keys.here()).toHaveLength(1);
  back();
});
