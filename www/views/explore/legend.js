// How to read the street: what the lines' colour and width mean, and a choice of the colour.

import { h, term } from "../../ui/dom.js";
import { NBSP, number } from "../../ui/format.js";

/**
 * @typedef {import("./picture.js").Scales} Scales
 * @typedef {import("./street.js").Colouring} Colouring
 * @typedef {import("../../types.d.ts").Scene} Scene
 */

/** @param {(colouring: Colouring) => void} choose */
export function legend(choose) {
  const radio = (/** @type {Colouring} */ value, /** @type {string} */ label) => {
    const input = h("input", { type: "radio", name: "line-colour", value, onchange: () => choose(value) });
    return { input, element: h("label", {}, input, h("span", {}, label)) };
  };
  const voltage = radio("voltage", "voltage");
  const loading = radio("loading", "loading");
  const bar = h("span", { class: "wire-ramp", "aria-hidden": "true" });
  const low = h("span", {});
  const high = h("span", {});
  const feeder = h(
    "div",
    { class: "legend-part" },
    h("fieldset", { class: "speed" }, h("legend", {}, "Line colour"), h("div", { class: "segments" }, voltage.element, loading.element)),
    h("p", { class: "wire-scale" }, low, bar, high),
  );
  const element = h(
    "div",
    { class: "legend" },
    feeder,
    h("p", { class: "legend-part hint" }, h("span", { class: "key-arc", "aria-hidden": "true" }), h("span", {}, "between ", term("p2p", "neighbours"), "; the wider, the more kW")),
    h("p", { class: "legend-part hint" }, h("span", {}, "roof: PV · cell: ", term("soc", "battery"), " · window: load. Choose a home for its day, and why.")),
  );
  return {
    element,
    /** @param {Scene} scene @param {Scales} scales @param {Colouring} colouring */
    show(scene, scales, colouring) {
      feeder.hidden = scene.voltage.length === 0;
      loading.element.hidden = scene.line_loading.every((share) => share === null);
      for (const { input } of [voltage, loading]) input.checked = input.value === colouring;
      bar.className = `wire-ramp is-${colouring}`;
      const off = 230 * scales.voltage;
      const digits = off < 1 ? 2 : off < 10 ? 1 : 0;
      low.textContent = colouring === "voltage" ? `${number(230 - off, digits)}` : "0";
      high.textContent = colouring === "voltage" ? `${number(230 + off, digits)}${NBSP}V` : `100${NBSP}% of the cable`;
    },
  };
}
