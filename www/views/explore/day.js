// The day in figures: all policies' import on a held-out day, their totals, and one of them in full.

import { ChartView } from "../../ui/chart-view.js";
import { dayPanels, importChart, peakImport } from "./day-charts.js";
import { h } from "../../ui/dom.js";
import { longDate, number } from "../../ui/format.js";
import { latestOnly } from "../../app/latest.js";
import { actingPolicies, agentFirst, chosenPolicy, dayIndex } from "../../app/state.js";

/**
 * @typedef {import("../../app/app.js").App} App
 * @typedef {import("../../app/state.js").State} State
 * @typedef {import("../../types.d.ts").DayTrace} DayTrace
 * @typedef {import("../../types.d.ts").Policy} Policy
 * @typedef {import("../../types.d.ts").Setting} Setting
 * @typedef {{ [policy: string]: DayTrace }} Traces
 */

/** While training the day is drawn anew at most this often, ms. */
const REFRESH = 2000;

/** Who leafs through the days has the street's engine for the street: the figures wait so long, ms. */
const CALM = 400;

/** One held-out day in figures. @param {App} app @returns {import("../index.js").View} */
export function dayPart(app) {
  const overlay = new ChartView(
    "day_grid_import",
    "All policies on this day: what the whole street draws from the grid; a peak window is shaded.",
    "tall",
  );
  const whose = h("span", {}, "");
  const panels = new ChartView("day_panels", "The chosen policy, added up over all homes; a peak window is shaded.", "stack");
  for (const chart of [overlay, panels]) chart.empty("Every policy plays this day …");
  const remark = h("p", { class: "hint" });
  const totals = h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Totals of this day" });

  /** @type {Traces | undefined} */
  let traces;
  let fetched = 0;
  let stale = true;
  let seen = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let waiting;

  const draw = () => {
    const { setting } = app.state;
    if (!traces || !setting) return;
    const policies = agentFirst(actingPolicies(app.state)).filter(({ id }) => traces?.[id]);
    const chosen = policies.find(({ id }) => id === chosenPolicy(app.state));
    overlay.show([importChart(traces, { policies })], overlaySummary(traces, policies));
    if (chosen) {
      const charts = dayPanels(traces[chosen.id], Object.values(traces), setting);
      panels.element.style.setProperty("--panels", String(charts.length));
      panels.show(charts, panelSummary(traces[chosen.id], chosen.label));
      whose.textContent = `${longDate(traces[chosen.id].date)}; what shows one policy shows ${chosen.label}.`;
    }
    totals.replaceChildren(totalsTable(traces, policies));
    remark.textContent = unservedRemark(traces, setting);
  };

  const refresh = latestOnly(async () => {
    stale = false;
    await app.day(dayIndex(app.state), (found) => {
      traces = found;
      draw();
    });
    fetched = performance.now();
  });

  const refreshIfSeen = () => {
    clearTimeout(waiting);
    if (stale && seen && app.state.setting) waiting = setTimeout(() => void refresh(), CALM);
  };

  const element = h(
    "section",
    { class: "figures", "aria-labelledby": "figures-title" },
    h("div", { class: "section-head" }, h("h2", { id: "figures-title" }, "The day in figures"), h("p", {}, whose)),
    h("div", { class: "panel" }, h("div", { class: "day-grid" }, h("div", {}, overlay.element, totals, remark), panels.element)),
  );
  // Every policy plays the day for this, and some plan it first: not before somebody looks.
  new IntersectionObserver(
    (entries) => {
      seen = entries.some(({ isIntersecting }) => isIntersecting);
      refreshIfSeen();
    },
    { rootMargin: "-60px" },
  ).observe(element);

  /** @type {(keyof State)[]} */
  const decisive = ["setting", "day", "phase", "trained", "agents"];

  return {
    element,
    render(_, changed) {
      const learned = changed.has("history") && performance.now() - fetched > REFRESH;
      if (learned || decisive.some((name) => changed.has(name))) {
        stale = true;
        refreshIfSeen();
      } else if (changed.has("policy")) draw();
    },
  };
}

