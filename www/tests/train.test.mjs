// Train: an agent that learns, on either engine, and the controls of a training.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { downloaded, evaluate, history, iterations, launch, phase, picture, press, QUICK, ready, show, withPage } from "./browser.mjs";

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

/** Enough to learn. */
const LEARN = "training.microgrids=50&ppo.total_timesteps=200000";
/** Small enough for a graphics adapter made of software. */
const TINY = "data.homes=2&training.microgrids=4&ppo.batch_size=48&ppo.n_epochs=1&ppo.total_timesteps=10000";

/** @param {number[]} values */
function moments(values) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return { mean, error: variance / values.length };
}

/**
 * Welch's t: by how many standard errors `later` lies above `earlier`.
 * @param {number[]} earlier
 * @param {number[]} later
 */
function rise(earlier, later) {
  const [first, last] = [moments(earlier), moments(later)];
  return (last.mean - first.mean) / Math.sqrt(first.error + last.error);
}

test("training raises the return", async () => {
  await withPage(browser, LEARN, async (page) => {
    await press(page, "Train");
    await phase(page, "done");
    const returns = (await history(page)).map((/** @type {any} */ sample) => sample.return);
    const quarter = Math.floor(returns.length / 4);
    assert.ok(quarter >= 3, `only ${returns.length} iterations`);
    const t = rise(returns.slice(0, quarter), returns.slice(-quarter));
    assert.ok(t > 4, `the return rose by only ${t} standard errors: ${returns}`);
    await picture(page, "trained");
  }, { view: "train" });
});

test("WebGPU learns the same as the CPU", async () => {
  const count = 2;
  /** @param {string} engine */
  const losses = async (engine) => {
    /** @type {any[]} */
    let samples = [];
    await withPage(browser, `${TINY}&engine=${engine}`, async (page) => {
      for (let done = 1; done <= count; done++) {
        await press(page, "Step");
        await iterations(page, done);
        await phase(page, "paused");
      }
      samples = await history(page);
      // A page that fell back to the CPU would agree with it too well.
      assert.equal(await page.evaluate(() => /** @type {any} */ (globalThis).peergrid.backend), engine);
    }, { view: "train" });
    return samples;
  };
  const [cpu, gpu] = [await losses("cpu"), await losses("webgpu")];
  for (const [index, sample] of cpu.entries()) {
    for (const loss of ["policyLoss", "valueLoss"]) {
      const [expected, found] = [sample[loss], gpu[index][loss]];
      assert.ok(Math.abs(found - expected) <= 1e-3 * Math.abs(expected), `iteration ${index + 1}, ${loss}: ${found} on WebGPU, ${expected} on the CPU`);
    }
  }
});

test("where there is no WebGPU the page says so and offers the CPU", async () => {
  const before = (/** @type {import("playwright-core").Page} */ page) =>
    page.addInitScript(() => void Reflect.deleteProperty(Navigator.prototype, "gpu"));
  await withPage(browser, "engine=webgpu", async (page) => {
    await page.getByRole("status").getByText("This browser has no WebGPU").waitFor();
    await page.locator(".engine summary").click();
    await page.locator(".choice").getByText("This browser has no WebGPU").waitFor();
    assert.ok(await page.getByRole("radio", { name: "WebGPU" }).isDisabled());
  }, { view: "train", before });
});

test("training pauses, goes on, stops and starts anew", async () => {
  await withPage(browser, QUICK, async (page) => {
    await press(page, "Train");
    await iterations(page, 2);
    await press(page, "Pause");
    await phase(page, "paused");
    const paused = (await history(page)).length;
    await press(page, "Go on");
    await iterations(page, paused + 1);
    await press(page, "Stop");
    await phase(page, "stopped");
    await press(page, "Reset");
    await phase(page, "idle");
    assert.equal((await history(page)).length, 0);
  }, { view: "train" });
});

/** What the page knows. @param {import("playwright-core").Page} page @param {string} path Dotted. */
function known(page, path) {
  return page.evaluate((keys) => keys.reduce((node, key) => node?.[key], /** @type {any} */ (globalThis).peergrid), path.split("."));
}

/** One iteration. @param {import("playwright-core").Page} page @param {number} count How many there are then. */
async function step(page, count) {
  await press(page, "Step");
  await iterations(page, count);
  await phase(page, "paused");
}

/** @param {import("playwright-core").Page} page */
async function stop(page) {
  await press(page, "Stop");
  await phase(page, "stopped");
}

/** Adds to the learner's script as it is loaded. @param {import("playwright-core").Page} page @param {string} more */
async function extendLearner(page, more) {
  await page.route(/engine\/engine\.js/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: (await response.text()) + more });
  });
}

