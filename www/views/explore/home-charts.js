// A home's day as charts: pure functions from a scene to what is drawn.

import { hoursAxis, peakBands, stairs, steps } from "./day-axis.js";

/**
 * @typedef {import("../../ui/chart-view.js").Chart} Chart
 * @typedef {import("../../types.d.ts").Scene} Scene
 */

/** One home's values, by step. @param {Scene} scene @param {number[]} values @param {number} home */
export function ofHome({ hours, homes }, values, home) {
  return hours.map((_, step) => values[step * homes.length + home]);
}

/**
 * @param {Scene} scene
 * @param {number} home
 * @returns {Chart[]}
 */
export function homeCharts(scene, home) {
  const { hours, step_hours, homes } = scene;
  const x = hoursAxis(scene);
  // Their caption says what is shaded.
  const bands = peakBands(scene).map(({ from, to }) => ({ from, to }));
  const of = (/** @type {number[]} */ values) => ofHome(scene, values, home);
  const { battery_kwh } = homes[home];
  const pv = of(scene.pv_kw);
  /** @type {Chart[]} */
  const charts = [
    {
      title: "Load and PV",
      x,
      y: { label: "kW", min: 0 },
      bands,
      series: [
        ...(pv.some((kw) => kw > 0) ? [{ label: "PV", role: "pv", ...stairs(scene, pv) }] : []),
        { label: "load", role: "load", ...steps(scene, of(scene.load_kw)) },
      ],
    },
    {
      title: "Bought and sold",
      x,
      y: { label: "kW, bought is positive" },
      bands,
      series: [
        { label: "neighbours", role: "peer", ...steps(scene, of(scene.peer_kw)) },
        { label: "grid", role: "import", ...steps(scene, of(scene.grid_kw)) },
      ],
    },
  ];
  if (battery_kwh <= 0) return charts;
  return [
    ...charts,
    { title: "Battery", x, y: { label: "kW, charging is positive" }, bands, series: [{ label: "", role: "battery", ...steps(scene, of(scene.battery_kw)) }] },
    {
      title: "State of charge",
      x,
      y: { label: "kWh", min: 0, max: battery_kwh },
      bands,
      series: [{ label: "", role: "battery", x: hours.map((hour) => hour + step_hours), y: of(scene.soc_kwh), style: "area" }],
    },
  ];
}
