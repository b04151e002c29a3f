// Train: an agent that learns, on either engine, and the controls of a training.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { history, iterations, launch, phase, picture, press, QUICK, withPage } from "./browser.mjs";

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
