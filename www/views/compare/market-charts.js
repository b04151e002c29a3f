// From a step's orders, cleared by every mechanism, to what the charts draw: pure functions.

import { number } from "../../ui/format.js";

/**
 * @typedef {import("../../ui/chart-view.js").Chart} Chart
 * @typedef {import("../../ui/chart-view.js").Series} Series
 * @typedef {import("../../types.d.ts").MarketOutcome} MarketOutcome
 * @typedef {import("../../types.d.ts").MarketStep} MarketStep
 */

/** Room beyond the highest price and the highest saving, and beyond the last order, as a share. */
const HEADROOM = 1.12;
const ELBOWROOM = 1.04;

/**
 * Whether prices were to choose from, in the digits that are shown.
 * @param {[number, number] | null} interval
 * @returns {interval is [number, number]}
 */
export function isRange(interval) {
  return interval !== null && interval[1] - interval[0] > 5e-4;
}

/**
 * One side's orders as a curve; it ends in a vertical line to `then`, $/kWh.
 * @param {string} label
 * @param {string} role
 * @param {[number, number][]} corners
 * @param {number} then
 * @returns {Series}
 */
function curve(label, role, corners, then) {
  const last = corners.at(-1);
  const path = last ? [...corners, [last[0], then]] : [];
  return { label, role, style: "line", x: path.map(([kwh]) => kwh), y: path.map(([, price]) => price) };
}

/**
 * The curves of supply and demand, and where one mechanism clears them.
 * @param {MarketStep} step
 * @param {MarketOutcome} outcome
 * @returns {Chart}
 */
export function ordersChart({ demand, supply, retail, feed_in }, { price, interval, quantity_kwh }) {
  const prices = [retail, feed_in, price ?? 0, ...demand.map((corner) => corner[1]), ...supply.map((corner) => corner[1])];
  const bottom = Math.min(0, ...prices);
  const top = Math.max(...prices, 0.01) * HEADROOM;
  const ordered = Math.max(demand.at(-1)?.[0] ?? 0, supply.at(-1)?.[0] ?? 0);
  return {
    title: "Supply and demand",
    x: { label: "kWh in this step", min: 0, max: ordered > 0 ? ordered * ELBOWROOM : 1 },
    y: { label: "$/kWh", min: bottom, max: top },
    bands: isRange(interval) ? [{ from: interval[0], to: interval[1], axis: "y", label: "price interval" }] : [],
    lines: [
      { y: retail, label: "grid retail", role: "import" },
      { y: feed_in, label: "grid feed-in", role: "export" },
    ],
    series: [
      curve("demand", "demand", demand, bottom),
      curve("supply", "supply", supply, top),
      ...(price === null ? [] : [cleared(quantity_kwh, price)]),
    ],
  };
}

/** @param {number} kwh @param {number} price @returns {Series} */
function cleared(kwh, price) {
  return { label: `cleared at ${number(price, 3)}`, role: "price", style: "points", x: [kwh], y: [price] };
}

/**
 * What each home saves: one small chart for each mechanism, all on one scale, so that a home
 * is compared down its column. The chosen mechanism stands out.
 * @param {MarketStep} step
 * @param {string} chosen
 * @returns {Chart[]}
 */
export function savingsCharts({ homes, outcomes }, chosen) {
  const all = outcomes.flatMap(({ savings }) => Object.values(savings));
  const [low, high] = [Math.min(0, ...all) * HEADROOM, Math.max(0, ...all) * HEADROOM];
  const range = low < high ? { min: low, max: high } : { min: 0, max: 0.01 };
  return outcomes.map(({ mechanism, label, savings }, index) => ({
    title: label,
    x: { label: "home", ticks: "category", labels: homes },
    y: { ...range, label: index === 0 ? "$ saved in this step" : "" },
    series: [
      {
        role: mechanism === chosen ? "accent" : "neutral",
        style: "bars",
        x: homes.map((_, home) => home),
        y: homes.map((home) => savings[home]),
      },
    ],
  }));
}
