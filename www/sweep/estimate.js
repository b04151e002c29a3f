// How long a sweep will take.

import { runsOf, stepsOf } from "./plan.js";

/**
 * @typedef {import("./plan.js").Plan} Plan
 * @typedef {import("./session.js").Sweep} Sweep
 */

/**
 * Home-steps per second of the learner in use: the median of what it has done; `null` before that, and of one that
 * computes elsewhere than sweeps do, on the CPU.
 * @param {Pick<import("../app/state.js").State, "backend" | "history">} state
 */
export function learnerRate({ backend, history }) {
  if (backend !== "cpu") return null;
  const rates = history.map(({ rate }) => rate).toSorted((a, b) => a - b);
  return rates[Math.floor(rates.length / 2)] ?? null;
}

/** Home-steps of a whole sweep. @param {Plan} plan */
export function allSteps(plan) {
  return runsOf(plan).reduce((sum, run) => sum + stepsOf(plan, run), 0);
}

/** Home-steps that are still to be done. @param {Sweep} sweep */
export function stepsLeft({ plan, runs, rows, active }) {
  const missing = runs.filter(({ run }) => !rows.has(run));
  return missing.reduce((sum, run) => sum + stepsOf(plan, run) * (1 - (active.get(run.run) ?? 0)), 0);
}

/**
 * @param {number} steps
 * @param {number} runs How many they are shared among.
 * @param {number} workers
 * @param {number | null} rate Home-steps per second of one worker.
 * @returns {number | null} Seconds; `null` where no speed is known.
 */
export function secondsFor(steps, runs, workers, rate) {
  return rate === null ? null : steps / rate / Math.max(1, Math.min(workers, runs));
}
