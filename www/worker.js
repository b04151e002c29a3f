// The worker: owns the engine, so that the page only draws.
//
// Requests are answered one at a time, in order, because the engine is a single mutable
// object that must not be entered twice. Training is a loop that takes its turn in the same
// queue and lets messages through between iterations.

import { load } from "./bundles.js";

/**
 * @typedef {import("./types.d.ts").Backend} Backend
 * @typedef {import("./types.d.ts").Engine} Engine
 * @typedef {import("./types.d.ts").EngineModule} EngineModule
 * @typedef {import("./types.d.ts").Requests} Requests
 * @typedef {import("./types.d.ts").RequestMessage} RequestMessage
 * @typedef {import("./types.d.ts").WorkerMessage} WorkerMessage
 */

/** Seconds between the checkpoints that are posted while training. */
const CHECKPOINT_SECONDS = 4;

/** @type {Record<Backend, string>} */
const BUNDLES = { cpu: "engine", webgpu: "engine-webgpu" };

/** @type {Engine | null} */
let engine = null;
let training = false;
/** @type {Promise<void> | null} The loop that trains, while there is one. */
let trainingLoop = null;
let reading = false;
let crashed = false;
/** The last thing written to the console as an error: a panic leaves its text there. */
let lastError = "";

/**
 * @param {WorkerMessage} message
 * @param {Transferable[]} [transfer]
 */
function post(message, transfer = []) {
  self.postMessage(message, { transfer });
}

/** @param {unknown} error */
function sentence(error) {
  return error instanceof Error ? error.message : String(error);
}

/** After a panic the engine's memory is not to be trusted: say so once and fall silent. */
function crash(/** @type {unknown} */ error) {
  if (crashed) return;
  crashed = true;
  training = false;
  const panic = /panicked at ([^\n]*)\n([^\n]*)/.exec(lastError);
  post({ type: "crash", message: panic ? `${panic[2]} (${panic[1].replace(/:$/, "")})` : sentence(error) });
}

const writeError = console.error.bind(console);
console.error = (...values) => {
  lastError = values.map(String).join(" ");
  writeError(...values);
};
self.addEventListener("error", (event) => crash(event.error ?? event.message));
self.addEventListener("unhandledrejection", (event) => crash(event.reason));

/** @returns {Engine} */
function running() {
  if (!engine) throw new Error("The engine has not been started.");
  return engine;
}

/** @type {Promise<unknown>} */
let queue = Promise.resolve();

/**
 * Runs `task` when everything before it has ended.
 * @template T
 * @param {() => T | Promise<T>} task
 * @returns {Promise<T>}
 */
function inTurn(task) {
  const turn = queue.then(task);
  queue = turn.catch(() => undefined);
  return turn;
}

/** Lets waiting messages be handled. */
const breathe = () => new Promise((resolve) => setTimeout(resolve));

/** @returns {Promise<boolean>} Whether the planned training is complete. */
async function iterateOnce() {
  const begin = performance.now();
  const iteration = await running().iterate();
  post({ type: "iteration", iteration, seconds: (performance.now() - begin) / 1000 });
  return iteration.done;
}

/** Posts the agent as it is now. */
function postCheckpoint() {
  const bytes = running().saveModel();
  post({ type: "checkpoint", bytes }, [bytes.buffer]);
}

async function trainLoop() {
  let done = false;
  let saved = performance.now();
  try {
    while (training && !done) {
      done = await inTurn(iterateOnce);
      if (performance.now() - saved > CHECKPOINT_SECONDS * 1000) {
        await inTurn(postCheckpoint);
        saved = performance.now();
      }
      await breathe();
    }
    if (done) training = false;
    await inTurn(postCheckpoint);
    if (!training) post({ type: "paused", done });
  } catch (error) {
    training = false;
    if (error instanceof WebAssembly.RuntimeError) crash(error);
    else post({ type: "halted", message: sentence(error) });
  }
}

/** Trains until it is paused or done. One loop at most runs, however fast the buttons are pressed. */
function startTraining() {
  training = true;
  trainingLoop ??= trainLoop().finally(() => {
    trainingLoop = null;
    if (training) startTraining();
  });
}

/**
 * Streams a file into the engine; the old data stay in use unless all of it is read.
 * @param {File} file
 */
async function readFile(file) {
  const target = running();
  reading = true;
  target.openData(file.name);
  try {
    let bytes = 0;
    let posted = 0;
    const reader = file.stream().getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const rows = target.pushData(part.value);
      bytes += part.value.byteLength;
      if (performance.now() - posted > 50) {
        post({ type: "progress", bytes, total: file.size, rows });
        posted = performance.now();
        await breathe();
      }
      if (!reading) {
        await reader.cancel();
        target.cancelData();
        return null;
      }
    }
    return target.closeData();
  } catch (error) {
    target.cancelData();
    throw error;
  } finally {
    reading = false;
  }
}

/**
 * What each request does. Those of `IMMEDIATE` do not wait for their turn.
 * @type {{ [K in keyof Requests]: (...args: Parameters<Requests[K]>) => ReturnType<Requests[K]> | Promise<ReturnType<Requests[K]>> }}
 */
const handlers = {
  async start(backend) {
    /** @type {EngineModule} */
    const module = await load(BUNDLES[backend]);
    engine = await module.Engine.create(backend);
    return module.presets();
  },
  configure: (spec) => running().configure(spec),
  readFile,
  cancelRead() {
    reading = false;
  },
  train: startTraining,
  pause() {
    training = false;
  },
  async step() {
    const done = await iterateOnce();
    postCheckpoint();
    post({ type: "paused", done });
  },
  reset: () => running().reset(),
  evaluate: (policy) => running().evaluate(policy),
  day: (index, policies) => Object.fromEntries(policies.map((id) => [id, running().day(id, index)])),
  market: (policy, index, step) => running().market(policy, index, step),
  csv: (policy) => running().csv(policy),
  resultsJson: () => running().resultsJson(),
  saveModel: () => running().saveModel(),
  loadModel: (bytes) => running().loadModel(bytes),
};

/** @type {Set<keyof Requests>} */
const IMMEDIATE = new Set(["train", "pause", "cancelRead"]);

/** @param {RequestMessage} request */
async function answer({ id, name, args }) {
  try {
    const work = () => /** @type {any} */ (handlers[name])(...args);
    const value = await (IMMEDIATE.has(name) ? work() : inTurn(work));
    post({ type: "answer", id, value });
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) crash(error);
    else post({ type: "refusal", id, message: sentence(error) });
  }
}

self.addEventListener("message", (event) => void answer(event.data));
