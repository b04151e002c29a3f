// Nothing blocks: while an agent trains, the main thread is never busy for long.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { history, iterations, launch, phase, press, show, withPage } from "./browser.mjs";

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

/** A street of usual size, with iterations as short as they come. */
const LIVELY = "training.microgrids=20&ppo.n_epochs=2&ppo.total_timesteps=4000000";
/** Browsers call a task long from here on, ms. */
const LONG = 50;

/** Collects long tasks from now on. @param {import("playwright-core").Page} page */
function watch(page) {
  return page.evaluate(() => {
    /** @type {{ start: number, duration: number }[]} */
    const tasks = [];
    Object.assign(globalThis, { tasks });
    new PerformanceObserver((list) => {
      for (const { startTime, duration } of list.getEntries()) tasks.push({ start: startTime, duration });
    }).observe({ type: "longtask" });
    performance.mark("watch");
    return performance.getEntriesByName("watch")[0].startTime;
  });
}

/**
 * How long the main thread itself worked in each task, ms: on a machine with other work a task also
 * takes the time that others had the processor, which the observer cannot tell apart.
 * @param {Buffer} trace
 * @param {number} watched The mark's time on the page's clock, ms.
 */
function worked(trace, watched) {
  /** @type {any[]} */
  const events = JSON.parse(trace.toString()).traceEvents;
  const mark = events.find(({ name, cat }) => name === "watch" && cat.includes("blink.user_timing"));
  assert.ok(mark, "the trace has no mark");
  const tasks = events.filter(({ name, ph, pid, tid }) => ph === "X" && pid === mark.pid && tid === mark.tid && name.endsWith("RunTask"));
  assert.ok(tasks.length > 0 && tasks.every(({ tdur }) => tdur !== undefined), "the trace does not say how long a thread worked");
  return tasks.map(({ ts, dur, tdur }) => ({ start: watched + (ts - mark.ts) / 1000, duration: dur / 1000, worked: tdur / 1000 }));
}

for (const view of ["train", "explore"]) {
  test(`no task takes longer than ${LONG} ms while an agent trains and ${view} is in sight`, async () => {
    await withPage(browser, LIVELY, async (page) => {
      await page.waitForFunction(() => document.documentElement.dataset.learner === "ready");
      await press(page, "Train");
      await iterations(page, 3);
      if (view !== "train") await show(page, view);
      // What is drawn for the first time compiles and lays out; that is part of getting ready.
      await page.waitForTimeout(1500);
      await browser.startTracing(page, { categories: ["toplevel", "blink.user_timing"] });
      const watched = await watch(page);
      const begun = (await history(page)).length;
      await iterations(page, begun + 12);
      const long = await page.evaluate(() => /** @type {any} */ (globalThis).tasks);
      const tasks = worked(await browser.stopTracing(), watched);
      await show(page, "train");
      await press(page, "Pause");
      await phase(page, "paused");

      const found = long.map((/** @type {any} */ { start, duration }) => {
        const same = tasks.filter((task) => task.start < start + duration && task.start + task.duration > start);
        return { start, duration, worked: Math.max(...same.map((task) => task.worked)) };
      });
      console.log(`${view}: ${long.length} long tasks by the clock, ${JSON.stringify(found.map((/** @type {any} */ task) => [task.duration, Math.round(task.worked)]))}`);
      assert.deepEqual(found.filter((/** @type {any} */ task) => task.worked > LONG), []);
    }, { view: "train" });
  });
}
