// What the day comes to, beside the street: the difference in one number, a table, and the way from
// the rule to the optimum where it has been measured.

import { BASELINE, AGENT } from "../../app/state.js";
import { h, term } from "../../ui/dom.js";
import { capitalised, counted, NBSP, number, signedPercent } from "../../ui/format.js";
import { totals } from "./picture.js";

/**
 * @typedef {import("../../app/state.js").State} State
 * @typedef {import("../../types.d.ts").Policy} Policy
 * @typedef {import("../../types.d.ts").Scene} Scene
 * @typedef {{ policy: Policy, scene: Scene }} Seen
 * @typedef {ReturnType<typeof totals>} Totals
 */

/** @type {{ key: keyof Totals, label: string, unit: string, digits: number, better: -1 | 1, word: import("../../ui/glossary.js").WordId, rare?: boolean }[]} */
const ROWS = [
  { key: "cost", label: "Cost", unit: "$", digits: 2, better: -1, word: "day_cost" },
  { key: "peakImport", label: "Peak import", unit: "kWh", digits: 1, better: -1, word: "peak_import" },
  { key: "gridImport", label: "Import", unit: "kWh", digits: 1, better: -1, word: "day_import" },
  { key: "shared", label: "Shared", unit: "kWh", digits: 1, better: 1, word: "shared" },
  { key: "unserved", label: "Not served", unit: "kWh", digits: 1, better: -1, word: "unserved", rare: true },
];

/**
 * @param {number} value
 * @param {number} reference
 */
function change(value, reference) {
  return Math.abs(reference) < 1e-6 ? null : (value - reference) / Math.abs(reference);
}

/** Of what the sums are: “this day” or “this week”. @param {Seen[]} seen */
const span = ([{ scene }]) => (scene.hours.length * scene.step_hours > 24 ? "this week" : "this day");

/**
 * The policies in view, first what the other is measured against: the rule, wherever it stands.
 * @param {Seen[]} seen
 */
function compared(seen) {
  return seen.length > 1 && (seen[1].policy.id === BASELINE || seen[0].policy.plans) ? [seen[1], seen[0]] : seen;
}

/**
 * The difference of two policies on this day, in one number: of the import in the peak window where there is some,
 * else of the cost.
 * @param {Seen[]} seen
 */
function headline(seen) {
  const [reference, other] = compared(seen);
  if (!other) {
    const { peakImport, cost } = totals(seen[0].scene);
    const peaks = seen[0].scene.peak.includes(true);
    return [
      h("p", {}, `${peaks ? "Import in the peak window" : "Cost"}, ${span(seen)}`),
      h("p", { class: "big" }, peaks ? `${number(peakImport, 1)}${NBSP}kWh` : `$${NBSP}${number(cost, 2)}`),
      h("p", { class: "hint" }, seen[0].policy.label),
    ];
  }
  const [a, b] = [reference, other].map(({ scene }) => totals(scene));
  const peak = change(b.peakImport, a.peakImport);
  const relative = peak ?? change(b.cost, a.cost);
  if (relative === null) return [];
  const kind = relative < -0.005 ? "better" : relative > 0.005 ? "worse" : "";
  return [
    h("p", {}, `${peak === null ? "Cost" : "Import in the peak window"}, ${span(seen)}`),
    h("p", { class: `big ${kind}` }, signedPercent(relative)),
    h("p", { class: "hint" }, `${other.policy.label} against ${reference.policy.label.toLowerCase()}`),
  ];
}

