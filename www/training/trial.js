// Which engine learns faster here: each does the same minibatches of the present learner in a worker of its own.
// Nothing of the training is touched, and ending the worker ends the trial.

import { Refusal, Replaced } from "../engines/client.js";
import { Learner } from "./learner.js";

/**
 * @typedef {import("../types.d.ts").Backend} Backend
 * @typedef {import("../types.d.ts").Setting} Setting
 * @typedef {import("../types.d.ts").Trial} Trial
 */

/** Trials that count; one before them gives the browser time to compile its best. */
const COUNTED = 3;

/**
 * @typedef {object} Measurement
 * @property {number} seconds The median.
 * @property {number} rows Home-steps in the minibatch.
 */

/** @param {number[]} values */
function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/**
 * @param {Backend} backend
 * @param {Setting} setting
 * @param {File | null} file The data file in use.
 * @param {(share: number) => void} onProgress From 0 to 1.
 * @param {AbortSignal} signal
 * @returns {Promise<Measurement>}
 */
export async function measure(backend, setting, file, onProgress, signal) {
  let crashed = "";
  const learner = new Learner(backend, { crash: (message) => (crashed = message) });
  const cancel = () => learner.close();
  signal.addEventListener("abort", cancel);
  try {
    await Promise.all([learner.loaded, learner.follow(setting, file)]);
    onProgress(0.3);
    const first = await learner.request("trial");
    /** @type {Trial[]} */
    const trials = [];
    while (trials.length < COUNTED) {
      onProgress(0.4 + (0.6 * trials.length) / COUNTED);
      trials.push(await learner.request("trial"));
    }
    return { seconds: median(trials.map(({ seconds }) => seconds)), rows: first.rows };
  } catch (error) {
    throw error instanceof Replaced && crashed ? new Refusal(crashed) : error;
  } finally {
    signal.removeEventListener("abort", cancel);
    learner.close();
  }
}

/**
 * Which engine is the quicker one, in a sentence.
 * @param {{ cpu: Measurement, webgpu: Measurement }} both
 * @returns {{ backend: Backend, text: string }}
 */
export function recommendation({ cpu, webgpu }) {
  const backend = webgpu.seconds < cpu.seconds ? "webgpu" : "cpu";
  const ratio = Math.max(cpu.seconds, webgpu.seconds) / Math.min(cpu.seconds, webgpu.seconds);
  const name = backend === "cpu" ? "The CPU" : "WebGPU";
  const factor = ratio < 10 ? ratio.toFixed(1) : String(Math.round(ratio));
  if (ratio < 1.1) return { backend, text: "Both are about equally quick here." };
  return { backend, text: `${name} learns ${factor} times as fast here.` };
}
