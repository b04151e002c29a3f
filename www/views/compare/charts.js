// From the results to what the charts draw: pure functions.

import { named } from "./rows.js";

/**
 * @typedef {import("../../ui/chart-view.js").Chart} Chart
 * @typedef {import("../../ui/chart-view.js").Band} Band
 * @typedef {import("../../types.d.ts").MeanDay} MeanDay
 * @typedef {import("./rows.js").Row} Row
 */

/**
 * Where the tariff's peak window lies; it says so where that is not so on all days.
 * @param {MeanDay} day
 * @returns {Band[]}
 */
export function peakBands({ hour, peak }) {
  /** @type {Band[]} */
  const bands = [];
  const step = stepOf(hour);
  peak.forEach((share, index) => {
    if (share === 0) return;
    const last = bands.at(-1);
    if (last && Math.abs(last.to - hour[index]) < step / 2) last.to = hour[index] + step;
    else bands.push({ from: hour[index], to: hour[index] + step, label: "" });
  });
  if (bands[0]) bands[0].label = peak.some((share) => share > 0 && share < 1) ? "peak window of some days" : "peak window";
  return bands;
}

/** Length of a step, h. @param {number[]} hour */
function stepOf(hour) {
  return hour.length > 1 ? hour[1] - hour[0] : 24;
}

/**
 * A quantity of the mean day, by policy. A power is drawn at the middle of its step, what is stored at the step's end.
 * @param {Row[]} rows
 * @param {"import_kw" | "battery_kw" | "soc_kwh"} quantity
 * @param {string} title
 * @param {string} label
 * @returns {Chart}
 */
export function dayChart(rows, quantity, title, label) {
  const day = rows[0]?.result.mean_day;
  const step = day ? stepOf(day.hour) : 1;
  const offset = quantity === "soc_kwh" ? step : step / 2;
  return {
    title,
    x: { min: 0, max: 24, ticks: "hour_of_day" },
    y: quantity === "battery_kw" ? { label } : { label, min: 0 },
    bands: day ? peakBands(day) : [],
    series: rows.map((row) => ({
      label: named(row),
      role: row.role,
      style: "line",
      x: row.result.mean_day.hour.map((hour) => hour + offset),
      y: row.result.mean_day[quantity],
    })),
  };
}

/** @param {Row[]} rows @returns {Chart[]} */
export function typicalDayCharts(rows) {
  const [battery, ...others] = [
    dayChart(rows, "battery_kw", "Battery power", "kW, charging above zero"),
    dayChart(rows, "soc_kwh", "Stored energy", "kWh at the step’s end"),
    dayChart(rows, "import_kw", "Grid import", "kW"),
  ];
  // One legend is enough for charts above one another.
  const unnamed = (/** @type {Chart} */ chart) => ({ ...chart, series: chart.series?.map((one) => ({ ...one, label: "" })) });
  return [battery, ...others.map(unnamed)];
}

/**
 * Rewards summed up from day to day: the higher, the better.
 * @param {Row[]} rows
 * @param {string} unit What a held-out episode is: "days" or "weeks".
 * @returns {Chart}
 */
export function rewardChart(rows, unit) {
  return {
    title: "Cumulative reward",
    x: { label: `held-out ${unit}`, ticks: "count", min: 0, max: rows[0]?.result.by_episode.reward.length ?? 1 },
    y: { label: "reward of all homes" },
    series: rows.map((row) => {
      const y = cumulated(row.result.by_episode.reward);
      return { label: named(row), role: row.role, style: "line", x: y.map((_, index) => index), y };
    }),
  };
}

/** With 0 before the first. @param {number[]} values */
export function cumulated(values) {
  let sum = 0;
  return [0, ...values.map((value) => (sum += value))];
}
