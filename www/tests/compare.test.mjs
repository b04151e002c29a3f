// Compare: what the policies do on the held-out days, what the market makes of their orders, and models.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { downloaded, evaluate, launch, phase, press, QUICK, show, withPage } from "./browser.mjs";

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

test("the downloaded results add up to the table", async () => {
  await withPage(browser, QUICK, async (page) => {
    await press(page, "Step");
    await phase(page, "paused");
    await evaluate(page);
    await page.waitForSelector(".kpis");
    for (const policy of ["no_battery", "rule_based", "agent"]) await compareWithCsv(page, policy);
    const json = await downloaded(page, page.getByRole("button", { name: "All results, JSON" }));
    assert.equal(json.name, "results.json");
    assert.ok(JSON.parse(json.content.toString()));
  }, { view: "train" });
});

/**
 * @param {import("playwright-core").Page} page
 * @param {string} policy
 */
async function compareWithCsv(page, policy) {
  const label = await page.evaluate(
    (id) => /** @type {any} */ (globalThis).peergrid.setting.policies.find((/** @type {any} */ p) => p.id === id).label,
    policy,
  );
  const { name, content } = await downloaded(page, page.getByRole("button", { name: `${label}, CSV` }));
  assert.equal(name, `results_${policy}.csv`);
  const [head, ...rows] = content.toString().trim().split("\n").map((line) => line.trim().split(","));
  const days = new Set(rows.map((row) => row[head.indexOf("date")])).size;
  for (const [kpi, column] of [["cost", "cost"], ["peak_import", "peak_import_kwh"], ["grid_import", "grid_import_kwh"], ["p2p", "p2p_kwh"], ["losses", "loss_kwh"]]) {
    const at = head.indexOf(column);
    assert.notEqual(at, -1, `no column ${column} in ${head}`);
    const total = rows.reduce((sum, row) => sum + Number(row[at]), 0) / days;
    const shown = Number(await page.getAttribute(`tr[data-kpi="${kpi}"] td[data-policy="${policy}"]`, "data-value"));
    assert.ok(Math.abs(total - shown) <= 1e-6 * Math.max(1, Math.abs(shown)), `${policy} ${kpi}: ${total} in the file, ${shown} in the table`);
  }
}

test("one step's orders are cleared by every mechanism, side by side", async () => {
  await withPage(browser, `${QUICK}&policy=street_greedy`, async (page) => {
    await page.locator("#market").scrollIntoViewIfNeeded();
    const rows = page.locator("#market tbody tr");
    await rows.first().waitFor();
    assert.equal(await rows.count(), 7);
    const own = await page.evaluate(() => /** @type {any} */ (globalThis).peergrid.setting.spec.market.mechanism);
    const cell = (/** @type {string} */ mechanism, /** @type {string} */ column) =>
      page.locator(`#market tr[data-mechanism="${mechanism}"] td[data-column="${column}"]`);
    assert.ok(Number(await cell(own, "Traded").getAttribute("data-value")) > 0, "the page opens where most is traded");

    // The setting's own mechanism makes of these orders what the results say.
    const slider = page.getByRole("slider", { name: "Time of day" });
    const hour = Number(await slider.inputValue()) * (await page.evaluate(() => /** @type {any} */ (globalThis).peergrid.setting.data.step_minutes)) / 60;
    await evaluate(page);
    await page.waitForSelector(".kpis");
    const { content } = await downloaded(page, page.getByRole("button", { name: "Greedy street, CSV" }));
    const [head, ...steps] = content.toString().trim().split("\n").map((line) => line.trim().split(","));
    const step = steps.find((row) => Number(row[head.indexOf("hour")]) === hour) ?? [];
    for (const [column, name] of [["Traded", "p2p_kwh"], ["Price", "local_price"]]) {
      const shown = Number(await cell(own, column).getAttribute("data-value"));
      const written = Number(step[head.indexOf(name)]);
      assert.ok(Math.abs(shown - written) < 1e-6, `${column} ${shown} on the page, ${written} in the results`);
    }

    const status = page.locator("#market .status");
    await page.locator(`#mechanism-${own}`).focus();
    await page.keyboard.press("ArrowDown");
    await page.waitForURL(/mechanism=/);
    const next = await page.locator("#market tr.is-chosen").getAttribute("data-mechanism");
    assert.notEqual(next, own);
    const label = await page.locator("#market tr.is-chosen label").innerText();
    assert.match(await status.innerText(), new RegExp(`^${label}: `));
    assert.equal(await page.evaluate(() => document.activeElement?.id), `mechanism-${next}`);
    assert.match(await page.locator("#market .explanation").innerText(), new RegExp(`^${label}\\. .{20}`));

    const before = await page.locator("#market output").innerText();
    await slider.focus();
    await page.keyboard.press("ArrowLeft");
    await page.waitForFunction((old) => document.querySelector("#market output")?.textContent !== old, before);
    assert.match(page.url(), /hour=/);
    assert.equal(await page.locator("#market tr.is-chosen").getAttribute("data-mechanism"), next);
  }, { view: "compare" });
});

test("a model is saved, and loading it brings its setting back", async () => {
  await withPage(browser, QUICK, async (page) => {
    await press(page, "Step");
    await phase(page, "paused");
    await show(page, "compare");
    const model = await downloaded(page, page.getByRole("button", { name: "Save model" }));
    assert.equal(model.name, "peergrid.safetensors");
    await show(page, "data");
    await page.getByLabel("Homes", { exact: true }).fill("3");
    await page.keyboard.press("Tab");
    await page.getByText("was set aside").waitFor();
    await show(page, "compare");
    await page.setInputFiles("#model-file", { name: model.name, mimeType: "", buffer: model.content });
    await page.waitForFunction(() => /** @type {any} */ (globalThis).peergrid.setting.data.homes.length === 4);
    await phase(page, "paused");
    await show(page, "train");
    await page.getByRole("status").getByText("An agent was loaded").waitFor();
    await press(page, "Reset");
    await phase(page, "idle");
    await show(page, "compare");
    await page.setInputFiles("#model-file", { name: "not-a-model.safetensors", mimeType: "", buffer: Buffer.from("?") });
    await page.getByRole("alert").waitFor();
  }, { view: "train" });
});
