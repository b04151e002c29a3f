// Compare: what the policies do on the held-out days, what the market makes of their orders, and models.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { cumulated, peakBands } from "../views/compare/charts.js";
import { named, rowsOf } from "../views/compare/rows.js";
import { pointsOf } from "../views/compare/scatter.js";
import { verdictOn } from "../views/compare/verdict.js";
import { downloaded, evaluate, launch, phase, picture, press, QUICK, ready, show, withPage } from "./browser.mjs";

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

/** @type {any} */
const COST = { id: "cost", unit: "$/day", better: "lower", digits: 2 };

test("a verdict is read off the interval of the difference", () => {
  const text = (/** @type {any} */ kpi, /** @type {number} */ value, /** @type {number} */ reference, /** @type {any} */ difference) => {
    const { kind, text } = verdictOn(kpi, value, reference, difference);
    return `${kind}: ${text.replaceAll("\u00a0", " ")}`;
  };
  assert.equal(text(COST, 8, 10, { value: -2, low: -3, high: -1 }), "better: ▼ 20 % better");
  assert.equal(text(COST, 11, 10, { value: 1, low: 0.5, high: 1.5 }), "worse: ▲ 10 % worse");
  assert.equal(text(COST, 11, 10, { value: 1, low: -0.5, high: 2.5 }), "same: ≈ not told apart");
  assert.equal(text(COST, 10, 10, { value: 0, low: 0, high: 0 }), "same: = the same");
  assert.equal(text({ ...COST, better: "higher" }, 11, 10, { value: 1, low: 0.5, high: 1.5 }), "better: ▲ 10 % better");
  assert.equal(text({ ...COST, better: "none" }, 8, 10, { value: -2, low: -3, high: -1 }), "none: ▼ 20 % less");
  assert.equal(text({ ...COST, unit: "%", digits: 1 }, 42, 30, { value: 12, low: 11, high: 13 }), "worse: ▲ 12.0 points worse");
  // Against nothing there is no share; without an interval nothing is claimed.
  assert.equal(text(COST, 2, 0, { value: 2, low: 1, high: 3 }), "worse: ▲ 2.00 worse");
  assert.equal(text(COST, 8, 10, null), "none: ▼ 20 % less");
  assert.equal(text(COST, 9.99, 10, { value: -0.01, low: -0.02, high: -0.005 }), "better: ▼ < 1 % better");
});

test("several seeds of an agent stand in two rows, and every seed is a point", () => {
  const kpis = { cost: 5, peak_import: 2 };
  const intervals = { kpis: { cost: { value: 6, low: 5, high: 7 }, peak_import: { value: 3, low: 2, high: 4 } }, differences: {}, gap_closed: null };
  const over_seeds = { seeds: 2, kpis: [kpis, { cost: 7, peak_import: 4 }], means: { cost: 6, peak_import: 3, feeder_peak: 8 }, intervals };
  const result = (/** @type {string} */ id, /** @type {object | null} */ over) => /** @type {any} */ ([id, { id, kpis, intervals, over_seeds: over }]);
  const policies = ["rule_based", "agent:b", "agent"].map((id) => ({ id, label: id, role: "neutral", plans: false }));
  const rows = rowsOf([...policies, { id: "optimum", label: "not run", role: "optimum", plans: true }], new Map([result("rule_based", null), result("agent:b", null), result("agent", over_seeds)]));
  assert.deepEqual(rows.map(({ key }) => key), ["agent_seeds", "agent", "agent:b", "rule_based"]);
  assert.deepEqual(rows.slice(0, 2).map(named), ["agent, mean of 2 seeds", "agent, best seed"]);
  assert.equal(rows[0].kpis.cost, 6);
  assert.equal(rows[0].kpis.feeder_peak, 8, "an extreme has a mean, though no interval");
  assert.deepEqual(pointsOf(rows).map(({ cost, isSeed }) => [cost, isSeed]), [[5, true], [7, true], [6, false], [5, false], [5, false], [5, false]]);
});

test("the peak window of a mean day, and rewards from day to day", () => {
  const hour = [0, 6, 12, 18];
  const day = (/** @type {number[]} */ peak) => peakBands({ hour, peak, import_kw: [], battery_kw: [], soc_kwh: [] });
  assert.deepEqual(day([0, 1, 1, 0]), [{ from: 6, to: 18, label: "peak window" }]);
  assert.deepEqual(day([0.5, 0, 0, 1]), [{ from: 0, to: 6, label: "peak window of some days" }, { from: 18, to: 24, label: "" }]);
  assert.deepEqual(day([0, 0, 0, 0]), []);
  assert.deepEqual(cumulated([1, -3, 2]), [0, 1, -2, 0]);
});

