// What has come of the training so far, in two numbers, and how it is doing, in two words.

import { h, term } from "../../ui/dom.js";
import { NBSP, number, signedPercent } from "../../ui/format.js";
import { AGENT, BASELINE } from "../../app/state.js";
import { verdictOn } from "../../training/verdict.js";

/**
 * @typedef {import("../../app/state.js").State} State
 * @typedef {import("../../training/verdict.js").Verdict} Verdict
 */

/** @typedef {{ measure: "cost" | "peak_import_kwh", label: string, absolute: (value: number) => string }} Figure */

/** @type {Figure[]} */
const FIGURES = [
  { measure: "cost", label: "Cost", absolute: (value) => `${number(value, 2)}${NBSP}$` },
  { measure: "peak_import_kwh", label: "Peak import", absolute: (value) => `${number(value, 1)}${NBSP}kWh` },
];

/** The marks of a verdict: never colour alone. @type {Record<Verdict["id"], string>} */
const MARKS = { early: "…", learning: "↗", levelled: "→", stuck: "↔", collapsed: "✕" };

/**
 * The best agent so far and the rule on the validation days: what is known of each.
 * @param {Pick<State, "history" | "references">} state
 * @param {Figure["measure"]} measure
 */
export function bestAgainstRule({ history, references }, measure) {
  const best = history.findLast((sample) => sample.best)?.validation;
  const agent = best?.[AGENT]?.[measure] ?? null;
  const rule = best?.[BASELINE]?.[measure] ?? references.get(BASELINE)?.[measure] ?? null;
  const change = agent !== null && rule !== null && rule > 0 ? agent / rule - 1 : null;
  return { agent, rule, change };
}

export function headline() {
  const tiles = FIGURES.map(tile);
  const verdict = verdictLine();
  return {
    element: h(
      "div",
      { class: "so-far" },
      h("div", { class: "headline-tiles" }, ...tiles.map(({ element }) => element)),
      h("p", { class: "hint" }, "The best agent so far against ", term("rule_based"), " homes, on ", term("validation"), "."),
      verdict.element,
    ),
    /** @param {State} state */
    render(state) {
      for (const { render } of tiles) render(state);
      verdict.render(state);
    },
  };
}

/** @param {Figure} figure */
function tile({ measure, label, absolute }) {
  const change = h("span", { class: "big" });
  const arrow = h("span", { "aria-hidden": "true" });
  const side = h("span", {});
  const word = h("span", { class: "tile-word" }, arrow, side);
  const detail = h("span", { class: "hint numbers" });
  const element = h("div", { class: "tile" }, h("span", { class: "tile-label" }, label), h("span", { class: "tile-value" }, change, word), detail);
  return {
    element,
    /** @param {State} state */
    render(state) {
      const found = bestAgainstRule(state, measure);
      change.textContent = found.change === null ? "–" : signedPercent(found.change);
      const percent = Math.round(100 * (found.change ?? 0));
      element.dataset.side = side.textContent = percent === 0 ? "" : percent < 0 ? "better" : "worse";
      arrow.textContent = percent === 0 ? "" : percent < 0 ? "▼ " : "▲ ";
      const parts = [found.agent === null ? "" : `${absolute(found.agent)} a day`, found.rule === null ? "" : `rule-based ${absolute(found.rule)}`];
      detail.replaceChildren(...parts.filter(Boolean).map((part) => h("span", {}, part)));
    },
  };
}

/** A live region: what it says of how the training is doing changes seldom. */
function verdictLine() {
  const mark = h("span", { class: "verdict-mark", "aria-hidden": "true" });
  const label = h("strong", { role: "status" });
  const text = h("span", {});
  const element = h("p", { class: "training-verdict", hidden: true }, mark, label, " ", text);
  return {
    element,
    /** @param {State} state */
    render({ history }) {
      const verdict = verdictOn(history);
      element.hidden = verdict === null;
      element.dataset.verdict = verdict?.id ?? "";
      mark.textContent = verdict ? MARKS[verdict.id] : "";
      const said = verdict ? `${verdict.label}.` : "";
      if (label.textContent !== said) label.textContent = said;
      text.textContent = verdict?.text ?? "";
    },
  };
}
