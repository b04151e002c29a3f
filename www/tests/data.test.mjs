// Data: files that are dropped in.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ausgridLines } from "./ausgrid.mjs";
import { dropFile, evaluate, history, launch, phase, picture, press, QUICK, ready, show, withPage } from "./browser.mjs";

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

test("an Ausgrid file dropped in is read and listed", async () => {
  await withPage(browser, "", async (page) => {
    await dropFile(page, "solar.csv", ausgridLines(60).join("\n"));
    await page.getByText("solar.csv has been read and is in use.").waitFor();
    const listed = await page.locator("table.homes tbody th").allInnerTexts();
    assert.deepEqual(listed.map((text) => /\d+/.exec(text)?.[0]), ["101", "102"]);
    const facts = await page.locator(".facts").innerText();
    assert.match(facts, /measured/);
    assert.match(facts, /Left out: 1 home/);
    assert.match(facts, /103 because/);
    assert.match(page.url(), /data\.source=file/);
    await picture(page, "measured");
    // Those who plan read it as well.
    await evaluate(page);
    await page.waitForSelector('.kpis td[data-policy="optimum"]');

    await show(page, "data");
    await page.reload();
    await ready(page);
    await page.getByText("stays on its owner’s machine").waitFor();
  }, { view: "data" });
});

test("a broken file is named by its line, and nothing is lost", async () => {
  await withPage(browser, QUICK, async (page) => {
    await press(page, "Step");
    await phase(page, "paused");
    await show(page, "data");
    const before = await page.locator(".facts").innerText();
    const lines = ausgridLines(10);
    lines[36] = lines[36].replace(/,[^,]*,$/, ",oops,");
    await dropFile(page, "broken.csv", lines.join("\n"));
    const alert = page.getByRole("alert");
    await alert.waitFor();
    assert.match(await alert.innerText(), /broken\.csv.*line 37/s);
    assert.equal(await page.locator(".facts").innerText(), before);
    assert.equal((await history(page)).length, 1);
    assert.equal(await page.evaluate(() => document.documentElement.dataset.phase), "paused");
  }, { view: "train" });
});
