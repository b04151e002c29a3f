// Who has panels and batteries, and how large the batteries are.

import { h } from "../../ui/dom.js";
import { counted, number } from "../../ui/format.js";
import { choiceIn, numberIn, showFields } from "../../ui/fields.js";
import { fold } from "./fold.js";

/**
 * @typedef {import("../../app/app.js").App} App
 * @typedef {import("../../types.d.ts").Setting} Setting
 */

const RULES = [
  { value: "all", label: "every home", text: "" },
  { value: "every_other", label: "every other home", text: "The first, the third, the fifth, …" },
  { value: "none", label: "no home", text: "" },
];

/**
 * Homes by a rule; a list of names, which a specification may have, is shown as it is.
 * @param {App} app
 * @param {string} name Dotted.
 * @param {string} label
 */
function which(app, name, label) {
  const choice = choiceIn(app, name, label, RULES, (value) => {
    if (value !== "listed") void app.edit({ [name]: value });
  });
  return {
    element: choice.element,
    /** @param {string | string[]} value */
    show(value) {
      const listed = Array.isArray(value) ? [{ value: "listed", label: "by name", text: `${value.join(", ")}.` }] : [];
      choice.list([...RULES, ...listed]);
      choice.show(Array.isArray(value) ? "listed" : value);
    },
  };
}

/** @param {App} app */
export function equipmentGroup(app) {
  const panels = which(app, "homes.pv_homes", "Panels on");
  const batteries = which(app, "homes.battery_homes", "A battery in");
  const sizes = [
    numberIn(app, "homes.battery.capacity_kwh", "Battery, kWh", "What it holds.", { min: 0.1, max: 1000, required: true }),
    numberIn(app, "homes.battery.power_kw", "Battery, kW", "How fast it charges and discharges.", { min: 0.1, max: 1000, required: true }),
  ];
  const own = h("p", { class: "hint" });
  const part = fold("Panels and batteries", panels.element, batteries.element, h("div", { class: "row" }, ...sizes.map(({ element }) => element)), own);
  return {
    element: part.element,
    /** @param {Setting} setting */
    render({ spec, data }) {
      panels.show(spec.homes.pv_homes);
      batteries.show(spec.homes.battery_homes);
      showFields(sizes, spec);
      const differing = Object.keys(spec.homes.overrides);
      own.hidden = differing.length === 0;
      own.textContent = `Of its own kind: ${differing.join(", ")}; their sizes stand in the list of homes.`;
      const { homes } = data;
      const sunny = homes.filter(({ mean_pv_kwh_day }) => mean_pv_kwh_day > 0).length;
      const stored = homes.filter(({ battery_kwh }) => battery_kwh > 0);
      const total = stored.reduce((sum, { battery_kwh }) => sum + battery_kwh, 0);
      part.tell(`${counted(sunny, "home")} with panels, ${number(stored.length)} with a battery, ${number(total)} kWh together`);
    },
  };
}
