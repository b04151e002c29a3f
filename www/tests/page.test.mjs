// What concerns every view: the address, a reload, engines that crash or never come, all sizes.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { downloaded, evaluate, history, iterations, launch, phase, picture, press, QUICK, ready, show, withPage } from "./browser.mjs";

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

test("a reload restores what the address holds, and the trained agent", async () => {
  await withPage(browser, `${QUICK}&seed=5&policy=rule_based&beside=no_battery&hour=12`, async (page) => {
    await page.getByRole("radio", { name: "Profit-only" }).check();
    await page.waitForURL(/reward\.weights\.grid=0/);
    await press(page, "Step");
    await iterations(page, 1);
    await phase(page, "paused");
    const url = page.url();
    for (const part of ["seed=5", "policy=rule_based", "beside=no_battery", "hour=12", "#train"]) assert.ok(url.includes(part), part);

    await page.reload();
    await ready(page);
    assert.equal(page.url(), url);
    assert.ok(await page.getByRole("radio", { name: "Profit-only" }).isChecked());
    assert.equal(await page.getByLabel("Seed", { exact: true }).inputValue(), "5");

    await press(page, "Go on with it");
    await phase(page, "paused");
    assert.equal((await history(page)).length, 1);
    await press(page, "Step");
    await iterations(page, 2);
    await phase(page, "paused");
  }, { view: "train" });
});

test("a refused value is explained and the setting stays", async () => {
  await withPage(browser, "market.k=2", async (page) => {
    assert.match(await page.getByRole("alert").innerText(), /market\.k/);
    assert.ok(await page.getByRole("radio", { name: "Grid-aware" }).isChecked());
  }, { view: "train" });
});

test("of a link the field at fault alone is left out, and what others hung on to it is passed over", async () => {
  await withPage(browser, "data.homes=4&market.k=2&utm_source=letter", async (page) => {
    assert.match(await page.getByRole("alert").innerText(), /market\.k/);
    await page.getByRole("status").getByText("Left out of this link’s setting: market.k. All else").waitFor();
    assert.equal(await page.evaluate(() => /** @type {any} */ (globalThis).peergrid.setting.data.homes.length), 4);
    assert.equal(new URL(page.url()).search, "?data.homes=4");
  });
  await withPage(browser, "data.homes=4&utm_source=letter&fbclid=Iw1", async (page) => {
    assert.equal(await page.locator(".notice").count(), 0);
    assert.equal(new URL(page.url()).search, "?data.homes=4");
  });
});

test("who dismisses notices by keyboard comes to the next one, then to the view", async () => {
  await withPage(browser, "data.homes=4&market.k=2", async (page) => {
    const dismiss = page.getByRole("button", { name: "Dismiss" });
    await dismiss.nth(1).waitFor();
    await dismiss.first().focus();
    await page.keyboard.press("Enter");
    assert.equal(await dismiss.count(), 1);
    assert.ok(await dismiss.evaluate((button) => button === document.activeElement));
    await page.keyboard.press("Enter");
    assert.equal(await dismiss.count(), 0);
    assert.equal(await page.evaluate(() => document.activeElement?.id), "data-title");
  }, { view: "data" });
});

test("a link is copied, which is told, or shown where the clipboard refuses", async () => {
  const before = (/** @type {import("playwright-core").Page} */ page) =>
    page.addInitScript(() => {
      const clipboard = { refuses: false, text: "", writeText: (/** @type {string} */ text) => (clipboard.refuses ? Promise.reject(new DOMException("no", "NotAllowedError")) : Promise.resolve(void (clipboard.text = text))) };
      Object.defineProperty(navigator, "clipboard", { value: clipboard });
    });
  await withPage(browser, "data.homes=4", async (page) => {
    const copy = async () => {
      await press(page, "Share");
      await press(page, "Copy link");
    };
    await copy();
    await page.getByRole("status").getByText("The link is copied.").waitFor();
    assert.equal(await page.evaluate(() => /** @type {any} */ (navigator.clipboard).text), page.url());
    await page.getByRole("button", { name: "Share", exact: true }).waitFor();
    await page.evaluate(() => (/** @type {any} */ (navigator.clipboard).refuses = true));
    await copy();
    await page.getByRole("status").getByText(`Copy this address: ${page.url()}`).waitFor();
  }, { before });
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
  }, { view: "train", before, expected: /made to fail by the test/ });
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
    await show(page, "train");
    await press(page, "Train");
    await page.getByRole("status").getByText("The learner is being loaded").waitFor();
    assert.equal((await history(page)).length, 0);
    release();
    await iterations(page, 2);
    await press(page, "Pause");
    await phase(page, "paused");
  }, { view: "train", before });
});

test("without its learner the page says so and still compares the other policies", async () => {
  const before = (/** @type {import("playwright-core").Page} */ page) =>
    page.route(/engine\/engine\.js/, (route) => route.abort());
  await withPage(browser, QUICK, async (page) => {
    await page.getByRole("alert").getByText("The learner could not be loaded").waitFor();
    assert.ok(await page.getByRole("button", { name: "Train", exact: true }).isDisabled());
    await evaluate(page);
    await page.waitForSelector(".kpis");
  }, { view: "train", before, expected: /Failed to load resource/ });
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
  }, { view: "train", before, expected: /made to fail by the test/ });
});

for (const [name, width, colorScheme] of /** @type {const} */ ([
  ["light", 1440, "light"],
  ["dark", 1440, "dark"],
  ["tablet-light", 800, "light"],
  ["phone-light", 360, "light"],
  ["phone-dark", 360, "dark"],
])) {
  test(`every view fits ${width} px, ${colorScheme}`, async () => {
    await withPage(browser, QUICK, async (page) => {
      await press(page, "Train");
      await iterations(page, 3);
      await press(page, "Pause");
      await phase(page, "paused");
      const { content, name: file } = await downloaded(page, page.getByRole("button", { name: "PNG" }).first());
      assert.match(file, /\.png$/);
      assert.equal(content.subarray(1, 4).toString(), "PNG");
      await evaluate(page);
      await page.waitForSelector(".kpis");
      for (const link of await page.locator("nav a").all()) {
        await link.click();
        const view = (await link.getAttribute("href"))?.slice(1);
        await page.locator(`#view-${view} > :nth-child(2)`).waitFor();
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width, view);
        await picture(page, `${view}-${name}`);
      }
    }, { view: "train", context: { viewport: { width, height: 900 }, colorScheme } });
  });
}

test("a view or the charts that cannot be loaded say so, and are there when they are tried again", async () => {
  let broken = true;
  const before = (/** @type {import("playwright-core").Page} */ page) =>
    page.route(/views\/data\/data\.js|charts\/charts\.js/, (route) => (broken ? route.abort() : route.continue()));
  await withPage(browser, QUICK, async (page) => {
    await show(page, "compare");
    await page.locator(".kpis").first().waitFor();
    const note = page.locator("#compare-curves .chart-note").first();
    await note.getByText("could not be loaded").waitFor();
    await show(page, "data");
    await page.getByRole("alert").getByText("Data could not be loaded").waitFor();
    broken = false;
    await page.locator("#view-data").getByRole("button", { name: "Try again" }).click();
    await page.getByLabel("Homes", { exact: true }).waitFor();
    assert.equal(await page.locator("#view-data > :nth-child(3)").count(), 0, "the view stands there, and nothing else");

    await show(page, "compare");
    await note.getByRole("button", { name: "Try again" }).click();
    await note.waitFor({ state: "hidden" });
  }, { before, expected: /Failed to (load resource|fetch)/ });
});
