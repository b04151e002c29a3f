// The data drawn: a mean day, and the year.

import { ChartView } from "../../ui/chart-view.js";
import { h, labelled } from "../../ui/dom.js";
import { clock, counted, number, NBSP } from "../../ui/format.js";
import { Carpet } from "./carpet.js";
import { balance, daysIn, meanDay, PERIODS } from "./profile.js";

/**
 * @typedef {import("../../app/app.js").App} App
 * @typedef {import("../../types.d.ts").LoadAndPv} LoadAndPv
 * @typedef {import("../../types.d.ts").Setting} Setting
 * @typedef {import("./profile.js").Quantity} Quantity
 */

/** @type {{ value: Quantity, label: string }[]} */
const QUANTITIES = [
  { value: "net", label: "Load less PV" },
  { value: "load", label: "Load" },
  { value: "pv", label: "PV" },
];

/** @param {App} app */
export function createPlots(app) {
  /** @type {Setting | null} */
  let setting = null;
  /** @type {LoadAndPv | null} */
  let series = null;
  const home = h("select", { id: "plot-home", onchange: () => void fetchSeries() });
  const period = h("select", { id: "plot-period", onchange: () => drawDay() });
  const quantity = h("select", { id: "plot-quantity", onchange: () => drawYear() }, ...QUANTITIES.map(({ value, label }) => h("option", { value }, label)));
  const day = new ChartView("mean-day", "Mean over the days of the season, hour by hour; dashed: over all days.");
  const year = new Carpet();

  async function fetchSeries() {
    const asked = setting;
    const chosen = home.value;
    const found = await app.series(chosen === "" ? null : chosen);
    if (!found || asked !== setting || chosen !== home.value) return;
    series = found;
    drawDay();
    drawYear();
  }

  const whose = () => (home.value === "" ? "All homes together" : `Home ${home.value}`);
  const perDay = () => (24 * 60) / (setting?.data.step_minutes ?? 60);
  const dates = () => (setting?.calendar ?? []).map(({ date }) => date);

  function drawDay() {
    if (!series) return;
    const { label, months } = PERIODS.find(({ id }) => id === period.value) ?? PERIODS[0];
    const days = daysIn(dates(), months);
    const all = daysIn(dates(), null);
    const hours = Array.from({ length: perDay() }, (_, step) => ((step + 0.5) * 24) / perDay());
    const { load, pv } = series;
    const line = (/** @type {string} */ name, /** @type {Float32Array} */ values) => {
      const role = name.toLowerCase();
      const style = /** @type {"area" | "line"} */ (role === "pv" ? "area" : "line");
      const mean = { label: name, role, x: hours, y: meanDay(values, perDay(), days), style };
      const whole = { role, x: hours, y: meanDay(values, perDay(), all), style: /** @type {const} */ ("dashed") };
      return months === null ? [mean] : [mean, whole];
    };
    const lines = [...line("PV", pv), ...line("Load", load)];
    const chart = { x: { min: 0, max: 24, ticks: /** @type {const} */ ("hour_of_day") }, y: { label: "kW", min: 0 }, series: lines };
    day.show([chart], `${whose()}, ${label.toLowerCase()}, mean of ${counted(days.length, "day")}. ${peaks("Load", load, days)} ${peaks("PV", pv, days)}`);
  }

  /** When a mean day is highest, in words. @param {string} name @param {Float32Array} values @param {number[]} days */
  function peaks(name, values, days) {
    const mean = meanDay(values, perDay(), days);
    const most = Math.max(...mean);
    const total = (mean.reduce((sum, kw) => sum + kw, 0) * 24) / perDay();
    if (most === 0) return `No ${name}.`;
    return `${name}: ${number(total, 1)}${NBSP}kWh a day, most at ${clock((mean.indexOf(most) * 24) / perDay())} with ${number(most, 2)}${NBSP}kW.`;
  }

  function drawYear() {
    if (!series) return;
    const { value, label } = QUANTITIES.find((known) => known.value === quantity.value) ?? QUANTITIES[0];
    const values = balance(series, value);
    const days = daysIn(dates(), null);
    const sums = peaks(value === "pv" ? "PV" : "Load", value === "pv" ? series.pv : series.load, days);
    year.show({ values, dates: dates(), perDay: perDay() }, `${label} of ${home.value === "" ? "all homes together" : `home ${home.value}`} on ${counted(days.length, "day")}, hour by hour. ${sums}`);
  }

  return {
    element: h(
      "div",
      {},
      h("div", { class: "plot-choices" }, labelled("Whose", home), labelled("Season", period), labelled("The year’s colours", quantity)),
      h("div", { class: "plots" }, day.element, year.element),
    ),
    /** @param {Setting} next */
    render(next) {
      const ids = next.data.homes.map(({ id }) => id);
      const before = ids.includes(home.value) ? home.value : "";
      home.replaceChildren(h("option", { value: "" }, "All homes"), ...ids.map((id) => h("option", { value: id }, `Home ${id}`)));
      home.value = before;
      setting = next;
      const known = PERIODS.filter(({ months }) => daysIn(dates(), months).length > 0);
      const chosen = known.find(({ id }) => id === period.value)?.id ?? "year";
      period.replaceChildren(...known.map(({ id, label }) => h("option", { value: id }, label)));
      period.value = chosen;
      void fetchSeries();
    },
  };
}