test("the downloaded results add up to the table", async () => {
  await withPage(browser, QUICK, async (page) => {
    await press(page, "Step");
    await phase(page, "paused");
    await show(page, "compare");
    // The quick ones are run without being asked for.
    await page.waitForSelector('.kpis td[data-policy="agent"]');
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
    const shown = Number(await page.getAttribute(`td[data-kpi="${kpi}"][data-policy="${policy}"]`, "data-value"));
    assert.ok(Math.abs(total - shown) <= 1e-6 * Math.max(1, Math.abs(shown)), `${policy} ${kpi}: ${total} in the file, ${shown} in the table`);
  }
}

/** @param {import("playwright-core").Page} page */
function results(page) {
  return page.evaluate(() => Object.fromEntries(/** @type {any} */ (globalThis).peergrid.results));
}

test("every mean has its interval, and verdicts are read off the interval of the difference", async () => {
  await withPage(browser, QUICK, async (page) => {
    await page.waitForSelector('.kpis td[data-policy="street_greedy"]');
    const found = await results(page);
    for (const policy of ["no_battery", "rule_based", "street_greedy"]) {
      for (const kpi of ["cost", "peak_import", "grid_import"]) {
        const cell = page.locator(`td[data-kpi="${kpi}"][data-policy="${policy}"]`);
        const [value, low, high] = await Promise.all(["value", "low", "high"].map(async (part) => Number(await cell.getAttribute(`data-${part}`))));
        assert.ok(low < value && value < high, `${policy} ${kpi}: ${value} is not within ${low} to ${high}`);
        assert.match(await cell.innerText(), /\sto\s/);
        const { low: least, high: most } = found[policy].intervals.differences[kpi] ?? {};
        const verdict = await cell.locator(".verdict").allInnerTexts();
        if (policy === "rule_based") assert.deepEqual(verdict, []);
        else assert.match(verdict[0], least <= 0 && most >= 0 ? /not told apart|the same/ : most < 0 ? /^▼.*better$/ : /^▲.*worse$/);
      }
    }
    // A largest value has none, and nothing is claimed of it.
    await press(page, "All 33 measures");
    const peak = page.locator('td[data-kpi="feeder_peak"][data-policy="no_battery"]');
    assert.equal(await peak.getAttribute("data-low"), null);
    assert.doesNotMatch(await peak.innerText(), /better|worse/);
  }, { view: "compare" });
});

test("the baseline is chosen by keyboard, and a link keeps it", async () => {
  await withPage(browser, QUICK, async (page) => {
    await page.waitForSelector('.kpis td[data-policy="street_greedy"]');
    const before = await results(page);
    const select = page.getByLabel("Measured against");
    await select.focus();
    await page.keyboard.type("Greedy");
    await page.waitForURL(/baseline=street_greedy/);
    await page.waitForFunction(() => /** @type {any} */ (globalThis).peergrid.results.get("rule_based").intervals.differences.cost !== undefined);
    const after = await results(page);
    const there = before.street_greedy.intervals.differences.cost.value;
    assert.ok(Math.abs(after.rule_based.intervals.differences.cost.value + there) < 1e-9, "the same difference from the other side");
    assert.equal(await page.locator(".kpis tr.is-baseline").first().getAttribute("data-row"), "street_greedy");
    assert.equal(await page.locator('td[data-kpi="cost"][data-policy="street_greedy"] .verdict').count(), 0);
    await page.getByLabel("Cells show").selectOption("differences");
    assert.match(await page.locator('td[data-kpi="cost"][data-policy="rule_based"]').innerText(), there < 0 ? /^\+/ : /^−/);

    await page.reload();
    await ready(page);
    await page.waitForSelector(".kpis tr.is-baseline");
    assert.equal(await select.inputValue(), "street_greedy");
    assert.equal(await page.getByLabel("Cells show").inputValue(), "differences");
  }, { view: "compare" });
});

test("when the baseline acts no more the rule takes its place, in the table and in every difference", async () => {
  await withPage(browser, QUICK, async (page) => {
    await press(page, "Step");
    await phase(page, "paused");
    await press(page, "Keep");
    const box = page.getByRole("checkbox", { name: /^Compare it/ });
    await box.check();
    await page.waitForFunction(() => /** @type {any} */ (globalThis).peergrid.agents.length === 1);
    const kept = await page.evaluate(() => /** @type {any} */ (globalThis).peergrid.agents[0].id);
    await show(page, "compare");
    await page.getByLabel("Measured against").selectOption(kept);
    const against = (/** @type {string} */ policy) =>
      page.waitForFunction((id) => document.querySelector(".kpis tr.is-baseline")?.getAttribute("data-row") === id, policy);
    await against(kept);
    await page.waitForFunction(() => /** @type {any} */ (globalThis).peergrid.results.get("rule_based").intervals.differences.cost !== undefined);
    await show(page, "train");
    await box.uncheck();
    await show(page, "compare");
    await against("rule_based");
    const found = await results(page);
    assert.equal(found.rule_based.intervals.differences.cost, undefined);
    const { differences } = found.no_battery.intervals;
    assert.ok(Math.abs(differences.cost.value - (found.no_battery.kpis.cost - found.rule_based.kpis.cost)) < 1e-9);
  }, { view: "train" });
});

test("what plans whole days joins on request; charts, homes and the paper show all of them", async () => {
  await withPage(browser, QUICK, async (page) => {
    await page.waitForSelector('.kpis td[data-policy="rule_based"]');
    assert.equal(await page.locator('.kpis td[data-policy="optimum"]').count(), 0);
    await evaluate(page);
    await page.waitForSelector('.kpis td[data-policy="optimum"]');
    const gap = (/** @type {string} */ policy) => page.locator(`td[data-kpi="gap_closed"][data-policy="${policy}"]`).first().getAttribute("data-value");
    assert.deepEqual([Number(await gap("rule_based")), Number(await gap("optimum"))], [0, 1]);

    const canvases = page.locator("#compare-curves canvas");
    assert.equal(await canvases.count(), 3);
    for (let chart = 0; chart < 3; chart++) {
      await canvases.nth(chart).scrollIntoViewIfNeeded();
      await page.waitForFunction((index) => {
        const canvas = document.querySelectorAll("#compare-curves canvas")[index];
        const { width, height } = /** @type {HTMLCanvasElement} */ (canvas);
        const pixels = width > 0 && height > 0 && /** @type {HTMLCanvasElement} */ (canvas).getContext("2d")?.getImageData(0, 0, width, height);
        return pixels && pixels.data.some((part) => part > 0);
      }, chart);
    }
    const policies = Object.keys(await results(page)).length;
    assert.equal(await page.locator(".run-scatter .point").count(), policies);
    assert.equal(await page.locator(".bars li").count(), policies);
    // A policy leaves the curves, and stays in the table.
    const chip = page.getByRole("checkbox", { name: "Optimum", exact: true });
    await chip.uncheck();
    await page.waitForFunction(() => !document.querySelectorAll("#compare-curves canvas")[1].getAttribute("aria-label")?.includes(" Optimum"));

    // Home by home, bills add up to the street's cost.
    await page.getByText("What each home pays", { exact: true }).click();
    const paid = await page.locator('[data-home] td[data-policy="optimum"]').evaluateAll((cells) => cells.map((cell) => Number(cell.getAttribute("data-value"))));
    const cost = Number(await page.getAttribute('td[data-kpi="cost"][data-policy="optimum"]', "data-value"));
    assert.equal(paid.length, 4);
    assert.ok(Math.abs(paid.reduce((sum, value) => sum + value, 0) - cost) < 1e-6);

    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    assert.ok(await page.locator(".setting-line").isVisible());
    assert.match(await page.locator(".setting-line").innerText(), /4\shomes.*held-out\sdays from .* to .*seed 1/s);
    assert.ok(await page.locator(".kpis").first().isVisible());
    for (const control of [".compare .toolbar", ".bar", ".downloads", ".chips-field"]) {
      assert.equal(await page.locator(control).first().isVisible(), false, control);
    }
    const paper = await page.evaluate(() => getComputedStyle(document.body).colorScheme);
    assert.equal(paper, "light");
    await page.emulateMedia({ media: "screen" });
  }, { view: "compare" });
});

for (const [width, colorScheme] of /** @type {const} */ ([[360, "light"], [800, "dark"], [2560, "light"]])) {
  test(`Compare fits ${width} px, ${colorScheme}`, async () => {
    await withPage(browser, QUICK, async (page) => {
      await page.waitForSelector('.kpis td[data-policy="street_greedy"]');
      await page.locator("#market tbody tr").first().waitFor();
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width);
      // Names stay beside the figures, however far the table is scrolled.
      const scroll = page.locator(".results .scroll").first();
      const name = scroll.locator("tbody th").first();
      const left = async () => Math.round((await name.boundingBox())?.x ?? -1);
      const at = await left();
      await scroll.evaluate((element) => (element.scrollLeft = 1e4));
      assert.equal(await left(), at);
      await picture(page, `compare-${width}-${colorScheme}`);
    }, { view: "compare", context: { viewport: { width, height: 900 }, colorScheme } });
  });
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
