// A home, opened: what it does now and why, and its day.

import { ChartView } from "../../ui/chart-view.js";
import { h, term } from "../../ui/dom.js";
import { capitalised, clock, NBSP, number } from "../../ui/format.js";
import { homeCharts, ofHome } from "./home-charts.js";
import { guardWords, orderWords, rewardTerms } from "./home-words.js";
import { cents, homeName, kilowatts, nowSentence } from "./words.js";

/** @typedef {import("./picture.js").Picture} Picture */

/** Less than this is nothing, kW. */
const NONE = 0.005;
/** Less than this is nothing, cents per hour. */
const NO_CENTS = 0.05;

/** @param {number} dollars */
function dollars(dollars) {
  return `${dollars < 0 ? "−" : ""}$${NBSP}${number(Math.abs(dollars), 2)}`;
}

/** @param {string} label @param {string | Node} value @param {string} [kind] */
const row = (label, value, kind = "") => h("div", {}, h("dt", {}, label), h("dd", { class: kind }, value));

/** @param {number} value Cents per hour. */
function centsPerHour(value) {
  if (Math.abs(value) < NO_CENTS) return "0";
  return `${value > 0 ? "+" : ""}${number(value, Math.abs(value) < 10 ? 1 : 0)}`;
}

/**
 * @param {() => void} close
 * @param {HTMLElement} why What the network says, where there is one.
 */
export function homeCard(close, why) {
  const title = h("h2", { id: "home-title", tabindex: -1 });
  const sentence = h("p", { class: "home-now" });
  const facts = h("dl", { class: "facts-list" });
  const reward = h("dl", { class: "facts-list" });
  const rewardPart = h("div", {}, h("h3", {}, term("step_reward", "Reward of this step")), reward);
  const orders = h("p", {});
  const bill = h("p", {});
  const chart = new ChartView("home_day", "This home’s day; a peak window is shaded.", "stack");
  const element = h(
    "section",
    { class: "panel home-card", id: "home-card", "aria-labelledby": "home-title", hidden: true },
    h("div", { class: "home-head" }, title, h("button", { type: "button", class: "quiet icon", "aria-label": "Close", onclick: close }, "✕")),
    sentence,
    facts,
    h("h3", {}, term("double_auction", "On the local market")),
    orders,
    rewardPart,
    why,
    h("h3", {}, "Its day"),
    bill,
    chart.element,
  );

  return {
    element,
    title,
    /** Another day, or another home. @param {Picture} picture @param {number} home @param {string} policy */
    show({ scene }, home, policy) {
      const charts = homeCharts(scene, home);
      chart.element.style.setProperty("--panels", String(charts.length));
      const kwh = (/** @type {number[]} */ values, /** @type {(kw: number) => number} */ part) =>
        number(ofHome(scene, values, home).reduce((sum, kw) => sum + part(kw), 0) * scene.step_hours, 1);
      const [bought, sold] = [(/** @type {number} */ kw) => Math.max(0, kw), (/** @type {number} */ kw) => Math.max(0, -kw)];
      const total = ofHome(scene, scene.bill, home).reduce((sum, value) => sum + value, 0);
      bill.textContent =
        `${total < 0 ? "Earns" : "Pays"} ${dollars(Math.abs(total))} on this day under ${policy}. ` +
        `From neighbours ${kwh(scene.peer_kw, bought)}${NBSP}kWh, to neighbours ${kwh(scene.peer_kw, sold)}${NBSP}kWh; ` +
        `from the grid ${kwh(scene.grid_kw, bought)}${NBSP}kWh, to the grid ${kwh(scene.grid_kw, sold)}${NBSP}kWh.`;
      chart.show(charts, `${capitalised(homeName(scene.homes[home].id))}: load ${kwh(scene.load_kw, bought)} kWh, PV ${kwh(scene.pv_kw, bought)} kWh on this day.`);
    },
    /** @param {Picture} picture @param {number} step @param {number} home */
    step(picture, step, home) {
      const { scene, homes } = picture;
      const at = step * homes + home;
      const { id, battery_kwh, pv_kwp } = scene.homes[home];
      const hour = scene.hours[step] % 24;
      title.textContent = `${capitalised(homeName(id))}, ${clock(hour)}`;
      sentence.textContent = nowSentence(picture, step, home);
      const exchange = (/** @type {number} */ kw) =>
        Math.abs(kw) < NONE ? "nothing" : `${kw > 0 ? "buys" : "sells"} ${kilowatts(Math.abs(kw))}${NBSP}kW`;
      const curtailed = scene.curtailed_kw[at];
      facts.replaceChildren(
        row("Load", `${kilowatts(scene.load_kw[at])}${NBSP}kW`),
        ...(pv_kwp || scene.pv_kw[at] > 0
          ? [row("PV", `${kilowatts(scene.pv_kw[at])}${NBSP}kW${curtailed > NONE ? `, ${kilowatts(curtailed)} held back` : ""}`)]
          : []),
        ...(battery_kwh > 0
          ? [row(`Battery at ${clock(hour + scene.step_hours)}`, `${number(scene.soc_kwh[at], 1)} of ${number(battery_kwh, 1)}${NBSP}kWh`)]
          : []),
        row("With neighbours", exchange(scene.peer_kw[at])),
        row("With the grid", exchange(scene.grid_kw[at])),
        row("Bill of this step", `${scene.bill[at] < 0 ? "earns" : "pays"} ${cents(Math.abs(scene.bill[at]))}`),
        h("div", {}, h("dt", {}, term("guard", "Guard")), h("dd", {}, guardWords(scene, step, home))),
      );
      orders.textContent = orderWords(picture, step, home);
      const terms = rewardTerms(scene, step, home).filter(({ cents: value }, _, all) => Math.abs(value) >= NO_CENTS || all.length < 3);
      reward.replaceChildren(
        ...terms.map(({ label, cents: value }) =>
          row(label, `${centsPerHour(value)}${NBSP}c/h`, value > NO_CENTS ? "better" : value < -NO_CENTS ? "worse" : ""),
        ),
      );
      rewardPart.hidden = terms.length === 0;
    },
  };
}
