// From what the learners report to what the charts draw: pure functions.

import { AGENT } from "../../app/state.js";

/**
 * @typedef {import("../../ui/chart-view.js").Chart} Chart
 * @typedef {import("../../ui/chart-view.js").Series} Series
 * @typedef {import("../../types.d.ts").Policy} Policy
 * @typedef {import("../../types.d.ts").Sample} Sample
 * @typedef {import("../../types.d.ts").SeedRun} SeedRun
 * @typedef {import("../../types.d.ts").Setting} Setting
 */

/**
 * What is learned, over home-steps: by seed, the one that leads, and the length that is planned.
 * @typedef {{ runs: SeedRun[], history: Sample[], planned: number }} Progress
 */

/** @param {Progress} progress */
function stepsAxis({ runs, history, planned }) {
  const reached = [history, ...runs.map((run) => run.history)].map((samples) => samples.at(-1)?.steps ?? 1);
  return {
    label: "home-steps",
    ticks: /** @type {const} */ ("count"),
    min: 0,
    max: Math.max(planned, ...reached),
  };
}

/**
 * @param {Sample[]} history
 * @param {string} label
 * @param {string} role
 * @param {(sample: Sample) => number | null} value
 * @returns {Series}
 */
function curve(history, label, role, value) {
  return { label, role, x: history.map((sample) => sample.steps), y: history.map(value), style: "line" };
}

/**
 * One curve; of several seeds their mean, as far as all of them are, over a thin curve for each.
 * @param {Progress} progress
 * @param {string} role
 * @param {(sample: Sample) => number | null} value
 * @returns {Series[]}
 */
function curves({ runs, history }, role, value) {
  const begun = runs.filter((run) => run.history.length > 0);
  if (begun.length < 2) return [curve(history, "", role, value)];
  const seeds = begun.map((run, index) => curve(run.history, index === 0 ? "each seed" : "", "neutral", value));
  const common = Math.min(...begun.map((run) => run.history.length));
  const mean = history.slice(0, common).map((_, index) => {
    const values = begun.map((run) => value(run.history[index]));
    return values.includes(null) ? null : values.reduce((/** @type {number} */ sum, each) => sum + (each ?? 0), 0) / values.length;
  });
  return [
    ...seeds,
    { label: `mean of ${begun.length} seeds`, role, x: history.slice(0, common).map(({ steps }) => steps), y: mean, style: "line" },
  ];
}

/**
 * @param {Progress} progress
 * @param {string} role The agent's.
 * @returns {Chart}
 */
export function returnChart(progress, role) {
  return {
    title: "Return",
    x: stepsAxis(progress),
    y: { label: "mean reward per episode" },
    series: curves(progress, role, (sample) => sample.return),
  };
}

/**
 * @param {Progress} progress
 * @param {Policy[]} policies
 * @returns {Chart}
 */
export function peakChart(progress, policies) {
  const references = progress.history[0]?.validation ?? {};
  const lines = policies
    .filter(({ id }) => id !== AGENT && references[id])
    .map(({ id, label, role }) => ({ y: references[id].peak_import_kwh, label, role }));
  const agent = policies.find(({ id }) => id === AGENT);
  return {
    title: "Peak-window import",
    x: stepsAxis(progress),
    y: { label: "kWh per validation day", min: 0 },
    series: curves(progress, agent?.role ?? "accent", (sample) => sample.validation[AGENT]?.peak_import_kwh ?? null),
    lines,
  };
}

/**
 * @param {Progress} progress
 * @returns {Chart[]}
 */
export function lossCharts(progress) {
  const x = stepsAxis(progress);
  return [
    {
      title: "Policy loss",
      x,
      y: { label: "clipped objective" },
      series: curves(progress, "accent", (sample) => sample.policyLoss),
    },
    {
      title: "Value loss",
      x,
      y: { label: "mean squared error", min: 0 },
      series: curves(progress, "accent", (sample) => sample.valueLoss),
    },
  ];
}

/**
 * @param {Progress} progress
 * @returns {Chart}
 */
export function speedChart(progress) {
  const [first, ...seeds] = curves(progress, "battery", (sample) => sample.rate);
  const one = seeds.length === 0;
  return {
    title: "Speed",
    x: stepsAxis(progress),
    y: { label: one ? "home-steps per second" : "home-steps per second and seed", min: 0, ticks: "count" },
    series: one ? [{ ...first, style: "area" }] : [first, ...seeds],
  };
}
