// Explore: what a visitor sees first.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { runs } from "../views/explore/day-axis.js";
import { chains, layOut } from "../views/explore/layout.js";
import { momentAt, pictureOf, scalesOf, stored, totals } from "../views/explore/picture.js";
import { guardWords, orderWords, rewardTerms } from "../views/explore/home-words.js";
import { besidePolicy, emptyScene } from "../views/explore/scenes.js";
import { stairsPath } from "../views/explore/timeline.js";
import { effects } from "../views/explore/effects.js";
import { homeName, kilowatts, localPrice, nowSentence, stepWords, tariffWords, when } from "../views/explore/words.js";
import { iterations, launch, phase, picture, press, QUICK, ready, show, withPage } from "./browser.mjs";

/** Spaces that do not break are spaces. @param {string | null} text */
const plain = (text) => (text ?? "").replaceAll("\u00a0", " ");

// ---- pure functions ----

/**
 * Three homes in two steps of an hour: in the second, home 1 discharges for itself and for home 2, and home 3 draws
 * from the grid.
 * @returns {import("../types.d.ts").Scene}
 */
function small() {
  const none = [0, 0, 0, 0, 0, 0];
  return {
    ...emptyScene(),
    date: "2026-01-14",
    hours: [16, 17],
    homes: ["s1", "s2", "villa"].map((id, home) => ({ id, pv_kwp: null, battery_kwh: home === 0 ? 10 : 0, battery_kw: home === 0 ? 5 : 0, bus: home + 1 })),
    parents: [0, 1, 2],
    load_kw: [1, 1, 1, 0.8, 1.3, 2],
    pv_kw: none,
    battery_kw: [0, 0, 0, -2.1, 0, 0],
    soc_kwh: [9, 0, 0, 6.8, 0, 0],
    peer_kw: [0, 0, 0, -1.3, 1.3, 0],
    grid_kw: [1, 1, 1, 0, 0, 2],
    curtailed_kw: none,
    unserved_kw: none,
    bill: [0.5, 0.5, 0.5, -0.4, 0.4, 1.1],
    order_kwh: [null, null, null, -1.5, 1.3, null],
    order_price: [null, null, null, 0.28, 0.58, null],
    reward: [{ term: "profit", label: "Money earned", weight: 1, values: [-0.5, -0.5, -0.5, 0.4, -0.4, -1.1] }],
    reasons: [{ step: 1, home: 0, reason: "battery energy" }],
    trades: [{ step: 1, seller: 0, buyer: 1, kwh: 1.3, price: 0.31 }],
    voltage: [1, 1, 1, 1, 1, 0.999, 0.998, 0.997],
    line_kw: [3, 2, 1, 2, 3.3, 2],
    line_loading: [null, null, null, 0.1, 0.1, 0.1],
    price: [null, 0.31],
    retail: [0.58, 0.58],
    feed_in: [0.05, 0.05],
    peak: [true, true],
    outage: [false, false],
    import_kw: [3, 2],
    export_kw: [0, 0],
    loss_kw: [0, 0],
    cost: [1.5, 1.1],
  };
}

test("a step is told in words, with the numbers of the scene", () => {
  const scene = small();
  const drawn = pictureOf(scene);
  assert.equal(when(scene, 1), "Wednesday 14 January, 17:00");
  assert.equal(plain(tariffWords(scene, 1)), "peak tariff 58 c · feed-in 5 c");
  assert.equal(plain(localPrice(scene, 1)), "local price 31 c");
  assert.equal(localPrice(scene, 0), "no local trade");
  assert.equal(plain(nowSentence(drawn, 1, 0)), "Discharges 2.1 kW: 0.8 for itself, 1.3 for home s2.");
  assert.equal(plain(nowSentence(drawn, 1, 1)), "Uses 1.3 kW from home s1.");
  assert.equal(plain(nowSentence(drawn, 1, 2)), "Uses 2.0 kW from the grid.");
  assert.equal(plain(orderWords(drawn, 1, 0)), "Offered 1.50 kWh for at least 28 c; sold 1.30 kWh of it to home s2 at 31 c.");
  assert.equal(orderWords(drawn, 1, 2), "Ordered nothing on the local market.");
  assert.equal(guardWords(scene, 1, 0), "stepped in: battery energy");
  assert.equal(guardWords(scene, 0, 0), "changed nothing");
  assert.deepEqual(rewardTerms(scene, 1, 0), [{ label: "Money earned", cents: 40 }]);
  assert.match(plain(stepWords(drawn, 1, "Rule-based")), /Rule-based: .* The grid brings 2\.0 kW\. 1\.3 kW pass between neighbours\. Villa draws most/);
  assert.equal(plain(homeName("s12")), "home s12");
  assert.equal(homeName("Building_3"), "Building_3");
  assert.equal(kilowatts(-0.04), "−0.04");
  assert.equal(kilowatts(0.04, true), "0.0");
  assert.equal(kilowatts(115.3), "115");
  assert.equal(kilowatts(1.25, true), "+1.3");
});