test("a preset sets the weights, and a slider moved by keyboard makes them one's own", async () => {
  await withPage(browser, QUICK, async (page) => {
    await page.getByRole("radio", { name: "Cooperative" }).check();
    await page.waitForURL(/reward\.credit=community/);
    assert.match(page.url(), /reward\.weights\.fairness=/);
    await page.getByRole("radio", { name: "Profit-only" }).check();
    await page.waitForURL((address) => address.searchParams.get("reward.weights.grid") === "0" && !address.searchParams.has("reward.credit"));

    await page.locator(".weights summary").click();
    const slider = page.getByRole("slider", { name: "Import from the grid" });
    await page.waitForFunction(() => /** @type {any} */ (globalThis).peergrid.engine === "ready");
    await slider.focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    assert.equal(await slider.getAttribute("aria-valuetext"), "0.15 dollars per kilowatt-hour");
    await page.waitForURL(/reward\.weights\.grid=0\.15/);
    assert.ok(await page.getByRole("radio", { name: "Own weights" }).isChecked());
    assert.equal(await page.evaluate(() => document.activeElement?.id), "weight-grid", "the slider keeps the focus");

    // What a slider does not reach can be written.
    const exact = page.getByRole("spinbutton", { name: "Import from the grid" });
    await exact.fill("3.25");
    await page.keyboard.press("Tab");
    await page.waitForURL(/reward\.weights\.grid=3\.25/);
    await page.getByText("import from the grid 3.25").first().waitFor();
    await page.getByRole("radio", { name: "Grid-aware" }).check();
    await page.waitForURL((address) => ![...address.searchParams.keys()].some((name) => name.startsWith("reward.")));
    assert.equal(await exact.inputValue(), "0.5");
    assert.equal(await page.getByRole("radio", { name: "Own weights" }).count(), 0);
  }, { view: "train" });
});

test("with another weight a training goes on from the weights it has, or begins anew", async () => {
  const told = "{ const load = Engine.prototype.loadWeights; Engine.prototype.loadWeights = function (bytes) { load.call(this, bytes); console.info('gone on'); }; }";
  await withPage(browser, QUICK, async (page) => {
    /** @type {string[]} */
    const said = [];
    page.on("console", (message) => said.push(message.text()));
    await step(page, 1);
    await step(page, 2);
    await page.getByRole("radio", { name: "Profit-only" }).check();
    await page.getByText("trained for 2 iterations was set aside").waitFor();
    assert.equal((await history(page)).length, 0);
    await press(page, "Go on from these weights");
    await phase(page, "paused");
    assert.deepEqual(said.filter((text) => text === "gone on"), ["gone on"]);
    await step(page, 1);
    assert.equal(await known(page, "setting.spec.reward.weights.grid"), 0);

    // Another network cannot have them.
    await page.locator(".advanced summary").click();
    await page.getByLabel("net_arch", { exact: true }).fill("8");
    await page.keyboard.press("Tab");
    await page.getByText("trained for 1 iteration was set aside").waitFor();
    assert.equal(await page.getByRole("button", { name: "Go on from these weights" }).count(), 0);
    await press(page, "Bring it back");
    await page.waitForFunction(() => /** @type {any} */ (globalThis).peergrid.history.length === 1);
    assert.equal(await known(page, "setting.spec.reward.weights.grid"), 0);
  }, { view: "train", before: (page) => extendLearner(page, told) });
});

test("what ends is kept under a name, and is renamed, loaded, deleted and brought back, also after a reload", async () => {
  await withPage(browser, `${QUICK}&seed=5`, async (page) => {
    const entries = page.locator(".kept-entry");
    await step(page, 1);
    assert.equal(await entries.count(), 0);
    await press(page, "Keep");
    await entries.first().waitFor();
    await stop(page);
    assert.equal(await entries.count(), 1, "the same agent is kept once");
    assert.match(await entries.innerText(), /Grid-aware, seed 5, \d+ \w+ \d\d:\d\d/);
    assert.match(await entries.innerText(), /On validation days against rule-based: cost .*%/);

    await page.getByRole("button", { name: /^Rename/ }).focus();
    await page.keyboard.press("Enter");
    await page.keyboard.type("The first one");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Rename: The first one" }).waitFor();
    const model = await downloaded(page, page.getByRole("button", { name: "Download: The first one" }));
    assert.equal(model.name, "peergrid-the-first-one.safetensors");
    assert.match(model.content.toString("latin1"), /peergrid\.spec/);

    await page.reload();
    await ready(page);
    await page.getByRole("radio", { name: "Profit-only" }).check();
    await page.waitForURL(/reward\.weights\.grid=0/);
    await press(page, "Load: The first one");
    await phase(page, "paused");
    await page.waitForFunction(() => /** @type {any} */ (globalThis).peergrid.history.length === 1);
    assert.equal(await known(page, "setting.spec.reward.weights.grid"), 0.5);
    assert.equal(await known(page, "setting.spec.seed"), 5);
    await step(page, 2);

    await press(page, "Delete: The first one");
    await page.waitForFunction(() => document.querySelectorAll(".kept-entry").length === 0);
    await press(page, "Undo");
    await page.locator(".kept-name").getByText("The first one").waitFor();
    await press(page, "Delete: The first one");
    await page.waitForFunction(() => document.querySelectorAll(".kept-entry").length === 0);
    await page.reload();
    await ready(page);
    // The training that was under way, an iteration further, takes its place.
    await entries.first().waitFor();
    assert.equal(await entries.count(), 1);
    assert.match(await entries.innerText(), /Grid-aware, seed 5/);
  }, { view: "train" });
});

