// Energy between neighbours: an arc from roof to roof for every trade, as wide as its power, with a
// dash that runs and a head that points. Arcs are made once and used again for other pairs.

import { arc } from "./layout.js";
import { coarse, s, write } from "./svg.js";

/**
 * @typedef {import("./layout.js").Layout} Layout
 * @typedef {import("./picture.js").Flow} Flow
 * @typedef {import("./picture.js").Moment} Moment
 * @typedef {import("./picture.js").Picture} Picture
 * @typedef {{ group: SVGGElement, body: SVGPathElement, dash: SVGPathElement, head: SVGPathElement }} Arc
 */

/** So many trades of a step are drawn, the largest ones: more would be a tangle. */
export const MOST_ARCS = 36;
/** Widths of the smallest and of the largest trade. */
const WIDTH = { least: 1, most: 6.5, compact: 4 };

export class Arcs {
  element = s("g", { class: "arcs", "aria-hidden": "true" });
  /** Those in use, by pair. @type {Map<string, Arc>} */
  #used = new Map();
  /** @type {Arc[]} */
  #free = [];
  /** @type {Layout | undefined} */
  #layout;
  /** By pair, what flows in the present step and in the next, kW. @type {Map<string, { flow: Flow, now: number, then: number }>} */
  #pairs = new Map();
  #steps = "";

  /** @param {Layout} layout */
  place(layout) {
    this.#layout = layout;
    this.#steps = "";
    for (const key of [...this.#used.keys()]) this.#release(key);
  }

  /** @param {Picture} picture @param {Moment} moment @param {number} most kW of the widest arc. */
  frame(picture, moment, most) {
    const layout = this.#layout;
    if (!layout) return;
    const steps = `${moment.step} ${moment.next}`;
    if (steps !== this.#steps) this.#turn(picture, moment, layout);
    this.#steps = steps;
    const widest = layout.compact ? WIDTH.compact : WIDTH.most;
    for (const [key, { now, then }] of this.#pairs) {
      const kw = now + moment.mix * (then - now);
      const used = this.#used.get(key);
      if (!used) continue;
      const width = coarse(Math.max(WIDTH.least, (kw / most) * widest), 5);
      const there = now > 0 && then > 0 ? 1 : now > 0 ? 1 - moment.mix : moment.mix;
      write(used.group, "opacity", coarse(there, 20));
      write(used.body, "stroke-width", width);
      write(used.dash, "stroke-width", coarse(Math.max(1, 0.45 * width), 5));
      write(used.head, "stroke-width", coarse(0.55 * width, 5));
    }
  }

  /** Another step: other pairs. @param {Picture} picture @param {Moment} moment @param {Layout} layout */
  #turn(picture, { step, next }, layout) {
    this.#pairs = new Map();
    const add = (/** @type {Flow} */ flow, /** @type {"now" | "then"} */ when) => {
      const key = `${flow.seller} ${flow.buyer}`;
      const pair = this.#pairs.get(key) ?? { flow, now: 0, then: 0 };
      pair[when] += flow.kw;
      this.#pairs.set(key, pair);
    };
    for (const flow of picture.trades[step].slice(0, MOST_ARCS)) add(flow, "now");
    for (const flow of picture.trades[next].slice(0, MOST_ARCS)) add(flow, "then");
    for (const key of [...this.#used.keys()]) if (!this.#pairs.has(key)) this.#release(key);
    for (const [key, { flow }] of this.#pairs) if (!this.#used.has(key)) this.#use(key, flow, layout);
  }

  /** @param {string} key @param {Flow} flow @param {Layout} layout */
  #use(key, { seller, buyer }, layout) {
    const one = this.#free.pop() ?? made();
    const { d, tip } = arc(layout, seller, buyer);
    const half = layout.compact ? 3 : 4.5;
    write(one.group, "data-trade", key);
    write(one.body, "d", d);
    write(one.dash, "d", d);
    write(one.head, "d", `M${tip.x - half} ${tip.y - 1.7 * half}h${2 * half}L${tip.x} ${tip.y}z`);
    this.element.append(one.group);
    this.#used.set(key, one);
  }

  /** @param {string} key */
  #release(key) {
    const one = this.#used.get(key);
    if (!one) return;
    one.group.remove();
    this.#used.delete(key);
    this.#free.push(one);
  }
}

/** @returns {Arc} */
function made() {
  const body = s("path", { class: "arc" });
  const dash = s("path", { class: "arc-dash" });
  const head = s("path", { class: "arc-head" });
  return { group: s("g", {}, body, dash, head), body, dash, head };
}
