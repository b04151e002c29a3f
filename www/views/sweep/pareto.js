// Cost against peak-window import of every combination, and the set that no other beats.

import { h, term } from "../../ui/dom.js";
import { number } from "../../ui/format.js";
import { labelOf, valueLabel } from "../../sweep/fields.js";
import { nonDominated, over } from "../../sweep/rows.js";
import { scatter } from "./scatter.js";

/**
 * @typedef {import("../../sweep/plan.js").Plan} Plan
 * @typedef {import("../../sweep/rows.js").Combination} Combination
 * @typedef {import("../../types.d.ts").Setting} Setting
 */

/** Means over the seeds. @typedef {{ combination: Combination, cost: number, peak: number, fairness: number | null, letter: string | null, name: string }} Point */

/**
 * @param {Plan} plan
 * @param {Combination[]} combinations
 * @param {Setting} setting
 * @param {boolean} withFairness Whether fairness counts for who is beaten.
 * @returns {Point[]} Those on the front have letters, by rising cost.
 */
function paretoPoints(plan, combinations, setting, withFairness) {
  const mean = (/** @type {Combination} */ { rows }, /** @type {string} */ kpi) => over(rows, (row) => row.kpis[kpi] ?? null)?.mean ?? null;
  const points = combinations.flatMap((combination) => {
    const cost = mean(combination, "cost");
    const peak = mean(combination, "peak_import");
    if (cost === null || peak === null) return [];
    const name = plan.fields.map(({ name: field }) => valueLabel(field, combination.values[field], setting)).join(" · ");
    return [{ combination, cost, peak, fairness: mean(combination, "jain"), letter: /** @type {string | null} */ (null), name }];
  });
  // What has no fairness is as fair as nothing.
  const front = nonDominated(points, ({ cost, peak, fairness }) => (withFairness ? [cost, peak, -(fairness ?? 0)] : [cost, peak]));
  const inOrder = [...front].toSorted((a, b) => a.cost - b.cost);
  inOrder.forEach((point, index) => (point.letter = letterOf(index)));
  return points;
}

/** A, B, … Z, AA, AB, … @param {number} index @returns {string} */
function letterOf(index) {
  const last = String.fromCharCode(65 + (index % 26));
  return index < 26 ? last : letterOf(Math.floor(index / 26) - 1) + last;
}

/** Where the rule-based policy stands; where it differs between the combinations, several points. @param {Combination[]} combinations */
function references(combinations) {
  const found = new Map();
  for (const { rows } of combinations) {
    const { cost, peak_import: peak } = rows[0]?.reference ?? {};
    if (cost != null && peak != null) found.set(`${cost.toFixed(3)} ${peak.toFixed(3)}`, { cost, peak });
  }
  return [...found.values()];
}

/** @param {(combination: Combination) => void} open */
export function paretoPart(open) {
  const plot = scatter(open);
  const listed = h("div", { class: "front" });
  const fairness = h("input", { type: "checkbox", onchange: () => draw() });
  const note = h("p", { class: "chart-note" }, "Appears with the first finished run.");
  const title = h("h3", { id: "sweep-pareto-title" }, "Cost against peak import");
  const element = h(
    "section",
    { class: "panel pareto", "aria-labelledby": title.id },
    title,
    h(
      "p",
      { class: "hint" },
      "A point is the mean over the seeds. Filled points with a letter are the ",
      term("pareto"),
      ": no other is better in one measure without being worse in another.",
    ),
    h("label", { class: "check" }, fairness, h("span", {}, "Count fairness as a third measure")),
    plot.element,
    note,
    listed,
  );
  /** @type {{ plan: Plan, combinations: Combination[], setting: Setting } | null} */
  let shown = null;

  const draw = () => {
    if (!shown) return;
    const { plan, combinations, setting } = shown;
    const points = paretoPoints(plan, combinations, setting, fairness.checked);
    note.hidden = points.length > 0;
    plot.element.hidden = points.length === 0;
    plot.show(points, references(combinations), setting, fairness.checked);
    listed.replaceChildren(...(points.length > 0 ? [frontTable(points, plan, setting, open)] : []));
  };
  return {
    element,
    /** @param {Plan} plan @param {Combination[]} combinations @param {Setting} setting */
    show(plan, combinations, setting) {
      shown = { plan, combinations, setting };
      draw();
    },
  };
}

/** @param {Point[]} points @param {Plan} plan @param {Setting} setting @param {(combination: Combination) => void} open */
function frontTable(points, plan, setting, open) {
  const front = points.filter(({ letter }) => letter !== null).toSorted((a, b) => a.cost - b.cost);
  const digits = (/** @type {string} */ id) => setting.kpis.find((kpi) => kpi.id === id)?.digits ?? 2;
  const rows = front.map(({ letter, name, cost, peak, fairness, combination }) =>
    h(
      "tr",
      {},
      h("th", { scope: "row" }, h("span", { class: "letter" }, letter), name),
      h("td", {}, number(cost, digits("cost"))),
      h("td", {}, number(peak, digits("peak_import"))),
      h("td", {}, fairness === null ? "–" : number(fairness, digits("jain"))),
      h("td", {}, h("button", { type: "button", class: "small", "aria-label": `Open ${letter}`, onclick: () => open(combination) }, "Open")),
    ),
  );
  return h(
    "div",
    { class: "scroll", tabindex: 0, role: "region", "aria-label": "Pareto front" },
    h(
      "table",
      {},
      h("caption", {}, "On the front"),
      h("thead", {}, h("tr", {}, ...[plan.fields.map(({ name }) => labelOf(name, setting)).join(" · "), "Cost $/day", "Peak import kWh/day", "Jain"].map((label) => h("th", { scope: "col" }, label)), h("td", {}))),
      h("tbody", {}, ...rows),
    ),
  );
}