test("a kept profit-only agent stands beside a grid-aware one, and follows to another street", async () => {
  await withPage(browser, `${QUICK}&reward.weights.grid=0`, async (page) => {
    await step(page, 1);
    await stop(page);
    await page.getByRole("radio", { name: "Grid-aware" }).check();
    await page.waitForURL((address) => !address.searchParams.has("reward.weights.grid"));
    await step(page, 1);
    await page.getByRole("checkbox", { name: /^Compare it/ }).check();
    await page.getByText("Stands beside the others").waitFor();
    const [policy] = await known(page, "agents");
    assert.match(policy.id, /^agent:./);
    assert.match(policy.label, /^Profit-only, seed 1/);
    assert.equal(policy.role, "phase2");

    await evaluate(page);
    await page.waitForFunction(() => /** @type {any} */ (globalThis).peergrid.results.size > 0);
    const costs = await page.evaluate(
      (ids) => ids.map((id) => /** @type {any} */ (globalThis).peergrid.results.get(id)?.kpis.cost),
      ["rule_based", "agent", policy.id],
    );
    for (const cost of costs) assert.ok(cost > 0, `costs of ${costs}`);

    await show(page, "data");
    await page.getByLabel("Homes", { exact: true }).fill("5");
    await page.keyboard.press("Tab");
    await page.waitForURL(/data\.homes=5/);
    await page.waitForFunction(() => {
      const { setting, agents } = /** @type {any} */ (globalThis).peergrid;
      return setting.data.homes.length === 5 && agents.length === 1;
    });
    await show(page, "train");
    await page.reload();
    await ready(page);
    await page.waitForFunction(() => /** @type {any} */ (globalThis).peergrid.agents.length === 1);
    const box = page.getByRole("checkbox", { name: /^Compare it: Profit-only/ });
    await box.uncheck();
    assert.deepEqual(await known(page, "agents"), []);
  }, { view: "train" });
});

test("a kept agent that does not fit the street says why", async () => {
  const refusal = "Engine.prototype.actionsOf = () => { throw new Error('the agent was trained to see other things'); };";
  await withPage(browser, QUICK, async (page) => {
    await step(page, 1);
    await stop(page);
    const box = page.getByRole("checkbox", { name: /^Compare it/ });
    await box.check();
    await page.getByText("Does not fit this street: The agent was trained to see other things.").waitFor();
    assert.deepEqual(await known(page, "agents"), []);
    await box.uncheck();
    assert.equal(await page.locator(".kept-entry").getByText("Does not fit").count(), 0);
  }, { view: "train", before: (page) => extendLearner(page, refusal) });
});

test("where the browser grants no storage the page says so, and training goes on", async () => {
  const before = (/** @type {import("playwright-core").Page} */ page) =>
    page.addInitScript(() => {
      IDBFactory.prototype.open = () => {
        throw new DOMException("made to fail by the test", "SecurityError");
      };
    });
  await withPage(browser, QUICK, async (page) => {
    await page.getByRole("alert").getByText("The library of agents could not be read").waitFor();
    await step(page, 1);
    await stop(page);
    await page.getByRole("alert").getByText("is kept until the page is closed").waitFor();
    assert.equal(await page.locator(".kept-entry").count(), 1);
  }, { view: "train", before });
});

