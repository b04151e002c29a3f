// The kernels of crates/bench in a worker. Prints the median time of a run of each, ns, as one
// line of JSON: [[name, time], …].

import { launch, URL_UNDER_TEST } from "./browser.mjs";

/** How long each kernel is run, ms, after a second of warming up, and how often at least. */
const WARM_UP = 1_000;
const WATCH = 4_000;
const RUNS = 5;

/** What the worker does: the module's address in, a message for each kernel out. */
async function work(/** @type {string} */ module, /** @type {number[]} */ [warmUp, watch, runs]) {
  const { default: init, Kernel, kernels } = await import(module);
  await init();
  for (let index = 0; index < kernels(); index++) {
    const kernel = new Kernel(index);
    for (const end = performance.now() + warmUp; performance.now() < end; ) kernel.run();
    const times = [];
    for (const end = performance.now() + watch; performance.now() < end || times.length < runs; ) {
      const begin = performance.now();
      kernel.run();
      times.push((performance.now() - begin) * 1e6);
    }
    times.sort((a, b) => a - b);
    postMessage([kernel.name, times[times.length >> 1]]);
    kernel.free();
  }
  postMessage(null);
}

const browser = await launch();
const page = await browser.newPage();
await page.route(URL_UNDER_TEST, (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html>" }));
await page.goto(URL_UNDER_TEST);
const script = `(${work})(${JSON.stringify(`${URL_UNDER_TEST}bench.js`)}, ${JSON.stringify([WARM_UP, WATCH, RUNS])}).catch((error) => setTimeout(() => { throw error; }));`;
const times = await page.evaluate(
  (source) =>
    new Promise((resolve, reject) => {
      const worker = new Worker(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
      /** @type {unknown[]} */
      const rows = [];
      worker.onmessage = ({ data }) => (data ? rows.push(data) : resolve(rows));
      worker.onerror = (event) => reject(new Error(event.message));
    }),
  script,
);
console.log(JSON.stringify(times));
await browser.close();
