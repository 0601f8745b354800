// A caller's phone and the desk that sent it a link, at the same time. They answer with what was seen; the tests judge it.

const shot = async (page, folder, name) => folder && page.screenshot({ path: `${folder}/${name}.png` });

export const callerScenarios = {
  async caller_link({ person, phone, ask, findings, given }) {
    const desk = await person();
    await desk.waitForSelector("text=Ringing");
    await desk.keyboard.press("F2");
    await desk.waitForSelector(".page");
    await shot(desk, given.shots, "desk-1-no-link");
    await desk.keyboard.press("Shift+F4");
    await desk.waitForSelector("text=sent, not opened yet");
    const path = given.link ?? (await ask("link"));
    const caller = await phone({ path, lang: "en" });
    await caller.waitForSelector("#yes:visible");
    const asked = await caller.locator("#ask").innerText();
    await shot(caller, given.shots, "caller-en-1-ask");
    await desk.waitForSelector("text=opened, shares no position");
    await caller.tap("#yes");
    await caller.waitForFunction(() => /35\.9032/.test(document.getElementById("spot").textContent));
    await desk.waitForSelector("text=shares their position");
    await desk.waitForSelector(".located li:has-text(\"Caller's page\")");
    const sum = await desk.locator(".located .sum").first().innerText();
    await desk.keyboard.press("Shift+F4");
    await desk.keyboard.type("which floor");
    await desk.keyboard.press("ArrowDown");
    await desk.keyboard.press("Enter");
    await caller.waitForSelector("#talk li");
    await caller.fill("#said", "Third floor, blue door <b>!</b>");
    await caller.tap("#f button");
    await desk.waitForSelector("text=Third floor, blue door <b>!</b>");
    await caller.tap("#quick button >> nth=2");
    await desk.waitForSelector(".said:has-text('I cannot talk')");
    await caller.setInputFiles("#photo", given.photo);
    await caller.waitForSelector("#pre:visible");
    await shot(caller, given.shots, "caller-en-2-preview");
    await caller.tap("#go");
    await desk.waitForSelector(".tile");
    await caller.waitForFunction(() => /1/.test(document.getElementById("sent").textContent));
    await shot(caller, given.shots, "caller-en-3-live");
    await desk.keyboard.press("Shift+F6");
    await desk.waitForFunction(() => document.querySelector("figure img")?.naturalWidth > 0);
    await shot(desk, given.shots, "desk-2-live");
    const found = [...(await findings(desk, "desk")), ...(given.axe ? [] : [])];
    const talk = await caller.locator("#talk li").allInnerTexts();
    const spot = await caller.locator("#spot").innerText();
    const other = await phone({ path, lang: "en" });
    await other.waitForSelector("#end:visible");
    const second = await other.locator("#why").innerText();
    await desk.keyboard.press("Escape");
    await caller.tap("#stop");
    await caller.waitForSelector("#end:visible");
    await shot(caller, given.shots, "caller-en-4-end");
    await desk.waitForSelector("text=the caller pressed Stop");
    const kept = await caller.evaluate(() => JSON.stringify([{ ...localStorage }, document.cookie]));
    const said = await desk.locator(".page ol .said").allInnerTexts();
    const incident = await ask("close");
    await desk.goto(new URL("/incidents", desk.url()).href);
    await desk.fill("#why-first", "case review");
    await desk.keyboard.press("Enter");
    await desk.click(`[role=row]:has-text("${incident}")`);
    const shown = desk.locator("li button[aria-expanded]", { hasText: "900" });
    await shown.waitFor();
    const before = await desk.locator("li img").count();
    await shown.click();
    await desk.waitForFunction(() => document.querySelector("li img")?.naturalWidth > 0);
    await shot(desk, given.shots, "desk-3-closed");
    found.push(...(await findings(desk, "closed incident")));
    const later = [before, await desk.locator("li img").getAttribute("src")];
    return { asked, sum, talk, spot, second, kept, said, found, later, ended: await caller.locator("#why").innerText() };
  },

  async caller_page({ phone, findings, given }) {
    const page = await phone({ path: given.path, lang: given.lang, allow: given.allow ?? true });
    await page.waitForSelector("#ask:visible, #end:visible");
    await shot(page, given.shots, `caller-${given.lang}-1-ask`);
    const dir = await page.evaluate(() => document.documentElement.dir);
    const title = await page.title();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    let spot = "";
    let state = "";
    let lost = "";
    if (given.share) {
      if (given.lose) {
        await page.route("**/c/share", (route) => route.abort("connectionfailed"));
        await page.tap("#yes");
        await page.waitForSelector("#off:visible");
        lost = await page.locator("#off").innerText();
        await page.unroute("**/c/share");
      } else await page.tap("#yes");
      await page.waitForFunction((allow) => (allow ? /35\.9/ : /./).test(document.getElementById("spot").textContent), given.allow ?? true);
      spot = await page.locator("#spot").innerText();
      state = await page.locator("#state").innerText();
      await page.fill("#said", given.said ?? "");
      if (given.said) await page.tap("#f button");
      if (given.said) await page.waitForSelector("#talk li.me");
      await shot(page, given.shots, `caller-${given.lang}-2-live`);
    }
    await page.evaluate(() => scrollTo(0, 0));
    const switched = {};
    for (const lang of ["pt", "ar", "en"]) {
      await page.selectOption("#lang", lang);
      switched[lang] = [await page.title(), await page.evaluate(() => document.documentElement.dir)];
    }
    return { dir, title, wide, spot, state, lost, switched, found: await findings(page, "caller") };
  },
};
