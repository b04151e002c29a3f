// The street: homes along the cable, the grid at its end, and what flows between them. What changes
// with time are attributes of nodes that stay.

import { h } from "../../ui/dom.js";
import { number } from "../../ui/format.js";
import { Arcs, MOST_ARCS } from "./arcs.js";
import { House } from "./house.js";
import { layOut } from "./layout.js";
import { mixed } from "./picture.js";
import { Sky } from "./sky.js";
import { coarse, s, write, writeText } from "./svg.js";
import { gridWords, kilowatts, localPrice, voltageWords } from "./words.js";

/**
 * @typedef {import("./layout.js").Layout} Layout
 * @typedef {import("./picture.js").Moment} Moment
 * @typedef {import("./picture.js").Picture} Picture
 * @typedef {import("./picture.js").Scales} Scales
 * @typedef {"voltage" | "loading"} Colouring
 * @typedef {{ voltage_min: number, voltage_max: number }} Limits Of the voltage, per unit.
 */

/** Widths of a line that carries nothing, and the most. */
const WIDTH = { least: 1.5, most: 10, compact: 6 };
/** The drawing's units fit type of this size, px. */
const TYPE = 16;

export class Street {
  #svg = s("svg", { class: "street-drawing", role: "group", "aria-label": "Homes; arrow keys move from one to the next, Enter opens it" });
  #label = h("h3", {});
  #facts = h("p", { class: "hint" });
  #sky = new Sky();
  #arcs = new Arcs();
  #lines = s("g", { "aria-hidden": "true" });
  #homes = s("g", {});
  #box = s("rect", { rx: 9, class: "grid-box" });
  #gridKw = s("text", { class: "grid-kw" });
  #gridWords = s("text", { class: "grid-words" });
  #gridName = s("text", { class: "grid-name" }, "grid");
  #grid = s("g", { class: "grid" }, this.#box, this.#gridName, this.#gridKw, this.#gridWords);
  /** @type {House[]} */
  #houses = [];
  /** @type {{ base: SVGPathElement, dash: SVGPathElement }[]} */
  #cables = [];
  /** @type {Picture | null} */
  #picture = null;
  /** @type {Layout | null} */
  #layout = null;
  #shape = "";
  #width = 0;
  /** The step that is drawn and held, or −1. */
  #held = -1;
  #skipped = 0;
  #redraw;

