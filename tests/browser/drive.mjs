// Drives Chromium for the tests: `node drive.mjs CONSOLE CHROMIUM BASE SCENARIO JSON`. Prints one JSON object a line:
// {"ask": word} when the test has something to do (it answers with a line), at the end {"result", "errors", "outside"}.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

import { scenarios } from "./scenarios.mjs";

const [, , consoleFolder, executablePath, base, scenario, given] = process.argv;
const require = createRequire(`${consoleFolder}/package.json`);
const { chromium } = require("playwright-core");
const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const say = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);

const browser = await chromium.launch({
  executablePath,
  args: ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
    "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"],
});
const errors = [];
const outside = [];

async function person({ name = "ana", path = "/", theme = "night", lang = "en", width = 1280, height = 720, signIn = true } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, reducedMotion: "reduce" });
  await context.addInitScript(([chosenTheme, language]) => {
    if (!localStorage.getItem("tocsin.theme")) localStorage.setItem("tocsin.theme", chosenTheme);
    if (language && !localStorage.getItem("tocsin.language")) localStorage.setItem("tocsin.language", language);
  }, [theme, lang]);
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" && !/status of (401|409|422)|ERR_CONNECTION|ERR_INCOMPLETE|Failed to fetch/.test(message.text())) errors.push(message.text());
  });
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(`${base}/`) && !url.startsWith("blob:") && !url.startsWith("data:")) outside.push(url);
  });
  await page.goto(base + path);
  await page.waitForSelector(path.startsWith("/#link=") ? ".live" : "input[name=username]");
  if (signIn) {
    await page.keyboard.type(name);
    await page.keyboard.press("Tab");
    await page.keyboard.type("correct horse battery");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".live");
  }
  return page;
}

/** A caller's phone: a small screen, a language, a place to be at, and nobody signed in. */
async function phone({ path, lang = "en", at = { latitude: 35.9032, longitude: 14.5021, accuracy: 14 }, allow = true, shot = "" }) {
  const context = await browser.newContext({ viewport: { width: 360, height: 640 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true, locale: lang, geolocation: at, permissions: allow ? ["geolocation"] : [] });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" && !/status of (403|404|410|415|413|409)|ERR_CONNECTION/.test(message.text())) errors.push(message.text());
  });
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(`${base}/`) && !url.startsWith("blob:")) outside.push(url);
  });
  await page.goto(base + path);
  return page;
}

async function findings(page, where) {
  await page.evaluate(AXE);
  const found = await page.evaluate(async () => (await globalThis.axe.run(document)).violations.map(({ id, impact, nodes }) => ({ id, impact, html: nodes[0].html.slice(0, 160) })));
  return found.filter(({ impact }) => impact === "serious" || impact === "critical").map((each) => ({ where, ...each }));
}

async function ask(word) {
  say({ ask: word });
  return (await lines.next()).value;
}

try {
  const result = await scenarios[scenario]({ person, phone, findings, ask, base, given: JSON.parse(given ?? "{}") });
  say({ result, errors, outside });
} catch (error) {
  for (const context of browser.contexts()) for (const page of context.pages()) if (process.env.TOCSIN_BROWSER_TRACE) await page.screenshot({ path: process.env.TOCSIN_BROWSER_TRACE });
  say({ failed: String(error.stack ?? error), errors, outside });
} finally {
  await browser.close();
  process.exit(0);
}
