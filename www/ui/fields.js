// Fields that edit the specification.

import { h, labelled } from "./dom.js";
import { field } from "../app/spec.js";

/**
 * @typedef {import("../app/app.js").App} App
 * @typedef {import("../types.d.ts").Spec} Spec
 */

/**
 * A control with its label that edits one field of the specification.
 * @typedef {object} SpecField
 * @property {string} name Dotted.
 * @property {HTMLInputElement} input
 * @property {HTMLElement} element
 */

/** @typedef {{ value: string, label: string, text: string }} Option */

/**
 * Edits the specification once the focus has moved on: controls are disabled while the engine
 * takes over a change, and who goes from field to field would be sent past all of them.
 * @param {App} app
 * @param {Parameters<App["edit"]>[0]} fields
 */
function edit(app, fields) {
  setTimeout(() => void app.edit(fields));
}

/**
 * A number that edits a field; emptied, where it is not required, it is set to null.
 * @param {App} app
 * @param {string} name Dotted name of the field.
 * @param {Record<string, unknown>} attributes
 * @param {string} [emptied] What is set to null instead: a whole of which the field is the heart.
 */
export function numberField(app, name, attributes, emptied = name) {
  const input = h("input", {
    type: "number",
    ...attributes,
    onchange: () => {
      if (!input.reportValidity()) return;
      edit(app, input.value === "" ? { [emptied]: null } : { [name]: input.valueAsNumber });
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

/** @param {string} name Dotted. */
function idOf(name) {
  return `field-${name.replaceAll(/[._]/g, "-")}`;
}

/**
 * @param {App} app
 * @param {string} name Dotted.
 * @param {string} label
 * @param {string} hint
 * @param {Record<string, unknown>} [attributes]
 * @param {string} [emptied] As for `numberField`.
 * @returns {SpecField}
 */
export function numberIn(app, name, label, hint, attributes, emptied) {
  const input = numberField(app, name, { id: idOf(name), step: "any", ...attributes }, emptied);
  return { name, input, element: labelled(label, input, hint) };
}

/**
 * A list of numbers with commas between them.
 * @param {App} app
 * @param {string} name Dotted.
 * @param {string} label
 * @param {string} hint
 * @param {{ min?: number, max?: number, least?: number }} limits Of each number, and of how many there are.
 * @param {boolean} whole Whether the numbers are whole.
 * @returns {SpecField}
 */
export function listIn(app, name, label, hint, { min = -Infinity, max = Infinity, least = 0 }, whole) {
  const read = () => input.value.split(",").map((text) => text.trim().replace("−", "-")).filter((text) => text !== "").map(Number);
  const fits = (/** @type {number} */ value) => value >= min && value <= max && (!whole || Number.isInteger(value));
  const input = h("input", {
    type: "text",
    id: idOf(name),
    autocomplete: "off",
    oninput: () => input.setCustomValidity(""),
    onchange: () => {
      const values = read();
      const valid = values.length >= least && values.every(fits);
      const kind = whole ? "whole numbers" : "numbers";
      input.setCustomValidity(valid ? "" : `Enter ${kind} from ${min} to ${max} with commas between them.`);
      if (input.reportValidity()) edit(app, { [name]: values });
    },
  });
  return { name, input, element: labelled(label, input, hint) };
}

/**
 * A date; emptied it is set to null, unless it is required.
 * @param {App} app
 * @param {string} name Dotted.
 * @param {string} label
 * @param {string} hint
 * @param {Record<string, unknown>} [attributes]
 * @returns {SpecField}
 */
export function dateIn(app, name, label, hint, attributes) {
  const input = h("input", {
    type: "date",
    id: idOf(name),
    ...attributes,
    onchange: () => {
      if (input.reportValidity()) edit(app, { [name]: input.value || null });
    },
  });
  return { name, input, element: labelled(label, input, hint) };
}

/**
 * A choice among a few values, each with a sentence that shows while it is chosen.
 * @param {App} app
 * @param {string} name Dotted.
 * @param {string} label
 * @param {Option[]} [options]
 * @param {(value: string) => void} [choose] Sets the field, by default.
 */
export function choiceIn(app, name, label, options = [], choose = (value) => void app.edit({ [name]: value })) {
  const input = h("select", { id: idOf(name), onchange: () => choose(input.value) });
  const text = h("p", { class: "hint", id: `${input.id}-hint` });
  const element = labelled(label, input);
  element.append(text);
  input.setAttribute("aria-describedby", text.id);
  let known = options;
  const list = (/** @type {Option[]} */ next) => {
    known = next;
    input.replaceChildren(...next.map((option) => h("option", { value: option.value }, option.label)));
  };
  list(options);
  return {
    element,
    list,
    /** @param {string} value */
    show(value) {
      input.value = value;
      text.textContent = known.find((option) => option.value === value)?.text ?? "";
    },
  };
}

/**
 * Shows fields as the specification has them; those it lacks are hidden.
 * @param {SpecField[]} fields
 * @param {Spec} spec
 */
export function showFields(fields, spec) {
  for (const { name, input, element } of fields) showField(element, input, field(spec, name));
}

/**
 * Fields that belong together.
 * @param {string} title
 * @param {...Node} children
 */
export function group(title, ...children) {
  return h("div", { class: "group", role: "group", "aria-label": title }, h("h3", {}, title), ...children);
}
