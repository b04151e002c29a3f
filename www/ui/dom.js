// Small helpers over the document.

import { GLOSSARY, meaningOf } from "./glossary.js";

/** @typedef {Node | string | null | undefined | false} Child */

/**
 * Makes an element. Attributes that are `false`, `null` or `undefined` are left out, `true`
 * is an attribute without a value, and `on…` functions are listeners.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, any>} [attributes]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, String(value));
    }
  }
  element.append(...children.filter(isNode));
  return element;
}

/**
 * @param {Child} child
 * @returns {child is Node | string}
 */
function isNode(child) {
  return child !== null && child !== undefined && child !== false;
}

/**
 * The element with this id, which the page must have.
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`The page has no element “${id}”.`);
  return element;
}

/**
 * A word of the glossary with its explanation.
 * @param {import("./glossary.js").WordId} id
 * @param {string} [label] How it is written here; as in the glossary by default.
 */
export function term(id, label = GLOSSARY[id].word) {
  return explained(label, meaningOf(id));
}

/**
 * A word with an explanation that shows on hover, focus and tap. Words of the page itself stand in
 * the glossary: see `term`. This is for those that an engine explains.
 * @param {string} label
 * @param {string} explanation
 */
export function explained(label, explanation) {
  return h("button", { type: "button", class: "term", "data-tip": explanation }, label);
}

/** What had the focus when its group was disabled. @type {WeakMap<HTMLFieldSetElement, HTMLElement>} */
const focused = new WeakMap();

/**
 * Disables a group of controls or enables it again; what had the focus then gets it back,
 * unless the reader has gone elsewhere.
 * @param {HTMLFieldSetElement} group
 * @param {boolean} disabled
 */
export function setDisabled(group, disabled) {
  if (group.disabled === disabled) return;
  const active = document.activeElement;
  if (disabled && active instanceof HTMLElement && group.contains(active)) focused.set(group, active);
  group.disabled = disabled;
  if (disabled) return;
  const before = focused.get(group);
  focused.delete(group);
  if (before?.isConnected && (!active || active === document.body)) before.focus({ preventScroll: true });
}

/**
 * Hands the reader a file.
 * @param {string} name
 * @param {BlobPart} content
 * @param {string} type Media type.
 */
export function download(name, content, type) {
  const url = URL.createObjectURL(new Blob([content], { type }));
  h("a", { href: url, download: name }).click();
  // The browser has taken the address by the next task.
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

/** Every control's id is its own, also where two views call theirs the same. @type {Map<string, number>} */
const idsGiven = new Map();

/** @param {string} label */
function idFor(label) {
  const id = `field-${label.toLowerCase().replace(/[^a-z0-9]+/g, "-")}`;
  const count = (idsGiven.get(id) ?? 0) + 1;
  idsGiven.set(id, count);
  return count === 1 ? id : `${id}-${count}`;
}

/**
 * A labelled control; the hint is tied to it for screen readers.
 * @param {string} label
 * @param {HTMLElement} control
 * @param {string} [hint]
 */
export function labelled(label, control, hint) {
  const id = control.id || idFor(label);
  control.id = id;
  if (hint) control.setAttribute("aria-describedby", `${id}-hint`);
  return h(
    "div",
    { class: "field" },
    h("label", { for: id }, label),
    control,
    hint && h("p", { class: "hint", id: `${id}-hint` }, hint),
  );
}
