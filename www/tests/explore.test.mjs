// Explore: what a visitor sees first.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, withPage } from "./browser.mjs";

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

test("the page opens with the street, and Explore in the navigation", async () => {
  await withPage(browser, "data.homes=4", async (page) => {
    assert.equal(await page.locator("nav a[aria-current]").innerText(), "Explore");
    await page.locator("#view-explore").getByRole("heading", { level: 1 }).waitFor();
    await page.waitForFunction(() => /** @type {any} */ (globalThis).peergrid.setting.data.homes.length === 4);
    await page.locator("#view-explore canvas, #view-explore svg").first().waitFor();
  });
});
