// The table of measures: a policy in each row, the measures that answer most questions first, all others group by
// group behind a button.

import { explained, h, term } from "../../ui/dom.js";
import { NBSP, number } from "../../ui/format.js";
import { range, signed, verdictOn } from "./verdict.js";

/**
 * @typedef {import("../../types.d.ts").Estimate} Estimate
 * @typedef {import("../../types.d.ts").Kpi} Kpi
 * @typedef {import("./rows.js").Row} Row
 * @typedef {"means" | "differences"} Shown What the cells show: values, or what they differ by from the baseline's.
 */

/**
 * What the table is made of.
 * @typedef {object} Content
 * @property {Kpi[]} kpis
 * @property {Row[]} rows
 * @property {Row | undefined} baseline
 * @property {Shown} shown
 */

/** The measures that answer most questions. */
const FIRST = ["cost", "savings_percent", "peak_import", "grid_import", "p2p", "self_sufficiency"];

/** What should not be: shown first where any policy has it. */
const TROUBLE = ["unserved", "overload", "voltage_hours"];

/**
 * @param {Content} content
 * @param {{ open: boolean }} disclosure Whether all measures are shown; kept from table to table.
 */
export function measures(content, disclosure) {
  const { kpis, rows } = content;
  const isTrouble = (/** @type {string} */ id) => TROUBLE.includes(id) && rows.some((row) => (row.kpis[id] ?? 0) > 0);
  const first = kpis.filter(({ id }) => FIRST.includes(id) || isTrouble(id));
  const rest = kpis.filter((kpi) => !first.includes(kpi));
  const groups = [...new Set(rest.map(({ group }) => group))].map((group, index) =>
    h("div", { id: `measures-${index}`, class: "more-measures" }, h("h3", {}, group), table(group, { ...content, kpis: rest.filter((kpi) => kpi.group === group) })),
  );
  return [table("Main measures", { ...content, kpis: first }), ...groups, toggle(groups, kpis.length, disclosure)];
}

/**
 * @param {HTMLElement[]} groups
 * @param {number} count
 * @param {{ open: boolean }} disclosure
 */
function toggle(groups, count, disclosure) {
  const button = h("button", {
    type: "button",
    "aria-controls": groups.map(({ id }) => id).join(" "),
    onclick: () => {
      disclosure.open = !disclosure.open;
      update();
    },
  });
  const update = () => {
    for (const group of groups) group.hidden = !disclosure.open;
    button.setAttribute("aria-expanded", String(disclosure.open));
    button.textContent = disclosure.open ? "Fewer measures" : `All ${count} measures`;
  };
  update();
  return h("div", { class: "actions" }, button);
}

/** @param {string} name @param {Content} content */
function table(name, content) {
  const { kpis, rows, baseline } = content;
  const closes = kpis.some(({ id }) => id === "cost") && rows.some(({ intervals }) => intervals.gap_closed);
  const columns = kpis.flatMap((kpi) => [heading(kpi), closes && kpi.id === "cost" && gapHeading()]);
  const body = rows.map((row) => {
    const cells = kpis.flatMap((kpi) => [cell(kpi, row, content), closes && kpi.id === "cost" && gapCell(row)]);
    return h("tr", { "data-row": row.key, class: row === baseline && "is-baseline" }, rowHead(row, row === baseline), ...cells);
  });
  return h(
    "div",
    { class: "scroll", tabindex: 0, role: "region", "aria-label": name },
    h(
      "table",
      { class: "kpis" },
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Policy"), ...columns)),
      h("tbody", {}, ...body),
    ),
  );
}

/** @param {Kpi} kpi */
function heading({ label, unit, definition, range: values }) {
  return h("th", { scope: "col" }, explained(label, `${definition} Values: ${values}.`), unit && h("span", { class: "unit" }, ` ${unit}`));
}

function gapHeading() {
  return h("th", { scope: "col" }, term("gap_closed"), h("span", { class: "unit" }, " %"));
}

/** @param {Row} row @param {boolean} isBaseline */
function rowHead({ label, detail, role }, isBaseline) {
  return h(
    "th",
    { scope: "row" },
    h("span", { class: `swatch role-${role}`, "aria-hidden": "true" }),
    label,
    detail && h("span", { class: "hint" }, detail),
    isBaseline && h("span", { class: "hint" }, "baseline"),
  );
}

/** @param {Kpi} kpi @param {Row} row @param {Content} content */
function cell(kpi, row, { baseline, shown }) {
  const value = row.kpis[kpi.id];
  if (value == null) return undefinedCell(kpi.id, row.key);
  const reference = row === baseline ? null : baseline?.kpis[kpi.id];
  const difference = row.intervals.differences[kpi.id];
  const verdict = reference == null ? null : verdictOn(kpi, value, reference, difference);
  const estimate = row.intervals.kpis[kpi.id];
  const text =
    shown === "differences" && reference != null
      ? [signed(value - reference, kpi.digits), difference && interval(difference, kpi.digits)]
      : [number(value, kpi.digits), estimate && interval(estimate, kpi.digits)];
  return h(
    "td",
    { "data-kpi": kpi.id, "data-policy": row.key, "data-value": value, "data-low": estimate?.low, "data-high": estimate?.high },
    ...text,
    verdict && h("span", { class: `verdict ${verdict.kind}` }, verdict.text),
  );
}

/** What is the same on all days has none. @param {Estimate} estimate @param {number} digits */
function interval(estimate, digits) {
  return estimate.low < estimate.high && h("span", { class: "interval" }, range(estimate, digits));
}

/** @param {string} kpi @param {string} policy */
function undefinedCell(kpi, policy) {
  return h("td", { "data-kpi": kpi, "data-policy": policy }, h("span", { class: "hint" }, `not${NBSP}defined`));
}

/** Where a policy's cost lies between the rule-based one's and the optimum's. @param {Row} row */
function gapCell({ key, intervals }) {
  const gap = intervals.gap_closed;
  if (!gap) return undefinedCell("gap_closed", key);
  const percent = { value: 100 * gap.value, low: 100 * gap.low, high: 100 * gap.high };
  return h("td", { "data-kpi": "gap_closed", "data-policy": key, "data-value": gap.value }, number(percent.value), interval(percent, 0));
}
