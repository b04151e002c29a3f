// The scenario in a real Chromium: what a visitor chooses, what a link carries, what is refused.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ausgridLines } from "./ausgrid.mjs";
import { dropFile, launch, phase, picture, press, QUICK, ready, show, withPage } from "./browser.mjs";

/** @typedef {import("playwright-core").Page} Page */

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

/** A field of the specification in use. @param {Page} page @param {string} name Dotted. */
function field(page, name) {
  return page.evaluate(
    (keys) => keys.reduce((node, key) => node?.[key], /** @type {any} */ (globalThis).peergrid.setting.spec),
    name.split("."),
  );
}

/** The fields that the address carries. @param {Page} page */
function address(page) {
  return Object.fromEntries(new URL(page.url()).searchParams);
}

/** Opens parts of the scenario. @param {Page} page @param {...string} titles */
async function unfold(page, ...titles) {
  for (const title of titles) await page.locator("#scenario .fold > summary", { hasText: title }).click();
}

/** What a part of the scenario says while it is closed. @param {Page} page @param {string} title */
function told(page, title) {
  return page.locator("#scenario .fold > summary", { hasText: title }).locator(".fold-state").innerText();
}

/** @param {Page} page */
function settled(page) {
  return page.waitForFunction(() => document.documentElement.dataset.engine === "ready");
}

/**
 * Waits for an address; a change of scenario has then been made.
 * @param {Page} page
 * @param {RegExp} url
 */
async function changed(page, url) {
  await page.waitForURL(url);
  await settled(page);
}

test("a mechanism and a stress preset are chosen, and a link brings both back", async () => {
  await withPage(browser, "", async (page) => {
    await page.getByText("Streets under stress").click();
    await page.getByRole("radio", { name: "Grid outage" }).check();
    await changed(page, /preset=grid-outage/);
    assert.equal(await field(page, "stress.outage.from_hour"), 17);
    assert.equal(await told(page, "What goes wrong"), "Grid outage");
    await unfold(page, "Prices", "Local market");
    await page.getByLabel("Mechanism", { exact: true }).selectOption("mid_market_rate");
    await changed(page, /market\.mechanism=mid_market_rate/);
    await page.getByLabel("Tariff", { exact: true }).selectOption("sydney-2019");
    await changed(page, /tariff=sydney-2019/);
    const url = page.url();

    await page.goto("about:blank");
    await page.goto(url);
    await ready(page);
    assert.equal(page.url(), url);
    assert.ok(await page.getByRole("radio", { name: "Grid outage" }).isChecked());
    assert.equal(await told(page, "Local market"), "Mid-market rate");
    await unfold(page, "Prices", "Local market", "What goes wrong");
    assert.ok(await page.getByRole("checkbox", { name: "Grid outage" }).isChecked());
    const mechanism = page.getByLabel("Mechanism", { exact: true });
    assert.equal(await mechanism.inputValue(), "mid_market_rate");
    assert.equal(await page.getByLabel("Tariff", { exact: true }).inputValue(), "sydney-2019");
    assert.equal((await field(page, "tariff.windows")).length, 3);
    const prices = page.locator(".fold", { hasText: "Prices" });
    assert.match(await prices.innerText(), /working days in November to March/);
    assert.match(await prices.innerText(), /Source: Prices: AGL/);
    // k has no part in this price.
    await page.getByText("Fee and price rules").click();
    assert.ok(await page.getByLabel("Network fee").isVisible());
    assert.ok(await page.getByLabel("Price factor k").isHidden());
    await mechanism.selectOption("discriminatory");
    await changed(page, /mechanism=discriminatory/);
    assert.ok(await page.getByLabel("Price factor k").isVisible());
    await picture(page, "scenario");
  }, { view: "data" });
});

