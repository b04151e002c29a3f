// The page in a real Chromium: what a visitor does, and what must come of it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ausgridLines } from "./ausgrid.mjs";
import { downloaded, dropFile, history, iterations, launch, phase, picture, press, ready, withPage } from "./browser.mjs";

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

/** A small street with short iterations. */
const QUICK = "data.homes=4&training.microgrids=20&ppo.batch_size=240&ppo.total_timesteps=400000";
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

test("training raises the return, and the downloaded results add up to the table", async () => {
  await withPage(browser, LEARN, async (page) => {
    await press(page, "Start training");
    await phase(page, "done");
    const returns = (await history(page)).map((/** @type {any} */ sample) => sample.return);
    const quarter = Math.floor(returns.length / 4);
    assert.ok(quarter >= 3, `only ${returns.length} iterations`);
    const t = rise(returns.slice(0, quarter), returns.slice(-quarter));
    assert.ok(t > 4, `the return rose by only ${t} standard errors: ${returns}`);

    await evaluate(page);
    await page.waitForSelector(".kpis");
    for (const policy of ["no_battery", "rule_based", "agent"]) await compareWithCsv(page, policy);
    const json = await downloaded(page, page.getByRole("button", { name: "All results, JSON" }));
    assert.equal(json.name, "results.json");
    assert.ok(JSON.parse(json.content.toString()));
    await picture(page, "trained");
  });
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
    });
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
  }, { before });
});

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

    await page.reload();
    await ready(page);
    await page.getByText("stays on its owner’s machine").waitFor();
  });
});

test("a broken file is named by its line, and nothing is lost", async () => {
  await withPage(browser, QUICK, async (page) => {
    await press(page, "Step");
    await phase(page, "paused");
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
  });
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
  });
});

test("a reload restores what the address holds, and the trained agent", async () => {
  await withPage(browser, `${QUICK}&seed=5`, async (page) => {
    await page.getByRole("radio", { name: "Profit-only" }).check();
    await page.waitForURL(/reward\.weights\.grid=0/);
    const slider = page.getByRole("slider", { name: "Held-out day" });
    await slider.focus();
    await page.keyboard.press("ArrowRight");
    await page.getByLabel("Policy", { exact: true }).selectOption("rule_based");
    await press(page, "Step");
    await phase(page, "paused");
    await page.waitForFunction(() => /** @type {any} */ (globalThis).peergrid.history.length === 1);
    const url = page.url();
    assert.match(url, /seed=5/);
    assert.match(url, /day=\d{4}-\d\d-\d\d/);
    assert.match(url, /policy=rule_based/);

    await page.reload();
    await ready(page);
    assert.equal(page.url(), url);
    assert.ok(await page.getByRole("radio", { name: "Profit-only" }).isChecked());
    assert.equal(await page.getByLabel("Seed", { exact: true }).inputValue(), "5");
    assert.equal(await slider.inputValue(), "1");
    assert.equal(await page.getByLabel("Policy", { exact: true }).inputValue(), "rule_based");

    await press(page, "Go on with it");
    await phase(page, "paused");
    assert.equal((await history(page)).length, 1);
    await press(page, "Step");
    await iterations(page, 2);
    await phase(page, "paused");
  });
});

test("one step's orders are cleared by every mechanism, side by side", async () => {
  await withPage(browser, `${QUICK}&policy=street_greedy`, async (page) => {
    await page.locator("#market-view").scrollIntoViewIfNeeded();
    const rows = page.locator("#market-view tbody tr");
    await rows.first().waitFor();
    assert.equal(await rows.count(), 7);
    const own = await page.evaluate(() => /** @type {any} */ (globalThis).peergrid.setting.spec.market.mechanism);
    const cell = (/** @type {string} */ mechanism, /** @type {string} */ column) =>
      page.locator(`#market-view tr[data-mechanism="${mechanism}"] td[data-column="${column}"]`);
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

    const status = page.locator("#market-view .status");
    await page.locator(`#mechanism-${own}`).focus();
    await page.keyboard.press("ArrowDown");
    await page.waitForURL(/mechanism=/);
    const next = await page.locator("#market-view tr.is-chosen").getAttribute("data-mechanism");
    assert.notEqual(next, own);
    const label = await page.locator("#market-view tr.is-chosen label").innerText();
    assert.match(await status.innerText(), new RegExp(`^${label}: `));
    assert.equal(await page.evaluate(() => document.activeElement?.id), `mechanism-${next}`);
    assert.match(await page.locator("#market-view .explanation").innerText(), new RegExp(`^${label}\\. .{20}`));

    const before = await page.locator("#market-view output").innerText();
    await slider.focus();
    await page.keyboard.press("ArrowLeft");
    await page.waitForFunction((old) => document.querySelector("#market-view output")?.textContent !== old, before);
    assert.match(page.url(), /hour=/);
    assert.equal(await page.locator("#market-view tr.is-chosen").getAttribute("data-mechanism"), next);
  });
});

test("a model is saved, and loading it brings its setting back", async () => {
  await withPage(browser, QUICK, async (page) => {
    await press(page, "Step");
    await phase(page, "paused");
    const model = await downloaded(page, page.getByRole("button", { name: "Save model" }));
    assert.equal(model.name, "peergrid.safetensors");
    await page.getByLabel("Homes", { exact: true }).fill("3");
    await page.keyboard.press("Tab");
    await page.getByText("was set aside").waitFor();
    await page.setInputFiles("#model-file", { name: model.name, mimeType: "", buffer: model.content });
    await page.waitForFunction(() => /** @type {any} */ (globalThis).peergrid.setting.data.homes.length === 4);
    await page.getByRole("status").getByText("An agent was loaded").waitFor();
    await press(page, "Reset");
    await phase(page, "idle");
    await page.setInputFiles("#model-file", { name: "not-a-model.safetensors", mimeType: "", buffer: Buffer.from("?") });
    await page.getByRole("alert").waitFor();
  });
});