test("sums and scales of a day are those of the scene", () => {
  const scene = small();
  const drawn = pictureOf(scene);
  assert.deepEqual(drawn.net, [1, 1, 1, -1.3, 1.3, 2]);
  assert.deepEqual(totals(scene), { cost: 2.6, peakImport: 5, gridImport: 5, shared: 1.3, unserved: 0 });
  const scales = scalesOf([drawn]);
  assert.equal(scales.line, 3.3);
  assert.equal(scales.trade, 1.3);
  assert.equal(scales.voltage, 0.005);
});

test("time between two steps mixes them, a step itself is exact, and a battery is always on its way", () => {
  const drawn = pictureOf(small());
  assert.deepEqual(momentAt(1, 2), { step: 1, next: 1, mix: 0, part: 0 });
  assert.equal(momentAt(0.3, 2).mix, 0);
  assert.ok(momentAt(0.8, 2).mix > 0.5 && momentAt(0.8, 2).mix < 1);
  assert.equal(momentAt(7, 2).step, 1);
  assert.equal(stored(drawn, 0, momentAt(1, 2)), 9);
  assert.ok(Math.abs(stored(drawn, 0, momentAt(1.5, 2)) - 7.9) < 1e-9);
});

test("the street is laid out along its cables: branches, bends, and a hundred homes", () => {
  assert.deepEqual(chains([0, 1, 2]), [[1, 2, 3]]);
  assert.deepEqual(chains([0, 1, 1, 0]), [[1, 2], [3], [4]]);
  const street = (/** @type {number} */ count, /** @type {number[]} */ parents = Array.from({ length: count }, (_, line) => line)) => ({
    ...emptyScene(),
    homes: parents.map((_, home) => ({ id: `s${home + 1}`, pv_kwp: null, battery_kwh: 0, battery_kw: 0, bus: home + 1 })),
    parents,
  });
  for (const [count, width] of [[4, 900], [10, 900], [10, 320], [100, 900], [100, 320]]) {
    const scene = street(count, Array.from({ length: count }, (_, line) => (line % 20 === 0 ? 0 : line)));
    const { homes, lines, height } = layOut(scene, width);
    assert.equal(lines.length, count);
    const places = new Set(homes.map(({ x, y }) => `${Math.round(x)} ${Math.round(y)}`));
    assert.equal(places.size, count, "every home has a place of its own");
    assert.ok(homes.every(({ x, y }) => x > 0 && x < width && y > 0 && y < height), `${count} homes at ${width}`);
  }
  // On a phone the street bends: the home after a row stands below its last one.
  const { homes } = layOut(street(10), 320);
  const turn = homes.findIndex(({ y }, home) => home > 0 && y > homes[home - 1].y);
  assert.ok(turn > 1);
  assert.equal(homes[turn].x, homes[turn - 1].x);
});

test("marks along the day, stairs, and what stands beside what", () => {
  assert.deepEqual(runs([true, true, false, true]), [[0, 2], [3, 4]]);
  assert.equal(stairsPath([0, 1], 2), "M0 100H1V50H2");
  const policy = (/** @type {string} */ id) => ({ id, label: id, role: "neutral", plans: false });
  const state = (/** @type {object} */ fields) => /** @type {any} */ ({
    setting: { policies: ["rule_based", "optimum", "agent"].map(policy), held_out: [] }, agents: [], trained: false, policy: null, beside: null, ...fields,
  });
  assert.equal(besidePolicy(state({})), "optimum");
  assert.equal(besidePolicy(state({ trained: true })), "rule_based");
  assert.equal(besidePolicy(state({ policy: "optimum" })), "rule_based");
  assert.equal(besidePolicy(state({ beside: "none" })), null);
  assert.equal(besidePolicy(state({ beside: "rule_based", policy: "optimum" })), "rule_based");
});

