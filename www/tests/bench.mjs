// What a visitor's browser makes of the page: first paint, engine ready, training speed.
// Prints one line of JSON.

import { cpus } from "node:os";
import { history, launch, phase, press, URL_UNDER_TEST } from "./browser.mjs";

/** How long training is watched, ms; what comes before is warming up. */
const WARM_UP = 2_000;
const WATCH = 10_000;

const browser = await launch();
const page = await (await browser.newContext({ serviceWorkers: "block" })).newPage();
await page.goto(`${URL_UNDER_TEST}?ppo.total_timesteps=20000000#train`);
await page.waitForFunction(() => document.documentElement.dataset.engine === "ready");
const { ready, paint } = await page.evaluate(() => ({
  ready: performance.now(),
  paint: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? null,
}));
await page.waitForFunction(() => document.documentElement.dataset.learner === "ready");
const learner = await page.evaluate(() => performance.now());

await press(page, "Train");
await page.waitForTimeout(WARM_UP);
const before = (await history(page)).length;
await page.waitForTimeout(WATCH);
await press(page, "Pause");
await phase(page, "paused");
const samples = (await history(page)).slice(before);
const seconds = samples.reduce((sum, { rate }, index) => {
  const from = index === 0 ? null : samples[index - 1].steps;
  return from === null ? sum : sum + (samples[index].steps - from) / rate;
}, 0);
const steps = samples[samples.length - 1].steps - samples[0].steps;

console.log(
  JSON.stringify({
    machine: `${cpus()[0].model}, ${cpus().length} cores`,
    browser: `Chromium ${browser.version()}`,
    first_paint_ms: paint === null ? null : Math.round(paint),
    street_ready_ms: Math.round(ready),
    learner_ready_ms: Math.round(learner),
    home_steps_per_second: Math.round(steps / seconds),
    iterations: samples.length,
  }),
);
await browser.close();
