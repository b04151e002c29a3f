// From what the engine reports to what the charts draw: pure functions.

import { AGENT } from "./state.js";

/**
 * @typedef {import("./chart-view.js").Chart} Chart
 * @typedef {import("./chart-view.js").Series} Series
 * @typedef {import("./types.d.ts").DayTrace} DayTrace
 * @typedef {import("./types.d.ts").Policy} Policy
 * @typedef {import("./types.d.ts").Sample} Sample
 * @typedef {import("./types.d.ts").Setting} Setting
 */

/**
 * @param {Sample[]} history
 * @param {number} planned Home-steps.
 */
function stepsAxis(history, planned) {
  return {
    label: "home-steps",
    ticks: /** @type {const} */ ("count"),
    min: 0,
    max: Math.max(planned, history.at(-1)?.steps ?? 1),
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
 * @param {Sample[]} history
 * @param {number} planned
 * @param {string} role The agent's.
 * @returns {Chart}
 */
export function returnChart(history, planned, role) {
  return {
    title: "Return",
    x: stepsAxis(history, planned),
    y: { label: "mean reward per episode" },
    series: [curve(history, "", role, (sample) => sample.return)],
  };
}

/**
 * @param {Sample[]} history
 * @param {number} planned
 * @param {Policy[]} policies
 * @returns {Chart}
 */
export function peakChart(history, planned, policies) {
  const references = history[0]?.validation ?? {};
  const lines = policies
    .filter(({ id }) => id !== AGENT && references[id])
    .map(({ id, label, role }) => ({ y: references[id].peak_import_kwh, label, role }));
  const agent = policies.find(({ id }) => id === AGENT);
  return {
    title: "Peak-window import",
    x: stepsAxis(history, planned),
    y: { label: "kWh per validation day", min: 0 },
    series: [
      curve(history, "", agent?.role ?? "accent", (sample) => sample.validation[AGENT]?.peak_import_kwh ?? null),
    ],
    lines,
  };
}

/**
 * @param {Sample[]} history
 * @param {number} planned
 * @returns {Chart[]}
 */
export function lossCharts(history, planned) {
  const x = stepsAxis(history, planned);
  return [
    {
      title: "Policy loss",
      x,
      y: { label: "clipped objective" },
      series: [curve(history, "", "accent", (sample) => sample.policyLoss)],
    },
    {
      title: "Value loss",
      x,
      y: { label: "mean squared error", min: 0 },
      series: [curve(history, "", "neutral", (sample) => sample.valueLoss)],
    },
  ];
}

/**
 * @param {Sample[]} history
 * @param {number} planned
 * @returns {Chart}
 */
export function speedChart(history, planned) {
  return {
    title: "Speed",
    x: stepsAxis(history, planned),
    y: { label: "home-steps per second", min: 0, ticks: "count" },
    series: [{ ...curve(history, "", "battery", (sample) => sample.rate), style: "area" }],
  };
}

/** When an episode ends, hours after its first midnight. @param {DayTrace} trace */
function end(trace) {
  return trace.hours[trace.hours.length - 1] + trace.step_hours;
}

/** @param {DayTrace} trace */
function hoursAxis(trace) {
  return { min: 0, max: end(trace), ticks: /** @type {const} */ ("hour_of_day") };
}

/**
 * Per step: each value holds until the next, the last one to the end of the day.
 * @param {DayTrace} trace
 * @param {(number | null)[]} values
 */
function steps(trace, values) {
  return { x: [...trace.hours, end(trace)], y: [...values, values[values.length - 1]], style: /** @type {const} */ ("steps") };
}

/**
 * The same steps as the outline of an area.
 * @param {DayTrace} trace
 * @param {number[]} values
 */
function stairs(trace, values) {
  const x = trace.hours.flatMap((hour) => [hour, hour + trace.step_hours]);
  return { x, y: values.flatMap((value) => [value, value]), style: /** @type {const} */ ("area") };
}

const DASHED = /** @type {const} */ ("dashed");

/** The peak windows of every day of the episode. @param {DayTrace} trace @param {Setting} setting */
function peakBands(trace, setting) {
  const days = Array.from({ length: Math.ceil(end(trace) / 24) }, (_, day) => day * 24);
  return days.flatMap((day) =>
    setting.peak.map(({ from, to }) => ({ from: day + from, to: day + to, label: day === 0 ? "peak window" : "" })),
  );
}

/**
 * The panels of one policy's day, above one another.
 * @param {DayTrace} trace
 * @param {Setting} setting
 * @returns {Chart[]}
 */
export function dayPanels(trace, setting) {
  const x = hoursAxis(trace);
  const labelled = peakBands(trace, setting);
  const bands = labelled.map(({ from, to }) => ({ from, to }));
  // The state of charge is known at the end of each step.
  const socHours = trace.hours.map((hour) => hour + trace.step_hours);
  return [
    {
      title: "Load and PV",
      x,
      y: { label: "kW" },
      bands: labelled,
      series: [
        { label: "PV", role: "pv", ...stairs(trace, trace.pv_kw) },
        { label: "load", role: "load", ...steps(trace, trace.load_kw) },
      ],
    },
    {
      title: "Battery power",
      x,
      y: { label: "kW, charging is positive" },
      bands,
      series: [{ label: "", role: "battery", ...steps(trace, trace.battery_kw) }],
    },
    {
      title: "State of charge",
      x,
      y: { label: `kWh of ${Math.round(trace.capacity_kwh * 10) / 10}`, min: 0, max: Math.max(trace.capacity_kwh, 1e-3) },
      bands,
      series: [{ label: "", role: "battery", x: socHours, y: trace.soc_kwh, style: "area" }],
    },
    {
      title: "Traded between homes",
      x,
      y: { label: "kWh per step", min: 0 },
      bands,
      series: [{ label: "", role: "peer", ...steps(trace, trace.p2p_kwh) }],
    },
    {
      title: "Price",
      x,
      y: { label: "$/kWh", min: 0 },
      bands,
      series: [
        { label: "grid retail", role: "import", ...steps(trace, trace.retail) },
        { label: "grid feed-in", role: "export", ...steps(trace, trace.feed_in) },
        { label: "local", role: "price", ...steps(trace, trace.price) },
      ],
    },
  ];
}

/**
 * Import from the grid on one day, all policies.
 * @param {{ [policy: string]: DayTrace }} traces
 * @param {Setting} setting
 * @returns {Chart}
 */
export function importChart(traces, setting) {
  const [first] = Object.values(traces);
  return {
    title: "Import from the grid",
    x: hoursAxis(first),
    y: { label: "kW, all homes", min: 0 },
    bands: peakBands(first, setting),
    series: setting.policies
      .filter(({ id }) => traces[id])
      .map(({ id, label, role }) => {
        const kw = traces[id].import_kwh.map((energy) => energy / traces[id].step_hours);
        // Policies without a colour of their own are told apart by a dash.
        const line = role === "neutral" ? { ...stairs(traces[id], kw), style: DASHED } : steps(traces[id], kw);
        return { label, role, ...line };
      }),
  };
}

/**
 * Energy imported inside the peak windows, kWh.
 * @param {DayTrace} trace
 * @param {Setting} setting
 */
export function peakImport(trace, setting) {
  const inPeak = (/** @type {number} */ hour) => setting.peak.some(({ from, to }) => from <= hour % 24 && hour % 24 < to);
  return trace.import_kwh
    .filter((_, step) => inPeak(trace.hours[step]))
    .reduce((sum, energy) => sum + energy, 0);
}
