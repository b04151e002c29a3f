// From a step's orders, cleared by every mechanism, to what the charts draw: pure functions.

import { number } from "./format.js";

/**
 * @typedef {import("./chart-view.js").Chart} Chart
 * @typedef {import("./chart-view.js").Series} Series
 * @typedef {import("./types.d.ts").MarketOutcome} MarketOutcome
 * @typedef {import("./types.d.ts").MarketStep} MarketStep
 * @typedef {import("./types.d.ts").Order} Order
 */

/** Room above the highest price and the highest saving, as a share. */
const HEADROOM = 1.12;

/**
 * Orders, best first, as a curve over the energy they add up to; it ends in a vertical line
 * to `then`, $/kWh.
 * @param {string} label
 * @param {string} role
 * @param {Order[]} orders
 * @param {number} then
 * @returns {Series}
 */
function curve(label, role, orders, then) {
  const x = [0];
  for (const { kwh } of orders) x.push(x[x.length - 1] + kwh);
  const last = x[x.length - 1];
  return {
    label,
    role,
    style: "steps",
    x: orders.length > 0 ? [...x, last] : [],
    y: orders.length > 0 ? [...orders.map(({ price }) => price), then, null] : [],
  };
}

/**
 * The curves of supply and demand, and where one mechanism clears them.
 * @param {MarketStep} step
 * @param {MarketOutcome} outcome
 * @returns {Chart}
 */
export function ordersChart(step, outcome) {
  const fee = step.network_fee;
  // A buyer who pays a fee on top is worth that much less to a seller.
  const bids = step.bids.map((order) => ({ ...order, price: order.price - fee })).sort((a, b) => b.price - a.price);
  const asks = step.asks.toSorted((a, b) => a.price - b.price);
  const prices = [step.retail, step.feed_in, outcome.price ?? 0, ...bids.map(({ price }) => price), ...asks.map(({ price }) => price)];
  const bottom = Math.min(0, ...prices);
  const top = Math.max(...prices, 0.01) * HEADROOM;
  const cleared = outcome.price === null ? [] : [clearing(outcome, outcome.price)];
  return {
    title: "Supply and demand",
    x: { label: "kWh in this step", min: 0 },
    y: { label: "$/kWh", min: bottom, max: top },
    bands: outcome.interval ? [{ from: outcome.interval[0], to: outcome.interval[1], axis: "y", label: "price interval" }] : [],
    lines: [
      { y: step.retail, label: "grid retail", role: "import" },
      { y: step.feed_in, label: "grid feed-in", role: "export" },
    ],
    series: [
      curve(fee > 0 ? "demand, less the network fee" : "demand", "demand", bids, bottom),
      curve("supply", "supply", asks, top),
      ...cleared,
    ],
  };
}

/** @param {MarketOutcome} outcome @param {number} price @returns {Series} */
function clearing({ volume_kwh }, price) {
  return { label: `cleared at ${number(price, 3)}`, role: "price", style: "points", x: [volume_kwh], y: [price] };
}

/**
 * What each home saves: one small chart for each mechanism, all on one scale, so that a home
 * is compared down its column. The chosen mechanism stands out.
 * @param {MarketStep} step
 * @param {string} chosen
 * @returns {Chart[]}
 */
export function savingsCharts({ homes, outcomes }, chosen) {
  const all = outcomes.flatMap(({ savings }) => savings);
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
        y: savings,
      },
    ],
  }));
}
