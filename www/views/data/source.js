// Where the homes come from: a street that ships, a measured set, a file of one's own.

import { fetchSet, listedSets, setOf } from "../../app/sets.js";
import { refused } from "../../app/refusals.js";
import { stressed } from "../../app/scenario.js";
import { h, setDisabled } from "../../ui/dom.js";
import { capitalised, counted, longDate, megabytes } from "../../ui/format.js";
import { dismiss } from "../../ui/notices.js";

/**
 * @typedef {import("../../app/app.js").App} App
 * @typedef {import("../../app/state.js").State} State
 * @typedef {import("../../types.d.ts").ListedSet} ListedSet
 * @typedef {import("../../types.d.ts").Preset} Preset
 */

const FILES =
  "Ausgrid’s “Solar home electricity data” as it is published, or a table with one row per hour and the columns hour, agent_0_pv_kw, agent_0_demand_kw, … It is read on this machine and sent nowhere.";
const NO_SETS = "None lies here. On your own machine “cargo xtask data citylearn” fetches a year of 15 homes in California and lists it here.";

/** @param {App} app */
export function createSource(app) {
  const file = uploader(app);
  const choices = sourceChoices(app, file);
  return {
    element: h("div", {}, choices.element, file.element),
    /** @param {State} state @param {Set<keyof State>} changed @param {boolean} enabled */
    render(state, changed, enabled) {
      setDisabled(choices.element, !enabled);
      file.enable(enabled);
      if (changed.has("presets")) choices.list(state.presets);
      if (changed.has("presets") || changed.has("preset") || changed.has("setting")) choices.choose(state);
      if (changed.has("file") || changed.has("setting")) void file.show(state.file);
    },
  };
}

/**
 * Streets and measured sets; behind a disclosure the streets under stress.
 * @param {App} app
 * @param {ReturnType<typeof uploader>} file
 */
function sourceChoices(app, file) {
  const streets = h("div", { class: "choices sources" });
  const troubled = h("div", { class: "choices sources" });
  const measured = h("div", { class: "choices sources measured" });
  const disclosure = h("details", { hidden: true }, h("summary", {}, "Streets under stress"), troubled);
  /** @type {HTMLInputElement[]} */
  let inputs = [];

  /** @param {string} value @param {string} title @param {string} text @param {() => unknown} choose */
  const choice = (value, title, text, choose) => {
    const input = h("input", { type: "radio", name: "preset", value, onchange: () => void choose() });
    inputs.push(input);
    return h("label", { class: "choice" }, input, h("span", { class: "choice-title" }, title), h("span", { class: "choice-text" }, text));
  };
  const preset = (/** @type {Preset} */ { id, title, description }) =>
    choice(id, capitalised(title.replace(/^Stress: /, "")), description, () => {
      file.stopFetching();
      return app.choosePreset(id);
    });

  const choose = (/** @type {State} */ { presets, preset: id, file: data }) => {
    const chosen = data === null ? (id ?? presets[0]?.id) : `file:${data.name}`;
    // Radio buttons are marked, not made anew: the focus stays.
    for (const input of inputs) input.checked = input.value === chosen;
    if (troubled.querySelector(":checked")) disclosure.open = true;
  };

  void listedSets().then((sets) => {
    const items = sets.map((set) => choice(`file:${set.file}`, set.name, aboutSet(set), () => file.readSet(set)));
    measured.replaceChildren(...(items.length > 0 ? items : [h("p", { class: "hint" }, NO_SETS)]));
    choose(app.state);
  });
  return {
    element: h(
      "fieldset",
      {},
      h("legend", {}, "Start from"),
      streets,
      disclosure,
      h("p", { class: "sources-title" }, "Measured homes"),
      measured,
    ),
    /** @param {Preset[]} presets */
    list(presets) {
      inputs = inputs.filter((input) => measured.contains(input));
      streets.replaceChildren(...presets.filter(({ spec }) => !stressed(spec)).map(preset));
      troubled.replaceChildren(...presets.filter(({ spec }) => stressed(spec)).map(preset));
      disclosure.hidden = !troubled.hasChildNodes();
    },
    choose,
  };
}

