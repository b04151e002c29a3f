// The local market: the orders of one step, cleared by every mechanism, side by side.

import { ChartView } from "../../ui/chart-view.js";
import { h, labelled, term } from "../../ui/dom.js";
import { clock, dayAfter, longDate, NBSP, number, orDash } from "../../ui/format.js";
import { latestOnly } from "../../app/latest.js";
import { isRange, ordersChart, savingsCharts } from "./market-charts.js";
import { listOptions, policyOptions } from "./options.js";
import { actingPolicies, chosenPolicy, dayIndex } from "../../app/state.js";

/**
 * @typedef {import("../../app/app.js").App} App
 * @typedef {import("../../app/state.js").State} State
 * @typedef {import("../../types.d.ts").MarketOutcome} MarketOutcome
 * @typedef {import("../../types.d.ts").MarketStep} MarketStep
 */

/**
 * @typedef {object} Column
 * @property {string} label
 * @property {string} unit
 * @property {import("../../ui/glossary.js").WordId} term
 * @property {number} digits
 * @property {(outcome: MarketOutcome) => number | null} value
 * @property {boolean} [rare] Shown only where some mechanism has other than zero.
 */

/** @param {import("../../types.d.ts").ByHome} byHome */
const sum = (byHome) => Object.values(byHome).reduce((total, value) => total + value, 0);

/** @type {Column[]} */
const COLUMNS = [
  {
    label: "Price",
    unit: "$/kWh",
    term: "clearing_price",
    digits: 3,
    value: ({ price }) => price,
  },
  {
    label: "Traded",
    unit: "kWh",
    term: "traded",
    digits: 2,
    value: ({ quantity_kwh }) => quantity_kwh,
  },
  {
    label: "From grid",
    unit: "kWh",
    term: "from_grid",
    digits: 2,
    value: ({ grid }) => grid.import_kwh,
  },
  {
    label: "To grid",
    unit: "kWh",
    term: "to_grid",
    digits: 2,
    value: ({ grid }) => grid.export_kwh,
  },
  {
    label: "Bills",
    unit: "$",
    term: "bills",
    digits: 3,
    value: ({ bills }) => sum(bills),
  },
  {
    label: "Saved",
    unit: "$",
    term: "saved",
    digits: 3,
    value: ({ savings }) => sum(savings),
  },
  {
    label: "Gini",
    unit: "",
    term: "gini",
    digits: 2,
    value: ({ gini }) => gini,
  },
  {
    label: "Jain",
    unit: "",
    term: "jain",
    digits: 2,
    value: ({ jain }) => jain,
  },
  {
    label: "Network fees",
    unit: "$",
    term: "network_fee",
    digits: 3,
    value: ({ fees }) => fees,
    rare: true,
  },
  {
    label: "Operator keeps",
    unit: "$",
    term: "operator_surplus",
    digits: 3,
    value: ({ surplus }) => surplus,
    rare: true,
  },
];

