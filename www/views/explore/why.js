// What the network of the learning agent says of a home now, and what would change its mind.

import { h } from "../../ui/dom.js";
import { NBSP, number } from "../../ui/format.js";
import { effects } from "./effects.js";

/** @typedef {import("../../types.d.ts").Explanation} Explanation */

/** So many observations are listed, those that move an action most. */
const LISTED = 6;

/** @param {number} value */
function short(value) {
  const size = Math.abs(value);
  return number(value, size >= 100 ? 0 : size >= 10 ? 1 : 2);
}

/** @param {number} value @param {string} unit */
const withUnit = (value, unit) => (unit ? `${short(value)}${NBSP}${unit}` : short(value));

/** A label and, apart from it, the scale that stands behind it in brackets. @param {string} label */
function parted(label) {
  const [, name, scale] = /^(.*?)(?: \((.*)\))?$/.exec(label) ?? [];
  return { name: name ?? label, scale: scale ?? "" };
}

/** @param {Explanation} explanation */
function says({ actions }) {
  return h(
    "dl",
    { class: "facts-list" },
    ...actions.map(({ label, mean, sd }) => {
      const { name, scale } = parted(label);
      const noise = `±${NBSP}${short(sd)} when it tries things out`;
      return h(
        "div",
        {},
        h("dt", {}, name, h("span", { class: "why-at" }, scale)),
        h("dd", {}, short(mean), h("span", { class: "why-at" }, noise)),
      );
    }),
  );
}

/** @param {Explanation} explanation */
function table(explanation) {
  const { actions } = explanation;
  const rows = effects(explanation).slice(0, LISTED).map(({ label, value, unit, low, high, effects: { at_low, at_high }, action }) =>
    h(
      "tr",
      {},
      h("th", { scope: "row" }, `${label}: ${withUnit(value, unit)}`, h("span", { class: "why-at" }, `moves: ${parted(actions[action].label).name}`)),
      h("td", {}, short(at_low[action]), h("span", { class: "why-at" }, `at${NBSP}${withUnit(low, unit)}`)),
      h("td", {}, short(at_high[action]), h("span", { class: "why-at" }, `at${NBSP}${withUnit(high, unit)}`)),
    ),
  );
  return h(
    "table",
    { class: "why-table" },
    h("thead", {}, h("tr", {}, ...["If only this changed", "from", "to"].map((text) => h("th", { scope: "col" }, text)))),
    h("tbody", {}, ...rows),
  );
}

/**
 * A disclosure; what it holds is asked for when somebody opens it.
 * @param {() => Promise<Explanation | null | undefined>} ask
 */
export function whyPart(ask) {
  const body = h("div", {});
  const element = h("details", { class: "why", hidden: true }, h("summary", {}, "Why the agent did this"), body);
  let asked = 0;

  const refresh = async () => {
    if (!element.open || element.hidden) return;
    const own = ++asked;
    const explanation = await ask();
    if (own !== asked) return;
    // A refusal has its own notice.
    if (explanation === undefined) return body.replaceChildren();
    if (explanation === null) {
      body.replaceChildren(h("p", { class: "hint" }, "This home has no battery: there is nothing for the agent to decide."));
      return;
    }
    body.replaceChildren(
      h("p", { class: "hint" }, "What its network says now, before the guard:"),
      says(explanation),
      h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "How observations move the action" }, table(explanation)),
      h("p", { class: "hint" }, "Each line moves one observation from its 5 % to its 95 % value over the held-out days and leaves all others as they are."),
    );
  };
  element.addEventListener("toggle", () => void refresh());

  return {
    element,
    /** @param {boolean} learns Whether the home is run by the agent that learns. */
    show(learns) {
      element.hidden = !learns;
    },
    refresh: () => void refresh(),
  };
}
