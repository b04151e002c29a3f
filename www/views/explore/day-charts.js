// From the traces of a day to what the charts draw: pure functions.

import { hoursAxis, peakBands, stairs, steps, stretches } from "./day-axis.js";

/**
 * @typedef {import("../../ui/chart-view.js").Chart} Chart
 * @typedef {import("../../ui/chart-view.js").Series} Series
 * @typedef {import("../../types.d.ts").DayTrace} DayTrace
 * @typedef {import("../../types.d.ts").Setting} Setting
 */

const DASHED = /** @type {const} */ ("dashed");

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
 * @param {Pick<Setting, "policies">} acting
 * @returns {Chart}
 */
export function importChart(traces, { policies }) {
  const all = Object.values(traces);
  const [first] = all;
  const limit = first.transformer_kw;
  const most = Math.max(...all.flatMap(({ import_kwh, step_hours }) => import_kwh.map((energy) => energy / step_hours)));
  return {
    title: "Import from the grid, this day",
    x: hoursAxis(first),
    // The names of a limit and of the peak window need room above one another.
    y: { label: "kW, all homes", min: 0, ...(limit === null ? {} : { max: 1.2 * Math.max(limit, most) }) },
    bands: peakBands(first),
    lines: limit === null ? [] : [{ y: limit, label: "transformer’s limit" }],
    series: policies
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
