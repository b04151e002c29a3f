// Explore: what a visitor sees first.

import { h } from "../../ui/dom.js";
import { dayPart } from "./day.js";

/** @param {import("../../app/app.js").App} app @returns {import("../index.js").View} */
export function createExplore(app) {
  const day = dayPart(app);
  const start = h("button", {
    type: "button",
    class: "primary large",
    id: "start",
    disabled: true,
    onclick: () => {
      location.hash = "train";
      void app.training.train();
    },
  }, "Start training");
  return {
    element: h("div", {}, h("div", { class: "actions" }, start), day.element),
    render(state, changed) {
      const { engine, learner, phase, history } = state;
      start.disabled = engine !== "ready" || learner === "failed" || phase !== "idle" || history.length > 0;
      day.render(state, changed);
    },
  };
}
