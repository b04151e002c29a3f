// Day view: one held-out day of one policy, and all policies' import beside it.

import { ChartView } from "../chart-view.js";
import { dayPanels, importChart, peakImport } from "../chart-specs.js";
import { byId, h, labelled } from "../dom.js";
import { longDate, number } from "../format.js";
import { latestOnly } from "../latest.js";
import { actingPolicies, agentFirst, chosenPolicy, dayIndex } from "../state.js";

/**
 * @typedef {import("../app.js").App} App
 * @typedef {import("../state.js").State} State
 * @typedef {import("../types.d.ts").DayTrace} DayTrace
 * @typedef {import("../types.d.ts").Setting} Setting
 * @typedef {{ [policy: string]: DayTrace }} Traces
 */

/** While training the day is drawn anew at most this often, ms. */
const REFRESH = 2000;

/** @param {App} app */
export function dayView(app) {
  const slider = h("input", { type: "range", min: 0, max: 0, step: 1, value: 0, id: "held-out-day" });
  const date = h("output", { for: "held-out-day", class: "date" });
  const policy = h("select", { id: "day-policy" });
  const overlay = new ChartView(
    "day_grid_import",
    "All policies on this day: what the whole street draws from the grid, with the peak window shaded.",
    "tall",
  );
  const panels = new ChartView("day_panels", "The chosen policy, added up over all homes.", "stack");
  const totals = h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Totals of this day" });

  /** @type {Traces | undefined} */
  let traces;
  let fetched = 0;

  const draw = () => {
    const { setting } = app.state;
    if (!traces || !setting) return;
    const trace = traces[chosenPolicy(app.state)];
    overlay.show([importChart(traces, setting)], overlaySummary(traces, setting));
    if (trace) panels.show(dayPanels(trace, setting), panelSummary(trace, policy.selectedOptions[0]?.text ?? ""));
    totals.replaceChildren(totalsTable(traces, setting));
  };

  const refresh = latestOnly(async () => {
    traces = await app.day(dayIndex(app.state));
    fetched = performance.now();
    draw();
  });

  slider.addEventListener("input", () => {
    app.store.set({ day: app.state.setting?.held_out[slider.valueAsNumber] ?? null });
  });
  policy.addEventListener("change", () => app.store.set({ policy: policy.value }));

  byId("day-view").append(
    h(
      "div",
      { class: "panel" },
      h("div", { class: "toolbar" }, date, labelled("Held-out day", slider), labelled("Policy", policy)),
      h("div", { class: "day-grid" }, h("div", {}, overlay.element, totals), panels.element),
    ),
  );

  /** @param {State} state @param {Set<keyof State>} changed */
  return (state, changed) => {
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
  return `${label}: load ${kwh(trace.load_kw)} kWh, PV ${kwh(trace.pv_kw)} kWh, traded between homes ${number(sum(trace.p2p_kwh), 1)} kWh.`;
}

/** @param {Traces} traces @param {Setting} setting */
function totalsTable(traces, setting) {
  const policies = agentFirst(setting.policies).filter(({ id }) => traces[id]);
  /** @type {[string, (trace: DayTrace) => number, number][]} */
  const measures = [
    ["Cost, $", (trace) => sum(trace.cost), 2],
    ["Peak-window import, kWh", (trace) => peakImport(trace, setting), 1],
    ["Grid import, kWh", (trace) => sum(trace.import_kwh), 1],
    ["Grid export, kWh", (trace) => sum(trace.export_kwh), 1],
    ["With neighbours, kWh", (trace) => sum(trace.p2p_kwh), 1],
    ["Line losses, kWh", (trace) => sum(trace.loss_kwh), 2],
  ];
  const heads = policies.map(({ label, role }) =>
    h("th", { scope: "col" }, h("span", { class: `swatch role-${role}`, "aria-hidden": "true" }), label),
  );
  const rows = measures.map(([label, measure, digits]) =>
    h("tr", {}, h("th", { scope: "row" }, label), ...policies.map(({ id }) => h("td", {}, number(measure(traces[id]), digits)))),
  );
  return h(
    "table",
    { class: "totals" },
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "This day"), ...heads)),
    h("tbody", {}, ...rows),
  );
}
