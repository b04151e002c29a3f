// Data: files that are dropped in, sets that are listed, homes that are chosen, days and their use.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ausgridLines } from "./ausgrid.mjs";
import { balance, countParts, daysIn, meanDay, monthName, onlyHomes, strongest, weeks } from "../views/data/profile.js";
import { dropFile, evaluate, history, launch, phase, picture, press, QUICK, ready, show, withPage } from "./browser.mjs";

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

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
    assert.doesNotMatch(facts, /hints at swapped/);
    // Those who plan read it as well.
    await evaluate(page);
    await page.waitForSelector('.kpis td[data-policy="optimum"]');

    await show(page, "data");
    await page.reload();
    await ready(page);
    await page.getByText("stays on its owner’s machine").waitFor();
  }, { view: "data" });
});

test("a broken file is named by its line, and nothing is lost", async () => {
  await withPage(browser, QUICK, async (page) => {
    await press(page, "Step");
    await phase(page, "paused");
    await show(page, "data");
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
  }, { view: "train" });
});

/** A table of two homes over some days, as a fetched set is. @param {number} days */
function setTable(days) {
  const rows = Array.from({ length: 24 * days }, (_, hour) => {
    const date = new Date(Date.UTC(2016, 7, 1, hour)).toISOString().slice(0, 16).replace("T", " ");
    const sun = Math.max(0, 3 - Math.abs((hour % 24) - 12));
    return `${date},${sun},0.5,${2 * sun},1`;
  });
  return [
    "# name,Two made-up homes",
    "# source,Nobody’s meters",
    "# licence,CC0",
    "# pv_kwp,b1,4",
    "# pv_kwp,b2,8",
    "# left_out,b3,its PV is broken",
    "hour,b1_pv_kw,b1_demand_kw,b2_pv_kw,b2_demand_kw",
    ...rows,
  ].join("\n");
}

/** Lets the site hold a set. @param {import("playwright-core").Page} page */
async function withSet(page) {
  const table = setTable(60);
  const about = { id: "two", file: "two.csv", name: "Two made-up homes", source: "Nobody’s meters", licence: "CC0", homes: 2, days: 60, first_date: "2016-08-01", last_date: "2016-09-29", step_minutes: 60, bytes: table.length, left_out: [{ home: "b3", reason: "its PV is broken" }] };
  await page.route("**/data/sets/index.json", (route) => route.fulfill({ json: [about] }));
  await page.route("**/data/sets/two.csv", (route) => route.fulfill({ contentType: "text/csv", body: table }));
}

/** What the page knows of the setting. @param {import("playwright-core").Page} page */
function setting(page) {
  return page.evaluate(() => /** @type {any} */ (globalThis).peergrid.setting);
}

test("a listed set is chosen by keyboard, says whence it is, and a link brings it back", async () => {
  await withPage(browser, "", async (page) => {
    const set = page.getByRole("radio", { name: "Two made-up homes" });
    await set.focus();
    await page.keyboard.press("Space");
    await page.getByText("two.csv has been read and is in use.").waitFor();
    const facts = page.locator(".facts");
    assert.match(await facts.innerText(), /Two made-up homes.*measured.*Source: Nobody’s meters\. Licence: CC0\./s);
    assert.match(await facts.innerText(), /b3 because its PV is broken/);
    assert.deepEqual((await setting(page)).data.homes.map((/** @type {any} */ home) => home.pv_kwp), [4, 8]);
    assert.ok(await set.isChecked());
    await page.waitForURL(/data\.path=two\.csv/);
    await page.waitForFunction(() => document.documentElement.dataset.learner === "ready");

    await page.reload();
    await ready(page);
    assert.equal((await setting(page)).data.name, "Two made-up homes");
    await page.waitForFunction(() => document.querySelector("input[value='file:two.csv']:checked"));
    await page.getByRole("radio", { name: "Small street" }).check();
    await page.waitForURL(/preset=small-street/);
    assert.equal(await set.isChecked(), false);
  }, { view: "data", before: withSet });
});

test("without sets the page says how to get them", async () => {
  await withPage(browser, "data.homes=4", async (page) => {
    await page.getByText("cargo xtask data citylearn").waitFor();
  }, { view: "data", before: (page) => page.route("**/data/sets/index.json", (route) => route.fulfill({ json: [] })) });
});

test("a set that cannot be fetched is refused in a sentence", async () => {
  await withPage(browser, "data.homes=4", async (page) => {
    await page.getByRole("radio", { name: "Two made-up homes" }).click();
    const alert = page.getByRole("alert");
    await alert.getByText("Two made-up homes could not be fetched: the site answers 404.").waitFor();
    await page.waitForFunction(() => !document.querySelector("input[value='file:two.csv']:checked"));
    assert.equal((await setting(page)).data.homes.length, 4);
  }, {
    view: "data",
    expected: /404/,
    before: async (page) => {
      await withSet(page);
      await page.route("**/data/sets/two.csv", (route) => route.fulfill({ status: 404, body: "" }));
    },
  });
});

