// The table of measures: the first ones open, all others group by group behind a button.

import { explained, h, term } from "../../ui/dom.js";
import { NBSP, number } from "../../ui/format.js";
import { AGENT, BASELINE } from "../../app/state.js";

/**
 * @typedef {import("../../types.d.ts").Kpi} Kpi
 * @typedef {import("../../types.d.ts").Policy} Policy
 * @typedef {import("../../types.d.ts").PolicyResult} PolicyResult
 * @typedef {import("../../types.d.ts").Spread} Spread
 * @typedef {Map<string, PolicyResult>} Results
 */

/** Changes below this share are called the same. */
const SAME = 0.005;

/** The measures that answer most questions. */
const FIRST = ["cost", "savings_percent", "peak_import", "grid_import", "p2p", "self_sufficiency"];

/** What should not be: shown first where any policy has it. */
const TROUBLE = ["unserved", "overload", "voltage_hours"];

/**
 * @param {Kpi[]} kpis
 * @param {Policy[]} policies
 * @param {Results} results
 * @param {Spread | null} spread Of the agent's measures over several seeds.
 * @param {{ open: boolean }} disclosure Whether all measures are shown; kept from table to table.
 */
export function measures(kpis, policies, results, spread, disclosure) {
  const first = kpis.filter(({ id }) => FIRST.includes(id) || isTrouble(id, results));
  const rest = kpis.filter((kpi) => !first.includes(kpi));
  const groups = [...new Set(rest.map(({ group }) => group))].map((group, index) =>
    h(
      "tbody",
      { id: `measures-${index}` },
      h("tr", {}, h("th", { scope: "rowgroup", colspan: policies.length + 1 }, group)),
      ...rest.filter((kpi) => kpi.group === group).map((kpi) => row(kpi, policies, results, spread)),
    ),
  );
  const table = h(
    "table",
    { class: "kpis" },
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Measure"), ...policies.map(head))),
    h("tbody", {}, ...first.flatMap((kpi) => [row(kpi, policies, results, spread), kpi.id === "cost" && gapClosed(policies, results)])),
    ...groups,
  );
  return [
    h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Results" }, table),
    toggle(groups, kpis.length, disclosure),
  ];
}

/** @param {string} id @param {Results} results */
function isTrouble(id, results) {
  return TROUBLE.includes(id) && [...results.values()].some(({ kpis }) => (kpis[id] ?? 0) > 0);
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

/** @param {Policy} policy */
function head({ id, label, role }) {
  return h(
    "th",
    { scope: "col" },
    h("span", { class: `swatch role-${role}`, "aria-hidden": "true" }),
    label,
    id === BASELINE && h("span", { class: "hint" }, " (reference)"),
  );
}

/**
 * @param {Kpi} kpi
 * @param {Policy[]} policies
 * @param {Results} results
 * @param {Spread | null} spread
 */
function row(kpi, policies, results, spread) {
  const explanation = `${kpi.definition} Values: ${kpi.range}.`;
  return h(
    "tr",
    { "data-kpi": kpi.id },
    h("th", { scope: "row" }, explained(kpi.label, explanation), kpi.unit && h("span", { class: "unit" }, ` ${kpi.unit}`)),
    ...policies.map(({ id }) => {
      const element = cell(kpi, id, results.get(id)?.kpis[kpi.id], results.get(BASELINE)?.kpis[kpi.id]);
      if (id === AGENT && spread) element.append(...overSeeds(kpi, spread));
      return element;
    }),
  );
}

/** @param {Kpi} kpi @param {Spread} spread */
function overSeeds({ id, digits }, { seeds, kpis }) {
  const found = kpis[id];
  if (!found) return [];
  const [mean, low, high] = [found.mean, found.low, found.high].map((value) => number(value, digits));
  return [h("span", { class: "spread" }, `${seeds}${NBSP}seeds:${NBSP}${mean} (${low}${NBSP}to${NBSP}${high})`)];
}

/**
 * @param {Kpi} kpi
 * @param {string} policy
 * @param {number | null | undefined} value
 * @param {number | null | undefined} reference
 */
function cell(kpi, policy, value, reference) {
  if (value == null) return undefinedCell(policy);
  const verdict = policy === BASELINE || reference == null ? null : judge(kpi, value, reference);
  return h(
    "td",
    { "data-policy": policy, "data-value": value },
    number(value, kpi.digits),
    verdict?.text ? h("span", { class: `verdict ${verdict.kind}` }, verdict.text) : null,
  );
}

/** @param {string} policy */
function undefinedCell(policy) {
  return h("td", { "data-policy": policy }, h("span", { class: "hint" }, "not defined"));
}

/**
 * Where each policy's cost lies between the rule-based one's and the optimum's; nothing where the
 * optimum did not run.
 * @param {Policy[]} policies
 * @param {Results} results
 */
function gapClosed(policies, results) {
  if (!results.has("optimum")) return null;
  const cells = policies.map(({ id }) => {
    const placed = results.get(id)?.placed.cost;
    return placed == null ? undefinedCell(id) : h("td", { "data-policy": id, "data-value": placed }, number(100 * placed));
  });
  return h(
    "tr",
    { "data-kpi": "gap_closed" },
    h("th", { scope: "row" }, term("gap_closed"), h("span", { class: "unit" }, " %")),
    ...cells,
  );
}

/**
 * How a value compares with the rule-based one.
 * @param {Kpi} kpi
 * @param {number} value
 * @param {number} reference
 * @returns {{ kind: "better" | "worse" | "same" | "none", text: string }}
 */
export function judge(kpi, value, reference) {
  if (kpi.better === "none" || reference === 0) return { kind: "none", text: "" };
  const change = (value - reference) / Math.abs(reference);
  if (Math.abs(change) < SAME) return { kind: "same", text: "= same" };
  const kind = change < 0 === (kpi.better === "lower") ? "better" : "worse";
  const arrow = change < 0 ? "▼" : "▲";
  return { kind, text: `${arrow}${NBSP}${number(Math.abs(change) * 100)}${NBSP}% ${kind}` };
}