/** @param {Seen[]} seen */
function dayTable(seen) {
  const shown = compared(seen);
  const sums = shown.map(({ scene }) => totals(scene));
  const heads = shown.map(({ policy }) =>
    h("th", { scope: "col" }, h("span", { class: `swatch role-${policy.role}`, "aria-hidden": "true" }), policy.label),
  );
  const rows = ROWS.filter(({ rare, key }) => !rare || sums.some((sum) => sum[key] > 1e-6)).map(({ key, label, unit, digits, better, word }) => {
    const values = sums.map((sum) => sum[key]);
    const difference = values.length > 1 ? values[1] - values[0] : null;
    const none = difference === null || Math.abs(difference) < 0.5 * 10 ** -digits;
    const verdict = none ? "" : difference * better > 0 ? "better" : "worse";
    return h(
      "tr",
      { "data-measure": key },
      h("th", { scope: "row" }, term(word, label), h("span", { class: "unit" }, ` ${unit}`)),
      ...values.map((value) => h("td", { "data-value": value }, number(value, digits))),
      difference !== null &&
        h("td", { class: verdict }, none ? "same" : `${difference > 0 ? "+" : ""}${number(difference, digits)}${verdict === "better" ? " ✓" : " ✗"}`),
    );
  });
  return h(
    "table",
    { class: "day-table" },
    h("caption", { class: "visually-hidden" }, "This day in total, by policy"),
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, capitalised(span(seen))), ...heads, shown.length > 1 && h("th", { scope: "col" }, "change"))),
    h("tbody", {}, ...rows),
  );
}

/** How far policies are on the way from the rule to the optimum. @param {State} state */
function measuredWay({ results, setting, stale }) {
  const agent = results.get(AGENT);
  const days = setting?.held_out.length ?? 0;
  const placed = [...results.values()].flatMap(({ id, label, placed: { cost } }) => (cost === null || cost === undefined ? [] : [{ id, label, cost }]));
  if (placed.length < 3) return [];
  const role = (/** @type {string} */ id) => setting?.policies.find((policy) => policy.id === id)?.role ?? "neutral";
  const relative = agent?.normalised.peak_import;
  const shown = placed.filter(({ cost }) => cost > -0.25).toSorted((a, b) => a.cost - b.cost);
  const at = (/** @type {number} */ cost) => 100 * Math.min(1, Math.max(0, cost));
  return [
    ...(relative === null || relative === undefined
      ? []
      : [
          h("p", {}, `Import in the peak window, ${counted(days, "unseen day")}`),
          h("p", { class: `big ${relative < 0.995 ? "better" : relative > 1.005 ? "worse" : ""}` }, signedPercent(relative - 1)),
          h("p", { class: "hint" }, `${agent?.label} against rule-based${stale ? "; it has learned since" : ""}`),
        ]),
    h("h3", {}, "The way from rule-based to optimum, by cost"),
    h(
      "div",
      { class: "way", "aria-hidden": "true" },
      ...(agent?.placed.cost ? [h("i", { class: "way-done", style: `width: ${at(agent.placed.cost)}%` })] : []),
      ...shown.map(({ id, cost }) => h("i", { class: `way-mark role-${role(id)} ${id === AGENT ? "is-agent" : ""}`, style: `left: ${at(cost)}%` })),
    ),
    h(
      "ol",
      { class: "way-list" },
      ...shown.map(({ id, label, cost }) =>
        h("li", { class: id === AGENT ? "is-agent" : "" }, h("span", {}, h("span", { class: `swatch role-${role(id)}`, "aria-hidden": "true" }), label), h("span", {}, `${number(100 * cost)}${NBSP}%`)),
      ),
    ),
  ];
}

/** The cards beside the street. @param {HTMLButtonElement} start */
export function dayCards(start) {
  const head = h("div", { class: "headline-day" }, h("p", { class: "hint" }, "The day is being played …"));
  const invite = h("p", { class: "hint" }, "It learns from other days what to do with every battery, and has never seen this one.");
  const table = h("div", { class: "scroll" });
  const element = h("div", { class: "panel day-card" }, head, table, h("div", { class: "invite" }, start, invite));
  return {
    element,
    /** @param {State} state @param {Seen[]} seen */
    show(state, seen) {
      const way = measuredWay(state);
      head.replaceChildren(...(way.length > 0 ? way : headline(seen)));
      table.replaceChildren(dayTable(seen));
    },
    /** @param {boolean} wanted Whether there is an agent to train. */
    invite(wanted) {
      start.hidden = invite.hidden = !wanted;
    },
  };
}
