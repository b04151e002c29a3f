// Several seeds, the settings of the learner, and what is said of how it is doing.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { downloaded, evaluate, launch, phase, press, ready, show, withPage } from "./browser.mjs";

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

/** A small street with short iterations, more of them than any test waits for. */
const QUICK = "data.homes=4&training.microgrids=20&ppo.batch_size=240&ppo.total_timesteps=4000000";

/** @typedef {import("playwright-core").Page} Page */

/** @param {Page} page */
function runs(page) {
  return page.evaluate(() => /** @type {any[]} */ (/** @type {any} */ (globalThis).peergrid.runs));
}

/** Waits until every seed has this many iterations behind it. @param {Page} page @param {number} seeds @param {number} count */
function allAt(page, seeds, count) {
  return page.waitForFunction(
    ([wanted, least]) => {
      const found = /** @type {any} */ (globalThis).peergrid.runs;
      return found.length === wanted && found.every((/** @type {any} */ run) => run.history.length >= least);
    },
    [seeds, count],
  );
}

/** The specification inside a saved model. @param {Buffer} content */
function specOf(content) {
  const header = JSON.parse(content.subarray(8, 8 + Number(content.readBigUInt64LE(0))).toString());
  return JSON.parse(header.__metadata__["peergrid.spec"]);
}

/** Adds to a bundle's script as it is loaded. @param {Page} page @param {RegExp} script @param {(count: number) => string} more By how often it was loaded before. */
async function extend(page, script, more) {
  let count = 0;
  await page.route(script, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: (await response.text()) + more(count++) });
  });
}

test("two seeds train side by side, and the better one's agent is what counts", async () => {
  await withPage(browser, `${QUICK}&seed=7`, async (page) => {
    await page.getByLabel("Seeds", { exact: true }).fill("2");
    await page.keyboard.press("Tab");
    await page.waitForURL(/seeds=2/);
    await press(page, "Train");
    await allAt(page, 2, 3);
    await press(page, "Pause");
    await phase(page, "paused");

    const found = await runs(page);
    assert.deepEqual(found.map(({ seed }) => seed), [7, 8]);
    assert.notDeepEqual(found[0].history[0].return, found[1].history[0].return, "the seeds are the same");
    const best = found.map(({ history }) => Math.max(...history.map((/** @type {any} */ sample) => sample.validation.agent.reward)));
    const lead = found[best[1] > best[0] ? 1 : 0];
    assert.deepEqual(found.map(({ leads }) => leads), found.map((run) => run === lead));
    const status = await page.locator(".transport .status").innerText();
    assert.match(status, new RegExp(`Best of 2 seeds, seed ${lead.seed},`));
    const model = await downloaded(page, page.getByRole("button", { name: "Save model" }));
    assert.equal(specOf(model.content).seed, lead.seed);

    await evaluate(page);
    await page.waitForSelector('.kpis td[data-policy="agent_seeds"]');
    assert.match(await page.locator('.kpis tr[data-row="agent_seeds"] th').first().innerText(), /mean of 2 seeds/);
    const costs = await page.evaluate(() => {
      const { kpis, over_seeds: over } = /** @type {any} */ (globalThis).peergrid.results.get("agent");
      return { own: kpis.cost, seeds: over.kpis.map((/** @type {any} */ seed) => seed.cost) };
    });
    assert.ok(costs.seeds.includes(costs.own), "the one that acts is one of the seeds");
    const mean = page.locator('td[data-kpi="cost"][data-policy="agent_seeds"]');
    const [value, low, high] = await Promise.all(["value", "low", "high"].map(async (part) => Number(await mean.getAttribute(`data-${part}`))));
    assert.ok(Math.abs(value - (costs.seeds[0] + costs.seeds[1]) / 2) < 1e-9);
    assert.ok(low <= value && value <= high, `${value} is not between ${low} and ${high}`);

    await show(page, "train");
    await press(page, "Go on");
    await allAt(page, 2, found[0].history.length + 1);
    await press(page, "Stop");
    await phase(page, "stopped");

    // One that is taken up from the library goes on alone; a reset brings both back.
    await page.reload();
    await ready(page);
    await page.getByRole("button", { name: /^Load: / }).first().click();
    await page.getByText("This agent goes on alone").waitFor();
    assert.equal((await runs(page)).length, 1);
    assert.equal(await page.getByLabel("Seed", { exact: true }).inputValue(), "7");
    await press(page, "Reset");
    await phase(page, "idle");
    await press(page, "Step");
    await allAt(page, 2, 1);
    await phase(page, "paused");
    assert.deepEqual((await runs(page)).map(({ seed }) => seed), [7, 8]);
  }, { view: "train" });
});

