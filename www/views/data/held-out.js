// Which days are held out: a random draw, or days of one's choice.

import { h, setDisabled } from "../../ui/dom.js";
import { field } from "../../app/spec.js";
import { numberIn, showFields } from "../../ui/fields.js";
import { period, toggle } from "./stress.js";

/**
 * @typedef {import("../../app/app.js").App} App
 * @typedef {import("../../types.d.ts").Setting} Setting
 */

/** @param {App} app */
export function heldOutChoice(app) {
  const when = period(app, "split.held_out", { required: true });
  const draw = numberIn(app, "split.seed", "Seed of the draw", "One random day of each week is held out; another seed draws others.", {
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
    step: 1,
    required: true,
  });
  const box = toggle(
    "Judge on days of your choice",
    "They are held out from training, so that what goes wrong on them is new to the agent; else one random day of each week is held out.",
    (on) => {
      const { setting } = app.state;
      const { cloudy, outage } = setting?.spec.stress ?? {};
      const from = cloudy?.from ?? outage?.from ?? setting?.held_out[0] ?? null;
      void app.edit(on ? { "split.held_out.from": from, "split.held_out.days": 7 } : { "split.held_out": null });
    },
    ...when.elements,
  );
  const controls = h("fieldset", { class: "held-out" }, h("legend", { class: "visually-hidden" }, "Held-out days"), draw.element, box.element);
  return {
    element: controls,
    /** @param {Setting} setting */
    render(setting) {
      box.show(field(setting.spec, "split.held_out") !== null);
      when.render(setting);
      showFields([draw], setting.spec);
    },
    /** @param {boolean} enabled */
    enable: (enabled) => setDisabled(controls, !enabled),
  };
}
