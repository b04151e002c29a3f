// Train: what the agent is paid for, what computes, and how it is getting on.

import { ChartView } from "../../ui/chart-view.js";
import { lossCharts, peakChart, returnChart, speedChart } from "./charts.js";
import { h, labelled, setDisabled } from "../../ui/dom.js";
import { counted, number, sentence } from "../../ui/format.js";
import { webgpuOffer } from "../../engines/gpu.js";
import { mostSeeds } from "../../training/seeds.js";
import { field } from "../../app/spec.js";
import { AGENT, BASELINE } from "../../app/state.js";
import { advancedSettings } from "./advanced.js";
import { numberField } from "../../ui/fields.js";
import { transportBar } from "./transport.js";

/**
 * @typedef {import("../../app/app.js").App} App
 * @typedef {import("../../app/state.js").State} State
 * @typedef {import("../../types.d.ts").AgentPreset} AgentPreset
 * @typedef {import("../../types.d.ts").Setting} Setting
 */

/** The agent with the weights of a specification; empty for weights of one's own. @param {Setting} setting */
function agentOf({ agents, spec }) {
  const same = (/** @type {AgentPreset} */ { weights }) =>
    Object.entries(weights).every(([term, weight]) => field(spec, `reward.weights.${term}`) === weight);
  return agents.find(same)?.id ?? "";
}

/** @param {ReturnType<typeof choices>} agents @param {Setting} setting */
function listAgents(agents, setting) {
  if (!agents.element.hasChildNodes()) {
    agents.list(setting.agents.map(({ id, label, description }) => ({ value: id, title: label, text: description })));
  }
  agents.choose(agentOf(setting));
}

/** @param {App} app @param {string} id */
function chooseAgent(app, id) {
  const weights = app.state.setting?.agents.find((agent) => agent.id === id)?.weights ?? {};
  const fields = Object.entries(weights).map(([term, weight]) => [`reward.weights.${term}`, weight]);
  void app.edit(Object.fromEntries(fields));
}

/** How often to ask again whether the WebGPU engine has been built, ms. */
const ASK_AGAIN = 5000;

/** @param {App} app @returns {import("../index.js").View} */
export function createTrain(app) {
  const agents = choices("agent", (id) => chooseAgent(app, id));
  const engines = choices("engine", (value) => void app.training.chooseBackend(value === "webgpu" ? "webgpu" : "cpu"));
  engines.list([
    { value: "cpu", title: "CPU", text: "WebAssembly with SIMD; runs everywhere." },
    { value: "webgpu", title: "WebGPU", text: "Looking for a graphics adapter …" },
  ]);
  const length = numberField(app, "ppo.total_timesteps", { min: 1000, max: 20_000_000, step: 1, required: true });
  const seed = numberField(app, "seed", { min: 0, max: 4294967295, step: 1, required: true });
  const seeds = seedsField(app);
  const advanced = advancedSettings(app);
  const computed = h("fieldset", { class: "inner" }, h("legend", {}, "Computed on"), engines.element);
  const settings = h(
    "fieldset",
    {},
    h("legend", {}, "The agent is"),
    agents.element,
    h(
      "div",
      { class: "row" },
      labelled("Home-steps", length, "Length of the training; a home-step is one decision of one battery home."),
      labelled("Seed", seed, "Of the first weights, the exploration and the order of the days."),
      labelled("Seeds", seeds, `How many train side by side, to see how much is luck; up to ${mostSeeds()} here.`),
    ),
    computed,
    advanced.element,
  );
  const warnings = h("div", {});
  const transport = transportBar(app);
  const charts = chartGrid();

  const element = h(
    "div",
    { class: "columns" },
    h("div", { class: "panel" }, transport.element, settings, warnings),
    h("div", { class: "charts" }, ...charts.elements),
  );
  void offerWebgpu(engines);

  return {
    element,
    render(state, changed) {
      const training = state.phase === "running" || state.phase === "pausing";
      setDisabled(settings, training || state.engine !== "ready");
      computed.disabled = state.learner === "loading";
      transport.render(state);
      if (changed.has("seeds")) seeds.value = String(state.seeds);
      if (changed.has("backend")) engines.choose(state.backend);
      if (state.setting && changed.has("setting")) {
        listAgents(agents, state.setting);
        length.value = String(field(state.setting.spec, "ppo.total_timesteps"));
        seed.value = String(state.setting.spec.seed);
        advanced.render(state.setting);
        warnings.replaceChildren(...state.setting.warnings.map((text) => h("p", { class: "warning" }, sentence(text))));
      }
      if (changed.has("runs") || changed.has("history") || changed.has("setting")) charts.render(state);
    },
  };
}

