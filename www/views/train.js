// Train: what the agent is paid for, what computes, and how it is getting on.

import { ChartView } from "../chart-view.js";
import { lossCharts, peakChart, returnChart, speedChart } from "../chart-specs.js";
import { byId, h, labelled } from "../dom.js";
import { counted, duration, number, sentence, signedPercent } from "../format.js";
import { webgpuOffer } from "../gpu.js";
import { field } from "../spec.js";
import { AGENT, BASELINE } from "../state.js";
import { numberField } from "./fields.js";

/**
 * @typedef {import("../app.js").App} App
 * @typedef {import("../state.js").State} State
 * @typedef {import("../types.d.ts").AgentPreset} AgentPreset
 * @typedef {import("../types.d.ts").Setting} Setting
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

/** @param {App} app */
export function trainView(app) {
  const agents = choices("agent", (id) => chooseAgent(app, id));
  const engines = choices("engine", (value) => void app.training.chooseBackend(value === "webgpu" ? "webgpu" : "cpu"));
  engines.list([
    { value: "cpu", title: "CPU", text: "WebAssembly with SIMD; runs everywhere." },
    { value: "webgpu", title: "WebGPU", text: "Looking for a graphics adapter …" },
  ]);
  const length = numberField(app, "ppo.total_timesteps", { min: 1000, max: 20_000_000, step: 1, required: true });
  const seed = numberField(app, "seed", { min: 0, max: 4294967295, step: 1, required: true });
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
    ),
    computed,
  );
  const warnings = h("div", {});
  const transport = transportBar(app);
  const charts = chartGrid();

  byId("train-view").append(
    h("div", { class: "panel" }, transport.element, settings, warnings),
    h("div", { class: "charts" }, ...charts.elements),
  );
  void offerWebgpu(engines);

  /** @param {State} state @param {Set<keyof State>} changed */
  return (state, changed) => {
    const training = state.phase === "running" || state.phase === "pausing";
    settings.disabled = training || state.engine !== "ready";
    computed.disabled = state.learner === "loading";
    transport.render(state);
    if (changed.has("backend")) engines.choose(state.backend);
    if (state.setting && changed.has("setting")) {
      listAgents(agents, state.setting);
      length.value = String(field(state.setting.spec, "ppo.total_timesteps"));
      seed.value = String(state.setting.spec.seed);
      warnings.replaceChildren(...state.setting.warnings.map((text) => h("p", { class: "warning" }, sentence(text))));
    }
    if (changed.has("history") || changed.has("setting")) charts.render(state);
  };
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

/** @param {App} app */
function transportBar(app) {
  /** @param {string} label @param {() => void} act @param {string} [kind] */
  const button = (label, act, kind = "") => h("button", { type: "button", class: kind, onclick: act }, label);
  const train = button("Train", () => void app.training.train(), "primary");
  const pause = button("Pause", () => app.training.pause());
  const stop = button("Stop", () => app.training.stop());
  const step = button("Step", () => void app.training.step());
  const reset = button("Reset", () => void app.training.reset());
  step.title = "One iteration, then pause";
  stop.title = "End this training and keep the best agent so far";
  reset.title = "Throw the agent away and start from fresh weights";
  const bar = h("progress", { max: 1, value: 0, "aria-label": "Training" });
  const status = h("p", { class: "status", role: "status" });
  const figures = h("p", { class: "hint numbers" });

  return {
    element: h(
      "div",
      { class: "transport" },
      h("div", { class: "actions" }, train, pause, step, stop, reset),
      bar,
      status,
      figures,
    ),
    /** @param {State} state */
    render(state) {
      const { phase, engine, learner, history, planned } = state;
      const ready = engine === "ready" && learner !== "failed";
      const moving = phase === "running" || phase === "pausing";
      train.textContent = { idle: "Train", paused: "Go on" }[String(phase)] ?? (moving ? "Train" : "Train again");
      train.disabled = !ready || moving;
      pause.disabled = phase !== "running";
      step.disabled = !ready || moving || phase === "done" || phase === "stopped";
      stop.disabled = phase !== "running" && phase !== "paused";
      reset.disabled = !ready || moving || history.length === 0;
      const last = history.at(-1);
      bar.value = last && planned > 0 ? last.steps / planned : 0;
      setText(status, statusSentence(state));
      figures.textContent = last ? progressFigures(state) : "";
    },
  };
}

/**
 * Sets the text of a live region only when it differs, so that it is not read out twice.
 * @param {HTMLElement} element
 * @param {string} text
 */
function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** @param {State} state */
function statusSentence(state) {
  const { phase, engine, learner, history } = state;
  if (engine === "failed" || learner === "failed") return "The engine is not running.";
  if (engine === "starting") return "The engine is starting …";
  if (learner === "loading" && phase === "running") return "The learner is being loaded; training begins as soon as it is there.";
  const trained = counted(history.length, "iteration");
  const verdict = comparison(state);
  switch (phase) {
    case "running":
      return history.length === 0 ? "Training: the first iteration is under way." : `Training. ${verdict}`;
    case "pausing":
      return "Pausing after this iteration …";
    case "paused":
      return `Paused after ${trained}. ${verdict}`;
    case "stopped":
      return `Stopped after ${trained}; the best agent so far is kept. ${verdict}`;
    case "done":
      return `Training is complete after ${trained}; the best agent is kept. ${verdict}`;
    default:
      return "Ready. The agent has not been trained yet.";
  }
}

/** The best agent so far against the rule, on the validation days. @param {State} state */
function comparison({ history, setting }) {
  const best = history.findLast((sample) => sample.best)?.validation;
  const rule = best?.[BASELINE];
  const agent = best?.[AGENT];
  if (!rule || !agent || rule.peak_import_kwh <= 0 || rule.cost <= 0) return "";
  const label = setting?.policies.find(({ id }) => id === BASELINE)?.label ?? "the rule";
  const peak = signedPercent(agent.peak_import_kwh / rule.peak_import_kwh - 1);
  const cost = signedPercent(agent.cost / rule.cost - 1);
  return `Best agent on the validation days against ${label.toLowerCase()}: peak import ${peak}, cost ${cost}.`;
}

/** @param {State} state */
function progressFigures({ history, planned, phase }) {
  const last = history[history.length - 1];
  const recent = history.slice(-8);
  const rate = recent.reduce((sum, sample) => sum + sample.rate, 0) / recent.length;
  const parts = [
    `${number(last.steps)} of ${number(planned)} home-steps`,
    `${number(rate)} per second`,
  ];
  if (phase === "running") parts.push(`about ${duration(Math.max(0, planned - last.steps) / rate)} left`);
  return parts.join(" · ");
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
    render({ history, planned, setting }) {
      const last = history.at(-1);
      if (!last || !setting) {
        for (const chart of all) chart.empty(waiting);
        return;
      }
      const role = setting.policies.find(({ id }) => id === AGENT)?.role ?? "accent";
      const { validation } = last;
      peak.show(
        [peakChart(history, planned, setting.policies)],
        `Peak-window import per validation day: agent ${number(validation[AGENT]?.peak_import_kwh ?? 0, 1)} kWh, rule-based ${number(validation[BASELINE]?.peak_import_kwh ?? 0, 1)} kWh.`,
      );
      returns.show([returnChart(history, planned, role)], returnSummary(history));
      losses.show(
        lossCharts(history, planned),
        `Policy loss ${number(last.policyLoss, 4)}, value loss ${number(last.valueLoss, 4)}.`,
      );
      speed.show([speedChart(history, planned)], `${number(last.rate)} home-steps per second.`);
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
