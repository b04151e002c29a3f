// Messages above the page's sections: what went wrong, what was kept, what can be done.

import { byId, h } from "./dom.js";

/** @typedef {{ label: string, act: () => void }} Choice */

/**
 * Shows a message until it is dismissed or one of its choices is taken. A message with the
 * key of an earlier one replaces it.
 * @param {"error" | "info"} kind
 * @param {string} key
 * @param {string} message
 * @param {Choice[]} [choices]
 */
export function notify(kind, key, message, choices = []) {
  dismiss(key);
  const buttons = choices.map(({ label, act }) =>
    h("button", { type: "button", onclick: () => (dismiss(key), act()) }, label),
  );
  byId("notices").append(
    h(
      "div",
      { class: `notice ${kind}`, role: kind === "error" ? "alert" : "status", "data-key": key },
      h("p", {}, message),
      h(
        "div",
        { class: "actions" },
        ...buttons,
        h("button", { type: "button", class: "quiet", onclick: () => dismiss(key) }, "Dismiss"),
      ),
    ),
  );
}

/** Who is on a notice that goes comes to the next one, or to the view. @param {string} key */
export function dismiss(key) {
  for (const notice of byId("notices").querySelectorAll(".notice")) {
    if (!(notice instanceof HTMLElement) || notice.dataset.key !== key) continue;
    const held = notice.contains(document.activeElement);
    const next = notice.nextElementSibling ?? notice.previousElementSibling;
    notice.remove();
    if (!held) continue;
    const place = next?.querySelector("button") ?? document.querySelector(".view:not([hidden]) h1");
    if (place instanceof HTMLElement) place.focus({ preventScroll: true });
  }
}