test("the observations that move the action most stand first", () => {
  const observation = (/** @type {string} */ name, /** @type {number[]} */ at_low, /** @type {number[]} */ at_high) => ({
    name, label: name, value: 0, unit: "", low: 0, high: 1, effects: { at_low, at_high },
  });
  const found = effects({
    actions: [{ name: "battery", label: "Battery", mean: 0, sd: 1 }, { name: "price", label: "Price", mean: 0, sd: 1 }],
    observations: [observation("hour", [0, 0], [0.1, 0]), observation("soc", [0, 0.5], [0.2, -0.5])],
  });
  assert.deepEqual(found.map(({ name, action, size }) => [name, action, size]), [["soc", 1, 1], ["hour", 0, 0.1]]);
});

// ---- in the browser ----

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

/** @typedef {import("playwright-core").Page} Page */

/** The street is there, and so is the one beside it. @param {Page} page @param {number} [streets] */
async function played(page, streets = 2) {
  await page.waitForFunction((count) => !document.querySelector(".stage.is-waiting") && document.querySelectorAll(".day-table thead th").length === (count === 2 ? 4 : 2), streets);
}

/**
 * A scene straight from an engine of its own.
 * @param {Page} page
 * @param {string} policy
 * @returns {Promise<import("../types.d.ts").Scene>}
 */
