// From what the learners report to what the charts draw: pure functions.

import { AGENT } from "../../app/state.js";

/**
 * @typedef {import("../../ui/chart-view.js").Chart} Chart
 * @typedef {import("../../ui/chart-view.js").Series} Series
 * @typedef {import("../../types.d.ts").Policy} Policy
 * @typedef {import("../../types.d.ts").Reference} Reference
 * @typedef {import("../../types.d.ts").Sample} Sample
 * @typedef {import("../../types.d.ts").SeedRun} SeedRun
 */

/**
 * What is learned, over home-steps: by seed, the one that leads, and the length that is planned.
 * @typedef {{ runs: SeedRun[], history: Sample[], planned: number }} Progress
 */

/** @typedef {(sample: Sample) => number | null} Value */

/** How much of the axis is to be free at least, as a share of what has been reached. */
const ROOM = 0.25;

/**
 * From the beginning to the planned end; as long as that is far away to half of it, or a quarter, and so on, so
 * that a curve can be seen from its first iterations on.
 * @param {Progress} progress
 */
function stepsAxis({ runs, history, planned }) {
  const reached = Math.max(...[history, ...runs.map((run) => run.history)].map((samples) => samples.at(-1)?.steps ?? 0));
  let max = Math.max(planned, reached, 1);
  while (reached > 0 && max / 2 > reached * (1 + ROOM)) max /= 2;
  return { label: "home-steps", ticks: /** @type {const} */ ("count"), min: 0, max };
}

/**
 * @param {Sample[]} history
 * @param {string} label
 * @param {string} role
 * @param {Value} value
 * @returns {Series}
 */
function curve(history, label, role, value) {
  return { label, role, x: history.map((sample) => sample.steps), y: history.map(value), style: "line" };
}

/**
 * The shape between the lowest and the highest of several seeds, as far as all of them are: along the
 * highest and back along the lowest. Where a seed has no value there is none.
 * @param {number[]} steps
 * @param {(number | null)[][]} values By iteration, of every seed.
 * @param {string} role
 * @returns {Series[]} One for each stretch without a gap.
 */
function bands(steps, values, role) {
  /** @type {Series[]} */
  const shapes = [];
  /** @type {{ x: number, low: number, high: number }[]} */
  let stretch = [];
  const end = () => {
    if (stretch.length > 1) {
      const back = stretch.toReversed();
      shapes.push({
        label: shapes.length === 0 ? "lowest to highest" : "",
        role,
        style: "shape",
        x: [...stretch, ...back].map(({ x }) => x),
        y: [...stretch.map(({ high }) => high), ...back.map(({ low }) => low)],
      });
    }
    stretch = [];
  };
  for (const [index, each] of values.entries()) {
    const known = each.filter((value) => value !== null);
    if (known.length < each.length) end();
    else stretch.push({ x: steps[index], low: Math.min(...known), high: Math.max(...known) });
  }
  end();
  return shapes;
}

/**
 * One curve; of several seeds their mean over the band between the lowest and the highest, as far as all of them are.
 * @param {Progress} progress
 * @param {string} role
 * @param {Value} value
 * @returns {Series[]}
 */
function curves({ runs, history }, role, value) {
  if (history.length === 0) return [];
  const begun = runs.filter((run) => run.history.length > 0);
  if (begun.length < 2) return [curve(history, "", role, value)];
  const common = Math.min(...begun.map((run) => run.history.length));
  const steps = history.slice(0, common).map((sample) => sample.steps);
  const values = steps.map((_, index) => begun.map((run) => value(run.history[index])));
  const mean = values.map((each) =>
    each.includes(null) ? null : each.reduce((/** @type {number} */ sum, one) => sum + (one ?? 0), 0) / each.length,
  );
  return [...bands(steps, values, role), { label: `mean of ${begun.length} seeds`, role, x: steps, y: mean, style: "line" }];
}

/** Far off the rest: its line would only flatten the curves. */
const LEFT_OUT = new Set([AGENT, "no_battery"]);

/**
 * A line for policies that do not learn: as the learner measured them, else as was worked out beforehand.
 * @param {Progress} progress
 * @param {Policy[]} policies
 * @param {Map<string, Reference>} references
 * @param {"cost" | "peak_import_kwh"} measure
 */
function lines({ history }, policies, references, measure) {
  const measured = history[0]?.validation ?? {};
  return policies.flatMap(({ id, label, role }) => {
    const y = LEFT_OUT.has(id) ? null : (measured[id]?.[measure] ?? references.get(id)?.[measure] ?? null);
    return y === null ? [] : [{ y, label, role }];
  });
}

/**
 * @param {Progress} progress
 * @param {Policy[]} policies
 * @param {Map<string, Reference>} references
 * @returns {Chart}
 */
export function costChart(progress, policies, references) {
  const agent = policies.find(({ id }) => id === AGENT);
  return {
    title: "Cost",
    x: stepsAxis(progress),
    y: { label: "$ per validation day" },
    series: curves(progress, agent?.role ?? "accent", (sample) => sample.validation[AGENT]?.cost ?? null),
    lines: lines(progress, policies, references, "cost"),
  };
}

/**
 * @param {Progress} progress
 * @param {Policy[]} policies
 * @param {Map<string, Reference>} references
 * @returns {Chart}
 */
export function peakChart(progress, policies, references) {
  const agent = policies.find(({ id }) => id === AGENT);
  return {
    title: "Peak-window import",
    x: stepsAxis(progress),
    y: { label: "kWh per validation day", min: 0 },
    series: curves(progress, agent?.role ?? "accent", (sample) => sample.validation[AGENT]?.peak_import_kwh ?? null),
    lines: lines(progress, policies, references, "peak_import_kwh"),
  };
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

/** The learner's health, each figure with what is usual. */
export const HEALTH = /** @type {const} */ ([
  { id: "kl", title: "KL", unit: "nats", value: (/** @type {Sample} */ sample) => sample.kl, limits: { min: 0 } },
  { id: "clip_fraction", title: "Clipped", unit: "% of samples", value: (/** @type {Sample} */ sample) => 100 * sample.clipFraction, limits: { min: 0 } },
  { id: "entropy", title: "Entropy", unit: "nats", value: (/** @type {Sample} */ sample) => sample.entropy, limits: {} },
  { id: "explained_variance", title: "Explained variance", unit: "1 is all", value: (/** @type {Sample} */ sample) => sample.explainedVariance, limits: { max: 1 } },
]);

/**
 * @param {Progress} progress
 * @param {(typeof HEALTH)[number]} figure
 * @returns {Chart}
 */
export function healthChart(progress, { title, unit, value, limits }) {
  // In so little room a legend would say no more than that of the charts above.
  const series = curves(progress, "battery", value).map((each) => ({ ...each, label: "" }));
  return { title, x: stepsAxis(progress), y: { label: unit, ...limits }, series };
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
  const series = curves(progress, "battery", (sample) => sample.rate);
  const one = series.length === 1;
  return {
    title: "Speed",
    x: stepsAxis(progress),
    y: { label: one ? "home-steps per second" : "home-steps per second and seed", min: 0, ticks: "count" },
    series: one ? [{ ...series[0], style: "area" }] : series,
  };
}
