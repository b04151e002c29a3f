// Data: which homes, from a preset or a file, and what was found in them.

import { capitalised, counted, longDate, megabytes, number, orDash } from "../../ui/format.js";
import { explained, h, labelled, setDisabled } from "../../ui/dom.js";
import { numberField, showField } from "../../ui/fields.js";
import { stressed } from "../../app/scenario.js";
import { field } from "../../app/spec.js";
import { qualityReport } from "./quality.js";
import { scenarioPanel } from "./scenario.js";

/**
 * @typedef {import("../../app/app.js").App} App
 * @typedef {import("../../app/state.js").State} State
 * @typedef {import("../../types.d.ts").Preset} Preset
 * @typedef {import("../../types.d.ts").Setting} Setting
 */

const FRESH_AGENT =
  "A change of data or scenario starts with a fresh agent; the one you have trained is set aside, and you can bring it back.";

const FILES =
  "Ausgrid’s “Solar home electricity data” as it is published, or a table with one row per hour and the columns hour, agent_0_pv_kw, agent_0_demand_kw, … It is read on this machine and sent nowhere.";

/** @param {App} app @returns {import("../index.js").View} */
export function createData(app) {
  const presets = presetChoices(app);
  const seed = numberField(app, "data.seed", { min: 0, max: 4294967295, step: 1, required: true });
  const homes = numberField(app, "data.homes", { min: 2, max: 200, step: 1, required: true });
  const kwp = numberField(app, "homes.pv_kwp", { min: 0.1, max: 100, step: "any", placeholder: "as measured" });
  const fields = [
    { input: homes, name: "data.homes", element: labelled("Homes", homes, "How many stand in the street.") },
    { input: seed, name: "data.seed", element: labelled("Street seed", seed, "Another seed, another street.") },
    { input: kwp, name: "homes.pv_kwp", element: labelled("PV, kWp", kwp, "Each system is scaled to this; leave it empty to keep its own size.") },
  ];
  const controls = h(
    "fieldset",
    {},
    h("legend", {}, "Start from"),
    presets.element,
    h(
      "div",
      { class: "row" },
      ...fields.map(({ element }) => element),
    ),
  );
  const upload = uploader(app);
  const facts = h("div", { class: "panel facts" });
  const scenario = scenarioPanel(app);
  const warning = h("p", { class: "warning", hidden: true }, FRESH_AGENT);

  const columns = h(
    "div",
    { class: "columns" },
    h("div", { class: "panel" }, controls, upload.element),
    h("div", { class: "stacked" }, facts, scenario.element),
  );

  return {
    element: h("div", {}, warning, columns),
    render(state, changed) {
      const { setting, phase } = state;
      const training = phase === "running" || phase === "pausing";
      setDisabled(controls, training || state.engine !== "ready");
      upload.enable(!training && state.engine === "ready");
      scenario.render(state, changed);
      warning.hidden = !state.trained;
      if (changed.has("presets")) presets.list(state.presets);
      if (changed.has("presets") || changed.has("preset") || changed.has("setting")) presets.choose(state);
      if (!setting || !changed.has("setting")) return;
      for (const { input, name, element } of fields) showField(element, input, field(setting.spec, name));
      facts.replaceChildren(...summary(setting));
    },
  };
}

/** Streets, and behind a disclosure those under stress. @param {App} app */
function presetChoices(app) {
  const streets = h("div", { class: "choices" });
  const troubled = h("div", { class: "choices" });
  const disclosure = h("details", { hidden: true }, h("summary", {}, "Streets under stress"), troubled);
  /** @type {HTMLInputElement[]} */
  let inputs = [];

  const choice = (/** @type {Preset} */ { id, title, description }) => {
    const input = h("input", { type: "radio", name: "preset", value: id, onchange: () => void app.choosePreset(id) });
    inputs.push(input);
    return h(
      "label",
      { class: "choice" },
      input,
      h("span", { class: "choice-title" }, capitalised(title.replace(/^Stress: /, ""))),
      h("span", { class: "choice-text" }, description),
    );
  };
  return {
    element: h("div", {}, streets, disclosure),
    /** @param {Preset[]} presets */
    list(presets) {
      inputs = [];
      streets.replaceChildren(...presets.filter(({ spec }) => !stressed(spec)).map(choice));
      troubled.replaceChildren(...presets.filter(({ spec }) => stressed(spec)).map(choice));
      disclosure.hidden = !troubled.hasChildNodes();
    },
    /** @param {State} state */
    choose({ presets, preset, file }) {
      const chosen = file === null ? (preset ?? presets[0]?.id) : null;
      // Radio buttons are marked, not made anew: the focus stays.
      for (const input of inputs) input.checked = input.value === chosen;
      if (troubled.querySelector(":checked")) disclosure.open = true;
    },
  };
}