test("both engines learn from the same minibatch, and the trial can be cancelled", async () => {
  let slow = true;
  const before = async (/** @type {import("playwright-core").Page} */ page) => {
    // The CPU's bundle stands in for the one with WebGPU, which is large; only how long it takes is made up.
    await page.route(/pkg\/bundles\.json/, async (route) => {
      const response = await route.fetch();
      const bundles = await response.json();
      bundles["engine-webgpu"] = { ...bundles.engine, hash: `gpu${bundles.engine.hash}` };
      await route.fulfill({ response, json: bundles });
    });
    await page.route(/engine\/engine\.js\?gpu/, async (route) => {
      const response = await route.fetch();
      const trial = slow ? "() => new Promise(() => {})" : "async function () { return { ...(await real.call(this)), seconds: 1e-9 }; }";
      const more = `{ const real = Engine.prototype.trial; Engine.prototype.useWebgpu = async () => {}; Engine.prototype.trial = ${trial}; }`;
      await route.fulfill({ response, body: (await response.text()) + more });
    });
  };
  await withPage(browser, QUICK, async (page) => {
    await page.locator(".engine summary").click();
    const both = page.getByRole("button", { name: "Try both" });
    await both.click();
    await page.getByRole("status").getByText("on the graphics adapter").waitFor();
    assert.ok(await page.getByRole("button", { name: "Train", exact: true }).isDisabled(), "nothing else computes while the engines are timed");
    await press(page, "Cancel");
    await page.getByRole("status").getByText("The trial was cancelled.").waitFor();
    assert.ok(await both.isEnabled());
    slow = false;
    await both.click();
    await page.getByRole("status").getByText(/WebGPU learns \d+ times as fast here\. Choose it above/).waitFor();
    const figures = await page.locator(".trial-figures dd").allInnerTexts();
    assert.equal(figures.length, 2);
    for (const text of figures) assert.match(text, /ms per minibatch of 240.home-steps/);
    assert.equal((await history(page)).length, 0);
    await press(page, "Train");
    await page.locator(".trial").getByText("A training runs: ").waitFor();
    assert.ok(await both.isDisabled());
    await iterations(page, 1);
    await press(page, "Pause");
    await phase(page, "paused");
    assert.ok(await both.isEnabled());
  }, { view: "train", before });
});

test("a verdict, two numbers and the references stand where one looks first", async () => {
  await withPage(browser, QUICK, async (page) => {
    // Before anything is trained the rule and the optimum are known.
    await page.waitForFunction(() => /** @type {any} */ (globalThis).peergrid.references.has("optimum"));
    const { rule, optimum } = await page.evaluate(() => {
      const { references } = /** @type {any} */ (globalThis).peergrid;
      return { rule: references.get("rule_based"), optimum: references.get("optimum") };
    });
    assert.ok(optimum.cost < rule.cost);
    await page.getByText(`rule-based ${rule.cost.toFixed(2)}`).waitFor();
    await step(page, 1);
    const [sample] = await history(page);
    // The learner and the street's engine measure the same days.
    assert.ok(Math.abs(sample.validation.rule_based.cost - rule.cost) < 1e-9);
    const change = Math.round(100 * (sample.validation.agent.cost / sample.validation.rule_based.cost - 1));
    const shown = (await page.locator(".tile .big").first().innerText()).replace("−", "-");
    assert.equal(Number.parseInt(shown, 10), change);
    await page.locator(".training-verdict").getByText("Too early to say").waitFor();
    const { name } = await downloaded(page, page.getByRole("button", { name: "PNG" }).first());
    assert.equal(name, "cost.png");
  }, { view: "train" });
});

for (const [name, width, colorScheme] of /** @type {const} */ ([
  ["train-light", 1440, "light"],
  ["train-dark", 1440, "dark"],
  ["train-phone-dark", 360, "dark"],
])) {
  test(`Train fits ${width} px, ${colorScheme}`, async () => {
    await withPage(browser, `${QUICK}&seeds=2`, async (page) => {
      await press(page, "Train");
      await iterations(page, 3);
      await stop(page);
      for (const summary of await page.locator("#view-train summary").all()) await summary.click();
      await page.locator(".kept-entry").waitFor();
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width);
      await picture(page, name);
    }, { view: "train", context: { viewport: { width, height: 900 }, colorScheme } });
  });
}

