// The worker that trains. Training is a loop that takes its turn in the queue of requests and
// lets messages through between iterations.

import { load } from "../bundles.js";
import { breathe, cancelRead, inTurn, planOf, post, readFile, report, serve } from "./service.js";

/**
 * @typedef {import("../../types.d.ts").Backend} Backend
 * @typedef {import("../../types.d.ts").LearnerRequests} LearnerRequests
 * @typedef {import("../../types.d.ts").LearningEngine} LearningEngine
 * @typedef {import("../../types.d.ts").LearningModule} LearningModule
 */

/** Seconds between the checkpoints that are posted while training. */
const CHECKPOINT_SECONDS = 4;

/** @type {Record<Backend, string>} */
const BUNDLES = { cpu: "engine", webgpu: "engine-webgpu" };

/** @type {LearningEngine | null} */
let engine = null;
let training = false;
/** @type {Promise<void> | null} The loop that trains, while there is one. */
let trainingLoop = null;

/** @returns {LearningEngine} */
function running() {
  if (!engine) throw new Error("The learner has not been loaded.");
  return engine;
}

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
    report(error, (message) => post({ type: "halted", message }));
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

/** @type {Parameters<typeof serve<LearnerRequests>>[0]} */
const handlers = {
  async start(backend) {
    /** @type {LearningModule} */
    const module = await load(BUNDLES[backend]);
    const created = module.Engine.create();
    if (backend === "webgpu") await created.useWebgpu();
    engine = created;
  },
  configure: (spec) => running().configure(spec),
  readFile: async (file) => (await readFile(running(), file, () => (running().keepData(), true))) ?? false,
  cancelRead,
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
  actions: () => planOf(running().actions()),
  saveModel: () => running().saveModel(),
  loadModel: (bytes) => running().loadModel(bytes),
  actionsOf: (bytes) => planOf(running().actionsOf(bytes)),
  loadWeights: (bytes) => running().loadWeights(bytes),
  trial: () => running().trial(),
  explain: (index, step, home) => running().explain(index, step, home),
};

serve(handlers, ["train", "pause", "cancelRead"]);
