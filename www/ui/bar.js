// The bar at the top: what can be shared, the lecture mode, the tour.

import { pack } from "../app/bundle-file.js";
import { byId, download } from "./dom.js";
import { ACCEPTED, openFile } from "./drop.js";
import { notify } from "./notices.js";
import { startTour } from "./tour.js";

/** @typedef {import("../app/app.js").App} App */

/** How long a button says that it has done its work, ms. */
const SAID = 1500;

/** @param {App} app */
export function installBar(app) {
  installShare(app);
  installLecture(app);
  byId("help").addEventListener("click", () => startTour());
}

/** @param {App} app */
function installShare(app) {
  const menu = byId("share-menu");
  const button = byId("share");
  const said = byId("said");
  let saying = 0;
  /** On the button, and for those who do not see it. @param {string} text @param {string} spoken */
  const say = (text, spoken) => {
    clearTimeout(saying);
    button.textContent = text;
    said.textContent = spoken;
    saying = window.setTimeout(() => {
      button.textContent = "Share";
      said.textContent = "";
    }, SAID);
  };
  byId("copy-link").addEventListener("click", async () => {
    menu.hidePopover();
    // Browsers give pages the clipboard over https and on localhost only, and may refuse it there too.
    const copied = await navigator.clipboard?.writeText(location.href).then(() => true, () => false);
    if (copied) say("Copied", "The link is copied.");
    else notify("info", "link", `Copy this address: ${location.href}`);
  });
  byId("download-all").addEventListener("click", async () => {
    menu.hidePopover();
    const text = await pack(app);
    if (text !== undefined) download("peergrid.json", text, "application/json");
  });
  const input = /** @type {HTMLInputElement} */ (byId("open-file"));
  input.accept = ACCEPTED;
  byId("open-button").addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    menu.hidePopover();
    const [file] = input.files ?? [];
    if (file) void openFile(app, file);
    input.value = "";
  });
  app.store.subscribe(({ setting, engine, phase }) => {
    const free = setting !== null && engine === "ready" && phase !== "running" && phase !== "pausing";
    for (const id of ["download-all", "open-button"]) /** @type {HTMLButtonElement} */ (byId(id)).disabled = !free;
  });
}

/** @param {App} app */
function installLecture({ store }) {
  const button = byId("lecture");
  const show = () => {
    const { lecture } = store.state;
    document.documentElement.classList.toggle("lecture", lecture);
    button.setAttribute("aria-pressed", String(lecture));
  };
  button.addEventListener("click", () => store.set({ lecture: !store.state.lecture }));
  store.subscribe((_, changed) => changed.has("lecture") && show());
  show();
}