test("a reload in the middle of a training with two seeds brings both back as they were last kept", async () => {
  await withPage(browser, `${QUICK}&seeds=2&seed=3`, async (page) => {
    await press(page, "Train");
    await iterations(page, 1);
    // Of both seeds a checkpoint lies in the storage, while the training goes on.
    await storedSeeds(page, 2);
    await page.reload();
    await ready(page);
    await press(page, "Go on with it");
    await phase(page, "paused");
    const runs = await page.evaluate(() => /** @type {any} */ (globalThis).peergrid.runs);
    assert.deepEqual(runs.map((/** @type {any} */ run) => run.seed), [3, 4]);
    for (const { seed, history: samples } of runs) assert.ok(samples.length > 0, `seed ${seed} begins anew`);
    // What would be overwritten by the next training is in the library as well.
    await page.waitForFunction(() => /** @type {any} */ (globalThis).peergrid.kept.length === 1);
    const before = Math.min(...runs.map((/** @type {any} */ run) => run.history.length));
    await press(page, "Step");
    await page.waitForFunction((count) => /** @type {any} */ (globalThis).peergrid.runs.every((/** @type {any} */ run) => run.history.length > count), before);
    await phase(page, "paused");
  }, { view: "train" });
});

/**
 * Waits until the storage has this many seeds of the last training.
 * @param {import("playwright-core").Page} page
 * @param {number} wanted
 */
async function storedSeeds(page, wanted) {
  const stored = () =>
    page.evaluate(() => new Promise((resolve) => {
      const request = indexedDB.open("peergrid");
      request.onsuccess = () => {
        const { result } = request;
        const reading = result.transaction("checkpoints").objectStore("checkpoints").get("latest");
        reading.onsuccess = () => resolve(reading.result?.length);
        result.close();
      };
    }));
  while ((await stored()) !== wanted) await page.waitForTimeout(200);
}

test("a setting that changes under a running training ends it, and its agent is in the library", async () => {
  await withPage(browser, QUICK, async (page) => {
    await press(page, "Train");
    // A checkpoint is posted after some seconds of training.
    await storedSeeds(page, 1);
    // No control does this while a training runs; the engine's answer may come late all the same.
    await page.evaluate(() => {
      const fields = [...document.querySelectorAll("fieldset")];
      for (const group of fields) group.disabled = false;
      const seed = /** @type {HTMLInputElement} */ (document.querySelector("#field-seed"));
      seed.value = "8";
      seed.dispatchEvent(new Event("change"));
    });
    await page.waitForURL(/seed=8/);
    await phase(page, "idle");
    await page.waitForFunction(() => document.documentElement.dataset.learner === "ready");
    await page.waitForFunction(() => /** @type {any} */ (globalThis).peergrid.kept.length === 1);
    assert.equal((await history(page)).length, 0);
    await press(page, "Step");
    await iterations(page, 1);
    await phase(page, "paused");
    assert.equal((await history(page)).length, 1, "iterations of the training before are counted");
  }, { view: "train" });
});

test("a reset can be taken back", async () => {
  await withPage(browser, QUICK, async (page) => {
    await press(page, "Step");
    await phase(page, "paused");
    await press(page, "Reset");
    await phase(page, "idle");
    await press(page, "Bring it back");
    await phase(page, "paused");
    assert.equal((await history(page)).length, 1);
  }, { view: "train" });
});

test("a number that is typed and Train pressed at once train with that number", async () => {
  await withPage(browser, QUICK, async (page) => {
    await page.getByText("Reward weights").click();
    const exact = page.getByRole("spinbutton", { name: /^Import from the grid/ });
    await exact.fill("0.9");
    await press(page, "Train");
    await iterations(page, 1);
    assert.equal(await page.evaluate(() => /** @type {any} */ (globalThis).peergrid.setting.spec.reward.weights.grid), 0.9);
    await press(page, "Pause");
    await phase(page, "paused");
    await page.waitForTimeout(600);
    assert.ok((await history(page)).length >= 1, "the training was ended by the number that came late");
  }, { view: "train" });
});

test("a model is saved, and loading it brings its setting back", async () => {
  await withPage(browser, QUICK, async (page) => {
    await press(page, "Step");
    await phase(page, "paused");
    const model = await downloaded(page, page.getByRole("button", { name: "Save model" }));
    assert.equal(model.name, "peergrid.safetensors");
    await show(page, "data");
    await page.getByLabel("Homes", { exact: true }).fill("3");
    await page.keyboard.press("Tab");
    await page.getByText("was set aside").waitFor();
    await show(page, "train");
    await page.setInputFiles("#model-file", { name: model.name, mimeType: "", buffer: model.content });
    await page.waitForFunction(() => /** @type {any} */ (globalThis).peergrid.setting.data.homes.length === 4);
    await phase(page, "paused");
    await page.getByRole("status").getByText("An agent was loaded").waitFor();
    await press(page, "Reset");
    await phase(page, "idle");
    await page.setInputFiles("#model-file", { name: "not-a-model.safetensors", mimeType: "", buffer: Buffer.from("?") });
    await page.getByRole("alert").waitFor();
  }, { view: "train" });
});
