// What was read, in figures.

import { explained, h } from "../../ui/dom.js";
import { capitalised, counted, longDate, number, sentence } from "../../ui/format.js";
import { qualityReport } from "./quality.js";

/** @typedef {import("../../types.d.ts").Setting} Setting */

/** @param {Setting} setting @returns {Node[]} */
export function facts({ spec, data, days, held_out }) {
  const which = spec.split?.held_out ? "These days were chosen" : "One random day of each week is kept";
  return [
    h(
      "h2",
      {},
      data.kind === "synthetic" ? capitalised(data.name) : data.name,
      " ",
      h("span", { class: `tag ${data.kind}` }, data.kind === "synthetic" ? "synthetic, not measured" : "measured"),
    ),
    h("p", { class: "hint" }, `Source: ${sentence(data.source)} Licence: ${sentence(data.licence)}`),
    h(
      "dl",
      { class: "tiles" },
      ...tile("Homes", number(data.homes.length)),
      ...tile("Days", number(data.days), `${longDate(data.first_date)} to ${longDate(data.last_date)}`),
      ...tile("Step", `${number(data.step_minutes)} min`),
      ...tile(
        "Held out",
        counted(held_out.length, spec.episode?.length === "week" ? "week" : "day"),
        `${which} for the evaluation. Of the others ${number(days.train)} are for training and ${number(days.validation)} for choosing the best agent.`,
      ),
      ...tile("Load", `${number(mean(data.homes.map((home) => home.mean_load_kwh_day)), 1)} kWh`, "Mean of the homes, per day."),
      ...tile("PV", `${number(mean(data.homes.map((home) => home.mean_pv_kwh_day)), 1)} kWh`, "Mean of the homes, those without panels included, per day."),
    ),
    ...qualityReport(data.quality),
  ];
}

/** @param {number[]} values */
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / Math.max(values.length, 1);

/**
 * @param {string} name
 * @param {string} value
 * @param {string} [explanation]
 */
function tile(name, value, explanation) {
  return [h("div", {}, h("dt", {}, explanation ? explained(name, explanation) : name), h("dd", {}, value))];
}