/** @param {App} app */
function seedsField(app) {
  const { seeds } = app.state;
  const input = h("input", {
    type: "number",
    min: 1,
    // A link may ask for more than is offered.
    max: Math.max(mostSeeds(), seeds),
    step: 1,
    required: true,
    value: seeds,
    onchange: () => {
      if (input.reportValidity()) void app.training.chooseSeeds(input.valueAsNumber);
    },
  });
  return input;
}

/**
 * A group of radio buttons with a sentence each.
 * @param {string} name
 * @param {(value: string) => void} onChoose
 */
function choices(name, onChoose) {
  const element = h("div", { class: "choices" });
  /** @type {{ value: string, input: HTMLInputElement, detail: HTMLElement, element: HTMLElement }[]} */
  let entries = [];
  return {
    element,
    entry: (/** @type {string} */ value) => entries.find((entry) => entry.value === value),
    /** @param {{ value: string, title: string, text: string }[]} options */
    list(options) {
      entries = options.map(({ value, title, text }) => {
        const input = h("input", { type: "radio", name, value, onchange: () => onChoose(value) });
        const detail = h("span", { class: "choice-text" }, text);
        const label = h("label", { class: "choice" }, input, h("span", { class: "choice-title" }, title), detail);
        return { value, input, detail, element: label };
      });
      element.replaceChildren(...entries.map((entry) => entry.element));
    },
    /** @param {string} value */
    choose(value) {
      for (const entry of entries) entry.input.checked = entry.value === value;
    },
  };
}

/** @param {ReturnType<typeof choices>} engines */
async function offerWebgpu(engines) {
  const entry = engines.entry("webgpu");
  if (!entry) return;
  entry.input.disabled = true;
  const { available, final, reason } = await webgpuOffer();
  entry.input.disabled = !available;
  entry.element.classList.toggle("is-off", !available);
  entry.detail.textContent = reason;
  if (!final) setTimeout(() => void offerWebgpu(engines), ASK_AGAIN);
}

function chartGrid() {
  const peak = new ChartView(
    "peak_import",
    "What the street draws from the grid inside the peak window, on validation days the agent does not train on.",
  );
  const returns = new ChartView("return", "The reward the agent collects in an episode, on average; it should rise and level off.");
  const losses = new ChartView(
    "losses",
    "The learner’s two losses: noise around zero is normal for the policy; the value loss falls as it learns what a state is worth.",
  );
  const speed = new ChartView("speed", "How many home-steps are simulated and learned from each second.");
  const all = [peak, returns, losses, speed];
  const waiting = "Press Train to fill this chart.";

  return {
    elements: all.map((chart) => chart.element),
    /** @param {State} state */
    render(state) {
      const { history, runs, setting } = state;
      const last = history.at(-1);
      if (!last || !setting) {
        for (const chart of all) chart.empty(waiting);
        return;
      }
      const role = setting.policies.find(({ id }) => id === AGENT)?.role ?? "accent";
      const { validation } = last;
      const whose = runs.length > 1 ? "best seed’s agent" : "agent";
      peak.show(
        [peakChart(state, setting.policies)],
        `Peak-window import per validation day: ${whose} ${number(validation[AGENT]?.peak_import_kwh ?? 0, 1)} kWh, rule-based ${number(validation[BASELINE]?.peak_import_kwh ?? 0, 1)} kWh.`,
      );
      returns.show([returnChart(state, role)], returnSummary(history));
      losses.show(
        lossCharts(state),
        `Policy loss ${number(last.policyLoss, 4)}, value loss ${number(last.valueLoss, 4)}.`,
      );
      speed.show([speedChart(state)], `${number(last.rate)} home-steps per second.`);
    },
  };
}

/** @param {State["history"]} history */
function returnSummary(history) {
  const values = history.map((sample) => sample.return).filter((value) => value !== null);
  if (values.length === 0) return "No episode has ended yet.";
  const [first, last] = [values[0], values[values.length - 1]];
  return `Mean reward per episode: from ${number(first, 2)} to ${number(last, 2)} in ${counted(history.length, "iteration")}.`;
}