test("fetching a set can be cancelled, and gives way to a street that is chosen", async () => {
  await withPage(browser, "data.homes=4", async (page) => {
    const set = page.getByRole("radio", { name: "Two made-up homes" });
    await set.click();
    await page.getByText("Fetching Two made-up homes …").waitFor();
    await page.getByRole("button", { name: "Cancel", exact: true }).press("Enter");
    await page.getByText("Fetching was cancelled; the data in use before stay in use.").waitFor();
    await page.waitForFunction(() => !document.querySelector("input[value='file:two.csv']:checked"));
    await set.click();
    await page.getByText("Fetching Two made-up homes …").waitFor();
    await page.getByRole("radio", { name: "Small street" }).click();
    await page.waitForURL(/preset=small-street/);
    await page.getByText("Fetching Two made-up homes …").waitFor({ state: "detached" });
    assert.equal(await page.getByRole("alert").count(), 0);
  }, {
    view: "data",
    before: async (page) => {
      await withSet(page);
      // It never comes.
      await page.route("**/data/sets/two.csv", () => undefined);
    },
  });
});

test("a mean day and the year are drawn, for one home as for all", async () => {
  await withPage(browser, "data.homes=4&data.days=100", async (page) => {
    const day = page.locator(".plots canvas").first();
    const year = page.locator(".carpet canvas");
    await page.waitForFunction(() => document.querySelector(".plots canvas")?.getAttribute("aria-label")?.startsWith("All homes"));
    assert.match((await day.getAttribute("aria-label")) ?? "", /mean of 100\sdays\. Load: [\d.]+\skWh a day, most at \d\d:00/);
    const inked = () => year.evaluate((canvas) => {
      const { width, height } = /** @type {HTMLCanvasElement} */ (canvas);
      const pixels = /** @type {HTMLCanvasElement} */ (canvas).getContext("2d")?.getImageData(width / 2, 0, 1, height).data ?? [];
      return new Set(Array.from({ length: pixels.length / 4 }, (_, at) => pixels.slice(4 * at, 4 * at + 3).join())).size;
    });
    assert.ok((await inked()) > 6, "a day has many colours");
    await page.getByLabel("Whose", { exact: true }).selectOption("s2");
    await page.waitForFunction(() => document.querySelector(".plots canvas")?.getAttribute("aria-label")?.includes("No PV."));
    // Autumn in Sydney: the days from March on.
    await page.getByLabel("Season", { exact: true }).selectOption({ label: "March to May" });
    await page.waitForFunction(() => /march to may, mean of 41/.test(document.querySelector(".plots canvas")?.getAttribute("aria-label") ?? ""));
    assert.equal(await page.getByLabel("Season", { exact: true }).locator("option").count(), 3);
    await page.getByLabel("Whose", { exact: true }).selectOption("");
    await page.waitForFunction(() => document.querySelector(".plots canvas")?.getAttribute("aria-label")?.startsWith("All homes"));
    await year.focus();
    for (const key of ["PageDown", "ArrowDown", "ArrowRight"]) await page.keyboard.press(key);
    assert.match(await page.locator(".carpet-readout").innerText(), /^Friday,? 9 January 2026, 13:00: [\d.]+\skW more (used than made|made than used)$/);
    await page.keyboard.press("Tab");
    assert.equal(await page.locator(".carpet-readout").innerText(), "");
  }, { view: "data" });
});

for (const length of ["day", "week"]) {
  test(`the calendar counts the days of the setting, episodes of a ${length}`, async () => {
    await withPage(browser, `data.homes=2&episode.length=${length}`, async (page) => {
      const { days, held_out, calendar } = await setting(page);
      const long = length === "week" ? 7 : 1;
      for (const [part, count] of [["train", days.train], ["validation", days.validation], ["held_out", held_out.length]]) {
        assert.equal(await page.locator(`.calendar-grid .day.${part}`).count(), count * long, part);
        assert.equal(await page.locator(`.calendar-legend [data-part=${part}]`).innerText(), String(count * long), part);
      }
      assert.equal(await page.locator(".calendar-grid .day").count(), calendar.length);
      const label = await page.locator(".calendar-grid").getAttribute("aria-label");
      assert.match(label ?? "", new RegExp(`held out ${held_out.length * long}\\sdays`));
      await page.locator(".calendar-grid .day.held_out").nth(long - 1).click();
      await page.waitForURL(new RegExp(`day=${held_out[0]}.*#explore$`));
    }, { view: "data" });
  });
}

