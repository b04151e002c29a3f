// Number fields that edit the specification.

import { h } from "../dom.js";

/**
 * A number that edits a field; emptied, where it is not required, it is set to null.
 * @param {import("../app.js").App} app
 * @param {string} name Dotted name of the field.
 * @param {Record<string, unknown>} attributes
 */
export function numberField(app, name, attributes) {
  const input = h("input", {
    type: "number",
    ...attributes,
    onchange: () => {
      if (!input.reportValidity()) return;
      void app.edit({ [name]: input.value === "" ? null : input.valueAsNumber });
    },
  });
  return input;
}

/**
 * Shows a field where the specification has it.
 * @param {HTMLElement} wrapper
 * @param {HTMLInputElement} input
 * @param {unknown} value
 */
export function showField(wrapper, input, value) {
  wrapper.hidden = value === undefined;
  input.value = value === undefined || value === null ? "" : String(value);
}
