import { describe, expect, test } from "vitest";

import { backoff_s, linkState } from "../../src/wire/link";

const facts = { heard_at: 100, connected: true, lost_at: 0, lagging_since: 0 };

describe("how fresh the picture is", () => {
  test.each([
    ["heard just now", { ...facts }, 101, "live", 0],
    ["nothing for four seconds is still live", { ...facts }, 104, "live", 0],
    ["silent longer is behind", { ...facts }, 107.2, "behind", 7],
    ["connected, but the server is ahead of us", { ...facts, heard_at: 109, lagging_since: 104 }, 109.5, "behind", 5],
    ["just lost: behind while it tries", { ...facts, connected: false, lost_at: 101 }, 102, "behind", 2],
    ["lost for two seconds: cut off", { ...facts, connected: false, lost_at: 101 }, 103, "cut", 3],
    ["lost for an hour", { ...facts, connected: false, lost_at: 101 }, 3700, "cut", 3600],
  ])("%s", (_name, state, now, word, behind_s) => {
    expect(linkState(state, now)).toEqual({ word, behind_s });
  });
});

test("attempts: at once, then slower, never slower than about five seconds", () => {
  expect(backoff_s(0, 0.5)).toBe(0);
  expect(backoff_s(1, 0.5)).toBe(0.25);
  for (let attempt = 1; attempt < 40; attempt += 1) for (const dice of [0, 0.5, 0.999]) expect(backoff_s(attempt, dice)).toBeLessThanOrEqual(6.25);
  expect(backoff_s(3, 0)).toBeLessThan(backoff_s(3, 0.99));
});
