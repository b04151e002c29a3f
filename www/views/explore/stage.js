// One or two streets with one clock: the same day under two policies.

import { h } from "../../ui/dom.js";
import { Clock } from "./clock.js";
import { momentAt, pictureOf, scalesOf } from "./picture.js";
import { Street } from "./street.js";
import { Timeline } from "./timeline.js";

/**
 * @typedef {import("./cards.js").Seen} Seen
 * @typedef {import("./picture.js").Picture} Picture
 * @typedef {import("./street.js").Colouring} Colouring
 * @typedef {import("./street.js").Limits} Limits
 */

export class Stage {
  /** @type {Colouring} */
  colouring = "voltage";
  /** @type {Limits} */
  limits = { voltage_min: 0.94, voltage_max: 1.1 };
  /** @type {Seen[]} */
  seen = [];
  #streets;
  #scales = scalesOf([]);
  #step = -1;
  #onStep;

  /**
   * @param {object} on
   * @param {(home: string, street: number, byKey: boolean) => void} on.choose
   * @param {(step: number) => void} on.step Called when another step is shown.
   * @param {(playing: boolean) => void} on.turned
   * @param {(step: number) => void} on.scrub By hand.
   */
  constructor({ choose, step, turned, scrub }) {
    this.#onStep = step;
    this.clock = new Clock((time) => this.#show(time), () => {
      this.element.classList.toggle("is-playing", this.clock.playing);
      turned(this.clock.playing);
    });
    this.timeline = new Timeline(scrub);
    this.#streets = [0, 1].map((street) => new Street((home, byKey) => choose(home, street, byKey), () => this.refresh()));
    this.#streets[1].element.hidden = true;
    this.element = h("div", { class: "stage is-waiting" }, ...this.#streets.map(({ element }) => element));
  }

  /** There is one street. */
  get alone() {
    return this.#streets[1].element.hidden;
  }

  /** Of the upper street. */
  get picture() {
    return this.#streets[0].picture;
  }

  /** @param {Seen[]} seen From top to bottom, at least one. @param {boolean} complete More are not to come. */
  show(seen, complete) {
    this.seen = seen;
    seen.forEach(({ policy, scene }, street) => {
      const known = this.#streets[street].picture;
      this.#streets[street].show(known?.scene === scene ? known : pictureOf(scene), policy);
    });
    // While the second is on its way, what stood there stays.
    if (complete) this.#streets[1].element.hidden = seen.length < 2;
    else if (seen.length > 1) this.#streets[1].element.hidden = false;
    const pictures = this.#streets.flatMap(({ picture, element }) => (picture && !element.hidden ? [picture] : []));
    this.#scales = scalesOf(pictures);
    const [{ scene }] = seen;
    // A street that is still to come has no say in when the day ends.
    this.clock.measure(scene.hours.length, scene.step_hours);
    if (this.picture && scene.date !== "") this.timeline.show(this.picture);
    this.element.classList.toggle("is-waiting", scene.date === "");
    this.refresh();
  }

  /** Draws the present moment, and says it, once more. */
  refresh() {
    this.#step = -1;
    this.#show(this.clock.time);
  }

  /** @param {string | null} id The home that is open. @param {number} street Where. */
  choose(id, street) {
    this.#streets.forEach(({ picture }, index) => {
      const home = picture?.scene.homes.findIndex((one) => one.id === id) ?? -1;
      this.#streets[index].choose(index === street ? home : -1);
    });
  }

  /** @param {string | null} id @param {number} street */
  focus(id, street) {
    this.#streets[street].focus(this.#streets[street].picture?.scene.homes.findIndex((home) => home.id === id) ?? -1);
  }

  /** The picture of a street. @param {number} street */
  pictureOf(street) {
    return this.#streets[street].picture;
  }

  /** @param {number} time */
  #show(time) {
    const fresh = this.#step < 0;
    for (const street of this.#streets) {
      if (street.picture && !street.element.hidden) street.frame(momentAt(time, street.picture.steps), this.#scales, this.colouring, fresh);
    }
    this.timeline.frame(time);
    const { step } = this.clock;
    if (step === this.#step) return;
    this.#step = step;
    for (const street of this.#streets) if (street.picture && !street.element.hidden) street.step(step, this.limits);
    this.timeline.step(step);
    this.#onStep(step);
  }
}