/** @param {number[]} values */
const sum = (values) => values.reduce((total, value) => total + value, 0);

/** @param {Traces} traces @param {Policy[]} policies */
function overlaySummary(traces, policies) {
  const parts = policies
    .map(({ id, label }) => `${label} ${number(sum(traces[id].import_kwh), 1)} kWh`);
  return `Import from the grid on this day: ${parts.join(", ")}.`;
}

/** @param {DayTrace} trace @param {string} label */
function panelSummary(trace, label) {
  const kwh = (/** @type {number[]} */ values) => number(sum(values) * trace.step_hours, 1);
  const missed = sum(trace.unserved_kwh);
  return [
    `${label}: load ${kwh(trace.load_kw)} kWh, PV ${kwh(trace.pv_kw)} kWh, traded between homes ${number(sum(trace.p2p_kwh), 1)} kWh`,
    ...(missed > 0 ? [`not served ${number(missed, 1)} kWh`] : []),
    ...(sum(trace.curtailed_kw) > 0 ? [`PV held back ${kwh(trace.curtailed_kw)} kWh`] : []),
  ].join(", ").concat(".");
}

/** What the cost makes of load that could not be served. @param {Traces} traces @param {Setting} setting */
function unservedRemark(traces, setting) {
  const missed = Object.values(traces).some(({ unserved_kwh }) => sum(unserved_kwh) > 0);
  const value = setting.spec.stress.outage?.value_of_lost_load;
  return missed && value > 0 ? `The cost counts each kWh that was not served at $ ${number(value, 2)}; no bill does.` : "";
}

/**
 * @typedef {object} Measure
 * @property {string} label
 * @property {(trace: DayTrace) => number} value
 * @property {number} digits
 * @property {boolean} [rare] Shown only where some policy has other than zero.
 */

/** @type {Measure[]} */
const MEASURES = [
  { label: "Cost, $", value: (trace) => sum(trace.cost), digits: 2 },
  { label: "Not served, kWh", value: (trace) => sum(trace.unserved_kwh), digits: 1, rare: true },
  { label: "Peak-window import, kWh", value: peakImport, digits: 1 },
  { label: "Grid import, kWh", value: (trace) => sum(trace.import_kwh), digits: 1 },
  { label: "Grid export, kWh", value: (trace) => sum(trace.export_kwh), digits: 1 },
  { label: "PV held back, kWh", value: (trace) => sum(trace.curtailed_kw) * trace.step_hours, digits: 1, rare: true },
  { label: "With neighbours, kWh", value: (trace) => sum(trace.p2p_kwh), digits: 1 },
  { label: "Network fees, $", value: (trace) => sum(trace.fees), digits: 2, rare: true },
  { label: "Export and demand charges, $", value: (trace) => sum(trace.charges), digits: 2, rare: true },
  { label: "Line losses, kWh", value: (trace) => sum(trace.loss_kwh), digits: 2 },
  { label: "Above the transformer’s limit, kWh", value: (trace) => sum(trace.overload_kwh), digits: 2, rare: true },
];

/** @param {Traces} traces @param {Policy[]} policies */
function totalsTable(traces, policies) {
  const measures = MEASURES.filter(({ rare, value }) => !rare || policies.some(({ id }) => value(traces[id]) > 1e-3));
  const heads = policies.map(({ label, role }) =>
    h("th", { scope: "col" }, h("span", { class: `swatch role-${role}`, "aria-hidden": "true" }), label),
  );
  const rows = measures.map(({ label, value, digits }) =>
    h("tr", {}, h("th", { scope: "row" }, label), ...policies.map(({ id }) => h("td", {}, number(value(traces[id]), digits)))),
  );
  return h(
    "table",
    { class: "totals" },
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "This day"), ...heads)),
    h("tbody", {}, ...rows),
  );
}
