// Sweeps that the browser keeps, and the way in for those from a file.

import { h } from "../../ui/dom.js";
import { fromJson, NoSweep } from "../../sweep/document.js";
import { dismiss, notify } from "../../ui/notices.js";

/** @typedef {import("../../sweep/session.js").Session} Session */

const dates = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });

/** @param {Session} session */
export function keptPart(session) {
  const list = h("ul", { class: "kept-list" });
  const none = h("p", { class: "hint" }, "Sweeps are kept in this browser as they run; they will be listed here.");
  const input = h("input", {
    type: "file",
    id: "sweep-file",
    accept: ".json,application/json",
    class: "visually-hidden",
    onchange: async () => {
      const file = input.files?.[0];
      input.value = "";
      if (file) await openFile(session, file);
    },
  });
  const element = h(
    "section",
    { class: "panel sweep-kept", "aria-labelledby": "kept-sweeps-title" },
    h("h2", { id: "kept-sweeps-title" }, "Kept sweeps"),
    none,
    list,
    h("div", { class: "actions" }, input, h("label", { for: input.id, class: "button" }, "Open a JSON file")),
    h("p", { class: "hint" }, "One exported here or made by the native command; you can also drop it on this page."),
  );
  return {
    element,
    render() {
      const held = document.activeElement instanceof HTMLElement && list.contains(document.activeElement) ? document.activeElement : null;
      none.hidden = session.kept.length > 0;
      // Who is just renaming or deleting one goes on with it.
      const asked = new Map([...list.querySelectorAll("li")].filter((line) => line.classList.contains(ASKED)).map((line) => [line.dataset.sweep, line]));
      list.replaceChildren(...session.kept.map((sweep) => asked.get(sweep.id) ?? item(session, sweep)));
      if (held?.isConnected) held.focus();
      else if (held?.dataset.key) focusOn(list, held.dataset.key);
    },
  };
}

/** A line that asks for a name, or whether to delete. */
const ASKED = "is-asked";

/** @param {Element} place @param {string} key Of a button in it. */
function focusOn(place, key) {
  [...place.querySelectorAll("button")].find(({ dataset }) => dataset.key === key)?.focus();
}

/** @param {Session} session @param {import("../../sweep/session.js").Listed} sweep */
function item(session, sweep) {
  const { id, name, created, finished, runs } = sweep;
  const open = session.sweep?.id === id;
  const button = (/** @type {string} */ label, /** @type {() => void} */ act, disabled = false) =>
    h("button", { type: "button", class: "small", "data-key": `${id} ${label}`, "aria-label": `${label} ${name}`, disabled, onclick: act }, label);
  const line = h(
    "li",
    { class: open ? "is-open" : "", "data-sweep": id },
    h("p", { class: "kept-name" }, name, open ? h("span", { class: "tag" }, "shown") : null),
    h("p", { class: "hint" }, `${dates.format(created)} · ${finished} of ${runs} runs${finished < runs ? ", unfinished" : ""}`),
    h(
      "div",
      { class: "actions" },
      button("Open", () => void session.open(id), open || session.busy),
      button("Rename", () => edit()),
      button("Delete", () => confirm()),
    ),
  );

  /** @param {string} label Of the button that was pressed. */
  const restore = (label) => {
    const fresh = item(session, session.kept.find((one) => one.id === id) ?? sweep);
    line.replaceWith(fresh);
    focusOn(fresh, `${id} ${label}`);
  };

  const edit = () => {
    const input = h("input", { type: "text", value: name, "aria-label": "Name of the sweep", maxlength: 120 });
    const done = (/** @type {Event} */ event) => {
      event.preventDefault();
      restore("Rename");
      void session.rename(id, input.value.trim());
    };
    const form = h("form", { class: "kept-edit", onsubmit: done }, input, h("button", { type: "submit", class: "small" }, "Save"));
    input.addEventListener("keydown", ({ key }) => key === "Escape" && restore("Rename"));
    line.classList.add(ASKED);
    line.replaceChildren(form);
    input.focus();
    input.select();
  };

  const confirm = () => {
    const back = h("button", { type: "button", class: "small", onclick: () => restore("Delete") }, "Keep it");
    line.classList.add(ASKED);
    line.replaceChildren(
      h("p", {}, `Delete “${name}” with its ${finished} finished runs and their agents?`),
      h("div", { class: "actions" }, h("button", { type: "button", class: "small", onclick: () => void session.delete(id) }, "Delete for good"), back),
    );
    back.focus();
  };
  return line;
}

/**
 * Opens a sweep from a file, and keeps it.
 * @param {Session} session
 * @param {File} file
 */
async function openFile(session, file) {
  dismiss("sweep");
  if (session.busy) {
    notify("error", "sweep", "A sweep is running; pause or stop it before another is opened.");
    return;
  }
  try {
    const { plan, rows } = fromJson(await file.text());
    await session.create(file.name.replace(/\.json$/i, ""), plan, rows);
  } catch (error) {
    if (!(error instanceof NoSweep)) throw error;
    notify("error", "sweep", `${file.name} is no sweep: ${error.message}. Choose a JSON file exported here or made by “peergrid sweep”.`);
  }
}
