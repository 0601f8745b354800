// What a person does, one function a scenario. They answer with what was seen; the tests judge it.

import { callerScenarios } from "./callers.mjs";

const command = (page) => page.getByRole("combobox", { name: "Command line" });
const text = (page, selector) => page.locator(selector).allTextContents();

async function rowsOf(page) {
  return page.evaluate(async () => (await (await fetch("/api/board")).json()).board.rows);
}

export const scenarios = {
  ...callerScenarios,

  async sign_in({ person }) {
    const page = await person();
    return { who: await page.locator(".who").textContent(), focus: await page.evaluate(() => document.activeElement?.getAttribute("aria-label")) };
  },

  async passkey({ person, base }) {
    const page = await person();
    const device = await page.context().newCDPSession(page);
    await device.send("WebAuthn.enable");
    const options = { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true };
    const { authenticatorId } = await device.send("WebAuthn.addVirtualAuthenticator", { options });
    await page.goto(`${base}/account`);
    await page.getByRole("textbox", { name: "What to call it" }).fill("desk 4");
    await page.getByRole("button", { name: "Add a passkey" }).click();
    await page.waitForSelector("text=desk 4");
    const enter = async () => {
      await page.getByRole("button", { name: "Sign out" }).click();
      await page.getByRole("button", { name: "Sign in with a passkey" }).click();
    };
    await enter();
    await page.waitForSelector(".live");
    const who = await page.evaluate(async () => (await (await fetch("/api/session")).json()).account);
    await device.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: false });
    await enter();
    await page.waitForSelector("text=No passkey was chosen.");
    return { who, unverified: (await page.evaluate(async () => (await fetch("/api/session")).status)) };
  },

  /** Somebody is added by the keyboard alone, comes in by the link, and sets a password; the last administrator stays. */
  async accounts({ person, findings, base }) {
    const page = await person({ signIn: false, path: "/accounts" });
    const keys = page.keyboard;
    await keys.type("root");
    await keys.press("Tab");
    await keys.type("correct horse battery");
    await keys.press("Enter");
    await page.waitForSelector("text=3 accounts");
    await keys.press("n");
    await page.waitForSelector("text=How do they come in");
    await keys.type("Root");
    await keys.press("Enter");
    await page.waitForSelector("text=Choose at least one role.");
    const at_fault = await page.evaluate(() => document.activeElement?.value);
    await keys.press("Space");
    await keys.press("Enter");
    await page.waitForSelector("text=There is one of this name already.");
    await keys.press("Control+A");
    await keys.type("Clara");
    await keys.press("Enter");
    await page.waitForSelector("text=clara was added.");
    const link = (await page.locator(".once code").textContent()).replace(/^[^#]*/, "/");
    const serious = await findings(page, "accounts");
    const clara = await person({ path: link, signIn: false });
    await clara.goto(`${base}/account`);
    await clara.waitForSelector("text=You came in by a link");
    await clara.locator("input[autocomplete=new-password]").fill("another long password");
    await keys.press("Escape");
    await clara.keyboard.press("Enter");
    await clara.waitForSelector("text=Changed.");
    await keys.press("F4");
    await keys.type("root");
    await keys.press("Tab");
    await keys.press("Enter");
    const disable = page.getByRole("button", { name: "Disable (you)" });
    await disable.focus();
    await keys.press("Enter");
    await keys.press("Enter");
    await page.waitForSelector("text=Nobody would be left");
    return { at_fault, serious, own: await findings(clara, "account") };
  },

  async take_a_call({ person, given }) {
    const page = await person();
    await page.waitForSelector("text=Ringing");
    let presses = 0;
    const press = async (key) => ((presses += 1), page.keyboard.press(key));
    await press("F2");
    await page.waitForFunction(() => document.activeElement?.id === "where");
    const searched = [];
    page.on("request", (request) => request.url().includes("/api/places?") && searched.push(request.url()));
    await page.keyboard.type(given.address, { delay: 60 });
    await page.waitForSelector("#where-list [aria-selected=true]");
    const offered = (await page.locator("#where-list li").first().textContent()).trim();
    await press("Enter");
    await page.keyboard.type(given.type);
    await press("Enter");
    await page.waitForSelector("button.ready:focus");
    await press("Enter");
    await page.waitForSelector("text=/Done: Send/");
    return { presses, offered, searched: searched.length };
  },

  async cut_off({ person, ask }) {
    const page = await person();
    const field = page.getByRole("combobox", { name: "Where" });
    await page.keyboard.press("F2");
    await page.waitForSelector(".fields .age, .age");
    await field.fill("");
    await page.keyboard.type("half an addr");
    await command(page).focus();
    await page.keyboard.type("n kept while cut off");
    await ask("kill");
    await page.waitForSelector("text=Cut off since", { timeout: 30_000 });
    const grey = await page.locator("main").first().evaluate((main) => getComputedStyle(main).filter);
    const said = await page.locator(".link").first().textContent();
    await page.keyboard.type(" and after");
    await ask("start");
    await page.waitForSelector(".link.live", { timeout: 30_000 });
    await ask("change");
    await page.waitForSelector("text=after the cut");
    const typed = { where: await field.inputValue(), command: await command(page).inputValue() };
    const fresh = await person();
    const shown = (each) => each.locator("[role=grid] [role=row][id]").evaluateAll((rows) => rows.map((row) => row.id + [...row.querySelectorAll("[role=gridcell]")].map((cell) => cell.textContent.replace(/\d+:\d\d(:\d\d)?/g, "").replace(/\s+/g, " ").trim()).join("|")).sort());
    return { grey, said, typed, resumed: await shown(page), fresh: await shown(fresh) };
  },

  async any_script({ person, given }) {
    const page = await person();
    await page.locator(`[id="incident-${given.incident}"]`).click();
    const seen = [];
    for (const said of given.texts) {
      const found = page.locator("ol li span[dir=auto]", { hasText: said }).first();
      await found.waitFor();
      seen.push({ text: await found.textContent(), dir: await found.getAttribute("dir") });
    }
    return seen;
  },

  async choices({ person, findings, given }) {
    const page = await person();
    await page.locator(`[id="incident-${given.incident}"]`).click();
    await page.waitForSelector("button.ready");
    const plan = (await page.locator(".recommended h3 .plan").textContent()).replace(/\s+/g, " ").trim();
    await command(page).focus();
    await page.keyboard.type(`d ${given.unit} ${given.incident}`);
    await page.keyboard.press("Enter");
    await page.waitForSelector(".why button");
    const found = await findings(page, "desk, a reason owed");
    await page.evaluate(() => document.activeElement?.blur());
    await page.keyboard.press("2");
    await page.waitForSelector(".why button", { state: "detached" });
    await page.keyboard.press("+");
    await page.waitForSelector(".better .take", { timeout: 30_000 });
    found.push(...(await findings(page, "desk, something better")));
    await page.keyboard.press("F7");
    await page.waitForSelector(".better .take", { state: "detached" });
    return { plan, found };
  },

  /** A crash and forty callers: the first opens it, the others are linked; the one about something else stands out. */
  async burst({ person, findings, given }) {
    const page = await person({ width: given.width ?? 1280, height: given.height ?? 720 });
    const grid = page.getByRole("grid", { name: "Calls" });
    await page.waitForSelector(".what .fold");
    const rows = (await grid.locator("[role=row][id]").allTextContents()).map((words) => words.replace(/\s+/g, " ").trim());
    if (given.pictures) await page.screenshot({ path: `${given.pictures}-ringing.png` });
    await page.evaluate(() => document.activeElement?.blur());
    const before = await page.evaluate(() => performance.now());
    const keys = [];
    const press = async (key) => (keys.push(key), page.keyboard.press(key));
    const linked = [];
    for (let i = 0; i < given.link; i += 1) {
      await press("F2");
      await page.waitForSelector(".together button.ready", { timeout: 10_000 });
      if (i === 0) {
        linked.push((await page.locator(".together li").first().innerText()).replace(/\s+/g, " "));
        if (given.pictures) await page.screenshot({ path: `${given.pictures}-suggested.png` });
        if (given.axe) linked.push(...(await findings(page, "desk, a suggestion")));
      }
      await press("F5");
      await page.waitForSelector("text=/Done: call .* is about incident/");
      await page.waitForSelector(".together", { state: "detached" });
    }
    const took_ms = (await page.evaluate(() => performance.now())) - before;
    if (given.pictures) await page.screenshot({ path: `${given.pictures}-linked.png` });
    await press("Shift+F5");
    await page.waitForSelector("text=/Done: Split call/");
    await page.waitForSelector(".together button.ready");
    const inHand = await page.locator("#intake-title").textContent();
    return { rows, keys, linked, inHand, took_ms };
  },

  async lost_and_silent({ person, findings, given }) {
    const page = await person();
    await page.waitForSelector(".back");
    await page.keyboard.press("F2");
    await page.waitForSelector("#intake-title bdi");
    const again = await page.locator(".again").textContent();
    await page.keyboard.press("Shift+F2");
    await page.waitForSelector(".silent");
    const found = await findings(page, "desk, a silent call");
    if (given.pictures) await page.screenshot({ path: `${given.pictures}-silent.png` });
    await page.getByRole("button", { name: "Nobody spoke" }).click();
    await page.waitForSelector("text=/Done: End call/");
    await page.locator(`[id="call-${given.lost}"]`).click();
    await page.waitForSelector("section.back");
    found.push(...(await findings(page, "desk, a call back")));
    if (given.pictures) await page.screenshot({ path: `${given.pictures}-back.png` });
    await page.getByRole("button", { name: "No answer" }).click();
    await page.waitForSelector("text=/tried once/");
    await page.getByRole("button", { name: "Nobody answers" }).click();
    await page.waitForSelector("section.back", { state: "detached" });
    return { again, found };
  },

  async two_screens({ person, given }) {
    const one = await person({ name: "ana" });
    const two = await person({ name: "bo" });
    await command(one).focus();
    await one.keyboard.type(`d ${given.unit} ${given.first}`);
    await one.keyboard.press("Enter");
    await one.waitForSelector("text=/Done: Send/");
    await two.waitForFunction(([incident, unit]) => document.getElementById(`incident-${incident}`)?.textContent.includes(unit), [given.first, given.unit], { timeout: 5_000 });
    await command(two).focus();
    await two.keyboard.type(`d ${given.unit} ${given.second}`);
    await two.keyboard.press("Enter");
    await two.waitForSelector(".reply.refused, #command-says.wrong");
    return { refusal: (await text(two, ".reply")).join(" ") + (await text(two, "#command-says")).join(" ") };
  },

  async accessible({ person, findings, given }) {
    const found = [];
    const { theme } = given;
    const door = await person({ theme, signIn: false });
    found.push(...(await findings(door, "sign in")));
    const desk = await person({ theme });
    found.push(...(await findings(desk, "desk")));
    await desk.locator("[id^=incident-]").first().click();
    await desk.waitForSelector("text=Recommendation");
    await desk.keyboard.press("F2");
    await desk.keyboard.type("12 h");
    found.push(...(await findings(desk, "desk, busy")));
    await desk.keyboard.press("F1");
    await desk.waitForSelector("text=Keys and commands");
    found.push(...(await findings(desk, "desk, help")));
    const map = await person({ theme, path: "/map" });
    await map.waitForSelector(".maplibregl-canvas");
    found.push(...(await findings(map, "map")));
    await map.evaluate(() => document.activeElement?.blur());
    await map.keyboard.press("n");
    await map.keyboard.press("h");
    await map.waitForSelector("text=What is drawn");
    found.push(...(await findings(map, "map, layers")));
    await map.keyboard.press("b");
    await map.waitForSelector("#block-reason");
    found.push(...(await findings(map, "map, closing a road")));
    const wall = await person({ theme, path: "/wall" });
    await wall.waitForSelector("time");
    found.push(...(await findings(wall, "wall")));
    const record = await person({ theme, path: "/record" });
    await record.waitForSelector("#check");
    found.push(...(await findings(record, "record")));
    return found;
  },

  async portuguese({ person }) {
    const words = {};
    for (const path of ["/", "/map", "/wall", "/record"]) {
      const page = await person({ lang: "pt", path });
      await page.waitForTimeout(1200);
      if (path !== "/wall") await page.keyboard.press("F1");
      words[path] = await page.evaluate(() => {
        const found = [];
        const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        for (let node = walk.nextNode(); node; node = walk.nextNode()) if (!node.parentElement.closest("script,style,code,kbd,[lang]:not(html),.maplibregl-ctrl-attrib,option")) found.push(node.textContent.trim());
        for (const each of document.querySelectorAll("[aria-label],[placeholder],[title]")) for (const name of ["aria-label", "placeholder", "title"]) if (each.getAttribute(name)) found.push(each.getAttribute(name).trim());
        return [...new Set(found.filter(Boolean))];
      });
      words[`${path} lang`] = await page.evaluate(() => document.documentElement.lang);
    }
    return words;
  },

  async map_by_keyboard({ person, given }) {
    const page = await person({ path: "/map" });
    await page.waitForSelector(".maplibregl-canvas");
    await page.waitForTimeout(1500);
    await page.evaluate(() => document.activeElement?.blur());
    await page.keyboard.press("n");
    await page.waitForSelector("[aria-label=Selected] h2");
    const selected = await page.locator("[aria-label=Selected] h2").textContent();
    const spoken = await page.locator("[aria-label=Selected] [aria-live]").textContent();
    await page.keyboard.press("m");
    await page.waitForSelector(".cross");
    const before = await page.locator(".here").textContent();
    for (let i = 0; i < 3; i += 1) await page.keyboard.press("ArrowUp");
    await page.waitForFunction((words) => document.querySelector(".here")?.textContent !== words, before);
    await page.keyboard.press("b");
    await page.waitForFunction(() => document.activeElement?.id === "block-reason");
    await page.keyboard.type(given.reason);
    await page.keyboard.press("Enter");
    await page.waitForSelector("text=/Done: Close the road/");
    await page.evaluate(() => document.activeElement?.blur());
    await page.keyboard.press("u");
    await page.keyboard.type("E2");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.querySelector("[aria-label=Selected] h2")?.textContent === "E2");
    return { selected, spoken, closures: Object.values((await rowsOf(page)).closures) };
  },

  async shared_selection({ person, given }) {
    const desk = await person();
    const map = await desk.context().newPage();
    await map.goto(new URL("/map", desk.url()).href);
    await map.waitForSelector(".maplibregl-canvas");
    const selected = (words) => map.waitForFunction((wanted) => document.querySelector("[aria-label=Selected] h2")?.textContent === wanted, words);
    await desk.locator(`[id="incident-${given.first}"]`).click();
    await selected(given.first);
    await map.locator(`[id="map-incident-${given.second}"]`).click();
    await desk.waitForSelector(`[id="incident-${given.second}"].selected`);
    await map.locator(`[id="map-unit-${given.unit}"]`).click();
    await desk.waitForSelector(`[id="incident-${given.first}"].selected`);
    await map.waitForTimeout(300);
    return map.locator("[aria-label=Selected] h2").textContent();
  },

  async wall({ person, given }) {
    const page = await person({ path: "/wall", width: 1920, height: 1080 });
    await page.waitForSelector(".wall ol li");
    const scrolls = await page.evaluate(() => [...document.querySelectorAll("*")].filter((each) => /auto|scroll/.test(getComputedStyle(each).overflowY) && each.scrollHeight > each.clientHeight + 1).map((each) => each.className));
    const words = await page.locator("body").innerText();
    const row_px = await page.locator(".wall ol li").first().evaluate((row) => Number.parseFloat(getComputedStyle(row).fontSize));
    return { scrolls, words, row_px, hidden: given.secret.filter((each) => words.includes(each)) };
  },

  async screenshots({ person, given, base }) {
    const page = await person({ path: `/${given.link}`, signIn: false, width: 1280, height: 720 });
    await page.waitForTimeout(given.wait_ms);
    await page.locator("[id^=incident-]").nth(1).click();
    await page.waitForTimeout(2500);
    await page.screenshot({ path: given.desk });
    await page.goto(`${base}/map`);
    await page.waitForSelector(".maplibregl-canvas");
    await page.waitForTimeout(given.wait_ms);
    await page.evaluate(() => document.activeElement?.blur());
    await page.screenshot({ path: given.map });
    return true;
  },
};
