// The charts of a training.

import { ChartView } from "../../ui/chart-view.js";
import { h } from "../../ui/dom.js";
import { meaningOf } from "../../ui/glossary.js";
import { counted, number, orDash } from "../../ui/format.js";
import { AGENT, BASELINE } from "../../app/state.js";
import { costChart, HEALTH, healthChart, lossCharts, peakChart, returnChart, speedChart } from "./charts.js";

/** @typedef {import("../../app/state.js").State} State */

/** How often charts are drawn anew while a training runs, ms: several seeds report more often than one can look. */
const PACE = 500;

/**
 * Carries `work` out at once, or when `PACE` is over since the last time, whoever asks in between.
 * @param {() => void} work
 */
function paced(work) {
  let last = -Infinity;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const carryOut = () => {
    timer = undefined;
    last = performance.now();
    work();
  };
  return {
    soon: () => (timer ??= setTimeout(carryOut, Math.max(0, last + PACE - performance.now()))),
    now() {
      clearTimeout(timer);
      carryOut();
    },
  };
}

export function chartGrid() {
  const cost = new ChartView("cost", "What the street pays on validation days, which the agent does not train on.");
  const peak = new ChartView("peak_import", "What the street draws from the grid inside the peak window on those days.");
  const returns = new ChartView("return", "The reward the agent collects in an episode, on average; it should rise and level off.", "wide");
  const health = HEALTH.map((figure) => ({ figure, view: new ChartView(figure.id, meaningOf(figure.id), "compact") }));
  const losses = new ChartView(
    "losses",
    "The learner’s two losses: noise around zero is normal for the policy; the value loss falls as it learns what a state is worth.",
  );
  const speed = new ChartView("speed", "How many home-steps are simulated and learned from each second.");
  const later = h(
    "div",
    { class: "later", hidden: true },
    returns.element,
    h("details", { class: "panel", open: true }, h("summary", {}, "The learner’s health"), h("div", { class: "health" }, ...health.map(({ view }) => view.element))),
    h("details", { class: "panel" }, h("summary", {}, "Losses and speed"), h("div", { class: "charts" }, losses.element, speed.element)),
  );

  /** @type {State | undefined} */
  let latest;
  const drawing = paced(() => latest && draw(latest));

  /** @param {State} state */
  const draw = (state) => {
    const { history, setting, references } = state;
    const last = history.at(-1);
    later.hidden = !last;
    if (!setting || (!last && references.size === 0)) {
      for (const chart of [cost, peak]) chart.empty("The agent’s curve appears here, among the policies that do not learn.");
      return;
    }
    cost.show([costChart(state, setting.policies, references)], summary(state, "Cost", "$", "cost", 2));
    peak.show([peakChart(state, setting.policies, references)], summary(state, "Peak-window import", "kWh", "peak_import_kwh", 1));
    if (!last) return;
    const role = setting.policies.find(({ id }) => id === AGENT)?.role ?? "accent";
    returns.show([returnChart(state, role)], returnSummary(history));
    for (const { figure, view } of health) {
      view.show([healthChart(state, figure)], `${figure.title}: ${orDash(figure.value(last), 3)}, ${figure.unit}.`);
    }
    losses.show(lossCharts(state), `Policy loss ${number(last.policyLoss, 4)}, value loss ${number(last.valueLoss, 4)}.`);
    speed.show([speedChart(state)], `${number(last.rate)} home-steps per second.`);
  };

  return {
    element: h("div", { class: "training-charts" }, h("div", { class: "charts" }, cost.element, peak.element), later),
    /** @param {State} state */
    render(state) {
      latest = state;
      if (state.phase === "running") drawing.soon();
      else drawing.now();
    },
  };
}

/**
 * @param {State} state
 * @param {string} what
 * @param {string} unit
 * @param {"cost" | "peak_import_kwh"} measure
 * @param {number} digits
 */
function summary({ history, runs, references }, what, unit, measure, digits) {
  const last = history.at(-1)?.validation;
  const agent = last?.[AGENT]?.[measure];
  const known = (/** @type {string} */ id) => last?.[id]?.[measure] ?? references.get(id)?.[measure] ?? null;
  const whose = runs.length > 1 ? "best seed’s agent" : "agent";
  const parts = [
    agent === undefined ? "" : `${whose} ${number(agent, digits)} ${unit}`,
    `rule-based ${orDash(known(BASELINE), digits)} ${unit}`,
    `optimum ${orDash(known("optimum"), digits)} ${unit}`,
  ];
  return `${what} per validation day: ${parts.filter(Boolean).join(", ")}.`;
}

/** @param {State["history"]} history */
function returnSummary(history) {
  const values = history.map((sample) => sample.return).filter((value) => value !== null);
  if (values.length === 0) return "No episode has ended yet.";
  const [first, last] = [values[0], values[values.length - 1]];
  return `Mean reward per episode: from ${number(first, 2)} to ${number(last, 2)} in ${counted(history.length, "iteration")}.`;
}
