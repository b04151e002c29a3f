// Data: which homes, from a preset or a file, what was found in them, and the world they live in.

import { h } from "../../ui/dom.js";
import { createCalendar } from "./calendar.js";
import { facts } from "./facts.js";
import { heldOutChoice } from "./held-out.js";
import { createHomes } from "./homes.js";
import { createParameters } from "./parameters.js";
import { createPlots } from "./plots.js";
import { scenarioPanel } from "./scenario.js";
import { createSource } from "./source.js";

/** @typedef {import("../../app/app.js").App} App */

const FRESH_AGENT =
  "A change of data or scenario starts with a fresh agent; the one you have trained is set aside, and you can bring it back.";

/** @param {App} app @returns {import("../index.js").View} */
export function createData(app) {
  const source = createSource(app);
  const parameters = createParameters(app);
  const found = h("section", { class: "panel facts", "aria-label": "What was read" });
  const plots = createPlots(app);
  const calendar = createCalendar((day) => {
    // Days are found by keyboard in Explore itself, where a slider goes over them.
    app.store.set({ day });
    location.hash = "explore";
  });
  const judged = heldOutChoice(app);
  const homes = createHomes(app);
  const scenario = scenarioPanel(app);
  const warning = h("p", { class: "warning", hidden: true }, FRESH_AGENT);

  return {
    element: h(
      "div",
      {},
      warning,
      h(
        "div",
        { class: "data-columns" },
        h(
          "div",
          { class: "stacked" },
          h("section", { class: "panel source", "aria-label": "Where the homes come from" }, source.element, parameters.element),
          found,
          panel("How much, and when", plots.element),
          panel("Which day is for what", calendar.element, judged.element),
          panel("The homes", homes.element),
        ),
        scenario.element,
      ),
    ),
    render(state, changed) {
      const { setting, phase, engine } = state;
      const enabled = phase !== "running" && phase !== "pausing" && engine === "ready";
      source.render(state, changed, enabled);
      for (const part of [parameters, judged, homes]) part.enable(enabled);
      scenario.render(state, changed);
      warning.hidden = !state.trained;
      if (!setting || !changed.has("setting")) return;
      found.replaceChildren(...facts(setting));
      for (const part of [parameters, plots, calendar, judged, homes]) part.render(setting);
    },
  };
}

/** @param {string} title @param {...Node} children */
function panel(title, ...children) {
  return h("section", { class: "panel" }, h("h2", {}, title), ...children);
}
