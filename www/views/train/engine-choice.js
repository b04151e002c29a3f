// What computes: the CPU or the graphics adapter, and a trial of both.

import { h, setDisabled } from "../../ui/dom.js";
import { counted, NBSP, number } from "../../ui/format.js";
import { notify } from "../../ui/notices.js";
import { Refusal } from "../../engines/client.js";
import { webgpuOffer } from "../../engines/gpu.js";
import { measure, recommendation } from "../../training/trial.js";

/**
 * @typedef {import("../../app/app.js").App} App
 * @typedef {import("../../app/state.js").State} State
 * @typedef {import("../../types.d.ts").Backend} Backend
 * @typedef {import("../../training/trial.js").Measurement} Measurement
 */

/** How often to ask again whether the WebGPU engine has been built, ms. */
const ASK_AGAIN = 5000;

/** @type {Record<Backend, string>} */
const NAMES = { cpu: "CPU", webgpu: "WebGPU" };

/** @param {App} app */
export function engineChoice(app) {
  const cpu = option(app, "cpu", "WebAssembly with SIMD; runs everywhere.");
  const webgpu = option(app, "webgpu", "Looking for a graphics adapter …");
  const options = h("fieldset", { class: "choices" }, h("legend", { class: "visually-hidden" }, "Computed on"), cpu.element, webgpu.element);
  const inUse = h("span", { class: "hint" });
  const trial = trialOfBoth(app, () => !webgpu.input.disabled);
  const element = h("details", { class: "engine" }, h("summary", {}, "Computed on ", inUse), options, trial.element);
  void offer(webgpu, trial);
  return {
    element,
    /** @param {State} state */
    render({ backend, learner, phase }) {
      inUse.textContent = NAMES[backend];
      setDisabled(options, learner === "loading" || phase === "running" || phase === "pausing");
      cpu.input.checked = backend === "cpu";
      webgpu.input.checked = backend === "webgpu";
      trial.render();
    },
  };
}

/** @param {App} app @param {Backend} backend @param {string} text */
function option(app, backend, text) {
  const input = h("input", { type: "radio", name: "engine", value: backend, onchange: () => void app.training.chooseBackend(backend) });
  const detail = h("span", { class: "choice-text" }, text);
  return { input, detail, element: h("label", { class: "choice" }, input, h("span", { class: "choice-title" }, NAMES[backend]), detail) };
}

/** @param {ReturnType<typeof option>} webgpu @param {ReturnType<typeof trialOfBoth>} trial */
async function offer({ input, detail, element }, trial) {
  input.disabled = true;
  const { available, final, reason } = await webgpuOffer();
  input.disabled = !available;
  element.classList.toggle("is-off", !available);
  detail.textContent = reason;
  trial.render();
  if (!final) setTimeout(() => void offer({ input, detail, element }, trial), ASK_AGAIN);
}

/** @param {App} app @param {() => boolean} offered Whether there is a choice. */
function trialOfBoth(app, offered) {
  /** @type {AbortController | null} */
  let running = null;
  const other = h("p", { class: "hint" });
  const both = h("button", { type: "button", onclick: () => void run() }, "Try both");
  const cancel = h("button", { type: "button", hidden: true, onclick: () => running?.abort() }, "Cancel");
  const bar = h("progress", { max: 1, value: 0, hidden: true, "aria-label": "Trial" });
  const status = h("p", { class: "hint", role: "status" });
  const figures = h("dl", { class: "trial-figures numbers" });

  const render = () => {
    const { setting } = app.state;
    const load = loadInWords(app.state);
    both.disabled = running !== null || !offered() || !setting || load !== null;
    other.textContent = load === null ? "" : `${load}: what else computes would spoil the times, so the trial waits for its end.`;
    other.hidden = load === null;
    cancel.hidden = bar.hidden = running === null;
  };

  /** @param {string} text */
  const say = (text) => {
    if (status.textContent !== text) status.textContent = text;
  };

  const run = async () => {
    const { setting, file } = app.state;
    if (!setting || running) return;
    running = new AbortController();
    app.store.mark("trial", true);
    const { signal } = running;
    figures.replaceChildren();
    bar.value = 0;
    render();
    cancel.focus();
    try {
      /** @type {Partial<Record<Backend, Measurement>>} */
      const found = {};
      for (const [index, backend] of /** @type {const} */ (["cpu", "webgpu"]).entries()) {
        say(`Learning from a minibatch on the ${backend === "cpu" ? "CPU" : "graphics adapter"} …`);
        const onProgress = (/** @type {number} */ share) => (bar.value = (index + share) / 2);
        const measured = (found[backend] = await measure(backend, setting, file, onProgress, signal));
        figures.append(h("dt", {}, NAMES[backend]), h("dd", {}, inWords(measured)));
      }
      const { cpu, webgpu } = found;
      if (cpu && webgpu) say(advice(recommendation({ cpu, webgpu }), app.state.backend));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (signal.aborted) say("The trial was cancelled.");
      else notify("error", "trial", `The trial did not come to its end: ${error.message}`);
      if (!signal.aborted) say("");
    } finally {
      const focused = document.activeElement === cancel;
      running = null;
      app.store.mark("trial", false);
      render();
      if (focused) both.focus();
    }
  };

  return {
    element: h(
      "div",
      { class: "trial" },
      h("div", { class: "actions" }, both, cancel),
      h("p", { class: "hint" }, "Has each learn from the same minibatch, which takes some seconds, and says which is quicker here."),
      other,
      bar,
      figures,
      status,
    ),
    render,
  };
}

/** What else computes; `null` for nothing. @param {State} state */
function loadInWords({ phase, underWay }) {
  if (phase === "running" || phase === "pausing") return "A training runs";
  if (underWay.has("sweep")) return "A sweep runs";
  return underWay.has("evaluation") ? "Policies are being evaluated" : null;
}

/** @param {Measurement} measured */
function inWords({ seconds, rows }) {
  return `${number(1000 * seconds, seconds < 0.1 ? 1 : 0)}${NBSP}ms per minibatch of ${counted(rows, "home-step")}`;
}

/** @param {{ backend: Backend, text: string }} recommended @param {Backend} inUse */
function advice({ backend, text }, inUse) {
  return backend === inUse ? `${text} It is in use.` : `${text} Choose it above to train on it.`;
}
