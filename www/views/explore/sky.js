// The sky over the street: day and night as the day's PV has them, and a sun that crosses it.

import { mixed } from "./picture.js";
import { coarse, s, write } from "./svg.js";

/**
 * @typedef {import("./layout.js").Layout} Layout
 * @typedef {import("./picture.js").Moment} Moment
 * @typedef {import("./picture.js").Picture} Picture
 */

/** Where no roof tells: sunrise and sunset, hours. */
const EQUINOX = { rise: 6, set: 18 };
/** Dawn and dusk last about so long, hours. */
const TWILIGHT = 1.5;

/** How many skies there are: each has gradients of its own. */
let count = 0;

/**
 * Sunrise and sunset, hours after midnight.
 * @param {Picture} picture
 */
function daylight({ scene, homes }) {
  const sunny = scene.hours.filter((_, step) => scene.pv_kw.slice(step * homes, (step + 1) * homes).some((kw) => kw > 0.01));
  const hours = sunny.map((hour) => hour % 24);
  return hours.length === 0 ? EQUINOX : { rise: Math.min(...hours), set: Math.max(...hours) + scene.step_hours };
}

export class Sky {
  #day;
  #dusk;
  #night;
  #sun = s("g", { class: "sun" }, s("circle", { r: 19, class: "corona" }), s("circle", { r: 10 }));
  #stars = s("path", { class: "stars" });
  #width = 0;
  #height = 0;
  /** @type {{ picture: Picture, rise: number, set: number, offered: number[], most: number } | null} */
  #known = null;

  constructor() {
    const id = `sky-${count++}`;
    const layer = (/** @type {string} */ name) => s("rect", { class: "sky", fill: `url(#${id}-${name})`, width: "100%", "fill-opacity": 0 });
    const fade = (/** @type {string} */ name) =>
      s("linearGradient", { id: `${id}-${name}`, x1: 0, y1: 0, x2: 0, y2: 1 },
        s("stop", { offset: 0, class: `sky-${name}` }), s("stop", { offset: 1, class: `sky-${name}`, "stop-opacity": 0 }));
    this.#day = layer("day");
    this.#dusk = layer("dusk");
    this.#night = layer("night");
    // The sun goes down behind the homes: the glow stands over the horizon.
    const glow = s("linearGradient", { id: `${id}-dusk`, x1: 0, y1: 0, x2: 0, y2: 1 },
      ...[[0, 0], [0.35, 0.35], [0.72, 1], [1, 0]].map(([offset, opacity]) => s("stop", { offset, class: "sky-dusk", "stop-opacity": opacity })));
    this.element = s("g", { "aria-hidden": "true" }, s("defs", {}, fade("day"), glow, fade("night")), this.#day, this.#dusk, this.#night, this.#stars, this.#sun);
  }

  /** @param {Layout} layout */
  place({ width, homes }) {
    this.#width = width;
    // Down to the floor of the first homes.
    this.#height = Math.min(...homes.map(({ y }) => y));
    for (const layer of [this.#day, this.#dusk, this.#night]) layer.setAttribute("height", String(this.#height));
    const spots = Array.from({ length: Math.round(width / 45) }, (_, index) => {
      // Scattered alike every time.
      const [x, y] = [(index * 0.618 + 0.13) % 1, (index * 0.755 + 0.31) % 1];
      return `M${Math.round(x * width)} ${Math.round(4 + y * 0.45 * this.#height)}h.01`;
    });
    this.#stars.setAttribute("d", spots.join(""));
  }

  /** @param {Picture} picture @param {Moment} moment */
  frame(picture, moment) {
    if (this.#known?.picture !== picture) this.#know(picture);
    const known = this.#known;
    if (!known) return;
    const { scene } = picture;
    const hour = (scene.hours[moment.step] + moment.part * scene.step_hours) % 24;
    const { rise, set, offered, most } = known;
    const height = Math.sin((Math.PI * (hour - rise)) / Math.max(1, set - rise));
    const up = hour >= rise && hour <= set ? height : 0;
    const near = Math.min(Math.abs(hour - rise), Math.abs(hour - set));
    const light = Math.min(1, Math.max(0, 0.5 + (hour - rise) / TWILIGHT)) * Math.min(1, Math.max(0, 0.5 + (set - hour) / TWILIGHT));
    const dusk = Math.max(0, 1 - near / (1.5 * TWILIGHT));
    write(this.#day, "fill-opacity", coarse(light, 50));
    write(this.#night, "fill-opacity", coarse(1 - light, 50));
    write(this.#dusk, "fill-opacity", coarse(dusk, 50));
    write(this.#stars, "opacity", coarse(1 - light, 50));
    const across = Math.min(1, Math.max(0, (hour - rise) / Math.max(1, set - rise)));
    const shine = mixed(offered, 1, 0, moment) / most;
    write(this.#sun, "opacity", up > 0 ? coarse(Math.min(1, 4 * up) * (0.35 + 0.65 * shine), 50) : 0);
    const [x, y] = [(0.06 + 0.88 * across) * this.#width, this.#height * (0.62 - 0.46 * up)];
    write(this.#sun, "transform", `translate(${coarse(x, 4)} ${coarse(y, 4)})`);
  }

  /** @param {Picture} picture */
  #know(picture) {
    const { scene, homes } = picture;
    const offered = scene.hours.map((_, step) => scene.pv_kw.slice(step * homes, (step + 1) * homes).reduce((sum, kw) => sum + kw, 0));
    this.#known = { picture, ...daylight(picture), offered, most: Math.max(1e-6, ...offered) };
  }
}
