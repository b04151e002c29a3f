// The learner's worker on WebGPU, without the page: what it asks of the device, and whether it
// computes what the CPU does.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, URL_UNDER_TEST } from "./browser.mjs";

/** Eight streets with one battery each: three minibatches of 64 home-steps an epoch. */
const MINIBATCHES = 3;
const spec = (/** @type {number} */ epochs) => ({
  data: { source: "synthetic", homes: 2 },
  training: { microgrids: 8 },
  ppo: { learning_rate: 0.001, batch_size: 64, n_epochs: epochs, total_timesteps: 100_000 },
});

/** Counts what is asked of the device, then becomes the learner's worker. */
async function counting(/** @type {string} */ script) {
  const counts = { dispatches: 0, submissions: 0, buffers: 0, pipelines: 0, uploads: 0, reads: 0 };
  Object.assign(globalThis, { counts });
  /** @type {(kind: any, method: string, note: (args: any[]) => void) => void} */
  const watch = (kind, method, note) => {
    const original = kind.prototype[method];
    kind.prototype[method] = function (/** @type {any[]} */ ...args) {
      note(args);
      return original.apply(this, args);
    };
  };
  watch(GPUComputePassEncoder, "dispatchWorkgroups", () => counts.dispatches++);
  watch(GPUComputePassEncoder, "dispatchWorkgroupsIndirect", () => counts.dispatches++);
  watch(GPUQueue, "submit", () => counts.submissions++);
  watch(GPUDevice, "createBuffer", () => counts.buffers++);
  watch(GPUDevice, "createComputePipeline", () => counts.pipelines++);
  watch(GPUDevice, "createComputePipelineAsync", () => counts.pipelines++);
  // Beside the batch only shapes and the epochs' orders cross, a few hundred bytes each.
  watch(GPUQueue, "writeBuffer", ([, , data, , size]) => (size ?? data.byteLength) > 4096 && counts.uploads++);
  watch(GPUBuffer, "mapAsync", () => counts.reads++);

  /** @type {unknown[]} */
  const early = [];
  const keep = (/** @type {MessageEvent} */ event) => early.push(event.data);
  addEventListener("message", keep);
  await import(script);
  removeEventListener("message", keep);
  for (const data of early) dispatchEvent(new MessageEvent("message", { data }));
}

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => void (browser = await launch()));
after(() => browser.close());

/**
 * A learner's worker of its own in a page.
 * @param {"cpu" | "webgpu"} backend
 */
async function learner(backend) {
  const page = await browser.newPage();
  page.setDefaultTimeout(0);
  await page.goto(`${URL_UNDER_TEST}LICENSE`);
  const script = `(${counting})(${JSON.stringify(`${URL_UNDER_TEST}www/engines/workers/learner.js`)})`;
  await page.evaluate(
    async ([base, source, engine]) => {
      const { WorkerClient } = await import(`${base}www/engines/client.js`);
      const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
      const nothing = () => {};
      const reports = { iteration: nothing, paused: nothing, checkpoint: nothing, crash: console.error };
      const client = new WorkerClient(new URL(address), reports);
      Object.assign(globalThis, { ask: client.request.bind(client) });
      await client.request("start", engine);
    },
    [URL_UNDER_TEST, script, backend],
  );
  /** @type {(name: string, ...args: unknown[]) => Promise<any>} */
  const ask = (name, ...args) =>
    page.evaluate(async ([request, values]) => {
      const answer = await /** @type {any} */ (globalThis).ask(request, .../** @type {unknown[]} */ (values));
      return answer instanceof Uint8Array ? [...answer] : undefined;
    }, /** @type {const} */ ([name, args]));
  /** What was asked of the device so far. */
  const counts = async () => {
    const all = await Promise.all(page.workers().map((worker) => worker.evaluate(() => /** @type {any} */ (globalThis).counts)));
    const names = Object.keys(all[0]);
    return Object.fromEntries(names.map((name) => [name, all.reduce((sum, each) => sum + (each?.[name] ?? 0), 0)]));
  };
  return { page, ask, counts };
}

test("an iteration uploads once, reads once, and asks little of the device in between", async () => {
  const { page, ask, counts } = await learner("webgpu");
  /** What a second iteration asks for: the first one compiles. @param {number} epochs */
  const second = async (epochs) => {
    await ask("configure", spec(epochs));
    await ask("step");
    const first = await counts();
    await ask("step");
    const both = await counts();
    return Object.fromEntries(Object.keys(both).map((name) => [name, both[name] - first[name]]));
  };
  const [one, three] = [await second(1), await second(3)];
  for (const { uploads, reads, pipelines } of [one, three]) {
    assert.deepEqual({ uploads, reads, pipelines }, { uploads: 1, reads: 1, pipelines: 0 });
  }
  const each = (/** @type {string} */ name) => (three[name] - one[name]) / (2 * MINIBATCHES);
  const found = { dispatches: each("dispatches"), submissions: each("submissions"), buffers: each("buffers") };
  console.log(`per minibatch: ${JSON.stringify(found)}`);
  // The counts stand in the README.
  assert.ok(found.dispatches <= 176, `${found.dispatches} dispatches`);
  assert.ok(found.submissions <= 6, `${found.submissions} submissions`);
  assert.ok(found.buffers <= 3, `${found.buffers} buffers`);
  await page.close();
});

/** The numbers of a safetensors file by name. @param {number[]} bytes */
function tensors(bytes) {
  const data = Uint8Array.from(bytes).buffer;
  const start = 8 + Number(new DataView(data).getBigUint64(0, true));
  const { __metadata__: _, ...entries } = JSON.parse(new TextDecoder().decode(data.slice(8, start)));
  return Object.entries(entries)
    .filter(([, { dtype }]) => dtype === "F32")
    .map(([name, { data_offsets: [from, to] }]) => ({ name, values: new Float32Array(data.slice(start + from, start + to)) }));
}

test("an update on WebGPU leaves the weights that it leaves on the CPU", async () => {
  const [cpu, gpu] = await Promise.all(
    /** @type {const} */ (["cpu", "webgpu"]).map(async (backend) => {
      const { page, ask } = await learner(backend);
      await ask("configure", spec(1));
      await ask("step");
      const found = tensors(await ask("saveModel"));
      await page.close();
      return found;
    }),
  );
  let moved = 0;
  for (const [index, { name, values }] of cpu.entries()) {
    for (const [at, value] of values.entries()) {
      const other = gpu[index].values[at];
      assert.ok(Math.abs(other - value) <= 1e-4, `${name}[${at}]: ${other} on WebGPU, ${value} on the CPU`);
      // Biases start at 0.
      if (name.endsWith(".bias")) moved = Math.max(moved, Math.abs(value));
    }
  }
  // Three steps of Adam at a rate of 0.001.
  assert.ok(moved > 2e-3, `the weights have hardly moved: ${moved}`);
});
