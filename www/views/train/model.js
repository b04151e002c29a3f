// The agent as a file: saved from here, and loaded.

import { download, h } from "../../ui/dom.js";

/** @typedef {import("../../app/app.js").App} App */

/** @param {App} app */
export function modelButtons(app) {
  const save = h("button", {
    type: "button",
    onclick: async () => {
      const bytes = await app.training.saveModel();
      if (bytes) download("peergrid.safetensors", bytes, "application/octet-stream");
    },
  }, "Save model");
  const input = h("input", {
    type: "file",
    accept: ".safetensors",
    id: "model-file",
    class: "visually-hidden",
    onchange: async () => {
      const file = input.files?.[0];
      if (file) await app.training.loadModel(new Uint8Array(await file.arrayBuffer()));
      input.value = "";
    },
  });
  return {
    element: h("div", { class: "actions" }, save, input, h("label", { for: "model-file", class: "button" }, "Load model")),
    /** @param {import("../../app/state.js").State} state */
    render({ engine, phase, trained }) {
      const free = engine === "ready" && phase !== "running" && phase !== "pausing";
      save.disabled = !free || !trained;
      input.disabled = !free;
    },
  };
}