test("what goes wrong is switched on and off, and what is as in the preset leaves the address", async () => {
  await withPage(browser, "", async (page) => {
    const box = (/** @type {string} */ name) => page.getByRole("checkbox", { name });
    await unfold(page, "Grid", "What goes wrong");
    await box("Clouds").check();
    await changed(page, /stress\.cloudy\.pv_factor=0\.2/);
    await page.locator("#scenario").getByLabel("First day").first().fill("2026-06-08");
    await changed(page, /stress\.cloudy\.from=2026-06-08/);
    await box("Greedy neighbours").check();
    await changed(page, /homes\.greedy_homes/);
    const bare = await page.evaluate(() =>
      /** @type {any} */ (globalThis).peergrid.setting.data.homes
        .filter((/** @type {any} */ home) => home.battery_kwh === 0)
        .map((/** @type {any} */ home) => home.id),
    );
    assert.deepEqual(await field(page, "homes.greedy_homes"), bare);
    await box("Faulty section").check();
    await changed(page, /feeder\.fault\.bus/);
    assert.equal(await field(page, "feeder.fault.impedance_factor"), 30);
    const days = box("Judge on days of your choice");
    await days.check();
    await changed(page, /split\.held_out/);
    assert.equal(await page.evaluate(() => /** @type {any} */ (globalThis).peergrid.setting.held_out[0]), "2026-06-08");
    await page.getByLabel("Transformer’s limit, kW").fill("12");
    await page.keyboard.press("Tab");
    await changed(page, /limits\.transformer_kw=12/);
    await page.getByLabel("Beyond it").selectOption("enforced");
    await changed(page, /limits\.transformer=enforced/);

    await page.reload();
    await ready(page);
    assert.equal(await told(page, "What goes wrong"), "Clouds, greedy neighbours, faulty section");
    assert.match(await told(page, "Grid"), /^Transformer 12 kW, overload prevented/);
    await unfold(page, "Grid", "What goes wrong");
    for (const [name, part] of [
      ["Clouds", "cloudy"],
      ["Greedy neighbours", "greedy"],
      ["Faulty section", "fault"],
      ["Judge on days of your choice", "held_out"],
    ]) {
      assert.ok(await box(name).isChecked(), name);
      await box(name).uncheck();
      await page.waitForURL((url) => !url.search.includes(part));
      await settled(page);
    }
    await page.getByLabel("Beyond it").selectOption("reported");
    await settled(page);
    await page.getByLabel("Transformer’s limit, kW").fill("");
    await page.keyboard.press("Tab");
    await page.waitForURL((url) => !url.search.includes("limits"));
    assert.deepEqual(address(page), {});
  }, { view: "data" });
});

test("panels and batteries are spread anew, and another draw holds other days out", async () => {
  await withPage(browser, "data.homes=4", async (page) => {
    assert.equal(await told(page, "Panels and batteries"), "2\u00a0homes with panels, 2 with a battery, 20 kWh together");
    await unfold(page, "Panels and batteries");
    await page.getByLabel("A battery in").selectOption("all");
    await changed(page, /homes\.battery_homes=all/);
    await page.getByLabel("Battery, kWh").fill("5");
    await page.keyboard.press("Tab");
    await changed(page, /homes\.battery\.capacity_kwh=5/);
    await page.getByLabel("Panels on").selectOption("none");
    await changed(page, /homes\.pv_homes=none/);
    assert.equal(await told(page, "Panels and batteries"), "0\u00a0homes with panels, 4 with a battery, 20 kWh together");
    const heldOut = () => page.evaluate(() => /** @type {any} */ (globalThis).peergrid.setting.held_out.join());
    const before = await heldOut();
    await page.getByLabel("Seed of the draw").fill("8");
    await page.keyboard.press("Tab");
    await changed(page, /split\.seed=8/);
    assert.notEqual(await heldOut(), before);
  }, { view: "data" });
});

test("a value that cannot be is refused with its field, and the control shows what is in use", async () => {
  await withPage(browser, "preset=grid-outage", async (page) => {
    await unfold(page, "What goes wrong");
    const from = page.getByLabel("From, h");
    await from.fill("21");
    await page.keyboard.press("Tab");
    const alert = page.getByRole("alert");
    await alert.getByText("stress.outage.to_hour").waitFor();
    assert.match(await alert.innerText(), /above from_hour/);
    await settled(page);
    assert.equal(await from.inputValue(), "17");
    assert.deepEqual(address(page), { preset: "grid-outage" });

    await from.fill("18");
    await page.keyboard.press("Tab");
    await changed(page, /stress\.outage\.from_hour=18/);
    assert.equal(await page.getByRole("alert").count(), 0);
  }, { view: "data" });
});

