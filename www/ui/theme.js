// Light, dark, or as the system has it.

/** @typedef {import("../app/state.js").Theme} Theme */

/** @type {readonly Theme[]} */
const ORDER = ["auto", "light", "dark"];
/** @type {Record<Theme, string>} */
const NAMES = { auto: "as the system", light: "light", dark: "dark" };

const system = matchMedia("(prefers-color-scheme: dark)");

let printing = false;

/** Whether dark colours are in use now; on paper they never are. */
export function isDark() {
  if (printing) return false;
  const { theme } = document.documentElement.dataset;
  return theme === "dark" || (theme !== "light" && system.matches);
}

/**
 * Runs `listener` whenever light turns to dark or back.
 * @param {() => void} listener
 */
export function onThemeChange(listener) {
  system.addEventListener("change", listener);
  new MutationObserver(listener).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  for (const type of ["beforeprint", "afterprint"]) {
    addEventListener(type, () => {
      printing = type === "beforeprint";
      listener();
    });
  }
}

/**
 * @param {HTMLElement} button
 * @param {import("../app/state.js").Store} store
 */
export function installTheme(button, store) {
  const show = () => {
    const { theme } = store.state;
    document.documentElement.dataset.theme = theme;
    button.setAttribute("aria-label", `Theme: ${NAMES[theme]}`);
    button.title = `Theme: ${NAMES[theme]}`;
  };
  button.addEventListener("click", () => {
    const next = ORDER[(ORDER.indexOf(store.state.theme) + 1) % ORDER.length];
    store.set({ theme: next });
  });
  store.subscribe((_, changed) => changed.has("theme") && show());
  show();
}
