// SVG elements, and attributes that are written only when they change.

/**
 * @template {keyof SVGElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, string | number>} [attributes]
 * @param {...(Node | string)} children
 * @returns {SVGElementTagNameMap[K]}
 */
export function s(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

/** What was written last, by element and attribute. @type {WeakMap<Element, Map<string, string>>} */
const written = new WeakMap();

/**
 * Sets an attribute, unless it says so already: a frame writes hundreds and few of them change.
 * @param {Element} element
 * @param {string} name
 * @param {string | number} value
 */
export function write(element, name, value) {
  let known = written.get(element);
  if (!known) written.set(element, (known = new Map()));
  const text = String(value);
  if (known.get(name) === text) return;
  known.set(name, text);
  element.setAttribute(name, text);
}

/**
 * The same for text.
 * @param {Element} element
 * @param {string} text
 */
export function writeText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** In steps so coarse that most frames change nothing. @param {number} value @param {number} steps Of 1. */
export function coarse(value, steps) {
  return Math.round(value * steps) / steps;
}
