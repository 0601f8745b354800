// One person opens the desk: `node board.mjs CONSOLE CHROMIUM BASE PASSWORD RUNS`. Prints milliseconds of each run as JSON.
// Usable: rows are on the screen, the command line has the focus, and a key that is pressed there appears.
import { createRequire } from "node:module";

const [, , folder, executablePath, base, password, runs] = process.argv;
const { chromium } = createRequire(`${folder}/package.json`)("playwright-core");
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"] });
const context = await browser.newContext({ viewport: { width: 1920, height: 1080 } });
const page = await context.newPage();
await page.goto(base);
await page.fill("input[name=username]", "ana");
await page.fill("input[type=password]", password);
await page.keyboard.press("Enter");
await page.waitForSelector("[id^=incident-]", { timeout: 60_000 });

await context.addInitScript(() => {
  const usable = () => {
    const field = document.activeElement;
    if (field?.closest("section")?.querySelector("#command-says") && document.querySelector("[id^=incident-]") && document.querySelector("[id^=unit-]")) {
      // Two frames later it is painted and listens.
      requestAnimationFrame(() => requestAnimationFrame(() => (globalThis.usable_at = performance.now())));
    } else requestAnimationFrame(usable);
  };
  requestAnimationFrame(usable);
});

const seen = [];
for (let i = 0; i < Number(runs); i += 1) {
  await page.goto("about:blank");
  await page.goto(base, { waitUntil: "commit" });
  await page.waitForFunction(() => globalThis.usable_at, null, { timeout: 60_000, polling: 10 });
  const begun = await page.evaluate(() => performance.now());
  await page.keyboard.press("d");
  const heard = await page.waitForFunction(() => document.activeElement?.value === "d" && performance.now(), null, { polling: "raf" });
  const { usable_at, rows } = await page.evaluate(() => ({
    usable_at: globalThis.usable_at,
    rows: document.querySelectorAll("[id^=incident-]").length,
  }));
  seen.push({ usable_ms: Math.round(usable_at), key_ms: Math.round((await heard.jsonValue()) - begun), rows });
}
process.stdout.write(`${JSON.stringify(seen)}\n`);
await browser.close();