/** @param {App} app */
function uploader(app) {
  const input = h("input", { type: "file", accept: ".csv,.txt,text/csv", id: "data-file", class: "visually-hidden" });
  const bar = h("progress", { max: 1, value: 0, "aria-label": "Reading the file" });
  const status = h("p", { class: "hint", role: "status" });
  const cancel = h("button", { type: "button", onclick: () => app.cancelRead() }, "Cancel");
  const reading = h("div", { class: "reading", hidden: true }, bar, cancel);
  const zone = h(
    "div",
    { class: "drop" },
    input,
    h("p", {}, h("label", { for: "data-file", class: "button" }, "Choose a file"), " or drop one here"),
    h("p", { class: "hint" }, FILES),
    reading,
    status,
  );

  /** @param {File} file */
  const read = async (file) => {
    reading.hidden = false;
    bar.value = 0;
    status.textContent = `Reading ${file.name} …`;
    const outcome = await app.readFile(file, ({ bytes, total, rows }) => {
      bar.value = total > 0 ? bytes / total : 0;
      status.textContent = `${megabytes(bytes)} of ${megabytes(total)}, ${counted(rows, "row")}`;
    });
    reading.hidden = true;
    const ends = {
      read: `${file.name} has been read and is in use.`,
      cancelled: "Reading was cancelled; the data in use before stay in use.",
      refused: "",
    };
    status.textContent = ends[outcome];
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
    /** @param {boolean} enabled */
    enable: (enabled) => {
      input.disabled = !enabled;
    },
  };
}

/** @param {Setting} setting @returns {Node[]} */
function summary({ spec, data, days, held_out }) {
  const which = spec.split?.held_out ? "These days were chosen" : "One random day of each week is kept";
  return [
    h(
      "p",
      { class: "facts-title" },
      h("strong", {}, data.kind === "synthetic" ? capitalised(data.name) : data.name),
      " ",
      h("span", { class: `tag ${data.kind}` }, data.kind === "synthetic" ? "synthetic, not measured" : "measured"),
    ),
    h(
      "dl",
      { class: "tiles" },
      ...tile("Homes", number(data.homes.length)),
      ...tile("Days", number(data.days), `${longDate(data.first_date)} to ${longDate(data.last_date)}`),
      ...tile("Step", `${number(data.step_minutes)} min`),
      ...tile(
        "Held out",
        counted(held_out.length, "day"),
        `${which} for the evaluation. Of the others ${number(days.train)} are for training and ${number(days.validation)} for choosing the best agent.`,
      ),
    ),
    homesTable(data.homes),
    ...qualityReport(data.quality),
    h("p", { class: "hint" }, `Source: ${data.source}. Licence: ${data.licence}.`),
  ];
}

/**
 * @param {string} name
 * @param {string} value
 * @param {string} [explanation]
 */
function tile(name, value, explanation) {
  return [h("div", {}, h("dt", {}, explanation ? explained(name, explanation) : name), h("dd", {}, value))];
}

/** @param {import("../../types.d.ts").Home[]} homes */
function homesTable(homes) {
  const rows = homes.map((home) =>
    h(
      "tr",
      {},
      h("th", { scope: "row" }, home.id),
      ...[
        home.pv_kwp === 0 ? "–" : orDash(home.pv_kwp, 1),
        home.battery_kwh > 0 ? `${number(home.battery_kwh, 1)} / ${number(home.battery_kw, 1)}` : "–",
        number(home.mean_load_kwh_day, 1),
        number(home.mean_pv_kwh_day, 1),
      ].map((text) => h("td", {}, text)),
    ),
  );
  const heads = ["PV kWp", "Battery kWh / kW", "Load kWh/day", "PV kWh/day"];
  return h(
    "div",
    { class: "scroll", tabindex: 0, role: "region", "aria-label": "List of homes" },
    h(
      "table",
      { class: "homes" },
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Home"), ...heads.map((text) => h("th", { scope: "col" }, text)))),
      h("tbody", {}, ...rows),
    ),
  );
}
