// What the agent is paid for: a slider, a number and a sentence for every weight of its reward.

import { field } from "../../app/spec.js";
import { h } from "../../ui/dom.js";
import { NBSP, orDash } from "../../ui/format.js";

/**
 * @typedef {import("../../app/app.js").App} App
 * @typedef {import("../../types.d.ts").Spec} Spec
 */

/** @typedef {{ term: string, label: string, unit: string, spoken: string, max: number, step: number, meaning: (spec: Spec) => string }} Weight */

const percent = (/** @type {number} */ share) => `${Math.round(100 * share)}${NBSP}%`;

/** @type {Weight[]} */
const WEIGHTS = [
  {
    term: "profit",
    label: "Money",
    unit: "per $",
    spoken: "per dollar",
    max: 2,
    step: 0.05,
    meaning: () => "What a dollar earned, or not spent, is worth to it.",
  },
  {
    term: "grid",
    label: "Import from the grid",
    unit: "$ per kWh",
    spoken: "dollars per kilowatt-hour",
    max: 2,
    step: 0.05,
    meaning: () => "What every kWh bought from the grid costs it on top of the price.",
  },
  {
    term: "peak",
    label: "Import in the peak window",
    unit: "$ per kWh",
    spoken: "dollars per kilowatt-hour",
    max: 2,
    step: 0.05,
    meaning: () => "The same for what is bought in the tariff’s dear hours alone, on top of that.",
  },
  {
    term: "soc",
    label: "Charge out of comfort",
    unit: "per squared distance",
    spoken: "per squared distance",
    max: 5,
    step: 0.1,
    meaning: (spec) =>
      `Keeps batteries between ${percent(field(spec, "reward.soc_comfort_min") ?? 0)} and ${percent(field(spec, "reward.soc_comfort_max") ?? 1)} of their capacity; farther out costs ever more.`,
  },
  {
    term: "degradation",
    label: "Battery wear",
    unit: "$ per kWh",
    spoken: "dollars per kilowatt-hour",
    max: 0.2,
    step: 0.005,
    meaning: () => "What every kWh charged or discharged costs in battery life.",
  },
  {
    term: "fairness",
    label: "Uneven savings",
    unit: "$ per unit of Gini",
    spoken: "dollars per unit of the Gini coefficient",
    max: 1,
    step: 0.02,
    meaning: () => "What it costs in every step that some homes save more than others: 0 is all alike, 1 is one home with everything.",
  },
  {
    term: "limits",
    label: "Limits of the grid",
    unit: "per $ of penalty",
    spoken: "per dollar of penalty",
    max: 5,
    step: 0.1,
    meaning: () => "How much a penalty for too high a voltage or too full a cable counts, where the street has penalties.",
  },
];

/** How long to wait for more before a change is carried out, ms: who holds an arrow key makes many. */
const QUIET = 400;

const nameOf = (/** @type {string} */ term) => `reward.weights.${term}`;

/** Digits that a step needs. @param {number} value @param {number} step */
function digitsOf(value, step) {
  const needed = (/** @type {number} */ number) => (String(number).split(".")[1] ?? "").length;
  return Math.min(4, Math.max(needed(step), needed(value)));
}

/** The weights that count, in a line. @param {Spec} spec */
export function weightsInWords(spec) {
  const parts = WEIGHTS.flatMap(({ term, label, step }) => {
    const value = field(spec, nameOf(term));
    return value > 0 && term !== "limits" ? [`${label.toLowerCase()} ${orDash(value, digitsOf(value, step))}`] : [];
  });
  return parts.join(", ") || "nothing at all";
}

/**
 * Changes that come one after the other are carried out together; the next ones wait for them.
 * @param {App} app
 */
function gathered(app) {
  /** @type {Map<string, number>} */
  const waiting = new Map();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @type {Promise<void> | null} */
  let underWay = null;
  const edit = async () => {
    while (waiting.size > 0) {
      const fields = Object.fromEntries(waiting);
      await app.edit(fields);
      for (const [name, value] of Object.entries(fields)) if (waiting.get(name) === value) waiting.delete(name);
    }
  };
  const carryOut = () => {
    clearTimeout(timer);
    underWay ??= edit().finally(() => (underWay = null));
    return underWay;
  };
  // A training that is asked for meanwhile is one with these changes.
  app.waiting.add(carryOut);
  return {
    has: (/** @type {string} */ name) => waiting.has(name),
    /** @param {string} name @param {number} value */
    set(name, value) {
      waiting.set(name, value);
      clearTimeout(timer);
      timer = setTimeout(() => void carryOut(), QUIET);
    },
  };
}

/** @param {App} app */
export function weightSliders(app) {
  const edits = gathered(app);
  const rows = WEIGHTS.map((weight) => row(weight, edits));
  const summary = h("span", { class: "hint" });
  const element = h(
    "details",
    { class: "weights" },
    h("summary", {}, "Reward weights ", summary),
    h("p", { class: "hint" }, "In every step the agent is paid for what each home earns, less what follows."),
    ...rows.map((each) => each.element),
  );
  return {
    element,
    /** @param {Spec} spec */
    render(spec) {
      summary.textContent = weightsInWords(spec);
      for (const each of rows) each.render(spec);
    },
  };
}

/** @param {Weight} weight @param {ReturnType<typeof gathered>} edits */
function row({ term, label, unit, spoken, max, step, meaning }, edits) {
  const name = nameOf(term);
  const id = `weight-${term}`;
  const hint = h("p", { class: "hint", id: `${id}-hint` });
  const slider = h("input", {
    type: "range",
    id,
    min: 0,
    max,
    step,
    "aria-describedby": hint.id,
    oninput: () => change(slider.valueAsNumber),
  });
  const exact = h("input", {
    type: "number",
    min: 0,
    step: "any",
    required: true,
    "aria-label": `${label}, ${unit}`,
    onchange: () => {
      if (exact.reportValidity()) change(exact.valueAsNumber);
    },
  });
  const show = (/** @type {number} */ value) => {
    // Only what differs: a field that is being typed in is left alone.
    if (slider.valueAsNumber !== value) slider.value = String(value);
    if (exact.valueAsNumber !== value) exact.value = String(value);
    slider.setAttribute("aria-valuetext", `${orDash(value, digitsOf(value, step))} ${spoken}`);
  };
  const change = (/** @type {number} */ value) => {
    show(value);
    edits.set(name, value);
  };
  return {
    element: h(
      "div",
      { class: "weight" },
      h("label", { for: id }, label),
      h("span", { class: "unit" }, unit),
      slider,
      exact,
      hint,
    ),
    /** @param {Spec} spec */
    render(spec) {
      hint.textContent = meaning(spec);
      if (!edits.has(name)) show(field(spec, name) ?? 0);
    },
  };
}
