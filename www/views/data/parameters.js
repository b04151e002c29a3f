// What a synthetic street is drawn from, and the size of the panels.

import { field } from "../../app/spec.js";
import { h, setDisabled } from "../../ui/dom.js";
import { choiceIn, numberIn, showFields } from "../../ui/fields.js";

/**
 * @typedef {import("../../app/app.js").App} App
 * @typedef {import("../../types.d.ts").Setting} Setting
 */

/** @param {App} app */
export function createParameters(app) {
  const whole = { step: 1, required: true };
  const drawn = [
    numberIn(app, "data.homes", "Homes", "How many stand in the street.", { ...whole, min: 2, max: 200 }),
    numberIn(app, "data.seed", "Street seed", "Another seed, another street.", { ...whole, min: 0, max: 4294967295 }),
    numberIn(app, "data.days", "Days", "From 1 January on.", { ...whole, min: 22, max: 3653 }),
    numberIn(app, "data.year", "Year", "Sets weekdays and the clock.", { ...whole, min: 2008, max: 2100 }),
  ];
  const step = choiceIn(
    app,
    "data.step_minutes",
    "Step",
    [
      { value: "60", label: "60 min", text: "24 decisions a day." },
      { value: "30", label: "30 min", text: "48 decisions a day; twice the work." },
    ],
    (value) => {
      // An iteration stays one of whole days.
      const { spec } = /** @type {Setting} */ (app.state.setting);
      const times = spec.data.step_minutes / Number(value);
      void app.edit({ "data.step_minutes": Number(value), "ppo.n_steps": spec.ppo.n_steps * times });
    },
  );
  const kwp = numberIn(app, "homes.pv_kwp", "PV, kWp", "Each system is scaled to this; leave it empty to keep its own size.", {
    min: 0.1,
    max: 100,
    placeholder: "as measured",
  });
  const controls = h(
    "fieldset",
    { class: "parameters" },
    h("legend", {}, "Its parameters"),
    h("div", { class: "row" }, ...drawn.map(({ element }) => element), step.element, kwp.element),
  );
  return {
    element: controls,
    /** @param {Setting} setting */
    render({ spec }) {
      showFields([...drawn, kwp], spec);
      step.element.hidden = field(spec, "data.step_minutes") === undefined;
      step.show(String(field(spec, "data.step_minutes") ?? 60));
    },
    /** @param {boolean} enabled */
    enable: (enabled) => setDisabled(controls, !enabled),
  };
}
