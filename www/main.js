// The page: state, engine and views are put together here.

import { App } from "./app/app.js";
import { Router } from "./app/router.js";
import { Store } from "./app/state.js";
import { installOffline } from "./offline/offline.js";
import { installBar } from "./ui/bar.js";
import { byId } from "./ui/dom.js";
import { installDrop } from "./ui/drop.js";
import { counted } from "./ui/format.js";
import { installTheme } from "./ui/theme.js";
import { installTips } from "./ui/tips.js";
import { firstVisit, startTour } from "./ui/tour.js";
import { VIEWS } from "./views/index.js";

/** @typedef {import("./app/state.js").State} State */

/** What is in use, in the bar at the top. @param {State} state */
function inUse({ engine, backend, setting }) {
  if (engine === "starting") return "Starting the engine…";
  if (engine === "failed" || !setting) return "No engine";
  const { data } = setting;
  return `${backend === "webgpu" ? "WebGPU" : "CPU"} engine · ${counted(data.homes.length, "home")} · ${data.kind}`;
}

const store = new Store(location.search);
const app = new App(store);
const pill = byId("in-use");
new Router(app, VIEWS, byId("views"), byId("nav"));

store.subscribe((state) => {
  const text = inUse(state);
  if (pill.textContent !== text) pill.textContent = text;
  document.documentElement.dataset.engine = state.engine;
  document.documentElement.dataset.learner = state.learner;
  document.documentElement.dataset.phase = state.phase;
});

installTheme(byId("theme"), store);
installTips();
installBar(app);
installDrop(app);
byId("skip").addEventListener("click", (event) => {
  // The address after the hash names the view, so the link cannot use it.
  event.preventDefault();
  byId("views").focus();
});
// For the console, and for tests: what the page knows now.
Object.defineProperty(globalThis, "peergrid", { get: () => store.state });
// Before anything of the page is in the address.
const first = firstVisit();
void app.boot().then(() => {
  if (first) startTour();
  return installOffline();
});
