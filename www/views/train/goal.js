// Which agent is trained: the presets, and weights of one's own.

import { h } from "../../ui/dom.js";
import { presetOf } from "../../training/kept.js";
import { weightsInWords } from "./weights.js";

/**
 * @typedef {import("../../app/app.js").App} App
 * @typedef {import("../../types.d.ts").Setting} Setting
 */

/** The value for weights of one's own. */
const OWN = "own";

/** @param {App} app @param {string} id */
function choose(app, id) {
  const preset = app.state.setting?.agents.find((agent) => agent.id === id);
  if (!preset) return;
  const weights = Object.entries(preset.weights).map(([term, weight]) => [`reward.weights.${term}`, weight]);
  void app.edit({ ...Object.fromEntries(weights), "reward.credit": preset.credit });
}

/** @param {App} app */
export function agentGoal(app) {
  const options = h("div", { class: "pills" });
  const meaning = h("p", { class: "hint goal-meaning" });
  const element = h("fieldset", { class: "goal" }, h("legend", {}, "The agent is"), options, meaning);
  /** @type {Map<string, { input: HTMLInputElement, element: HTMLElement }>} */
  let entries = new Map();

  /** @param {Setting} setting */
  const list = ({ agents }) => {
    const all = [...agents.map(({ id, label }) => ({ id, label })), { id: OWN, label: "Own weights" }];
    entries = new Map(
      all.map(({ id, label }) => {
        const input = h("input", { type: "radio", name: "agent", value: id, onchange: () => choose(app, id) });
        return [id, { input, element: h("label", { class: "pill-choice" }, input, h("span", {}, label)) }];
      }),
    );
    options.replaceChildren(...[...entries.values()].map((entry) => entry.element));
  };

  return {
    element,
    /** @param {Setting} setting */
    render(setting) {
      if (entries.size === 0) list(setting);
      const preset = presetOf(setting.spec, setting.agents);
      const chosen = preset?.id ?? OWN;
      for (const [id, { input, element: entry }] of entries) {
        input.checked = id === chosen;
        // It stands for what the sliders say; without that there is nothing to choose.
        entry.hidden = id === OWN && chosen !== OWN;
      }
      meaning.textContent = preset?.description ?? `Paid for as you have set: ${weightsInWords(setting.spec)}.`;
    },
  };
}
