// From what the engine reports to what the charts draw: pure functions.

import { AGENT } from "./state.js";

/**
 * @typedef {import("./chart-view.js").Chart} Chart
 * @typedef {import("./chart-view.js").Series} Series
 * @typedef {import("./types.d.ts").DayTrace} DayTrace
 * @typedef {import("./types.d.ts").Policy} Policy
 * @typedef {import("./types.d.ts").Sample} Sample
 * @typedef {import("./types.d.ts").SeedRun} SeedRun
 * @typedef {import("./types.d.ts").Setting} Setting
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

/**
 * The stretches of steps that are marked, the first of them with a label.
 * @param {DayTrace} trace
 * @param {boolean[]} marked Per step.
 * @param {string} label
 */
function stretches({ hours, step_hours }, marked, label) {
  /** @type {{ from: number, to: number, label: string }[]} */
  const bands = [];
  marked.forEach((inside, step) => {
    if (!inside) return;
    const to = hours[step] + step_hours;
    if (step > 0 && marked[step - 1]) bands[bands.length - 1].to = to;
    else bands.push({ from: hours[step], to, label: bands.length === 0 ? label : "" });
  });
  return bands;
}

/** The peak windows of every day of the episode. @param {DayTrace} trace */
function peakBands(trace) {
  return stretches(trace, trace.peak, "peak window");
}

/** @param {number[]} values */
const some = (values) => values.some((value) => value > 1e-9);

/**
 * What is out of the ordinary on a day, whichever policy runs it: so that the panels stay the
 * same from one policy to the next.
 * @param {DayTrace[]} traces Of all policies.
 */
function extras(traces) {
  return {
    outage: traces.some(({ outage, unserved_kwh }) => outage.includes(true) || some(unserved_kwh)),
    curtailed: traces.some(({ curtailed_kw }) => some(curtailed_kw)),
    feeder: traces.some(({ voltage_min }) => voltage_min.some((voltage) => voltage !== null)),
  };
}

/**
 * The panels of one policy's day, above one another.
 * @param {DayTrace} trace
 * @param {DayTrace[]} traces Of all policies.
 * @param {Setting} setting
 * @returns {Chart[]}
 */
export function dayPanels(trace, traces, setting) {
  const x = hoursAxis(trace);
  const labelled = peakBands(trace);
  const bands = labelled.map(({ from, to }) => ({ from, to }));
  const { outage, curtailed, feeder } = extras(traces);
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
        ...(curtailed ? [{ label: "PV held back", role: "unserved", ...steps(trace, trace.curtailed_kw) }] : []),
      ],
    },
    ...(outage ? [unservedChart(trace)] : []),
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
    ...(feeder ? [voltageChart(trace, setting, bands)] : []),
  ];
}

/** Load that could not be served, and when the grid was down. @param {DayTrace} trace @returns {Chart} */
function unservedChart(trace) {
  const most = Math.max(...trace.unserved_kwh);
  return {
    title: "Not served",
    x: hoursAxis(trace),
    y: { label: "kWh per step; the grid is down where shaded", min: 0, ...(most > 0 ? {} : { max: 1 }) },
    bands: stretches(trace, trace.outage, ""),
    series: [{ label: "", role: "unserved", ...stairs(trace, trace.unserved_kwh) }],
  };
}

/** How far outside of the data a limit of the voltage is still worth its room, per unit. */
const NEAR = 0.02;

/**
 * The lowest and the highest voltage on the feeder, with those of its limits that are near.
 * @param {DayTrace} trace
 * @param {Setting} setting
 * @param {{ from: number, to: number }[]} bands
 * @returns {Chart}
 */
function voltageChart(trace, setting, bands) {
  const voltages = [...trace.voltage_min, ...trace.voltage_max].filter((voltage) => voltage !== null);
  const [low, high] = [Math.min(...voltages), Math.max(...voltages)];
  const { voltage_min, voltage_max } = setting.spec.limits;
  const lines = [
    { y: voltage_min, label: "lowest permitted" },
    { y: voltage_max, label: "highest permitted" },
  ].filter(({ y }) => low - NEAR < y && y < high + NEAR);
  const shown = [low, high, ...lines.map(({ y }) => y)];
  const margin = 0.1 * Math.max(Math.max(...shown) - Math.min(...shown), 0.004);
  return {
    title: "Voltage on the cable",
    x: hoursAxis(trace),
    y: { label: "per unit", min: Math.min(...shown) - margin, max: Math.max(...shown) + margin },
    bands,
    lines,
    series: [
      { label: "highest", role: "voltage", ...steps(trace, trace.voltage_max) },
      { label: "lowest", role: "neutral", ...steps(trace, trace.voltage_min) },
    ],
  };
}

/**
 * Import from the grid on one day, all policies.
 * @param {{ [policy: string]: DayTrace }} traces
 * @param {Setting} setting
 * @returns {Chart}
 */
export function importChart(traces, setting) {
  const all = Object.values(traces);
  const [first] = all;
  const limit = first.transformer_kw;
  const most = Math.max(...all.flatMap(({ import_kwh, step_hours }) => import_kwh.map((energy) => energy / step_hours)));
  return {
    title: "Import from the grid",
    x: hoursAxis(first),
    // The names of a limit and of the peak window need room above one another.
    y: { label: "kW, all homes", min: 0, ...(limit === null ? {} : { max: 1.2 * Math.max(limit, most) }) },
    bands: peakBands(first),
    lines: limit === null ? [] : [{ y: limit, label: "transformer’s limit" }],
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

/** Energy imported inside the peak windows, kWh. @param {DayTrace} trace */
export function peakImport(trace) {
  return trace.import_kwh.reduce((sum, energy, step) => sum + (trace.peak[step] ? energy : 0), 0);
}