test("a refused value is explained and the setting stays", async () => {
  await withPage(browser, "market.k=2", async (page) => {
    assert.match(await page.getByRole("alert").innerText(), /market\.k/);
    assert.ok(await page.getByRole("radio", { name: "Grid-aware" }).isChecked());
  });
});

test("a crash is shown and training goes on from the last checkpoint", async () => {
  // The first engine to be loaded breaks in its third iteration, as after a panic in wasm.
  const before = async (/** @type {import("playwright-core").Page} */ page) => {
    let broken = false;
    await page.route(/engine\/engine\.js/, async (route) => {
      const response = await route.fetch();
      const sabotage = `
        { const iterate = Engine.prototype.iterate; let left = 2;
          Engine.prototype.iterate = function () {
            if (left-- === 0) { console.error("panicked at src/lib.rs:1:1:\\nmade to fail by the test"); throw new WebAssembly.RuntimeError("unreachable"); }
            return iterate.call(this);
          }; }`;
      const body = (await response.text()) + (broken ? "" : sabotage);
      broken = true;
      await route.fulfill({ response, body });
    });
  };
  await withPage(browser, QUICK, async (page) => {
    for (const count of [1, 2]) {
      await press(page, "Step");
      await iterations(page, count);
      await phase(page, "paused");
    }
    await press(page, "Go on");
    const alert = page.getByRole("alert");
    await alert.getByText("made to fail by the test").waitFor();
    await press(page, "Go on from the last checkpoint");
    await iterations(page, 4);
    await press(page, "Pause");
    await phase(page, "paused");
  }, { before, expected: /made to fail by the test/ });
});

test("the street is shown before the learner is there, and a training waits for it", async () => {
  let release = () => {};
  const released = new Promise((resolve) => (release = () => resolve(undefined)));
  const before = (/** @type {import("playwright-core").Page} */ page) =>
    page.route(/engine\/engine\.js/, async (route) => {
      await released;
      await route.continue();
    });
  await withPage(browser, QUICK, async (page) => {
    await evaluate(page);
    await page.waitForSelector(".kpis");
    await press(page, "Start training");
    await page.getByRole("status").getByText("The learner is being loaded").waitFor();
    assert.equal((await history(page)).length, 0);
    release();
    await iterations(page, 2);
    await press(page, "Pause");
    await phase(page, "paused");
  }, { before });
});

test("without its learner the page says so and still compares the other policies", async () => {
  const before = (/** @type {import("playwright-core").Page} */ page) =>
    page.route(/engine\/engine\.js/, (route) => route.abort());
  await withPage(browser, QUICK, async (page) => {
    await page.getByRole("alert").getByText("The learner could not be loaded").waitFor();
    assert.ok(await page.getByRole("button", { name: "Train", exact: true }).isDisabled());
    await evaluate(page);
    await page.waitForSelector(".kpis");
  }, { before, expected: /Failed to load resource/ });
});

test("a crash of the street's engine leaves the agent alone", async () => {
  // The first one to be loaded breaks when a policy is to be run, as after a panic in wasm.
  const before = async (/** @type {import("playwright-core").Page} */ page) => {
    let broken = false;
    await page.route(/street\/street\.js/, async (route) => {
      const response = await route.fetch();
      const sabotage = `
        Engine.prototype.evaluate = () => {
          console.error("panicked at src/lib.rs:1:1:\\nmade to fail by the test");
          throw new WebAssembly.RuntimeError("unreachable");
        };`;
      const body = (await response.text()) + (broken ? "" : sabotage);
      broken = true;
      await route.fulfill({ response, body });
    });
  };
  await withPage(browser, QUICK, async (page) => {
    await press(page, "Step");
    await phase(page, "paused");
    await evaluate(page);
    await page.getByRole("alert").getByText("made to fail by the test").waitFor();
    await ready(page);
    assert.equal((await history(page)).length, 1);
    await evaluate(page);
    await page.waitForSelector('.kpis td[data-policy="agent"]');
  }, { before, expected: /made to fail by the test/ });
});

for (const [name, width, colorScheme] of /** @type {const} */ ([
  ["light", 1440, "light"],
  ["dark", 1440, "dark"],
  ["tablet-light", 800, "light"],
  ["phone-light", 360, "light"],
  ["phone-dark", 360, "dark"],
])) {
  test(`the page fits ${width} px, ${colorScheme}`, async () => {
    await withPage(browser, QUICK, async (page) => {
      await press(page, "Train");
      await iterations(page, 3);
      await press(page, "Pause");
      await phase(page, "paused");
      await evaluate(page);
      await page.waitForSelector(".kpis");
      const { content, name: file } = await downloaded(page, page.getByRole("button", { name: "PNG" }).first());
      assert.equal(file, "peak_import.png");
      await page.locator("#market-view").scrollIntoViewIfNeeded();
      await page.locator("#market-view tbody tr").first().waitFor();
      assert.equal(content.subarray(1, 4).toString(), "PNG");
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width);
      await picture(page, name);
    }, { context: { viewport: { width, height: 900 }, colorScheme } });
  });
}