test("the keyboard goes through choices without losing its place", async () => {
  await withPage(browser, "", async (page) => {
    const has = (/** @type {string} */ selector) => page.waitForFunction((wanted) => document.activeElement?.matches(wanted), selector);
    await page.getByRole("radio", { name: "Sydney street" }).focus();
    await page.keyboard.press("ArrowDown");
    await changed(page, /preset=small-street/);
    await has('input[value="small-street"]');
    await page.locator("#scenario .fold > summary", { hasText: "Local market" }).focus();
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    await has("#field-market-mechanism");
    for (const mechanism of ["discriminatory", "grid_backed"]) {
      await page.keyboard.press("ArrowDown");
      await changed(page, new RegExp(`mechanism=${mechanism}`));
      await has("#field-market-mechanism");
    }
  }, { view: "data" });
});

test("a trained agent is not lost unannounced", async () => {
  await withPage(browser, QUICK, async (page) => {
    const warning = page.getByText("A change of data or scenario starts with a fresh agent");
    assert.ok(await warning.isHidden());
    await show(page, "train");
    await press(page, "Step");
    await phase(page, "paused");
    await show(page, "data");
    assert.ok(await warning.isVisible());
    await unfold(page, "Local market");
    await page.getByLabel("Mechanism", { exact: true }).selectOption("mcafee");
    await page.getByText("was set aside").waitFor();
    assert.ok(await warning.isHidden());
    await press(page, "Bring it back");
    await phase(page, "paused");
    assert.equal(await page.getByLabel("Mechanism", { exact: true }).inputValue(), "uniform");
  }, { view: "data" });
});

test("in an outage Explore counts what was not served", async () => {
  await withPage(browser, "preset=grid-outage&policy=no_battery", async (page) => {
    const row = page.locator(".day-table tr", { hasText: "Not served" });
    await row.waitFor();
    const kwh = await row.locator("[data-value]").evaluateAll((cells) => cells.map((cell) => Number(/** @type {HTMLElement} */ (cell).dataset.value)));
    assert.ok(kwh.length > 0 && kwh.some((value) => value > 0), String(kwh));
  }, { view: "explore" });
});

for (const preset of ["four-prosumers", "grid-outage", "faulty-section"]) {
  test(`a file takes the place of ${preset}, and its scenario can be changed`, async () => {
    await withPage(browser, `preset=${preset}`, async (page) => {
      await dropFile(page, "solar.csv", ausgridLines(60).join("\n"));
      await page.getByText("solar.csv has been read and is in use.").waitFor();
      // What named homes or days of the preset is gone.
      await unfold(page, "What goes wrong");
      await page.getByRole("checkbox", { name: "Faulty section" }).check();
      await changed(page, /feeder\.fault\.bus/);
      assert.equal(await page.getByRole("alert").count(), 0);
      const bus = await field(page, "feeder.fault.bus");
      const homes = await page.evaluate(() => /** @type {any} */ (globalThis).peergrid.setting.data.homes);
      assert.ok(homes.some((/** @type {any} */ home) => home.id === bus), bus);
    }, { view: "data" });
  });
}

for (const [name, width, colorScheme] of /** @type {const} */ ([
  ["light", 1280, "light"],
  ["dark", 1280, "dark"],
  ["phone-light", 360, "light"],
  ["phone-dark", 360, "dark"],
])) {
  test(`a scenario with everything in it fits ${width} px, ${colorScheme}`, async () => {
    const all = [
      "preset=grid-outage&policy=rule_based&tariff=sydney-two-way&limits.transformer_kw=14&limits.transformer=enforced",
      "stress.cloudy.from=2026-06-09&feeder.fault.bus=s4&feeder.fault.impedance_factor=30&homes.greedy_homes=[\"s2\",\"s3\"]",
    ].join("&");
    await withPage(browser, all, async (page) => {
      for (const summary of await page.locator("#scenario summary").all()) await summary.click();
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width);
      await page.waitForTimeout(300);
      await picture(page, `scenario-${name}`);
    }, { view: "data", context: { viewport: { width, height: 900 }, colorScheme } });
  });
}