test("homes are chosen by keyboard, and what names those left out loses them", async () => {
  await withPage(browser, 'data.homes=6&homes.greedy_homes=["s2","s4"]', async (page) => {
    const box = page.locator(".homes").getByRole("checkbox", { name: "s4" });
    await box.focus();
    await page.keyboard.press("Space");
    await page.getByText("5 of 6 homes take part once you say so.").waitFor();
    await page.getByRole("button", { name: "Undo" }).press("Enter");
    assert.ok(await page.locator(".homes").getByRole("checkbox", { name: "s4" }).isChecked());
    await page.locator(".homes").getByRole("checkbox", { name: "s4" }).uncheck();
    await page.getByRole("button", { name: "Use these homes" }).press("Enter");
    await page.waitForURL(/homes\.include/);
    await page.getByText("5 of 6 homes take part.").waitFor();
    const { data, spec } = await setting(page);
    assert.deepEqual(data.homes.map((/** @type {any} */ { id }) => id), ["s1", "s2", "s3", "s5", "s6"]);
    assert.deepEqual(spec.homes.greedy_homes, ["s2"]);
    assert.equal(await page.getByRole("alert").count(), 0);
    await page.getByRole("button", { name: "Tick all" }).click();
    await page.getByRole("button", { name: "Use these homes" }).click();
    await page.waitForURL((url) => !url.search.includes("homes.include"));
  }, { view: "data" });
});

test("a synthetic street is drawn from its parameters", async () => {
  await withPage(browser, "data.homes=4", async (page) => {
    await page.getByLabel("Days", { exact: true }).first().fill("60");
    await page.keyboard.press("Tab");
    await page.waitForURL(/data\.days=60/);
    await page.waitForFunction(() => document.documentElement.dataset.engine === "ready");
    await page.getByLabel("Step", { exact: true }).selectOption("30");
    await page.waitForURL(/data\.step_minutes=30/);
    await page.waitForFunction(() => document.documentElement.dataset.engine === "ready");
    const { data, spec, warnings } = await setting(page);
    assert.deepEqual([data.days, data.step_minutes, spec.ppo.n_steps], [60, 30, 48]);
    assert.deepEqual(warnings.filter((/** @type {string} */ text) => text.includes("n_steps")), []);
  }, { view: "data" });
});

test("days, seasons and weeks are found", () => {
  const dates = ["2026-02-28", "2026-03-01", "2026-03-02"];
  assert.deepEqual(daysIn(dates, [12, 1, 2]), [0]);
  assert.deepEqual(daysIn(dates, null), [0, 1, 2]);
  assert.deepEqual(meanDay([1, 2, 3, 4, 9, 9], 2, [0, 1]), [2, 3]);
  const calendar = dates.map((date, index) => ({ date, part: index === 0 ? null : /** @type {const} */ ("train") }));
  assert.deepEqual(countParts(calendar), { train: 2, validation: 0, held_out: 0, none: 1 });
  assert.deepEqual([monthName("2026-01-01", 365), monthName("2027-01-01", 730), monthName("2027-02-01", 730)], ["Jan", "2027", "Feb"]);
  // A Saturday, a Sunday, and the Monday that begins another week.
  assert.deepEqual(weeks(calendar).map(({ week, weekday }) => [week, weekday]), [[0, 5], [0, 6], [1, 0]]);
});

test("what is made lies below zero, and an outlier does not pale the rest", () => {
  const series = { load: Float32Array.of(1, 2), pv: Float32Array.of(3, 0) };
  assert.deepEqual([...balance(series, "net")], [-2, 2]);
  assert.deepEqual([...balance(series, "pv")], [-3, -0]);
  assert.equal(balance(series, "load"), series.load);
  const values = Float32Array.from({ length: 1000 }, (_, index) => (index === 5 ? -50 : index / 1000));
  assert.ok(strongest(values) < 1);
  assert.equal(strongest([]), 0);
});

test("homes that come back bring what was theirs", () => {
  const base = { homes: { include: [], pv_homes: "all", battery_homes: ["a", "b"], greedy_homes: "none", overrides: { b: { pv_kwp: 2 } }, pv_measured_kwp: {} }, feeder: null };
  const all = ["a", "b", "c"];
  const without = { ...base, homes: { ...base.homes, include: ["a", "c"], battery_homes: ["a"], overrides: {} } };
  assert.deepEqual(onlyHomes(base, base, all, ["a", "c"]), { "homes.include": ["a", "c"], "homes.battery_homes": ["a"], "homes.overrides": {} });
  assert.deepEqual(onlyHomes(base, without, all, all), { "homes.include": [], "homes.battery_homes": ["a", "b"], "homes.overrides": { b: { pv_kwp: 2 } } });
  const own = { ...base, homes: { ...base.homes, greedy_homes: ["c"] }, feeder: { fault: { bus: "c" } } };
  assert.deepEqual(onlyHomes(base, own, all, ["a", "b"]), { "homes.include": ["a", "b"], "homes.greedy_homes": [], "feeder.fault": null });
});