  /**
   * @param {(home: string, byKey: boolean) => void} choose
   * @param {() => void} redraw Asks for the present moment once more.
   */
  constructor(choose, redraw) {
    this.#redraw = redraw;
    this.#svg.append(this.#sky.element, this.#lines, this.#grid, this.#arcs.element, this.#homes);
    this.element = h("figure", { class: "street" }, h("div", { class: "street-head" }, this.#label, this.#facts), this.#svg);
    new ResizeObserver(() => this.#place()).observe(this.element);
    this.#svg.addEventListener("click", (event) => {
      const home = this.#homeAt(event.target);
      if (home !== null) choose(home, false);
    });
    this.#svg.addEventListener("keydown", (event) => this.#walk(event, choose));
  }

  get picture() {
    return this.#picture;
  }

  /**
   * @param {Picture} picture
   * @param {{ label: string, role: string }} policy
   */
  show(picture, policy) {
    this.#picture = picture;
    const { scene } = picture;
    const waiting = scene.date === "";
    this.element.classList.toggle("is-waiting", waiting);
    this.element.inert = waiting;
    this.#label.replaceChildren(waiting ? "" : h("span", { class: `swatch role-${policy.role}`, "aria-hidden": "true" }), policy.label);
    const shape = JSON.stringify([scene.homes, scene.parents, scene.voltage.length === 0]);
    if (shape === this.#shape) return;
    this.#shape = shape;
    const focused = this.#houses.findIndex(({ element }) => element === document.activeElement);
    this.#houses = scene.homes.map((_, home) => new House(home, picture));
    this.#cables = scene.parents.map(() => ({ base: s("path", { class: "cable" }), dash: s("path", { class: "cable-dash" }) }));
    this.#homes.replaceChildren(...this.#houses.map(({ element }) => element));
    this.#lines.replaceChildren(...this.#cables.map(({ base }) => base), ...this.#cables.map(({ dash }) => dash));
    this.#houses[Math.max(0, focused)]?.element.setAttribute("tabindex", "0");
    if (focused >= 0) this.#houses[focused]?.element.focus();
    this.#width = 0;
    this.#place();
  }

  /**
   * What changes with every frame.
   * @param {Moment} moment
   * @param {Scales} scales
   * @param {Colouring} colouring
   * @param {boolean} fresh Everything is to be drawn, whatever was drawn before.
   */
  frame(moment, scales, colouring, fresh) {
    const [picture, layout] = [this.#picture, this.#layout];
    if (!picture || !layout) return;
    // Hundreds of small homes need not turn with every frame.
    if (!fresh && layout.compact && moment.mix > 0 && ++this.#skipped % 3 !== 0) return;
    this.#sky.frame(picture, moment);
    for (const house of this.#houses) house.fill(picture, moment);
    // A step that is held looks the same all the while.
    const held = moment.mix === 0 ? moment.step : -1;
    if (!fresh && held >= 0 && held === this.#held) return;
    this.#held = held;
    for (const house of this.#houses) house.turn(picture, moment, scales);
    this.#arcs.frame(picture, moment, scales.trade);
    this.#cables.forEach(({ base, dash }, line) => {
      const kw = mixed(picture.line, this.#cables.length, line, moment);
      const width = WIDTH.least + (Math.abs(kw) / scales.line) * ((layout.compact ? WIDTH.compact : WIDTH.most) - WIDTH.least);
      write(base, "stroke-width", coarse(width, 5));
      write(base, "style", `stroke: ${this.#colour(picture, line, moment, scales, colouring)}`);
      if (layout.compact) return;
      write(dash, "stroke-width", coarse(Math.max(1, 0.4 * width), 5));
      write(dash, "data-flow", kw > 0.02 ? "out" : kw < -0.02 ? "back" : "none");
    });
  }

  /**
   * What is said of a step.
   * @param {number} step
   * @param {Limits} limits
   */
  step(step, limits) {
    const [picture, layout] = [this.#picture, this.#layout];
    if (!picture || !layout) return;
    const { scene } = picture;
    if (scene.date === "") return writeText(this.#facts, "");
    for (const house of this.#houses) house.step(picture, step, layout.compact);
    const { kw, words, side } = gridWords(scene, step);
    write(this.#grid, "data-side", side);
    const arrow = side === "import" ? "→" : side === "export" ? "←" : "";
    const gap = layout.roomy && arrow ? " " : "";
    writeText(this.#gridKw, side === "outage" ? "✕" : `${arrow}${gap}${kilowatts(kw)} kW`);
    writeText(this.#gridWords, words);
    const limit = scene.transformer_kw === null ? "" : `transformer’s limit ${number(scene.transformer_kw, 1)} kW`;
    const trades = picture.trades[step].length;
    const left = trades > MOST_ARCS ? `the ${MOST_ARCS} largest of ${number(trades)} trades` : "";
    writeText(this.#facts, [localPrice(scene, step), voltageWords(scene, step, limits), limit, left].filter(Boolean).join(" · "));
  }

  /** @param {number} home Or −1. */
  choose(home) {
    this.#houses.forEach((house, index) => house.choose(index === home));
  }

  /** Back to a home after its card was closed. @param {number} home */
  focus(home) {
    this.#houses[home]?.element.focus();
  }

  #place() {
    const unit = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / TYPE;
    const width = Math.floor(this.element.clientWidth / unit);
    if (!this.#picture || width === 0 || width === this.#width) return;
    this.#width = width;
    const layout = (this.#layout = layOut(this.#picture.scene, width));
    this.#svg.setAttribute("viewBox", `0 0 ${layout.width} ${layout.height}`);
    this.#svg.classList.toggle("is-compact", layout.compact);
    this.#svg.classList.toggle("is-close", !layout.compact && !layout.roomy);
    this.#svg.classList.toggle("is-narrow", layout.gridWidth < 60);
    this.#svg.classList.toggle("has-rows", layout.rows > 1);
    for (const house of this.#houses) house.place(layout);
    this.#sky.place(layout);
    this.#arcs.place(layout);
    layout.lines.forEach((d, line) => {
      this.#cables[line].base.setAttribute("d", d);
      this.#cables[line].dash.setAttribute("d", d);
    });
    this.#placeGrid(layout);
    this.#redraw();
  }

  /** @param {Layout} layout */
  #placeGrid({ grid, gridWidth }) {
    const height = 66;
    const top = grid.y - height / 2;
    for (const [name, value] of Object.entries({ x: 1, y: top, width: gridWidth - 1, height })) this.#box.setAttribute(name, String(value));
    [this.#gridName, this.#gridKw, this.#gridWords].forEach((text, row) => {
      text.setAttribute("x", String(grid.x));
      text.setAttribute("y", String(top + 20 + 18 * row));
    });
  }

  /**
   * The line's colour: orange below and violet above the nominal voltage, or the darker the fuller.
   * @param {Picture} picture
   * @param {number} line
   * @param {Moment} moment
   * @param {Scales} scales
   * @param {Colouring} colouring
   */
  #colour({ scene, steps }, line, moment, scales, colouring) {
    if (scene.voltage.length === 0) return "var(--wire)";
    if (colouring === "loading") {
      const share = Math.min(1, mixed(scene.line_loading, this.#cables.length, line, moment));
      return `color-mix(in oklab, var(--wire-full) ${100 * coarse(Math.sqrt(share), 25)}%, var(--wire))`;
    }
    const off = (mixed(scene.voltage, scene.voltage.length / steps, line + 1, moment) || 1) - 1;
    const share = coarse(Math.min(1, Math.abs(off) / scales.voltage), 25);
    return `color-mix(in oklab, var(--wire-${off < 0 ? "low" : "high"}) ${100 * share}%, var(--wire))`;
  }

  /** @param {EventTarget | null} target The home under it, by its name. */
  #homeAt(target) {
    const found = target instanceof Element ? target.closest("[data-home]") : null;
    return found && this.#picture ? this.#picture.scene.homes[Number(found.getAttribute("data-home"))].id : null;
  }

  /** @param {KeyboardEvent} event @param {(home: string, byKey: boolean) => void} choose */
  #walk(event, choose) {
    const home = this.#homeAt(event.target);
    const at = this.#houses.findIndex(({ element }) => element === event.target);
    if (home === null || at < 0) return;
    const last = this.#houses.length - 1;
    /** @type {Record<string, number>} */
    const to = { ArrowRight: Math.min(last, at + 1), ArrowLeft: Math.max(0, at - 1), Home: 0, End: last };
    if (event.key === "Enter" || event.key === " ") choose(home, true);
    else if (event.key in to) {
      this.#houses[at].element.setAttribute("tabindex", "-1");
      const { element } = this.#houses[to[event.key]];
      element.setAttribute("tabindex", "0");
      element.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