test("seeds that are not wanted any more while they load are not waited for", async () => {
  // All engines but the first come late; some are not waited for any more by then.
  let count = 0;
  const before = (/** @type {Page} */ page) =>
    page.route(/engine\/engine\.js/, (route) => {
      setTimeout(() => route.continue().catch(() => undefined), count++ === 0 ? 0 : 3000);
    });
  await withPage(browser, `${QUICK}&seeds=3`, async (page) => {
    const loaded = () => page.evaluate(() => document.documentElement.dataset.learner);
    assert.equal(await loaded(), "loading");
    for (const seeds of ["2", "1"]) {
      await page.getByLabel("Seeds", { exact: true }).fill(seeds);
      await page.keyboard.press("Tab");
      await page.waitForFunction((wanted) => /** @type {any} */ (globalThis).peergrid.seeds === Number(wanted), seeds);
    }
    await page.waitForFunction(() => document.documentElement.dataset.learner !== "loading");
    assert.equal(await loaded(), "ready");
    await press(page, "Step");
    await allAt(page, 1, 1);
    await phase(page, "paused");
  }, { view: "train", before });
});

test("of two seeds, one that crashes goes on from its last checkpoint and the other never stops", async () => {
  // The first engine to be loaded breaks in its third iteration, as after a panic in wasm.
  const sabotage = `
    { const iterate = Engine.prototype.iterate; let left = 2;
      Engine.prototype.iterate = function () {
        if (left-- === 0) { console.error("panicked at src/lib.rs:1:1:\\nmade to fail by the test"); throw new WebAssembly.RuntimeError("unreachable"); }
        return iterate.call(this);
      }; }`;
  const before = (/** @type {Page} */ page) => extend(page, /engine\/engine\.js/, (count) => (count === 0 ? sabotage : ""));
  await withPage(browser, `${QUICK}&seeds=2`, async (page) => {
    for (const count of [1, 2]) {
      await press(page, "Step");
      await allAt(page, 2, count);
      await phase(page, "paused");
    }
    await press(page, "Go on");
    await page.getByRole("alert").getByText("A fresh one has gone on from its last checkpoint").waitFor();
    await allAt(page, 2, 4);
    await press(page, "Pause");
    await phase(page, "paused");
  }, { view: "train", before, expected: /made to fail by the test/ });
});

test("a learner's preset sets its settings, and a change of one is one's own", async () => {
  await withPage(browser, "", async (page) => {
    await page.locator(".advanced summary").click();
    const learner = page.getByLabel("Learner", { exact: true });
    await learner.selectOption("sb3_defaults");
    await page.waitForURL(/ppo\.learning_rate=0\.0003/);
    assert.equal(await page.getByLabel("n_steps", { exact: true }).inputValue(), "2048");
    assert.equal(await page.getByLabel("streets side by side").inputValue(), "1");
    assert.equal(await page.getByLabel("activation_fn", { exact: true }).inputValue(), "tanh");
    const length = await page.getByLabel("Home-steps", { exact: true }).inputValue();
    const url = page.url();
    await page.reload();
    await ready(page);
    assert.equal(page.url(), url);
    assert.equal(await learner.inputValue(), "sb3_defaults");

    await page.locator(".advanced summary").click();
    await page.getByLabel("gamma", { exact: true }).fill("0.8");
    await page.keyboard.press("Tab");
    await page.waitForURL(/ppo\.gamma=0\.8/);
    assert.equal(await learner.inputValue(), "own");
    // The page was set again meanwhile; who goes through it by keyboard is still there.
    await page.waitForFunction(() => document.activeElement?.id === "field-ppo-gae-lambda");

    await learner.selectOption("default");
    await page.waitForURL((address) => !address.search.includes("ppo.n_steps"));
    const gamma = await page.evaluate(() => /** @type {any} */ (globalThis).peergrid.setting.learners[0].ppo.gamma);
    assert.equal(await page.getByLabel("gamma", { exact: true }).inputValue(), String(gamma));
    assert.equal(await page.getByLabel("Home-steps", { exact: true }).inputValue(), length);
  }, { view: "train" });
});

test("a link carries the settings of the learner, lists and empty fields included", async () => {
  const link = {
    "observation.profile": "mission",
    "observation.street": "last_step",
    "ppo.gamma": "0.9",
    "ppo.log_std_init": "[-0.7]",
    "ppo.net_arch": "[32,16]",
    "ppo.target_kl": "0.02",
    "reward.credit": "mix",
    "reward.own_share": "0.3",
    battery_mode: "power",
    seeds: "2",
  };
  await withPage(browser, new URLSearchParams(link).toString(), async (page) => {
    const asked = Object.entries(link).sort();
    assert.deepEqual([...new URL(page.url()).searchParams].sort(), asked);
    await page.locator(".advanced summary").click();
    const value = (/** @type {string} */ label) => page.getByLabel(label, { exact: true }).inputValue();
    assert.equal(await value("net_arch"), "32, 16");
    assert.equal(await value("target_kl"), "0.02");
    assert.equal(await value("log_std_init"), "-0.7");
    assert.equal(await value("It sees"), "mission");
    assert.equal(await value("It hears of its street"), "last_step");
    assert.equal(await value("It moves its battery"), "power");
    assert.equal(await value("Share of the own outcome"), "0.3");
    assert.equal(await value("Seeds"), "2");

    const widths = page.getByLabel("net_arch", { exact: true });
    await widths.fill("32, wide");
    await page.keyboard.press("Tab");
    assert.equal(await widths.evaluate((input) => /** @type {HTMLInputElement} */ (input).validity.valid), false);
    await widths.fill("48");
    await page.keyboard.press("Tab");
    await page.waitForURL((address) => address.searchParams.get("ppo.net_arch") === "[48]");
    await page.getByLabel("target_kl", { exact: true }).fill("");
    await page.keyboard.press("Tab");
    await page.waitForURL((address) => !address.searchParams.has("ppo.target_kl"));
    assert.match(page.url(), /ppo\.gamma=0\.9/);
  }, { view: "train" });
});

