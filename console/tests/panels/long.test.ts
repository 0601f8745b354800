import { expect, test } from "vitest";

import { beginning } from "../../src/panels/long";

test("what fits stays whole", () => {
  expect(beginning("")).toBeNull();
  expect(beginning("x".repeat(250))).toBeNull();
  expect(beginning("a\nb\nc\nd\ne\nf")).toBeNull();
});

test("a long text begins with whole words and says that it goes on", () => {
  const short = beginning("smoke on the stairs ".repeat(500))!;
  expect(short.length).toBeLessThan(210);
  expect(short).toMatch(/stairs …$|smoke …$|the …$|on …$/);
});

test("many short lines are many", () => {
  expect(beginning("a\n".repeat(40))).toBe("a\na\na\na\na …");
});

test("no character is cut in two, and text without blanks is cut all the same", () => {
  const family = "👨‍👩‍👧‍👦";
  const short = beginning(family.repeat(900))!;
  expect(short).toBe(`${family.repeat(200)} …`);
  expect(beginning("火".repeat(10_000))).toBe(`${"火".repeat(200)} …`);
});
