// A measure of every policy as bars, with the interval of each.

import { h } from "../../ui/dom.js";
import { number } from "../../ui/format.js";
import { named } from "./rows.js";
import { range } from "./verdict.js";

/**
 * @typedef {import("../../types.d.ts").Kpi} Kpi
 * @typedef {import("./rows.js").Row} Row
 */

/**
 * @param {Row[]} rows
 * @param {Kpi} kpi One that is never below 0.
 */
export function bars(rows, { id, label, unit, digits }) {
  const shown = rows.flatMap((row) => {
    const value = row.kpis[id];
    return value == null ? [] : [{ row, value, estimate: row.intervals.kpis[id] }];
  });
  const most = Math.max(1e-9, ...shown.map(({ value, estimate }) => Math.max(value, estimate?.high ?? 0)));
  const percent = (/** @type {number} */ value) => `${(100 * Math.max(0, value)) / most}%`;
  const items = shown.map(({ row, value, estimate }) => {
    const bar = h("span", { class: `bar-fill role-${row.role}` });
    bar.style.width = percent(value);
    const whisker = estimate && h("span", { class: "whisker" });
    if (whisker) whisker.style.cssText = `left: ${percent(estimate.low)}; width: calc(${percent(estimate.high)} - ${percent(estimate.low)})`;
    return h(
      "li",
      { "data-policy": row.key },
      h("span", { class: "bar-name" }, named(row)),
      h("span", { class: "bar-track", "aria-hidden": "true" }, bar, whisker),
      h("span", { class: "bar-value" }, number(value, digits), estimate && h("span", { class: "interval" }, range(estimate, digits))),
    );
  });
  return h("div", { class: "bars" }, h("h3", {}, label, h("span", { class: "unit" }, ` ${unit}`)), h("ul", {}, ...items));
}