test("a collapse is said when it happens, once", async () => {
  const message = "Collapsed: made up by the test, from the second iteration on; this is iteration ";
  const collapse = `
    { const iterate = Engine.prototype.iterate; let done = 0;
      Engine.prototype.iterate = async function () {
        const iteration = await iterate.call(this);
        return ++done < 2 ? iteration : { ...iteration, collapse: [{ id: "one_action", message: ${JSON.stringify(message)} + done }] };
      }; }`;
  const before = (/** @type {Page} */ page) => extend(page, /engine\/engine\.js/, () => collapse);
  await withPage(browser, QUICK, async (page) => {
    const said = page.getByRole("status").getByText(message);
    await press(page, "Step");
    await allAt(page, 1, 1);
    await phase(page, "paused");
    assert.equal(await said.count(), 0);
    await press(page, "Step");
    await said.waitFor();
    await phase(page, "paused");
    await said.evaluate((element) => (element.dataset.seen = "yes"));
    await press(page, "Step");
    await allAt(page, 1, 3);
    await phase(page, "paused");
    assert.equal(await said.getAttribute("data-seen"), "yes", "it was put in again");
    await press(page, "Reset");
    await phase(page, "idle");
    assert.equal(await said.count(), 0);
  }, { view: "train", before });
});

test("what was evaluated while the agent went on, or the setting was changed, is not taken for the present", async () => {
  let held = 0;
  let release = () => {};
  const released = new Promise((resolve) => (release = () => resolve(undefined)));
  // The first engine shows the street; the others plan, and are not there yet.
  const before = (/** @type {Page} */ page) =>
    page.route(/street\/street\.js/, async (route) => {
      if (held++ > 0) await released;
      await route.continue();
    });
  await withPage(browser, QUICK, async (page) => {
    const run = page.getByRole("button", { name: /^Evaluate all/ });
    const step = async (/** @type {number} */ count) => {
      await press(page, "Step");
      await allAt(page, 1, count);
      await phase(page, "paused");
    };
    await step(1);
    await evaluate(page);
    await show(page, "train");
    await step(2);
    await show(page, "compare");
    release();
    // The agent has been trained further since: it is evaluated anew by itself.
    await page.waitForFunction(() => {
      const { results, stale } = /** @type {any} */ (globalThis).peergrid;
      return results.has("optimum") && results.has("agent") && !stale;
    });

    await run.click();
    await show(page, "data");
    await page.getByLabel("Homes", { exact: true }).fill("5");
    await page.keyboard.press("Tab");
    await page.waitForURL(/data\.homes=5/);
    await page.waitForFunction(() => /** @type {any} */ (globalThis).peergrid.engine === "ready");
    await show(page, "compare");
    // The quick policies stand for the new setting; what was planned for the old one reaches nobody.
    await page.waitForSelector('.kpis td[data-policy="rule_based"]');
    await page.getByRole("button", { name: "Cancel" }).waitFor({ state: "hidden" });
    assert.equal(await page.locator('.kpis td[data-policy="optimum"]').count(), 0);
  }, { view: "train", before });
});

test("an evaluation that takes too long can be cancelled, and the street lives on", async () => {
  const endless = "Engine.prototype.plan = () => { for (;;); };";
  const before = (/** @type {Page} */ page) => extend(page, /street\/street\.js/, () => endless);
  await withPage(browser, QUICK, async (page) => {
    const run = page.getByRole("button", { name: /^Evaluate all/ });
    await run.click();
    await page.getByText("Evaluating tuned time-of-use rule, model-predictive control, selfish optimum and optimum …").waitFor();
    assert.ok(await run.isDisabled());
    await press(page, "Cancel");
    await page.getByRole("button", { name: "Cancel" }).waitFor({ state: "hidden" });
    assert.ok(await run.isEnabled());
    assert.equal(await page.locator('.kpis td[data-policy="optimum"]').count(), 0);
    await show(page, "data");
    await page.getByLabel("Homes", { exact: true }).fill("5");
    await page.keyboard.press("Tab");
    await page.waitForFunction(() => /** @type {any} */ (globalThis).peergrid.setting.data.homes.length === 5);
  }, { view: "compare", before });
});
