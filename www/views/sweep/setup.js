// A new sweep: its fields, its seeds, how long each run trains, and what that comes to.

import { h, labelled } from "../../ui/dom.js";
import { counted, duration, NBSP, number } from "../../ui/format.js";
import { withOverrides } from "../../app/spec.js";
import { allSteps, learnerRate, secondsFor } from "../../sweep/estimate.js";
import { fieldsOf, labelOf } from "../../sweep/fields.js";
import { countRuns, MOST_FIELDS, planFault } from "../../sweep/plan.js";
import { workersHere } from "../../sweep/runner.js";
import { parseNumbers } from "../../sweep/values.js";
import { FieldEditor, suggestion } from "./field-editor.js";

/**
 * @typedef {import("../../app/state.js").State} State
 * @typedef {import("../../sweep/plan.js").Plan} Plan
 * @typedef {import("../../sweep/session.js").Session} Session
 */

/** What a first visitor finds. */
const FIRST_FIELD = "reward.weights.grid";
const FIRST_SEEDS = "1, 2";

/**
 * @param {import("../../app/app.js").App} app
 * @param {Session} session
 */
export function setupPanel(app, session) {
  /** @type {FieldEditor[]} */
  const editors = [];
  let made = 0;
  /** Whether the length of the runs was set here, not with the agent. */
  let ownLength = false;
  /** A sweep is being put together: what is pressed meanwhile begins no second one. */
  let beginning = false;
  /** What the address has of a sweep stands here. */
  let restored = false;

  const seeds = h("input", { type: "text", autocomplete: "off", spellcheck: "false", value: app.state.sweepSeeds ?? FIRST_SEEDS, oninput: () => update() });
  const length = h("input", {
    type: "number",
    min: 1,
    step: 1,
    required: true,
    oninput: () => {
      ownLength = true;
      update();
    },
  });
  const start = h("button", { type: "submit", class: "primary large" }, "Start the sweep");
  const summary = h("p", { class: "status", role: "status" });
  const add = h("button", { type: "button", onclick: () => addEditor().input.focus() }, "Add a field");
  const places = h("div", { class: "swept-list" });
  const element = h(
    "form",
    {
      class: "panel sweep-setup",
      novalidate: true,
      "aria-labelledby": "sweep-setup-title",
      onsubmit: (/** @type {Event} */ event) => {
        event.preventDefault();
        void begin();
      },
    },
    h("h2", { id: "sweep-setup-title" }, "New sweep"),
    h("p", { class: "hint" }, "Every combination of the values is trained anew, once with every seed; all else is as you have set it in the other views."),
    places,
    h("div", { class: "actions" }, add),
    h(
      "div",
      { class: "row" },
      labelled("Seeds", seeds, "Of learning: whole numbers with commas, or a range as 1:5:1."),
      labelled("Home-steps per run", length, "How long each run trains."),
    ),
    summary,
    h("div", { class: "actions" }, start),
  );

  function addEditor() {
    const editor = new FieldEditor(made++, update, () => removeEditor(editor));
    editors.push(editor);
    places.append(editor.element);
    if (app.state.setting) editor.list(fieldsOf(app.state.setting));
    editor.choose(null);
    arrange();
    return editor;
  }

  /** @param {FieldEditor} editor */
  function removeEditor(editor) {
    const index = editors.indexOf(editor);
    editors.splice(index, 1);
    editor.element.remove();
    arrange();
    update();
    editors[Math.min(index, editors.length - 1)].input.focus();
  }

  function arrange() {
    editors.forEach((editor, index) => editor.place(index, editors.length > 1));
    add.hidden = editors.length >= MOST_FIELDS;
  }

  /** @returns {{ plan: Plan, fault: string | null }} */
  function read() {
    const fields = editors.map((editor) => editor.read());
    const steps = length.valueAsNumber;
    const { values, fault } = parseNumbers(seeds.value, true);
    const base = app.state.setting?.spec ?? {};
    const swept = fields.some(({ name }) => name === "ppo.total_timesteps");
    const lengthFault = swept || (Number.isSafeInteger(steps) && steps > 0) ? null : "Home-steps per run must be a whole number above 0.";
    const spec = swept || lengthFault ? base : withOverrides(base, { "ppo.total_timesteps": steps });
    const plan = { spec, fields: fields.map(({ name, values: own }) => ({ name, values: own })), seeds: values };
    const first = fields.find((field) => field.fault);
    const where = first ? `${first.name ? labelOf(first.name, app.state.setting) : `Field ${fields.indexOf(first) + 1}`}: ${first.fault}` : null;
    return { plan, fault: where ?? planFault(plan) ?? (fault && `Seeds: ${fault}`) ?? lengthFault };
  }

  /** A link carries what is being set up. */
  function remember() {
    const fields = editors.flatMap((editor) => editor.written() ?? []);
    const first = fields.length === 1 && fields[0].name === FIRST_FIELD && fields[0].values === suggestion(FIRST_FIELD);
    const sweep = first ? [] : fields;
    const sweepSeeds = seeds.value === FIRST_SEEDS ? null : seeds.value;
    const { state } = app;
    if (sweepSeeds !== state.sweepSeeds || JSON.stringify(sweep) !== JSON.stringify(state.sweep)) app.store.set({ sweep, sweepSeeds });
  }

  /** @param {import("../../app/state.js").SweptText[]} fields */
  function restore(fields) {
    for (const [index, field] of fields.slice(0, MOST_FIELDS).entries()) (editors[index] ?? addEditor()).restore(field);
    restored = true;
  }

  function update() {
    if (restored) remember();
    const { plan, fault } = read();
    const swept = plan.fields.some(({ name }) => name === "ppo.total_timesteps");
    length.disabled = swept;
    summary.classList.toggle("is-wrong", fault !== null);
    const text = fault ?? inWords(plan, session.rate ?? learnerRate(app.state));
    if (summary.textContent !== text) summary.textContent = text;
    start.disabled = fault !== null || beginning || session.busy || !app.state.setting || app.state.underWay.has("trial");
  }

  async function begin() {
    const { plan, fault } = read();
    const { setting, file } = app.state;
    if (fault || !setting || beginning || session.busy) return;
    beginning = true;
    update();
    const name = `${plan.fields.map((field) => labelOf(field.name, setting).split(",")[0]).join(" × ")} · ${setting.spec.name}`;
    try {
      await session.create(name, plan);
      await session.goOn(file);
    } finally {
      beginning = false;
      update();
    }
  }

  addEditor();

  return {
    element,
    /** The speed, or what runs, may have changed. */
    update,
    /** @param {State} state @param {Set<keyof State>} changed */
    render({ setting, sweep }, changed) {
      if (setting && changed.has("setting")) {
        const first = editors.length === 1 && editors[0].field === null;
        for (const editor of editors) editor.list(fieldsOf(setting));
        if (!restored) restore(sweep);
        if (first && editors[0].field === null) editors[0].choose(FIRST_FIELD);
        if (!ownLength) length.valueAsNumber = setting.spec.ppo?.total_timesteps ?? 0;
      }
      if (changed.has("setting") || changed.has("history") || changed.has("backend") || changed.has("underWay")) update();
    },
  };
}

/**
 * How many runs, and how long.
 * @param {Plan} plan
 * @param {number | null} rate Home-steps per second of one worker.
 */
function inWords(plan, rate) {
  const runs = countRuns(plan);
  const workers = workersHere();
  const factors = [...plan.fields.map(({ values }) => number(values.length)), counted(plan.seeds.length, "seed")];
  const seconds = secondsFor(allSteps(plan), runs, workers, rate);
  const time = seconds === null ? "how long they take is unknown until the first run is done" : `about ${duration(seconds)}`;
  const at = `on ${counted(Math.min(workers, runs), "worker")}${workers === 1 ? "" : `, ${Math.min(workers, runs)} at once`}`;
  return `${counted(runs, "run")} (${factors.join(`${NBSP}×${NBSP}`)}) ${at}; ${time}.`;
}