function sceneOf(page, policy) {
  return page.evaluate(async (id) => {
    const state = /** @type {any} */ (globalThis).peergrid;
    const base = new URL("www/engines/", document.baseURI.split(/[?#]/)[0]);
    const { WorkerClient } = await import(new URL("client.js", base).href);
    const worker = new WorkerClient(new URL("workers/street.js", base), { crash() {} });
    await worker.request("start");
    await worker.request("configure", state.setting.spec);
    const scene = await worker.request("scene", id, Math.max(0, state.setting.held_out.indexOf(state.day ?? "")));
    worker.close();
    return scene;
  }, policy);
}

/** @param {Page} page */
const playing = (page) => page.locator(".stage").evaluate((stage) => stage.classList.contains("is-playing"));
/** @param {Page} page */
const slider = (page) => page.getByRole("slider", { name: "Time of day" });
/** @param {Page} page @param {number} index */
const street = (page, index) => page.locator(".street").nth(index);

test("the page opens with the street, and Explore in the navigation", async () => {
  await withPage(browser, "data.homes=4", async (page) => {
    assert.equal(await page.locator("nav a[aria-current]").innerText(), "Explore");
    await page.locator("#view-explore").getByRole("heading", { level: 1 }).waitFor();
    await page.waitForFunction(() => /** @type {any} */ (globalThis).peergrid.setting.data.homes.length === 4);
    await played(page);
    assert.equal(await street(page, 0).locator(".home").count(), 4);
    assert.equal(await playing(page), false, "motion is unwanted");
    await picture(page, "explore");
  });
});

test("a first visit is alive; the pointer pauses it, the space bar plays it, and a link remembers the hour", async () => {
  await withPage(browser, QUICK, async (page) => {
    await page.waitForSelector(".stage.is-playing");
    const first = await slider(page).inputValue();
    await page.waitForFunction((before) => /** @type {HTMLInputElement} */ (document.querySelector("#time-of-day")).value !== before, first);
    await page.getByRole("button", { name: "Pause" }).click();
    assert.equal(await playing(page), false);
    await page.waitForURL(/hour=\d/);
    await page.locator("#now").click();
    await page.keyboard.press("Space");
    await page.waitForSelector(".stage.is-playing");
    await page.getByRole("radio", { name: "4×" }).check();
    await page.keyboard.press("ArrowRight");
    await page.locator("#now").click();
    await page.keyboard.press("ArrowLeft");
    assert.equal(await playing(page), false, "who steps by hand stops it");
    const now = await slider(page).inputValue();
    await page.waitForFunction((step) => new URLSearchParams(location.search).get("hour") === step, now);
  }, { context: { reducedMotion: "no-preference" } });
});

test("what is drawn and written of a step is what the engine says", async () => {
  await withPage(browser, `${QUICK}&hour=12`, async (page) => {
    await played(page);
    for (const [index, policy] of ["rule_based", "optimum"].entries()) {
      const scene = await sceneOf(page, policy);
      const { net, trades } = pictureOf(scene);
      const step = Number(await slider(page).inputValue());
      const shown = await street(page, index).locator(".home-kw").allTextContents();
      assert.deepEqual(shown.map(plain), scene.homes.map((_, home) => `${kilowatts(net[step * scene.homes.length + home], true)} kW`));
      const grid = plain(await street(page, index).locator(".grid-kw").textContent());
      assert.ok(grid.includes(kilowatts(Math.max(scene.import_kw[step], scene.export_kw[step]))), grid);
      const arcs = await street(page, index).locator("[data-trade]").evaluateAll((nodes) => nodes.filter((node) => node.getAttribute("opacity") === "1").map((node) => node.getAttribute("data-trade")));
      assert.deepEqual(arcs.sort(), trades[step].map(({ seller, buyer }) => `${seller} ${buyer}`).sort());
      const { unserved, ...sums } = totals(scene);
      assert.equal(unserved, 0);
      for (const [measure, value] of Object.entries(sums)) {
        const cell = page.locator(`.day-table tr[data-measure="${measure}"] td`).nth(index);
        assert.ok(Math.abs(Number(await cell.getAttribute("data-value")) - value) < 1e-9, `${policy} ${measure}`);
      }
    }
  });
});

test("scrub by keyboard, change the day and the policies, and a reload restores it all", async () => {
  await withPage(browser, QUICK, async (page) => {
    await played(page);
    await slider(page).focus();
    await page.keyboard.press("Home");
    assert.match(await page.locator("#now").innerText(), /, 00:00$/);
    for (let step = 0; step < 3; step++) await page.keyboard.press("ArrowRight");
    assert.match(await page.locator("#now").innerText(), /, 03:00$/);
    // What has the focus and no use for the keys keeps them from the street.
    await page.getByRole("button", { name: "Share", exact: true }).focus();
    await page.keyboard.press("ArrowRight");
    assert.match(await page.locator("#now").innerText(), /, 03:00$/);
    assert.match(await page.locator("#spoken").innerText(), /03:00, Rule-based.*03:00, Optimum/s);
    await page.waitForURL(/hour=3/);

    const before = await page.locator("#now").innerText();
    await page.getByRole("button", { name: "Day after" }).click();
    await page.waitForFunction((text) => document.querySelector("#now")?.textContent !== text, before);
    assert.match(await page.locator("#now").innerText(), /, 03:00$/, "the hour stays");
    await page.getByLabel("Policy", { exact: true }).selectOption("street_greedy");
    await page.getByLabel("Beside it").selectOption("no_battery");
    await page.waitForFunction(() => [...document.querySelectorAll(".street h3")].map(({ textContent }) => textContent).join() === "Greedy street,No battery");
    await page.waitForURL(/policy=street_greedy.*beside=no_battery/);
    const url = page.url();
    await page.reload();
    await ready(page);
    await played(page);
    assert.equal(page.url(), url);
    assert.match(await page.locator("#now").innerText(), /, 03:00$/);
    assert.equal(await page.getByRole("slider", { name: "Held-out day" }).inputValue(), "1");

    await page.getByLabel("Beside it").selectOption("none");
    await played(page, 1);
    assert.equal(await street(page, 1).isVisible(), false);
  });
});

test("a home opens by keyboard and by pointer, tells its step, and closes again", async () => {
  await withPage(browser, `${QUICK}&hour=18`, async (page) => {
    await played(page);
    const homes = street(page, 0).getByRole("button");
    await homes.first().focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("End");
    await page.keyboard.press("Home");
    await page.keyboard.press("Enter");
    const card = page.getByRole("region", { name: /^Home s1, 18:00/ });
    await card.waitFor();
    assert.equal(await page.evaluate(() => document.activeElement?.id), "home-title");
    await page.waitForURL(/home=s1/);
    const drawn = pictureOf(await sceneOf(page, "rule_based"));
    const step = Number(await slider(page).inputValue());
    assert.equal(plain(await card.locator(".home-now").innerText()), plain(nowSentence(drawn, step, 0)));
    await card.locator("canvas").waitFor();
    assert.equal(await homes.first().getAttribute("aria-pressed"), "true");
    await picture(page, "explore-home");
    await page.keyboard.press("Escape");
    await card.waitFor({ state: "hidden" });
    assert.equal(await homes.first().evaluate((home) => home === document.activeElement), true);

    await street(page, 1).getByRole("button").nth(2).click();
    await page.getByRole("region", { name: /^Home s3, 18:00/ }).waitFor();
    await page.getByRole("radio", { name: "loading" }).check();
    await page.waitForURL(/home=s3.*street=lower.*lines=loading/);
    await page.reload();
    await ready(page);
    await played(page);
    await page.getByRole("region", { name: /^Home s3, 18:00/ }).waitFor();
    assert.deepEqual(await page.locator(".home[aria-pressed=true]").evaluateAll((nodes) => nodes.map((node) => [...document.querySelectorAll(".street")].findIndex((one) => one.contains(node)))), [1]);
    assert.ok(await page.getByRole("radio", { name: "loading" }).isChecked());
    await page.getByRole("button", { name: "Close" }).click();
    await page.waitForFunction(() => !location.search.includes("home="));
  });
});

test("the agent takes the first street as soon as there is one, and says why it does what it does", async () => {
  await withPage(browser, `${QUICK}&hour=18&home=s1`, async (page) => {
    await played(page);
    await press(page, "Train an agent");
    await iterations(page, 1);
    await press(page, "Pause");
    await phase(page, "paused");
    await show(page, "explore");
    const label = await page.evaluate(() => /** @type {any} */ (globalThis).peergrid.setting.policies.find((/** @type {any} */ { id }) => id === "agent").label);
    await page.waitForFunction((agent) => [...document.querySelectorAll(".street h3")].map(({ textContent }) => textContent).join() === `${agent},Rule-based`, label);
    assert.equal(await page.locator("#start").isVisible(), false);
    const why = page.locator(".why");
    await why.locator("summary").click();
    await why.locator("tbody tr").first().waitFor();
    assert.ok((await why.locator("dd").count()) >= 1, "what the network says now");
    const moves = await why.locator("tbody tr").evaluateAll((rows) => rows.map((row) => [...row.querySelectorAll("td")].map((cell) => cell.firstChild?.textContent ?? "")));
    assert.ok(moves.length > 1 && moves.length <= 6);
    // The one that moves the action most stands first.
    const sizes = moves.map(([from, to]) => Math.abs(Number(to.replace("−", "-")) - Number(from.replace("−", "-"))));
    assert.ok(sizes[0] >= sizes[sizes.length - 1] - 0.011, String(sizes));

    // While it learns its day is played anew, and nobody is told the same step again and again.
    await show(page, "train");
    await press(page, "Go on");
    await show(page, "explore");
    await page.evaluate(() => {
      const spoken = /** @type {HTMLElement} */ (document.querySelector("#spoken"));
      spoken.dataset.changes = "0";
      new MutationObserver(() => (spoken.dataset.changes = String(Number(spoken.dataset.changes) + 1))).observe(spoken, { childList: true });
    });
    const costs = () => [...document.querySelectorAll('.day-table tr[data-measure="cost"] td')].map((cell) => cell.getAttribute("data-value")).join();
    for (let times = 0; times < 2; times++) {
      const before = await page.evaluate(costs);
      await page.waitForFunction(`(${costs})() !== ${JSON.stringify(before)}`);
    }
    assert.equal(await page.locator("#spoken").getAttribute("data-changes"), "0");
  });
});

test("a phone shows the street in rows, and nothing runs off the page", async () => {
  await withPage(browser, "hour=13", async (page) => {
    await played(page);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "no sideways scrolling");
    const rows = await street(page, 0).locator(".home").evaluateAll((nodes) => new Set(nodes.map((node) => Math.round(node.getBoundingClientRect().top))).size);
    assert.ok(rows >= 3, `${rows} rows`);
    await page.getByRole("button", { name: "Play" }).click();
    await page.getByRole("button", { name: "Pause" }).waitFor();
    await picture(page, "explore-phone");
  }, { context: { viewport: { width: 360, height: 780 } } });
});