/** One step, cleared by every mechanism. @param {App} app @returns {import("../index.js").View} */
export function marketPart(app) {
  const slider = h("input", { type: "range", min: 0, max: 0, step: 1, value: 0, id: "market-time", disabled: true });
  const when = h("output", { for: "market-time", class: "date" });
  const day = h("select", { id: "market-day", onchange: () => app.store.set({ day: day.value, hour: null }) });
  const policy = h("select", { id: "market-policy", onchange: () => app.store.set({ policy: policy.value }) });
  const status = h("p", { class: "status", role: "status" });
  const explanation = h("p", { class: "explanation" });
  const table = h("div", { class: "scroll market", tabindex: 0, role: "region", "aria-label": "Mechanisms side by side" });
  const curves = new ChartView(
    "market_orders",
    "All orders of this step, best first, bids less the network fee where there is one. Where the curves cross, the last bid and the last ask meet.",
    "tall",
  );
  const savings = new ChartView(
    "market_savings",
    "What each home saves against the grid alone, on one scale; the chosen mechanism stands out.",
    "stack",
  );

  /** @type {MarketStep | undefined} */
  let step;
  let stale = true;
  let seen = false;

  const draw = () => {
    const { state } = app;
    if (!step) return;
    const outcome = chosenOutcome(step, state);
    // Focus stays in the table: its radio buttons are marked, not made anew.
    for (const row of table.querySelectorAll("tbody tr")) {
      const chosen = row.getAttribute("data-mechanism") === outcome.mechanism;
      row.classList.toggle("is-chosen", chosen);
      const radio = row.querySelector("input");
      if (radio) radio.checked = chosen;
    }
    status.textContent = inWords(step, outcome);
    explanation.replaceChildren(h("strong", {}, `${outcome.label}. `), outcome.description);
    if (step.demand.length + step.supply.length > 0) {
      curves.show([ordersChart(step, outcome)], curvesSummary(step, outcome));
    } else {
      curves.empty("There are no orders in this step.");
    }
    if (step.outcomes.some((one) => Object.values(one.savings).some((saved) => saved !== 0))) {
      savings.show(savingsCharts(step, outcome.mechanism), savingsSummary(step, outcome));
    } else {
      savings.empty("No mechanism saves any home anything in this step.");
    }
  };

  const refresh = latestOnly(async () => {
    stale = false;
    const { state } = app;
    const found = await app.market(chosenPolicy(state), dayIndex(state), stepOf(state));
    if (!found) return;
    step = found;
    slider.max = String(found.steps - 1);
    slider.disabled = found.steps < 2;
    slider.valueAsNumber = found.step;
    slider.setAttribute("aria-valuetext", span(found));
    when.textContent = heading(app.state, found);
    table.replaceChildren(sideBySide(app, found));
    draw();
  });

  const refreshIfSeen = () => {
    if (stale && seen && app.state.setting) void refresh();
  };

  slider.addEventListener("input", () => {
    const hours = step?.step_hours ?? 1;
    app.store.set({ hour: slider.valueAsNumber * hours });
  });

  const element = h(
    "section",
    { id: "market", "aria-labelledby": "market-title" },
    h(
      "div",
      { class: "section-head" },
      h("h2", { id: "market-title" }, "The local market, side by side"),
      h("p", {}, "What homes want to buy and sell in one step depends on who runs their batteries; what they pay for it depends on the rule that matches them. Here seven rules clear the same orders."),
    ),
    h(
      "div",
      { class: "panel" },
      h("div", { class: "date" }, when),
      h("div", { class: "toolbar" }, labelled("Orders of", day), labelled("Placed by", policy), labelled("Time of day", slider)),
      status,
      h("div", { class: "day-grid market-grid" }, h("div", {}, table, explanation, curves.element), savings.element),
    ),
  );
  // A policy is run anew for each step looked at: not before somebody looks.
  new IntersectionObserver(
    (entries) => {
      seen = entries.some(({ isIntersecting }) => isIntersecting);
      refreshIfSeen();
    },
    { rootMargin: "300px" },
  ).observe(element);

  /** @type {(keyof State)[]} */
  const decisive = ["setting", "day", "policy", "hour", "phase", "trained", "agents"];

  return {
    element,
    render(state, changed) {
      if (!state.setting) return;
      listOptions(day, state.setting.held_out.map((date) => ({ value: date, label: longDate(date) })));
      day.selectedIndex = dayIndex(state);
      listOptions(policy, policyOptions(actingPolicies(state)));
      policy.value = chosenPolicy(state);
      if (decisive.some((name) => changed.has(name))) stale = true;
      refreshIfSeen();
      if (changed.has("mechanism")) draw();
    },
  };
}

/** The step asked for; `undefined`, also for one after the day's end, leaves it to the engine. @param {State} state */
function stepOf({ hour, setting }) {
  if (hour === null || !setting) return undefined;
  const hours = setting.spec.episode?.length === "week" ? 7 * 24 : 24;
  return hour < hours ? Math.floor((hour * 60) / setting.data.step_minutes + 1e-6) : undefined;
}

