// A part of the scenario behind a disclosure that says in a line how things stand.

import { h } from "../../ui/dom.js";

/**
 * @param {string} title
 * @param {...Node} children
 */
export function fold(title, ...children) {
  const state = h("span", { class: "fold-state" });
  return {
    element: h("details", { class: "fold" }, h("summary", {}, h("span", { class: "fold-title" }, title), " ", state), h("div", { class: "fold-body" }, ...children)),
    /** @param {string} text How it stands. */
    tell(text) {
      state.textContent = text;
    },
  };
}
