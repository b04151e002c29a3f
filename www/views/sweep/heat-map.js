// Two fields against each other: the mean over the seeds in every cell, printed and as a shade.
//
// The shades lie on a straight line between two colours in OKLab, so equal steps of the measure look
// like equal steps; yellow to blue, which colour-blind eyes tell apart, and light to dark besides.

import { h } from "../../ui/dom.js";
import { number } from "../../ui/format.js";
import { labelOf, valueLabel } from "../../sweep/fields.js";
import { keyOf } from "../../sweep/plan.js";
import { over } from "../../sweep/rows.js";
import { withUnit } from "./status.js";

/**
 * @typedef {import("../../sweep/plan.js").Row} Row
 * @typedef {import("../../sweep/plan.js").SweptField} SweptField
 * @typedef {import("../../sweep/rows.js").Combination} Combination
 * @typedef {import("../../types.d.ts").Setting} Setting
 */

/** What is looked at: the measure, how it is written, and which way is better. @typedef {{ of: (row: Row) => number | null, label: string, unit: string, digits: number, better: "lower" | "higher" | "none" }} Look */

/** From this share on the shade is so dark that white is easier to read on it than black. */
const DARK_FROM = 0.66;

/**
 * @param {[SweptField, SweptField]} fields Down and across.
 * @param {Combination[]} combinations Those of the cells, in the plan's order.
 * @param {number} seeds
 * @param {Look} look
 * @param {Setting} setting
 * @param {(combination: Combination) => void} open
 */
export function heatMap([down, across], combinations, seeds, look, setting, open) {
  const values = new Map(combinations.map((combination) => [combination, over(combination.rows, look.of)]));
  const means = [...values.values()].flatMap((found) => (found ? [found.mean] : []));
  const [low, high] = [Math.min(...means), Math.max(...means)];
  const best = look.better === "none" || means.length < 2 ? null : look.better === "lower" ? low : high;

  /** @param {Combination | undefined} combination */
  const cell = (combination) => {
    const found = combination && values.get(combination);
    if (!combination || !found) return h("td", { class: "is-missing" }, combination ? "–" : "");
    const share = high > low ? (found.mean - low) / (high - low) : 0.5;
    const isBest = found.mean === best;
    const spread = found.count > 1 ? `${number(found.low, look.digits)} to ${number(found.high, look.digits)}` : "";
    const partly = found.count < seeds ? `${found.count} of ${seeds} seeds` : "";
    const button = h(
      "button",
      { type: "button", class: `heat ${share > DARK_FROM ? "is-dark" : ""} ${isBest ? "is-best" : ""}`, style: `--share: ${(100 * share).toFixed(1)}%`, onclick: () => open(combination) },
      h("span", { class: "heat-value" }, isBest ? `★ ${number(found.mean, look.digits)}` : number(found.mean, look.digits)),
      spread ? h("span", { class: "heat-spread" }, spread) : null,
      partly ? h("span", { class: "heat-spread" }, partly) : null,
    );
    return h("td", {}, button);
  };

  /** @param {SweptField} field @param {import("../../types.d.ts").SpecValue} value */
  const name = (field, value) => valueLabel(field.name, value, setting);
  const of = (/** @type {unknown} */ first, /** @type {unknown} */ second) =>
    combinations.find(({ values: at }) => keyOf(at[down.name]) === first && keyOf(at[across.name]) === second);
  const table = h(
    "table",
    { class: "heat-map" },
    h("caption", {}, `${look.label}${withUnit(look.unit)}, mean over the seeds; below it their range`),
    h(
      "thead",
      {},
      h("tr", {}, h("td", {}), h("th", { scope: "colgroup", colspan: across.values.length, class: "heat-across" }, labelOf(across.name, setting))),
      h("tr", {}, h("th", { scope: "col" }, labelOf(down.name, setting)), ...across.values.map((value) => h("th", { scope: "col" }, name(across, value)))),
    ),
    h("tbody", {}, ...down.values.map((value) => h("tr", {}, h("th", { scope: "row" }, name(down, value)), ...across.values.map((other) => cell(of(keyOf(value), keyOf(other))))))),
  );
  return [
    h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Heat map" }, table),
    means.length > 1 ? legend(low, high, look, best !== null) : h("p", { class: "hint" }, "The shades appear with the second cell."),
  ];
}

/** @param {number} low @param {number} high @param {Look} look @param {boolean} best */
function legend(low, high, { digits, unit, better }, best) {
  return h(
    "p",
    { class: "heat-legend" },
    h("span", {}, number(low, digits)),
    h("span", { class: "heat-scale", "aria-hidden": "true" }),
    h("span", {}, `${number(high, digits)}${withUnit(unit)}`),
    h("span", { class: "hint" }, best ? `Darker is higher; ★ marks the ${better === "lower" ? "lowest, which is the best" : "highest, which is the best"}.` : "Darker is higher."),
  );
}
