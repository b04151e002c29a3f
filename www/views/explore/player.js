// Play, pause, speed, and which held-out day: the controls under the street.

import { h, labelled } from "../../ui/dom.js";
import { longDate } from "../../ui/format.js";
import { s } from "./svg.js";

/** @typedef {import("../../app/state.js").State} State */

const SPEEDS = [1, 2, 4];
const PLAY = "M7 4.5v15l13-7.5z";
const PAUSE = "M6 4.5h4.5v15H6zM13.5 4.5H18v15h-4.5z";

export class Player {
  #icon = s("path", { d: PLAY, fill: "currentColor" });
  #button;
  #day = h("input", { type: "range", min: 0, max: 0, step: 1, value: 0, id: "held-out-day", disabled: true });
  #before;
  #after;
  #which = h("output", { for: "held-out-day", class: "hint" });

  /**
   * @param {import("./clock.js").Clock} clock
   * @param {HTMLElement} timeline
   * @param {(index: number) => void} chooseDay
   */
  constructor(clock, timeline, chooseDay) {
    this.#button = h(
      "button",
      { type: "button", class: "primary play", id: "play", "aria-label": "Play", "aria-keyshortcuts": "Space", title: "Space", disabled: true, onclick: () => clock.play(!clock.playing) },
      s("svg", { viewBox: "0 0 24 24", width: 22, height: 22, "aria-hidden": "true" }, this.#icon),
    );
    const speeds = SPEEDS.map((speed) => {
      const radio = h("input", { type: "radio", name: "speed", value: speed, checked: speed === clock.speed, onchange: () => (clock.speed = speed) });
      return h("label", {}, radio, h("span", {}, `${speed}×`));
    });
    const by = (/** @type {number} */ days) => () => chooseDay(this.#day.valueAsNumber + days);
    this.#before = h("button", { type: "button", class: "icon", "aria-label": "Day before", disabled: true, onclick: by(-1) }, "‹");
    this.#after = h("button", { type: "button", class: "icon", "aria-label": "Day after", disabled: true, onclick: by(1) }, "›");
    this.#day.addEventListener("input", () => chooseDay(this.#day.valueAsNumber));
    this.element = h("div", { class: "player" }, this.#button, timeline);
    this.more = h(
      "div",
      { class: "player-more" },
      h("fieldset", { class: "speed" }, h("legend", {}, "Speed"), h("div", { class: "segments" }, ...speeds)),
      h("div", { class: "days" }, labelled("Held-out day", this.#day), this.#before, this.#after, this.#which),
    );
  }

  /** @param {boolean} playing */
  turned(playing) {
    this.#icon.setAttribute("d", playing ? PAUSE : PLAY);
    this.#button.setAttribute("aria-label", playing ? "Pause" : "Play");
  }

  ready() {
    this.#button.disabled = false;
  }

  /** @param {State} state @param {number} index Of the day in view. */
  render({ setting }, index) {
    const days = setting?.held_out ?? [];
    const last = Math.max(0, days.length - 1);
    this.#day.max = String(last);
    this.#day.disabled = last === 0;
    this.#day.value = String(index);
    this.#day.setAttribute("aria-valuetext", longDate(days[index] ?? ""));
    this.#before.disabled = index === 0;
    this.#after.disabled = index === last;
    this.#which.textContent = days.length > 0 ? `${index + 1} of ${days.length} no agent trains on` : "";
  }
}