/** @param {ListedSet} set */
function aboutSet({ homes, days, first_date, bytes, licence, left_out }) {
  const without = left_out.length > 0 ? ` without ${left_out.map(({ home }) => home).join(" and ")}, whose PV is broken` : "";
  return `${counted(homes, "home")}${without}; ${counted(days, "day")} from ${longDate(first_date)}. ${megabytes(bytes)}. Licence: ${licence}.`;
}

/** @param {App} app */
function uploader(app) {
  const input = h("input", { type: "file", accept: ".csv,.txt,text/csv", id: "data-file", class: "visually-hidden" });
  const bar = h("progress", { max: 1, value: 0, "aria-label": "Reading the file" });
  const status = h("p", { class: "hint", role: "status" });
  /** The fetching of a set that is under way. @type {AbortController | null} */
  let fetching = null;
  let stop = () => app.cancelRead();
  const cancel = h("button", { type: "button", onclick: () => stop() }, "Cancel");
  const reading = h("div", { class: "reading", hidden: true }, bar, cancel);
  const used = h("p", { class: "in-use", hidden: true });
  const zone = h(
    "div",
    { class: "drop" },
    input,
    h("p", {}, h("label", { for: "data-file", class: "button" }, "Choose a file"), " or drop one here"),
    used,
    h("p", { class: "hint" }, FILES),
    reading,
    status,
  );

  /** @param {string} text @param {number} share */
  const progress = (text, share) => {
    reading.hidden = false;
    bar.value = share;
    status.textContent = text;
  };

  /** @param {File} file */
  const read = async (file) => {
    stopFetching();
    stop = () => app.cancelRead();
    progress(`Reading ${file.name} …`, 0);
    const outcome = await app.readFile(file, ({ bytes, total, rows }) => {
      progress(`${megabytes(bytes)} of ${megabytes(total)}, ${counted(rows, "row")}`, total > 0 ? bytes / total : 0);
    });
    reading.hidden = true;
    const ends = {
      read: `${file.name} has been read and is in use.`,
      cancelled: "Reading was cancelled; the data in use before stay in use.",
      refused: "",
    };
    status.textContent = ends[outcome];
  };

  function stopFetching() {
    fetching?.abort();
    fetching = null;
    reading.hidden = true;
    status.textContent = "";
  }

  /** @param {ListedSet} set */
  const readSet = async (set) => {
    stopFetching();
    const mine = new AbortController();
    fetching = mine;
    stop = () => {
      stopFetching();
      status.textContent = "Fetching was cancelled; the data in use before stay in use.";
    };
    dismiss("file");
    progress(`Fetching ${set.name} …`, 0);
    try {
      const file = await fetchSet(set, (bytes) => progress(`${megabytes(bytes)} of ${megabytes(set.bytes)} fetched`, bytes / set.bytes), mine.signal);
      await read(file);
    } catch (error) {
      if (mine.signal.aborted) return;
      stopFetching();
      refused("file", error);
    } finally {
      // Where the set is not in use after all, neither is its button.
      app.store.set({ setting: app.state.setting });
    }
  };

  input.addEventListener("change", () => {
    const file = input.files?.[0];
    if (file) void read(file);
    input.value = "";
  });
  zone.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.toggle("is-over", !input.disabled);
  });
  zone.addEventListener("dragleave", () => zone.classList.remove("is-over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("is-over");
    const file = event.dataTransfer?.files[0];
    if (file && !input.disabled) void read(file);
  });
  return {
    element: zone,
    readSet,
    stopFetching,
    /** @param {boolean} enabled */
    enable: (enabled) => {
      input.disabled = !enabled;
    },
    /** @param {File | null} file */
    async show(file) {
      const own = file !== null && !(await setOf(file.name));
      used.hidden = !own;
      used.textContent = own ? `In use: ${file.name}` : "";
    },
  };
}
