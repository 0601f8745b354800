/// The desk in a real browser over the invented centre: keystrokes counted, accessibility measured, the cut connection lived
/// through.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import type { Browser, Page } from "playwright-core";
import { createServer, type ViteDevServer } from "vite";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";

import type { Picture } from "../../src/wire/types";
import { CHROMIUM, launch } from "./chromium";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

describe.skipIf(!CHROMIUM)("the dispatch desk", { timeout: 60_000 }, () => {
  let server: ViteDevServer;
  let browser: Browser;
  let page: Page;
  let base: string;
  let errors: string[];

  beforeAll(async () => {
    process.env.TOCSIN_MOCK = "1";
    server = await createServer({ root: new URL("../..", import.meta.url).pathname, logLevel: "error", server: { host: "127.0.0.1", port: 0, hmr: false } });
    await server.listen();
    base = server.resolvedUrls!.local[0]!;
    browser = await launch();
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  beforeEach(async () => {
    errors = [];
    page = await (await browser.newContext({ viewport: { width: 1280, height: 720 } })).newPage();
    page.on("pageerror", (error) => errors.push(error.message));
    await page.goto(`${base}?lang=en`);
    await page.waitForSelector("text=live");
  });

  afterEach(async () => {
    expect(errors).toEqual([]);
    await page.context().close();
  });

  const board = async (): Promise<Picture> => (await fetch(`${base}api/board`)).json() as Promise<Picture>;
  const wire = (word: "cut" | "back" | `as/${string}`) => fetch(`${base}mock/${word}`, { method: "POST" });

  async function serious(): Promise<string[]> {
    await page.evaluate(AXE);
    const found = await page.evaluate(async () => {
      const axe = (globalThis as unknown as { axe: { run: (root: Document) => Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }> } }).axe;
      return (await axe.run(document)).violations;
    });
    return found.filter(({ impact }) => impact === "serious" || impact === "critical").map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
  }

  test("a standard call, from answer to dispatch, in at most twelve keystrokes besides the typed address and type", async () => {
    let keystrokes = 0;
    const press = async (key: string) => {
      keystrokes += 1;
      await page.keyboard.press(key);
    };
    const before = new Set(Object.keys((await board()).board.rows.incidents));
    await page.waitForSelector("text=Ringing");
    await page.locator("[id^=incident-]").first().click();
    await page.keyboard.press("Escape");

    await press("F2");
    await page.keyboard.type("12 harbour");
    await press("Enter");
    await page.keyboard.type("building fire");
    await press("Enter");
    await page.waitForSelector("button.ready:focus");
    await press("Enter");
    await page.waitForSelector("text=/Done: Send/");

    expect(keystrokes).toBeLessThanOrEqual(12);
    const rows = Object.values((await board()).board.rows.incidents).filter((row) => row && !before.has(row.id) && row.type === "fire_building" && row.opened_by === "ana");
    expect(rows).toHaveLength(1);
    expect(rows[0]!.place.text).toBe("12 Harbour Road");
    expect(rows[0]!.units.length).toBeGreaterThan(0);
  });

  test("no serious accessibility finding: at rest, with an incident, with the keys shown, cut off, by day and by night", async () => {
    expect(await serious()).toEqual([]);
    await page.keyboard.press("F8");
    await page.locator("[id^=incident-]").first().click();
    await page.waitForSelector("text=Recommendation");
    expect(await serious()).toEqual([]);
    await page.locator("header summary").click();
    await page.getByRole("button", { name: "Day" }).click();
    await page.keyboard.press("Escape");
    expect(await serious()).toEqual([]);
    await page.keyboard.press("F2");
    await page.keyboard.type("12 a");
    await page.waitForSelector("#where-list [aria-selected=true]");
    expect(await serious()).toEqual([]);
    await page.keyboard.press("F4");
    await page.keyboard.type("s ");
    expect(await serious()).toEqual([]);
    await page.keyboard.type("zz");
    await page.keyboard.press("F1");
    await page.waitForSelector("text=Keys and commands");
    expect(await serious()).toEqual([]);
    await page.keyboard.press("Escape");
    await wire("cut");
    await page.waitForSelector("text=Cut off since", { timeout: 15_000 });
    expect(await serious()).toEqual([]);
    await wire("back");
  });

  test("cut off: said with the time, an order is kept in sight, what is typed stays; back: sent once, when a person says so", async () => {
    const [unit] = Object.values((await board()).board.rows.units).filter((row) => row?.status === "available");
    const incident = Object.values((await board()).board.rows.incidents).find((row) => row?.units.length === 0)!;
    await wire("cut");
    await page.waitForSelector("text=Cut off since", { timeout: 15_000 });
    await page.keyboard.press("F4");
    await page.keyboard.type(`d ${unit!.id} ${incident.id}`);
    await page.keyboard.press("Enter");
    const outbox = page.getByRole("region", { name: "Not sent" });
    await outbox.waitFor();
    expect(await outbox.getByRole("button", { name: "Send" }).isDisabled()).toBe(true);
    await page.keyboard.type("n typed while cut off");
    await wire("back");
    await page.waitForSelector("text=Cut off since", { state: "detached", timeout: 15_000 });
    expect(await page.getByRole("combobox", { name: "Command line" }).inputValue()).toBe("n typed while cut off");
    expect((await board()).board.rows.units[unit!.id]?.incident).not.toBe(incident.id);
    await outbox.getByRole("button", { name: "Send" }).click();
    await outbox.waitFor({ state: "detached" });
    expect((await board()).board.rows.units[unit!.id]?.incident).toBe(incident.id);
  });

  test("a reload does not lose what was not sent, and nobody else sees it", async () => {
    const [unit] = Object.values((await board()).board.rows.units).filter((row) => row?.status === "available");
    const incident = Object.values((await board()).board.rows.incidents).find((row) => row?.units.length === 0)!;
    const outbox = page.getByRole("region", { name: "Not sent" });
    const reload = async () => {
      await page.reload();
      await page.waitForSelector("text=live");
    };
    await wire("cut");
    await page.waitForSelector("text=Cut off since", { timeout: 15_000 });
    await page.keyboard.press("F4");
    await page.keyboard.type(`d ${unit!.id} ${incident.id}`);
    await page.keyboard.press("Enter");
    await outbox.waitFor();
    await wire("back");
    try {
      await wire("as/bo");
      await reload();
      expect(await outbox.count()).toBe(0);
    } finally {
      await wire("as/ana");
    }
    await reload();
    await outbox.waitFor();
    expect((await board()).board.rows.units[unit!.id]?.incident).not.toBe(incident.id);
    await outbox.getByRole("button", { name: "Send" }).click();
    await outbox.waitFor({ state: "detached" });
    expect((await board()).board.rows.units[unit!.id]?.incident).toBe(incident.id);
    await reload();
    expect(await outbox.count()).toBe(0);
  });

  test("what was typed stays with its call", async () => {
    await page.waitForFunction(() => document.querySelectorAll("[id^=call-]").length >= 2);
    const where = page.getByRole("combobox", { name: "Where" });
    await page.keyboard.press("F2");
    await page.keyboard.type("12 har");
    await page.waitForSelector("[id^=call-].selected");
    const first = await page.locator("[id^=call-].selected").getAttribute("id");
    await page.keyboard.press("F2");
    await page.waitForFunction((id) => document.querySelector("[id^=call-].selected")?.id !== id, first);
    expect(await where.inputValue()).toBe("");
    await page.keyboard.type("castle");
    await page.locator(`#${first}`).click();
    await page.waitForFunction((id) => document.querySelector("[id^=call-].selected")?.id === id, first);
    expect(await where.inputValue()).toBe("12 har");
  });

  test("nothing reorders while the list has focus", async () => {
    await page.getByRole("grid", { name: "Incidents" }).focus();
    const ids = () => page.locator("[id^=incident-]").evaluateAll((rows) => rows.slice(0, 6).map((row) => row.id));
    const before = await ids();
    const first = before[0]!.replace("incident-", "");
    const free = Object.values((await board()).board.rows.units).find((row) => row?.status === "available")!;
    await fetch(`${base}api/orders`, { method: "POST", body: JSON.stringify({ id: `held-${Date.now()}`, order: { kind: "dispatch_units", incident: first, units: [free.id] } }) });
    await page.waitForSelector(`#incident-${first}:has-text("${free.id}")`);
    expect(await ids()).toEqual(before);
    await page.keyboard.press("Escape");
    await page.waitForFunction((id) => document.querySelector("[id^=incident-]")?.id !== id, before[0]);
  });
});
