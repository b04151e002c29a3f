// Day view: one held-out day of one policy, and all policies' import beside it.

import { ChartView } from "../../ui/chart-view.js";
import { dayPanels, importChart, peakImport } from "./day-charts.js";
import { h, labelled } from "../../ui/dom.js";
import { longDate, number } from "../../ui/format.js";
import { latestOnly } from "../../app/latest.js";
import { actingPolicies, agentFirst, chosenPolicy, dayIndex } from "../../app/state.js";

/**
 * @typedef {import("../../app/app.js").App} App
 * @typedef {import("../../app/state.js").State} State
 * @typedef {import("../../types.d.ts").DayTrace} DayTrace
 * @typedef {import("../../types.d.ts").Setting} Setting
 * @typedef {{ [policy: string]: DayTrace }} Traces
 */

/** While training the day is drawn anew at most this often, ms. */
const REFRESH = 2000;

/** One held-out day in figures. @param {App} app @returns {import("../index.js").View} */
export function dayPart(app) {
  const slider = h("input", { type: "range", min: 0, max: 0, step: 1, value: 0, id: "held-out-day" });
  const date = h("output", { for: "held-out-day", class: "date" });
  const policy = h("select", { id: "day-policy" });
  const overlay = new ChartView(
    "day_grid_import",
    "All policies on this day: what the whole street draws from the grid; a peak window is shaded.",
    "tall",
  );
  const panels = new ChartView("day_panels", "The chosen policy, added up over all homes.", "stack");
  const remark = h("p", { class: "hint" });
  const totals = h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Totals of this day" });

  /** @type {Traces | undefined} */
  let traces;
  let fetched = 0;

  const draw = () => {
    const { setting } = app.state;
    if (!traces || !setting) return;
    const trace = traces[chosenPolicy(app.state)];
    overlay.show([importChart(traces, setting)], overlaySummary(traces, setting));
    if (trace) {
      const charts = dayPanels(trace, Object.values(traces), setting);
      panels.element.style.setProperty("--panels", String(charts.length));
      panels.show(charts, panelSummary(trace, policy.selectedOptions[0]?.text ?? ""));
    }
    totals.replaceChildren(totalsTable(traces, setting));
    remark.textContent = unservedRemark(traces, setting);
  };

  const refresh = latestOnly(async () => {
    await app.day(dayIndex(app.state), (found) => {
      traces = found;
      draw();
    });
    fetched = performance.now();
  });

  slider.addEventListener("input", () => {
    app.store.set({ day: app.state.setting?.held_out[slider.valueAsNumber] ?? null });
  });
  policy.addEventListener("change", () => app.store.set({ policy: policy.value }));

  const element = h(
    "div",
    { class: "panel" },
    h("div", { class: "toolbar" }, date, labelled("Held-out day", slider), labelled("Policy", policy)),
    h("div", { class: "day-grid" }, h("div", {}, overlay.element, totals, remark), panels.element),
  );

  return {
    element,
    render(state, changed) {
      const { setting } = state;
      if (!setting) return;
      if (changed.has("setting") || changed.has("trained")) fill(slider, policy, state);
      const index = dayIndex(state);
      slider.valueAsNumber = index;
      const text = longDate(setting.held_out[index] ?? "");
      slider.setAttribute("aria-valuetext", text);
      date.textContent = text;
      policy.value = chosenPolicy(state);
      const learned = changed.has("history") && performance.now() - fetched > REFRESH && onScreen(panels.element);
      if (changed.has("setting") || changed.has("day") || changed.has("phase") || changed.has("trained") || learned) void refresh();
      else if (changed.has("policy")) draw();
    },
  };
}

/** @param {HTMLInputElement} slider @param {HTMLSelectElement} policy @param {State} state */
function fill(slider, policy, state) {
  const days = state.setting?.held_out.length ?? 0;
  slider.max = String(Math.max(0, days - 1));
  slider.disabled = days < 2;
  policy.replaceChildren(...actingPolicies(state).map(({ id, label }) => h("option", { value: id }, label)));
}

/** @param {HTMLElement} element */
function onScreen(element) {
  const { top, bottom } = element.getBoundingClientRect();
  return bottom > 0 && top < innerHeight;
}

/** @param {number[]} values */
const sum = (values) => values.reduce((total, value) => total + value, 0);

/** @param {Traces} traces @param {Setting} setting */
function overlaySummary(traces, setting) {
  const parts = setting.policies
    .filter(({ id }) => traces[id])
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

/** @param {Traces} traces @param {Setting} setting */
function totalsTable(traces, setting) {
  const policies = agentFirst(setting.policies).filter(({ id }) => traces[id]);
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
