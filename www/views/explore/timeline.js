// The day under the slider: what the street needs, what the sun offers, and when power is dear.

import { h, term } from "../../ui/dom.js";
import { runs } from "./day-axis.js";
import { s } from "./svg.js";
import { when } from "./words.js";

/** @typedef {import("./picture.js").Picture} Picture */

/** Height of the chart in its own units; its width is the number of steps. */
const HEIGHT = 100;
/** Room over the highest value. */
const AIR = 1.12;

/**
 * Values per step as the outline of stairs.
 * @param {number[]} values
 * @param {number} most
 */
export function stairsPath(values, most) {
  const y = (/** @type {number} */ value) => Math.round(10 * HEIGHT * (1 - value / most)) / 10;
  return values.map((value, step) => `${step === 0 ? "M0 " : "V"}${y(value)}H${step + 1}`).join("");
}

export class Timeline {
  #chart = s("svg", { class: "timeline-chart", preserveAspectRatio: "none", "aria-hidden": "true" });
  #head = h("div", { class: "playhead", "aria-hidden": "true" }, h("i", {}));
  #down = h("span", { class: "key-outage", hidden: true }, "grid down");
  #hours = h("div", { class: "hours", "aria-hidden": "true" });
  /** @type {Picture | null} */
  #picture = null;

  /** @param {(step: number) => void} seek */
  constructor(seek) {
    this.slider = h("input", { type: "range", min: 0, max: 0, step: 1, value: 0, id: "time-of-day", "aria-label": "Time of day", disabled: true });
    this.slider.addEventListener("input", () => seek(this.slider.valueAsNumber));
    const key = h(
      "p",
      { class: "hint key" },
      h("span", { class: "key-pv" }, "PV"),
      h("span", { class: "key-load" }, "load"),
      h("span", { class: "key-peak" }, term("peak_window")),
      this.#down,
    );
    this.element = h("div", { class: "timeline" }, h("div", { class: "timeline-area" }, this.#chart, this.#head, this.slider), this.#hours, key);
  }

  /** @param {Picture} picture */
  show(picture) {
    if (this.#picture?.scene === picture.scene) return;
    this.#picture = picture;
    const { scene, steps, homes } = picture;
    const total = (/** @type {number[]} */ values) =>
      scene.hours.map((_, step) => values.slice(step * homes, (step + 1) * homes).reduce((sum, kw) => sum + kw, 0));
    const [load, pv] = [total(scene.load_kw), total(scene.pv_kw)];
    const most = AIR * Math.max(1e-6, ...load, ...pv);
    const bands = (/** @type {boolean[]} */ marked, /** @type {string} */ name) =>
      runs(marked).map(([from, to]) => s("rect", { class: name, x: from, y: 0, width: to - from, height: HEIGHT }));
    this.#chart.setAttribute("viewBox", `0 0 ${steps} ${HEIGHT}`);
    this.#chart.replaceChildren(
      ...bands(scene.peak, "band-peak"),
      ...bands(scene.outage, "band-outage"),
      s("path", { class: "area-pv", d: `${stairsPath(pv, most)}V${HEIGHT}H0z` }),
      s("path", { class: "line-load", d: stairsPath(load, most) }),
    );
    this.element.style.setProperty("--steps", String(steps));
    this.#down.hidden = !scene.outage.includes(true);
    this.slider.max = String(steps - 1);
    this.slider.disabled = steps < 2;
    const all = steps * scene.step_hours;
    const every = all > 24 ? 24 : 6;
    // A day has its last hour, a week names the days that begin.
    const marks = Array.from({ length: Math.floor(all / every) + (all > 24 ? 0 : 1) }, (_, index) => index * every);
    this.#hours.classList.toggle("of-week", all > 24);
    this.#hours.replaceChildren(
      ...marks.map((hour) => h("span", { style: `left: ${(100 * hour) / all}%` }, all > 24 ? `day ${hour / 24 + 1}` : `${hour} h`)),
    );
  }

  /** @param {number} time In steps. */
  frame(time) {
    const steps = this.#picture?.steps ?? 1;
    const share = (Math.min(time, steps - 1) + 0.5) / steps;
    this.#head.style.transform = `translateX(${(100 * share).toFixed(2)}%)`;
  }

  /** @param {number} step */
  step(step) {
    this.slider.value = String(step);
    if (this.#picture) this.slider.setAttribute("aria-valuetext", when(this.#picture.scene, step));
  }
}
