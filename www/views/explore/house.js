// A home: its roof shines with the sun, its battery fills, its window is as bright as its load.

import { HOUSE } from "./layout.js";
import { mixed, stored } from "./picture.js";
import { coarse, s, write, writeText } from "./svg.js";
import { homeName, homeState, kilowatts, netWords, signedKilowatts } from "./words.js";

/**
 * @typedef {import("./layout.js").Layout} Layout
 * @typedef {import("./picture.js").Moment} Moment
 * @typedef {import("./picture.js").Picture} Picture
 * @typedef {import("./picture.js").Scales} Scales
 */

/** Below this a flow is none, kW. */
const NONE = 0.005;
/** Letters of a name that fit under a home. */
const LONGEST = 11;
/** Inside of the battery, from its top, and of the window. */
const CELL = { x: -16, y: -22.5, width: 9, height: 19 };
const PANE = { x: 1, y: -20.5, width: 15, height: 15 };

export class House {
  #home;
  #panel = s("path", { class: "panel-face", d: "M5.2 -51.4 24 -33.9 26.6 -36.7 7.8 -54.2z" });
  #shine = s("path", { class: "panel-shine", d: "M5.2 -51.4 24 -33.9 26.6 -36.7 7.8 -54.2z" });
  #level = s("rect", { ...CELL, class: "level" });
  #charge = s("path", { class: "charge", d: "" });
  #light = s("rect", { ...PANE, class: "light" });
  #name = s("text", { class: "home-name" });
  #power = s("text", { class: "home-kw" });
  #words = s("text", { class: "home-words" });
  #drawing = s("g", {});
  /** Shown by the browser under the pointer, where there is no room for a name. */
  #title = s("title", {});
  #ring = s("rect", { class: "ring", rx: 8 });
  #drop = s("path", { class: "drop-line" });
  /** Large enough for small changes to be seen. */
  #fine = true;
  /** Names stand so close that they are identifiers alone. */
  #close = false;

  /**
   * @param {number} home Counted in the order of the data.
   * @param {Picture} picture
   */
  constructor(home, { scene }) {
    this.#home = home;
    const { battery_kwh } = scene.homes[home];
    const roof = scene.pv_kw.some((kw, index) => index % scene.homes.length === home && kw > 0) || Number(scene.homes[home].pv_kwp) > 0;
    this.#drawing.append(
      s("path", { class: "walls", d: "M-22 -27V0H22V-27" }),
      s("path", { class: "roof", d: "M-27 -25.5 0 -51 27 -25.5" }),
      ...(roof ? [this.#shine, this.#panel] : []),
      ...(battery_kwh > 0
        ? [
            s("path", { class: "cell", d: "M-18 -22q0 -2 2 -2h1.8v-2h5.4v2h1.8q2 0 2 2v17q0 2 -2 2h-9q-2 0 -2 -2z" }),
            this.#level,
            this.#charge,
          ]
        : [s("path", { class: "door", d: "M-15 0V-16H-6V0" })]),
      s("rect", { class: "pane", ...PANE }),
      this.#light,
      s("path", { class: "frame", d: "M1 -20.5h15v15h-15zM8.5 -20.5v15M1 -13h15" }),
    );
    this.element = s(
      "g",
      { class: "home", role: "button", tabindex: -1, "data-home": home, "aria-pressed": "false" },
      this.#title,
      this.#ring,
      this.#drop,
      this.#drawing,
      this.#name,
      this.#power,
      this.#words,
    );
  }

  /** @param {Layout} layout */
  place({ homes, scale, compact, roomy }) {
    const { x, y } = homes[this.#home];
    this.#fine = !compact;
    this.#close = !roomy;
    const half = compact ? 18 : 27 + 6 * Number(roomy);
    const top = HOUSE.height * scale + 5;
    this.element.setAttribute("transform", `translate(${x} ${y})`);
    this.#drawing.setAttribute("transform", `scale(${scale})`);
    this.#drop.setAttribute("d", `M0 1V${compact ? 10 : 15}`);
    this.#name.setAttribute("y", "33");
    this.#power.setAttribute("y", compact ? "25" : "48");
    this.#words.setAttribute("y", "61.5");
    this.#name.style.display = this.#words.style.display = compact ? "none" : "";
    for (const [name, value] of Object.entries({ x: -half, y: -top, width: 2 * half, height: top + (compact ? 31 : 68) })) {
      this.#ring.setAttribute(name, String(value));
    }
  }

  /** The battery fills and empties all the time. @param {Picture} picture @param {Moment} moment */
  fill(picture, moment) {
    const { battery_kwh } = picture.scene.homes[this.#home];
    if (battery_kwh <= 0) return;
    const full = coarse(stored(picture, this.#home, moment) / battery_kwh, this.#fine ? 76 : 24);
    write(this.#level, "height", CELL.height * full);
    write(this.#level, "y", CELL.y + CELL.height * (1 - full));
  }

  /** Sun and load turn from one step into the next. @param {Picture} picture @param {Moment} moment @param {Scales} scales */
  turn({ scene, homes }, moment, scales) {
    const home = this.#home;
    const sun = coarse(mixed(scene.pv_kw, homes, home, moment) / scales.pv, this.#fine ? 50 : 12);
    write(this.#panel, "fill-opacity", 0.16 + 0.84 * sun);
    write(this.#shine, "stroke-opacity", 0.5 * sun);
    const served = mixed(scene.load_kw, homes, home, moment) - mixed(scene.unserved_kw, homes, home, moment);
    const bright = coarse(Math.min(1, Math.max(0, served / scales.load)), this.#fine ? 60 : 15);
    write(this.#light, "height", PANE.height * bright);
    write(this.#light, "y", PANE.y + PANE.height * (1 - bright));
  }

  /** What is said of a step. @param {Picture} picture @param {number} step @param {boolean} compact */
  step(picture, step, compact) {
    const { scene, homes, net } = picture;
    const at = step * homes + this.#home;
    const battery = scene.battery_kw[at];
    const direction = battery > NONE ? "up" : battery < -NONE ? "down" : "";
    write(this.#charge, "d", direction === "up" ? "M-14.5 -9.5l3 -5 3 5z" : direction === "down" ? "M-14.5 -14.5l3 5 3 -5z" : "");
    const side = net[at] > NONE ? "draws" : net[at] < -NONE ? "gives" : "even";
    write(this.element, "data-side", side);
    const { id } = scene.homes[this.#home];
    const name = this.#close ? id : homeName(id);
    writeText(this.#name, name.length > LONGEST ? `${name.slice(0, LONGEST - 1)}…` : name);
    writeText(this.#power, compact ? kilowatts(net[at], true) : signedKilowatts(net[at]));
    writeText(this.#words, scene.unserved_kw[at] > NONE ? `lacks ${kilowatts(scene.unserved_kw[at])}` : netWords(net[at]));
    const state = homeState(picture, step, this.#home);
    // What is written there is its name; who cannot see the drawing hears the rest.
    write(this.element, "aria-description", state);
    writeText(this.#title, compact ? state : "");
  }

  /** @param {boolean} chosen */
  choose(chosen) {
    write(this.element, "aria-pressed", String(chosen));
  }
}
