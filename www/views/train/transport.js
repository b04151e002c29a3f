// The controls of a training, and how far it is.

import { h } from "../../ui/dom.js";
import { counted, number, signedPercent } from "../../ui/format.js";
import { BASELINE } from "../../app/state.js";
import { bestAgainstRule } from "./headline.js";

/**
 * @typedef {import("../../app/app.js").App} App
 * @typedef {import("../../app/state.js").State} State
 * @typedef {import("../../types.d.ts").Sample} Sample
 */

/** Iterations over which the speed is averaged. */
const RECENT = 8;

/** @param {App} app */
export function transportBar(app) {
  /** @param {string} label @param {string} title @param {() => void} act @param {string} [kind] */
  const button = (label, title, act, kind = "") => h("button", { type: "button", class: kind, title, onclick: act }, label);
  const train = button("Train", "", () => void app.training.train(), "primary large");
  const pause = button("Pause", "After the present iteration", () => app.training.pause());
  const step = button("Step", "One iteration, then pause", () => void app.training.step());
  const stop = button("Stop", "End this training; the best agent so far is kept", () => app.training.stop());
  const keep = button("Keep", "Put the best agent so far under “Kept agents”", () => void app.training.keepBest());
  const reset = button("Reset", "Start from fresh weights; the agent is set aside, under “Kept agents”", () => void app.training.reset());
  const bar = h("progress", { max: 1, value: 0, "aria-label": "Training" });
  const status = h("p", { class: "status", role: "status" });
  const figures = h("p", { class: "hint numbers progress-figures" });
  // A live region is there before it has something to say.
  const collapse = h("div", { class: "collapse", role: "status" });

  return {
    element: h("div", { class: "transport" }, h("div", { class: "actions" }, train, pause, step, stop, keep, reset), bar, status, figures, collapse),
    /** @param {State} state */
    render(state) {
      const { phase, engine, learner, history, trained, planned } = state;
      // A change of the setting under way is awaited: the press that ended it is not lost.
      const ready = (engine === "ready" || engine === "busy") && learner !== "failed" && !state.underWay.has("trial");
      const moving = phase === "running" || phase === "pausing";
      train.textContent = { idle: "Train", paused: "Go on" }[String(phase)] ?? (moving ? "Train" : "Train again");
      train.disabled = !ready || moving;
      pause.disabled = phase !== "running";
      step.disabled = !ready || moving || phase === "done" || phase === "stopped";
      stop.disabled = phase !== "running" && phase !== "paused";
      keep.disabled = history.length === 0 || learner === "failed";
      reset.disabled = engine !== "ready" || learner === "failed" || moving || !trained;
      const last = history.at(-1);
      bar.value = last && planned > 0 ? stepsOf(state) / (planned * state.runs.length) : 0;
      setText(status, statusSentence(state));
      figures.textContent = last ? progressFigures(state) : "";
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

/** What a reader who does not look should hear: no figure that moves while the training does. @param {State} state */
function statusSentence(state) {
  const { phase, engine, learner, history } = state;
  if (engine === "failed" || learner === "failed") return "The engine is not running.";
  if (engine === "starting") return "The engine is starting …";
  if (learner === "loading" && phase === "running") return "The learner is being loaded; training begins as soon as it is there.";
  if (state.underWay.has("trial")) return "The engines are being timed; a training would spoil that and can begin afterwards.";
  const after = history.length > 0 ? ` after ${counted(history.length, "iteration")}` : "";
  switch (phase) {
    case "running":
      return history.length === 0 ? "Training: the first iteration is under way." : "Training.";
    case "pausing":
      return "Pausing after this iteration …";
    case "paused":
      return `${after ? `Paused${after}.` : "An agent was loaded; it can be trained further."} ${comparison(state)}${alone(state)}`;
    case "stopped":
      return `Stopped${after}; the best agent is kept. ${comparison(state)}`;
    case "done":
      return `Training is complete${after}; the best agent is kept. ${comparison(state)}`;
    default:
      return "Ready. The agent has not been trained yet.";
  }
}

/** An agent that was taken over has no other seeds. @param {State} state */
function alone({ runs, seeds, trained }) {
  return trained && seeds > 1 && runs.length < 2 ? ` This agent goes on alone; “Reset” starts all ${seeds} seeds anew.` : "";
}

/** The best agent so far against the rule, on the validation days. @param {State} state */
function comparison(state) {
  const { runs, setting } = state;
  const cost = bestAgainstRule(state, "cost").change;
  const peak = bestAgainstRule(state, "peak_import_kwh").change;
  if (cost === null || peak === null) return "";
  const label = setting?.policies.find(({ id }) => id === BASELINE)?.label ?? "the rule";
  const lead = runs.length > 1 ? runs.find(({ leads }) => leads) : undefined;
  const whose = lead ? `Best of ${runs.length} seeds, seed ${lead.seed},` : "Best agent";
  return `${whose} against ${label.toLowerCase()}: cost ${signedPercent(cost)}, peak import ${signedPercent(peak)}.`;
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
  if (phase === "running") parts.push(`${timeInWords(Math.max(0, all - steps) / rate)} left`);
  return parts.join(" · ");
}

/**
 * A time as one would say it.
 * @param {number} seconds
 */
export function timeInWords(seconds) {
  if (!Number.isFinite(seconds)) return "an unknown time";
  if (seconds < 10) return "a few seconds";
  if (seconds < 55) return `about ${10 * Math.round(seconds / 10)} seconds`;
  if (seconds < 90) return "about a minute";
  if (seconds < 50 * 60) return `about ${Math.round(seconds / 60)} minutes`;
  if (seconds < 75 * 60) return "about an hour";
  const halves = Math.round(seconds / 1800) / 2;
  return `about ${number(Math.floor(halves))}${halves % 1 ? "½" : ""} hours`;
}

/** Home-steps per second lately. @param {Sample[]} history */
function recentRate(history) {
  const recent = history.slice(-RECENT);
  return recent.length === 0 ? 0 : recent.reduce((sum, sample) => sum + sample.rate, 0) / recent.length;
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
  // Of one agent the verdict beside it shows the same; then this is for those who listen.
  region.classList.toggle("visually-hidden", !several);
  const named = (/** @type {number[]} */ seeds) => (several ? `Seed ${new Intl.ListFormat("en-GB").format(seeds.map(String))}: ` : "");
  region.replaceChildren(...troubles.map(({ message, seeds }) => h("p", { class: "warning strong" }, named(seeds) + message)));
}
