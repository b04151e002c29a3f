// The controls of a training, how far it is, and how the learner is doing.

import { h, term } from "../../ui/dom.js";
import { counted, duration, number, orDash, signedPercent } from "../../ui/format.js";
import { AGENT, BASELINE } from "../../app/state.js";

/**
 * @typedef {import("../../app/app.js").App} App
 * @typedef {import("../../app/state.js").State} State
 * @typedef {import("../../types.d.ts").Sample} Sample
 */

/** Iterations over which the speed is averaged. */
const RECENT = 8;

/** @param {App} app */
export function transportBar(app) {
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
  const health = healthLine();
  // A live region is there before it has something to say.
  const collapse = h("div", { class: "collapse", role: "status" });

  return {
    element: h(
      "div",
      { class: "transport" },
      h("div", { class: "actions" }, train, pause, step, stop, reset),
      bar,
      status,
      collapse,
      figures,
      health.element,
    ),
    /** @param {State} state */
    render(state) {
      const { phase, engine, learner, history, trained, planned } = state;
      const ready = engine === "ready" && learner !== "failed";
      const moving = phase === "running" || phase === "pausing";
      train.textContent = { idle: "Train", paused: "Go on" }[String(phase)] ?? (moving ? "Train" : "Train again");
      train.disabled = !ready || moving;
      pause.disabled = phase !== "running";
      step.disabled = !ready || moving || phase === "done" || phase === "stopped";
      stop.disabled = phase !== "running" && phase !== "paused";
      reset.disabled = !ready || moving || !trained;
      const last = history.at(-1);
      bar.value = last && planned > 0 ? stepsOf(state) / (planned * state.runs.length) : 0;
      setText(status, statusSentence(state));
      figures.textContent = last ? progressFigures(state) : "";
      health.render(last);
      showCollapse(collapse, collapses(state), state.runs.length > 1);
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
  const after = history.length > 0 ? ` after ${counted(history.length, "iteration")}` : "";
  const verdict = comparison(state);
  switch (phase) {
    case "running":
      return history.length === 0 ? "Training: the first iteration is under way." : `Training. ${verdict}`;
    case "pausing":
      return "Pausing after this iteration …";
    case "paused":
      return `${after ? `Paused${after}.` : "An agent was loaded; it can be trained further."} ${verdict}${alone(state)}`;
    case "stopped":
      return `Stopped${after}; the best agent so far is kept. ${verdict}`;
    case "done":
      return `Training is complete${after}; the best agent is kept. ${verdict}`;
    default:
      return "Ready. The agent has not been trained yet.";
  }
}

/** An agent that was taken over has no other seeds. @param {State} state */
function alone({ runs, seeds, trained }) {
  return trained && seeds > 1 && runs.length < 2 ? ` This agent goes on alone; “Reset” starts all ${seeds} seeds anew.` : "";
}

/** The best agent so far against the rule, on the validation days. @param {State} state */
function comparison({ runs, history, setting }) {
  const best = history.findLast((sample) => sample.best)?.validation;
  const rule = best?.[BASELINE];
  const agent = best?.[AGENT];
  if (!rule || !agent || rule.peak_import_kwh <= 0 || rule.cost <= 0) return "";
  const label = setting?.policies.find(({ id }) => id === BASELINE)?.label ?? "the rule";
  const peak = signedPercent(agent.peak_import_kwh / rule.peak_import_kwh - 1);
  const cost = signedPercent(agent.cost / rule.cost - 1);
  const lead = runs.length > 1 ? runs.find(({ leads }) => leads) : undefined;
  const whose = lead ? `Best of ${runs.length} seeds, seed ${lead.seed},` : "Best agent";
  return `${whose} on the validation days against ${label.toLowerCase()}: peak import ${peak}, cost ${cost}.`;
}

/** Home-steps of all seeds. @param {State} state */
function stepsOf({ runs }) {
  return runs.reduce((sum, { history }) => sum + (history.at(-1)?.steps ?? 0), 0);
}

/** @param {State} state */
function progressFigures(state) {
  const { runs, planned, phase } = state;
  const rate = runs.reduce((sum, { history }) => sum + recentRate(history), 0);
  const steps = stepsOf(state);
  const all = planned * runs.length;
  const parts = [`${number(steps)} of ${number(all)} home-steps`, `${number(rate)} per second`];
  if (runs.length > 1) parts.push(counted(runs.length, "seed"));
  if (phase === "running") parts.push(`about ${duration(Math.max(0, all - steps) / rate)} left`);
  return parts.join(" · ");
}

/** Home-steps per second lately. @param {Sample[]} history */
function recentRate(history) {
  const recent = history.slice(-RECENT);
  return recent.length === 0 ? 0 : recent.reduce((sum, sample) => sum + sample.rate, 0) / recent.length;
}

/** Each figure of the learner's health: its name, and its value. */
const HEALTH = /** @type {const} */ ([
  ["kl", (/** @type {Sample} */ sample) => number(sample.kl, 4)],
  ["clip_fraction", (/** @type {Sample} */ sample) => `${number(100 * sample.clipFraction)} %`],
  ["entropy", (/** @type {Sample} */ sample) => number(sample.entropy, 2)],
  ["explained_variance", (/** @type {Sample} */ sample) => orDash(sample.explainedVariance, 2)],
]);

/** How the learner is doing, in four figures; of several seeds, the best one's. */
function healthLine() {
  const values = HEALTH.map(() => h("span", {}));
  const parts = HEALTH.flatMap(([id], index) => [index > 0 && " · ", term(id), " ", values[index]]);
  const element = h("p", { class: "hint numbers", hidden: true }, ...parts);
  return {
    element,
    /** @param {Sample | undefined} last */
    render(last) {
      element.hidden = !last;
      if (last) HEALTH.forEach(([, figure], index) => (values[index].textContent = figure(last)));
    },
  };
}

/** @typedef {{ id: string, message: string, seeds: number[] }} Trouble With which seeds, and the first one's sentence. */

/** What has gone wrong with the agents as they are now. @param {State} state */
function collapses({ runs }) {
  /** @type {Map<string, Trouble>} */
  const found = new Map();
  for (const { seed, history } of runs) {
    for (const { id, message } of history.at(-1)?.collapse ?? []) {
      const known = found.get(id);
      if (known) known.seeds.push(seed);
      else found.set(id, { id, message, seeds: [seed] });
    }
  }
  return [...found.values()];
}

/**
 * What lasts is said once, although the figures in it go on changing: it is put in anew when
 * something else goes wrong, or with another seed.
 * @param {HTMLElement} region
 * @param {Trouble[]} troubles
 * @param {boolean} several Whether there are several seeds.
 */
function showCollapse(region, troubles, several) {
  const said = troubles.map(({ id, seeds }) => `${id} ${seeds}`).join("; ");
  if ((region.dataset.said ?? "") === said) return;
  region.dataset.said = said;
  const named = (/** @type {number[]} */ seeds) => (several ? `Seed ${new Intl.ListFormat("en-GB").format(seeds.map(String))}: ` : "");
  region.replaceChildren(...troubles.map(({ message, seeds }) => h("p", { class: "warning strong" }, named(seeds) + message)));
}
