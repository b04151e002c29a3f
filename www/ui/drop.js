// Files dropped anywhere on the page, or chosen from the menu.

import { open } from "../app/bundle-file.js";
import { isSweep } from "../sweep/document.js";
import { byId, h } from "./dom.js";
import { notify } from "./notices.js";

/** What the view Data reads. */
const DATA = /\.(csv|txt)$/i;
/** What opens as a whole. */
const WHOLE = /\.(json|safetensors)$/i;
export const ACCEPTED = ".json,.safetensors,.csv,.txt";

/** @param {import("../app/app.js").App} app @param {File} file */
export async function openFile(app, file) {
  if (DATA.test(file.name)) await handTo("data", "#data-file", file);
  else if (/\.json$/i.test(file.name) && isSweep(await file.text())) await handTo("sweep", "#sweep-file", file);
  else if (WHOLE.test(file.name)) await open(app, file);
  else notify("error", "open", `${file.name} is of no kind that opens here: a peergrid.json, a specification or a sweep (.json), a model (.safetensors) or data (.csv).`);
}

/**
 * A file is opened where that is shown.
 * @param {import("../app/state.js").ViewId} view
 * @param {string} selector Of the view's own control for files.
 * @param {File} file
 */
async function handTo(view, selector, file) {
  location.hash = view;
  const input = await control(selector);
  const transfer = new DataTransfer();
  transfer.items.add(file);
  input.files = transfer.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

/** A control of a view that is perhaps still being loaded. @param {string} selector @returns {Promise<HTMLInputElement>} */
function control(selector) {
  return new Promise((resolve) => {
    const views = byId("views");
    const find = () => {
      const found = views.querySelector(selector);
      if (!(found instanceof HTMLInputElement)) return false;
      observer.disconnect();
      resolve(found);
      return true;
    };
    const observer = new MutationObserver(find);
    if (!find()) observer.observe(views, { childList: true, subtree: true });
  });
}

/** @param {import("../app/app.js").App} app */
export function installDrop(app) {
  const sign = h("div", { class: "drop-sign", hidden: true, "aria-hidden": "true" }, h("p", {}, "Drop the file to open it"));
  document.body.append(sign);
  let depth = 0;
  const carriesFiles = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes("Files") ?? false;
  const leave = () => {
    depth = 0;
    sign.hidden = true;
  };
  addEventListener("dragenter", (event) => {
    if (!carriesFiles(event)) return;
    depth++;
    sign.hidden = false;
  });
  addEventListener("dragleave", () => {
    if (--depth <= 0) leave();
  });
  addEventListener("dragover", (event) => {
    if (carriesFiles(event)) event.preventDefault();
  });
  addEventListener("drop", (event) => {
    leave();
    // The view Data has taken it.
    if (event.defaultPrevented || !carriesFiles(event)) return;
    event.preventDefault();
    const file = event.dataTransfer?.files[0];
    if (file) void openFile(app, file);
  });
}