/**
 * The mechanism asked for, else the one of the setting.
 * @param {MarketStep} step
 * @param {State} state
 */
function chosenOutcome({ outcomes }, { mechanism, setting }) {
  const wanted = [mechanism, setting?.spec.market?.mechanism];
  return wanted.map((id) => outcomes.find((outcome) => outcome.mechanism === id)).find(Boolean) ?? outcomes[0];
}

/** @param {MarketStep} step */
function span({ hour, step_hours }) {
  return `${clock(hour % 24)} to ${clock((hour % 24) + step_hours)}`;
}

/** @param {State} state @param {MarketStep} step */
function heading(state, step) {
  const first = state.setting?.held_out[dayIndex(state)] ?? "";
  return `${longDate(dayAfter(first, Math.floor(step.hour / 24)))}, ${span(step)}`;
}

/** @param {App} app @param {MarketStep} step */
function sideBySide(app, step) {
  const columns = COLUMNS.filter(({ rare, value }) => !rare || step.outcomes.some((outcome) => value(outcome) !== 0));
  const heads = columns.map(({ label, unit, term: id }) =>
    h("th", { scope: "col" }, term(id, label), unit && h("span", { class: "unit" }, ` ${unit}`)),
  );
  const rows = step.outcomes.map((outcome) => {
    const id = `mechanism-${outcome.mechanism}`;
    const choose = () => app.store.set({ mechanism: outcome.mechanism });
    return h(
      "tr",
      { "data-mechanism": outcome.mechanism, onclick: choose },
      h(
        "th",
        { scope: "row" },
        h("input", { type: "radio", name: "mechanism", id, onchange: choose }),
        h("label", { for: id }, outcome.label),
      ),
      ...columns.map(({ label, value, digits }) =>
        h("td", { "data-column": label, "data-value": value(outcome) }, orDash(value(outcome), digits)),
      ),
    );
  });
  return h(
    "table",
    {},
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Mechanism"), ...heads)),
    h("tbody", {}, ...rows),
  );
}

/** What comes of the step, for those who see it and those who hear it. @param {MarketStep} step @param {MarketOutcome} outcome */
function inWords({ outage, demand, supply }, { label, price, interval, quantity_kwh }) {
  if (outage) return "The grid is down in this step: there is no market, and the homes share what there is.";
  if (demand.length === 0 && supply.length === 0) return "No home orders anything from its neighbours in this step.";
  if (demand.length === 0) return "Nothing is traded: homes have energy to sell, and none wants to buy.";
  if (supply.length === 0) return "Nothing is traded: homes want to buy, and none has energy to sell.";
  if (price === null) return `${label}: nothing is traded.`;
  const traded = `${label}: ${number(quantity_kwh, 2)}${NBSP}kWh traded between homes at ${number(price, 3)}${NBSP}$/kWh`;
  if (!isRange(interval)) return `${traded}.`;
  return `${traded}, within an interval from ${number(interval[0], 3)} to ${number(interval[1], 3)}.`;
}

/** @param {MarketStep} step @param {MarketOutcome} outcome */
function curvesSummary({ demand, supply, retail, feed_in }, { price, quantity_kwh }) {
  const all = (/** @type {[number, number][]} */ corners) => number(corners.at(-1)?.[0] ?? 0, 2);
  const grid = `The grid sells at ${number(retail, 3)} and buys at ${number(feed_in, 3)} $/kWh.`;
  const cleared = price === null ? "Nothing clears." : `${number(quantity_kwh, 2)} kWh clear at ${number(price, 3)} $/kWh.`;
  return `Supply and demand: ${all(demand)} kWh wanted, ${all(supply)} kWh offered. ${grid} ${cleared}`;
}

/** @param {MarketStep} step @param {MarketOutcome} outcome */
function savingsSummary({ homes }, { label, savings }) {
  const each = homes.map((home) => `${home} ${number(savings[home], 3)}`);
  return `Savings of each home in $ under ${label}: ${each.join(", ")}.`;
}
