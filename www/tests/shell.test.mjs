// What stands around the views: the tour, the lecture mode, files that hold everything.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ausgridLines } from "./ausgrid.mjs";
import { downloaded, dropOnPage, history, launch, phase, press, QUICK, ready, show, withPage } from "./browser.mjs";

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

/** @param {import("playwright-core").Page} page */
const tour = (page) => page.getByRole("dialog");

test("the first visit begins with a tour that goes by keyboard, keeps the focus, and comes once", async () => {
  await withPage(browser, "", async (page) => {
    const heading = tour(page).getByRole("heading");
    await heading.waitFor();
    /** @type {string[]} */
    const seen = [];
    for (let step = 1; step <= 5; step++) {
      await tour(page).getByText(`${step} of 5`).waitFor();
      seen.push(await heading.innerText());
      await page.locator(".tour-light").waitFor();
      for (let tab = 0; tab < 5; tab++) {
        await page.keyboard.press("Tab");
        // The browser's own controls come between the last button and the first.
        assert.ok(await page.evaluate(() => document.activeElement === document.body || document.activeElement?.closest("dialog") !== null));
      }
      await tour(page).locator(".primary").focus();
      await page.keyboard.press("Enter");
    }
    assert.equal(new Set(seen).size, 5);
    await tour(page).waitFor({ state: "hidden" });
    assert.equal(await page.locator("nav a[aria-current]").innerText(), "Explore");
    await page.goto("about:blank");
    await page.goBack();
    await ready(page);
    await page.waitForFunction(() => document.documentElement.dataset.learner === "ready");
    assert.equal(await tour(page).count(), 0);

    await page.getByRole("button", { name: "Take the tour" }).click();
    await heading.waitFor();
    await page.keyboard.press("ArrowRight");
    await tour(page).getByText("2 of 5").waitFor();
    await page.keyboard.press("Escape");
    await tour(page).waitFor({ state: "hidden" });
    await page.getByRole("button", { name: "Take the tour" }).click();
    await press(page, "Skip the tour");
    await tour(page).waitFor({ state: "hidden" });
  }, { firstVisit: true });
});

test("who follows a link is not kept by the tour", async () => {
  await withPage(browser, "data.homes=4", async (page) => {
    await page.waitForFunction(() => document.documentElement.dataset.learner === "ready");
    assert.equal(await tour(page).count(), 0);
  }, { firstVisit: true });
});

test("the lecture mode enlarges the type, hides what is for later, and is part of the link", async () => {
  await withPage(browser, QUICK, async (page) => {
    const toggle = page.getByRole("button", { name: "Lecture mode" });
    const size = () => page.evaluate(() => Number.parseFloat(getComputedStyle(document.documentElement).fontSize));
    const before = await size();
    assert.equal(await toggle.getAttribute("aria-pressed"), "false");
    await toggle.press("Enter");
    await page.waitForURL(/lecture=true/);
    assert.ok((await size()) >= 1.2 * before);
    for (const part of ["footer", ".train-settings"]) assert.ok(await page.locator(part).isHidden(), part);
    await page.reload();
    await ready(page);
    assert.equal(await toggle.getAttribute("aria-pressed"), "true");
    await toggle.press("Enter");
    await page.waitForURL((url) => !url.search.includes("lecture"));
    assert.equal(await size(), before);
  }, { view: "train" });
});

test("everything goes into one file, and dropping it brings everything back", async () => {
  await withPage(browser, `${QUICK}&policy=no_battery&seed=9`, async (page) => {
    await press(page, "Step");
    await phase(page, "paused");
    await press(page, "Share");
    const { name, content } = await downloaded(page, page.getByRole("button", { name: "Download everything" }));
    assert.equal(name, "peergrid.json");
    const file = JSON.parse(content.toString());
    assert.deepEqual([file.format, file.version, file.spec.seed, file.results], ["peergrid", 1, 9, null]);

    await page.goto("about:blank");
    await page.goto(process.env.PEERGRID_URL ?? "");
    await ready(page);
    await page.waitForFunction(() => document.documentElement.dataset.learner === "ready");
    await dropOnPage(page, name, content.toString());
    await page.getByRole("status").getByText("the setting and the agent are as saved").waitFor();
    await page.waitForURL(/seed=9/);
    assert.match(page.url(), /data\.homes=4.*policy=no_battery.*#train$/);
    await phase(page, "paused");
    const model = await downloaded(page, await modelButton(page));
    assert.equal(model.content.toString("base64"), file.agents[0].model);
    assert.equal((await history(page)).length, 1);
  }, { view: "train" });
});

/** @param {import("playwright-core").Page} page */
async function modelButton(page) {
  await show(page, "train");
  return page.getByRole("button", { name: "Save model" });
}

test("a model, a specification and data open wherever they are dropped; what cannot be is refused by name", async () => {
  await withPage(browser, QUICK, async (page) => {
    await press(page, "Step");
    await phase(page, "paused");
    const spec = await page.evaluate(() => /** @type {any} */ (globalThis).peergrid.setting.spec);
    const model = await downloaded(page, await modelButton(page));

    await dropOnPage(page, "street.json", JSON.stringify({ ...spec, seed: 77 }));
    await page.getByText("The specification in street.json is in use.").waitFor();
    await page.waitForURL(/seed=77/);
    assert.equal((await history(page)).length, 0);

    await dropOnPage(page, "agent.safetensors", model.content);
    await page.waitForURL((url) => !url.search.includes("seed=77"));
    await phase(page, "paused");

    const alert = page.getByRole("alert");
    for (const [name, text, problem] of [
      ["broken.json", "{", /broken\.json cannot be opened: it is no JSON/],
      ["list.json", "[]", /list\.json cannot be opened: it should be a peergrid\.json/],
      ["bare.json", '{"format":"peergrid","version":1,"spec":{"data":{}},"agents":[{}]}', /no list of agents/],
      ["new.json", '{"format":"peergrid","version":2}', /its version is 2, and this page reads version 1/],
      ["photo.png", "", /photo\.png is of no kind that opens here/],
    ]) {
      await dropOnPage(page, String(name), String(text));
      await alert.getByText(problem).waitFor();
    }

    await dropOnPage(page, "solar.csv", ausgridLines(60).join("\n"));
    await page.getByText("solar.csv has been read and is in use.").waitFor();
    assert.match(page.url(), /#data$/);
  }, { view: "train" });
});
