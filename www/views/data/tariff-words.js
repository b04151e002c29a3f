// A tariff in words: pure functions.

import { clock } from "../../ui/format.js";

/**
 * @typedef {{ from_hour: number, to_hour: number, months?: number[], days?: string }} Hours
 * @typedef {Hours & { price: number | null, feed_in: number | null }} Window
 * @typedef {object} Tariff
 * @property {number} base
 * @property {number} feed_in
 * @property {Window[]} windows
 * @property {Hours & { price_per_kwh: number, free_kwh_per_month: number } | null} export_charge
 * @property {Hours & { price_per_kw_day: number } | null} demand_charge
 */

const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

/** @type {Record<string, string>} */
const DAYS = { weekdays: " from Monday to Friday", weekends: " at weekends", workdays: " on working days" };

const prices = new Intl.NumberFormat("en", { minimumFractionDigits: 2, maximumFractionDigits: 4 });

/** @param {number} value $/kWh. */
const price = (value) => prices.format(value);

/** Runs of months, over the turn of the year: “November to March and June to August”. @param {number[]} months */
function seasons(months) {
  const has = (/** @type {number} */ month) => months.includes(((month + 11) % 12) + 1);
  const name = (/** @type {number} */ month) => MONTHS[(month + 11) % 12];
  const firsts = months.filter((month) => !has(month - 1));
  const runs = firsts.map((first) => {
    let last = first;
    while (has(last + 1)) last += 1;
    return last === first ? name(first) : `${name(first)} to ${name(last)}`;
  });
  return runs.join(" and ");
}

/** @param {Hours} window */
function hours({ from_hour, to_hour, months = [], days = "all" }) {
  const always = from_hour === 0 && to_hour === 24;
  const season = months.length > 0 && months.length < 12 ? ` in ${seasons(months)}` : "";
  return `${always ? "" : ` between ${clock(from_hour)} and ${clock(to_hour)}`}${DAYS[days] ?? ""}${season}`;
}

/**
 * What the grid charges and pays, in a sentence or two.
 * @param {Tariff} tariff
 */
export function tariffInWords({ base, feed_in, windows, export_charge, demand_charge }) {
  const retail = windows.flatMap((window) => (window.price === null ? [] : [`${price(window.price)}${hours(window)}`]));
  const feedIn = windows.flatMap((window) => (window.feed_in === null ? [] : [`${price(window.feed_in)}${hours(window)}`]));
  const otherwise = (/** @type {string[]} */ parts, /** @type {number} */ value) =>
    parts.length > 0 ? `${parts.join(", ")}, otherwise ${price(value)}` : price(value);
  const sentences = [`A kWh from the grid costs $ ${otherwise(retail, base)}; one sold to it earns ${otherwise(feedIn, feed_in)}.`];
  if (export_charge) {
    const { price_per_kwh, free_kwh_per_month } = export_charge;
    sentences.push(`Exports${hours(export_charge)} cost ${price(price_per_kwh)} a kWh beyond ${free_kwh_per_month} kWh a month.`);
  }
  if (demand_charge) {
    sentences.push(`The highest import${hours(demand_charge)} costs ${price(demand_charge.price_per_kw_day)} a kW each day.`);
  }
  return sentences.join(" ");
}
