// The page: state, engine and views are put together here.

import { App } from "./app.js";
import { byId } from "./dom.js";
import { counted } from "./format.js";
import { notify } from "./notices.js";
import { Store } from "./state.js";
import { installTheme } from "./theme.js";
import { installTips } from "./tips.js";
import { dataView } from "./views/data.js";
import { dayView } from "./views/day.js";
import { evaluateView } from "./views/evaluate.js";
import { marketView } from "./views/market.js";
import { trainView } from "./views/train.js";

/** @typedef {import("./state.js").State} State */

/** What is in use, in the bar at the top. @param {State} state */
function inUse({ engine, backend, setting }) {
  if (engine === "starting") return "Starting the engine…";
  if (engine === "failed" || !setting) return "No engine";
  const { data } = setting;
  return `${backend === "webgpu" ? "WebGPU" : "CPU"} engine · ${counted(data.homes.length, "home")} · ${data.kind}`;
}

/** The section in view is marked in the navigation. */
function markSections() {
  const links = new Map(
    [...document.querySelectorAll("nav a")].map((link) => [link.getAttribute("href")?.slice(1) ?? "", link]),
  );
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        const link = links.get(target.id);
        if (isIntersecting) link?.setAttribute("aria-current", "true");
        else link?.removeAttribute("aria-current");
      }
    },
    // A thin line a third of the way down: one section at a time crosses it.
    { rootMargin: "-33% 0px -66% 0px" },
  );
  for (const id of links.keys()) observer.observe(byId(id));
}

/**
 * The first thing a visitor can press: it trains, and shows where.
 * @param {HTMLButtonElement} button
 */
function installStart(button) {
  button.addEventListener("click", () => {
    byId("train").scrollIntoView();
    byId("train-title").focus({ preventScroll: true });
    void app.training.train();
  });
  store.subscribe(({ engine, learner, phase, history }) => {
    button.disabled = engine !== "ready" || learner === "failed" || phase !== "idle" || history.length > 0;
  });
}

/** @param {HTMLButtonElement} button */
function installCopyLink(button) {
  const label = button.textContent;
  button.addEventListener("click", async () => {
    // Browsers give pages the clipboard over https and on localhost only.
    if (!navigator.clipboard) {
      notify("info", "link", `Copy this address: ${location.href}`);
      return;
    }
    await navigator.clipboard.writeText(location.href);
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = label), 1500);
  });
}

const store = new Store(location.search);
const app = new App(store);
const views = [dataView(app), trainView(app), evaluateView(app), dayView(app), marketView(app)];
const pill = byId("in-use");

store.subscribe((state, changed) => {
  for (const render of views) render(state, changed);
  const text = inUse(state);
  if (pill.textContent !== text) pill.textContent = text;
  document.documentElement.dataset.engine = state.engine;
  document.documentElement.dataset.learner = state.learner;
  document.documentElement.dataset.phase = state.phase;
});

installTheme(byId("theme"), store);
installTips();
installStart(/** @type {HTMLButtonElement} */ (byId("start")));
installCopyLink(/** @type {HTMLButtonElement} */ (byId("copy-link")));
markSections();
// For the console, and for tests: what the page knows now.
Object.defineProperty(globalThis, "peergrid", { get: () => store.state });
store.set({ engine: "starting", backend: store.state.backend, phase: "idle", history: [] });
void app.boot();
