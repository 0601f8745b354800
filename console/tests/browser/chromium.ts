/// A browser to test with, or the reason why there is none. Knows where Debian and others keep theirs.

import { existsSync } from "node:fs";

import { type Browser, chromium } from "playwright-core";

const PLACES = [process.env.TOCSIN_CHROMIUM ?? "", "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
export const CHROMIUM = PLACES.find((path) => path && existsSync(path));

if (!CHROMIUM) console.warn("No Chromium found: browser tests are skipped (Debian: apt install chromium).");

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM!,
    args: ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
  });
}
