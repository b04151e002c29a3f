// What each home has of it: what it would pay alone, what it pays in the street, and how evenly savings are spread.

import { h, term } from "../../ui/dom.js";
import { number, orDash } from "../../ui/format.js";
import { acting, named } from "./rows.js";

/**
 * @typedef {import("../../ui/chart-view.js").Chart} Chart
 * @typedef {import("../../types.d.ts").HomeResult} HomeResult
 * @typedef {import("./rows.js").Row} Row
 */

/** Room beyond the largest saving, as a share. */
const HEADROOM = 1.12;

/** Savings below this are shown as nothing, $ a day. */
const ROUNDING = 0.005;

/**
 * How evenly the homes gain: all together, the two at the ends, who loses, and two measures.
 * @param {Row[]} all
 * @param {number} days
 */
export function fairness(all, days) {
  const rows = acting(all).map((row) => {
    const { homes } = row.result;
    const saved = homes.map(({ savings }) => savings / days);
    const [least, most] = [homes[saved.indexOf(Math.min(...saved))], homes[saved.indexOf(Math.max(...saved))]];
    const losing = saved.filter((value) => value < -ROUNDING).length;
    return h(
      "tr",
      {},
      h("th", { scope: "row" }, h("span", { class: `swatch role-${row.role}`, "aria-hidden": "true" }), named(row)),
      h("td", {}, number(saved.reduce((sum, value) => sum + value, 0), 2)),
      end(least, days),
      end(most, days),
      h("td", {}, losing === 0 ? "none" : `${losing} of ${homes.length}`),
      h("td", {}, orDash(row.kpis.gini, 3)),
      h("td", {}, orDash(row.kpis.jain, 3)),
    );
  });
  const unit = () => h("span", { class: "unit" }, " $/day");
  const heads = [
    ["Saved by all", unit()],
    ["Saves least", unit()],
    ["Saves most", unit()],
    ["Homes that lose", null],
    [term("gini"), null],
    [term("jain"), null],
  ];
  return scrolling("How evenly the homes gain", heads, rows, "Policy");
}

/** @param {HomeResult} home @param {number} days */
function end({ id, savings }, days) {
  return h("td", {}, number(savings / days, 2), h("span", { class: "interval" }, id));
}

/**
 * What every home pays a day: alone, and under each policy with what it saves.
 * @param {Row[]} all
 * @param {number} days
 */
export function bills(all, days) {
  const rows = acting(all);
  const [first] = rows;
  if (!first) return null;
  const body = first.result.homes.map(({ id, alone }, index) =>
    h(
      "tr",
      { "data-home": id },
      h("th", { scope: "row" }, id),
      h("td", { "data-value": alone / days }, number(alone / days, 2)),
      ...rows.map(({ key, result }) => {
        const { cost, savings } = result.homes[index];
        return h("td", { "data-policy": key, "data-value": cost / days }, number(cost / days, 2), h("span", { class: "interval" }, saves(savings / days)));
      }),
    ),
  );
  const heads = [["Alone", null], ...rows.map((row) => [named(row), null])];
  return scrolling("What each home pays, $ a day", heads, body, "Home");
}

/** @param {number} saved */
function saves(saved) {
  if (Math.abs(saved) < ROUNDING) return "the same";
  return saved > 0 ? `${number(saved, 2)} saved` : `${number(-saved, 2)} more`;
}

/**
 * @param {string} name
 * @param {(string | Node | null)[][]} heads
 * @param {HTMLElement[]} body
 * @param {string} corner
 */
function scrolling(name, heads, body, corner) {
  const columns = heads.map((head) => h("th", { scope: "col" }, ...head));
  return h(
    "div",
    { class: "scroll", tabindex: 0, role: "region", "aria-label": name },
    h("table", { class: "homes-table" }, h("thead", {}, h("tr", {}, h("th", { scope: "col" }, corner), ...columns)), h("tbody", {}, ...body)),
  );
}

/**
 * What each home saves: a small chart for each policy, all on one scale, so that a home is compared down its column.
 * @param {Row[]} rows
 * @param {number} days
 * @returns {Chart[]}
 */
export function savingsCharts(rows, days) {
  const all = rows.flatMap(({ result }) => result.homes.map(({ savings }) => savings / days));
  const [low, high] = [Math.min(0, ...all) * HEADROOM, Math.max(0, ...all) * HEADROOM];
  const limits = low < high ? { min: low, max: high } : { min: 0, max: 0.01 };
  return rows.map((row, index) => {
    const { homes } = row.result;
    return {
      title: named(row),
      x: { label: "home", ticks: "category", labels: homes.map(({ id }) => id) },
      y: { ...limits, label: index === 0 ? "$ saved a day" : "" },
      series: [{ role: row.role, style: "bars", x: homes.map((_, home) => home), y: homes.map(({ savings }) => savings / days) }],
    };
  });
}
