// What was found in a data file: gaps, homes left out, repairs, oddities.

import { counted, longDate, number } from "../../ui/format.js";
import { h } from "../../ui/dom.js";

/** @typedef {import("../../types.d.ts").Quality} Quality */

/** More PV than this in a mean night is no noise of the meter any more, kWh. */
const DARK_KWH = 0.05;

/** @type {Record<string, string>} */
const FORMATS = {
  ausgrid: "Ausgrid “Solar home electricity data”",
  wide_kw: "wide table in kW, one row per hour",
  wide_hourly: "wide table in kWh, one row per hour",
};

/**
 * @param {Quality | null} quality
 * @returns {Node[]}
 */
export function qualityReport(quality) {
  if (!quality) return [];
  const findings = [...gaps(quality), ...repairs(quality), ...oddities(quality), ...quality.notes];
  return [
    h("h3", {}, "What the file holds"),
    h(
      "p",
      {},
      `${counted(quality.rows, "row")}, read as ${FORMATS[quality.format] ?? quality.format}: `,
      `${counted(quality.homes.length, "home")} with ${counted(quality.days, "complete day")} each.`,
    ),
    h("ul", { class: "findings" }, ...findings.map((finding) => h("li", {}, finding))),
    ...leftOut(quality),
  ];
}

/** @param {Quality} quality */
function gaps({ missing_days }) {
  return [
    missing_days === 0
      ? "No day is missing from any home."
      : `${counted(missing_days, "day")} missing, all of them from homes that were left out; nothing was filled in.`,
  ];
}

/** @param {Quality} quality */
function repairs({ daylight_saving }) {
  return daylight_saving.map(({ date, what }) => `${longDate(date)}: ${what}`);
}

/** @param {Quality} quality */
function oddities({ homes }) {
  const estimated = homes.filter((home) => home.estimated_days > 0);
  const controlled = homes.filter((home) => home.has_controlled_load);
  /** @type {string[]} */
  const sentences = [];
  if (estimated.length > 0) {
    const days = estimated.map((home) => `${home.id} on ${counted(home.estimated_days, "day")}`);
    sentences.push(`Some readings are estimates of the network operator: home ${days.join(", ")}.`);
  }
  if (controlled.length > 0) {
    sentences.push(`Controlled load (hot water, mostly) is part of the load of ${counted(controlled.length, "home")}.`);
  }
  const bright = homes.filter((home) => home.night_pv_kwh > DARK_KWH);
  if (bright.length > 0) {
    const nights = bright.map((home) => `${home.id} (${number(home.night_pv_kwh, 2)} kWh a night)`);
    sentences.push(`PV from 22:00 to 4:00 hints at swapped or faulty channels: home ${nights.join(", ")}.`);
  }
  return sentences;
}

/** @param {Quality} quality */
function leftOut({ left_out }) {
  if (left_out.length === 0) return [];
  const items = left_out.map(({ id, reason }) => h("li", {}, h("strong", {}, id), ` because ${reason}`));
  return [
    h(
      "details",
      { open: left_out.length <= 8 },
      h("summary", {}, `Left out: ${number(left_out.length)} ${left_out.length === 1 ? "home" : "homes"}`),
      h("ul", { class: "findings" }, ...items),
    ),
  ];
}
