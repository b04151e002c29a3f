// One field: the measure over its values, a point for every seed and a line through the means.

import { labelOf, valueLabel } from "../../sweep/fields.js";
import { over } from "../../sweep/rows.js";
import { number } from "../../ui/format.js";
import { withUnit } from "./status.js";

/**
 * @typedef {import("../../sweep/plan.js").SweptField} SweptField
 * @typedef {import("../../sweep/rows.js").Combination} Combination
 * @typedef {import("../../types.d.ts").Setting} Setting
 * @typedef {import("../../ui/chart-view.js").Chart} Chart
 * @typedef {import("./heat-map.js").Look} Look
 */

/**
 * @param {SweptField} field
 * @param {Combination[]} combinations
 * @param {Look} look
 * @param {((row: import("../../sweep/plan.js").Row) => number | null) | null} reference The rule-based policy's; `null` where the measure is relative to it.
 * @param {Setting} setting
 * @returns {{ chart: Chart, summary: string } | null} `null` while there is nothing to show.
 */
export function lineChart(field, combinations, look, reference, setting) {
  const numeric = field.values.every((value) => typeof value === "number");
  const points = combinations
    .map(({ values, rows }, index) => {
      const value = values[field.name];
      return { at: numeric ? Number(value) : index, label: valueLabel(field.name, value, setting), rows, found: over(rows, look.of) };
    })
    .toSorted((a, b) => a.at - b.at);
  if (points.every(({ found }) => found === null)) return null;
  const runs = points.flatMap(({ at, rows }) => rows.map((row) => ({ at, value: look.of(row) })));
  const x = points.map(({ at }) => at);
  /** @type {import("../../ui/chart-view.js").Series[]} */
  const series = [
    { label: "agent, mean of the seeds", role: "grid_aware", x, y: points.map(({ found }) => found?.mean ?? null), style: "line" },
    { label: "each seed", role: "accent", x: runs.map(({ at }) => at), y: runs.map(({ value }) => value), style: "points" },
  ];
  if (reference) {
    const y = points.map(({ rows }) => over(rows, reference)?.mean ?? null);
    series.unshift({ label: "rule-based", role: "rule_based", x, y, style: "line" });
  }
  const axis = numeric ? {} : { ticks: /** @type {const} */ ("category"), labels: points.map(({ label }) => label) };
  const summary = points
    .map(({ label, found }) => `${label}: ${found ? `${number(found.mean, look.digits)} (${number(found.low, look.digits)} to ${number(found.high, look.digits)})` : "nothing yet"}`)
    .join("; ");
  return {
    chart: { title: look.label, x: { label: labelOf(field.name, setting), ...axis }, y: { label: look.unit }, series },
    summary: `${look.label}${withUnit(look.unit)} by ${labelOf(field.name, setting)}. ${summary}.`,
  };
}
