// Train: what the agent is paid for, how it is getting on, what computes, and the agents that were kept.

import { h, labelled, setDisabled } from "../../ui/dom.js";
import { numberField } from "../../ui/fields.js";
import { sentence } from "../../ui/format.js";
import { field } from "../../app/spec.js";
import { mostSeeds } from "../../training/seeds.js";
import { advancedSettings } from "./advanced.js";
import { chartGrid } from "./chart-grid.js";
import { engineChoice } from "./engine-choice.js";
import { agentGoal } from "./goal.js";
import { headline } from "./headline.js";
import { keptPanel } from "./kept-panel.js";
import { transportBar } from "./transport.js";
import { weightSliders } from "./weights.js";

/** @typedef {import("../../app/app.js").App} App */

/** @param {App} app @returns {import("../index.js").View} */
export function createTrain(app) {
  const goal = agentGoal(app);
  const weights = weightSliders(app);
  const engines = engineChoice(app);
  const length = numberField(app, "ppo.total_timesteps", { min: 1000, max: 20_000_000, step: 1, required: true });
  const seed = numberField(app, "seed", { min: 0, max: 4294967295, step: 1, required: true });
  const seeds = seedsField(app);
  const advanced = advancedSettings(app);
  // Sliders take changes while the engine still carries out the one before.
  const paidFor = h("fieldset", {}, weights.element);
  const settings = h(
    "fieldset",
    {},
    h(
      "div",
      { class: "row" },
      labelled("Home-steps", length, "Length of the training; a home-step is one decision of one battery home."),
      labelled("Seed", seed, "Of the first weights, the exploration and the order of the days."),
      labelled("Seeds", seeds, `How many train side by side, to see how much is luck; up to ${mostSeeds()} here.`),
    ),
  );
  const more = h("fieldset", {}, advanced.element);
  const warnings = h("div", {});
  const transport = transportBar(app);
  const figures = headline();
  const charts = chartGrid();
  const kept = keptPanel(app);

  const element = h(
    "div",
    { class: "train" },
    h("div", { class: "panel train-hero" }, h("div", {}, goal.element, transport.element), figures.element),
    h("div", { class: "train-columns" }, charts.element, h("div", { class: "panel train-settings advanced-only" }, settings, paidFor, engines.element, more, warnings)),
    kept.element,
  );

  return {
    element,
    render(state, changed) {
      const training = state.phase === "running" || state.phase === "pausing";
      for (const group of [goal.element, settings, more]) setDisabled(group, training || state.engine !== "ready");
      setDisabled(paidFor, training || state.setting === null);
      transport.render(state);
      figures.render(state);
      engines.render(state);
      if (changed.has("seeds")) seeds.value = String(state.seeds);
      if (changed.has("kept") || changed.has("compared") || changed.has("phase")) kept.render(state);
      if (state.setting && changed.has("setting")) {
        void app.references.follow();
        goal.render(state.setting);
        weights.render(state.setting.spec);
        length.value = String(field(state.setting.spec, "ppo.total_timesteps"));
        seed.value = String(state.setting.spec.seed);
        advanced.render(state.setting);
        warnings.replaceChildren(...state.setting.warnings.map((text) => h("p", { class: "warning" }, sentence(text))));
      }
      if (["runs", "history", "phase", "setting", "references"].some((key) => changed.has(/** @type {keyof typeof state} */ (key)))) charts.render(state);
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
