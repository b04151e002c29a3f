// One swept field: which it is, and the values it takes.

import { h } from "../../ui/dom.js";
import { counted } from "../../ui/format.js";
import { valueLabel } from "../../sweep/fields.js";
import { parseNumbers } from "../../sweep/values.js";
import { combobox } from "./combobox.js";

/**
 * @typedef {import("../../sweep/fields.js").Field} Field
 * @typedef {import("../../types.d.ts").Setting} Setting
 * @typedef {import("../../types.d.ts").SpecValue} SpecValue
 */

/** A first suggestion, to be written over. @type {Record<string, string>} */
const SUGGESTED = {
  "reward.weights.grid": "0, 0.25, 0.5, 1",
  "reward.weights.peak": "0, 0.5, 1",
  "reward.weights.fairness": "0, 0.5, 1",
  "homes.battery.capacity_kwh": "5, 10, 15",
  "homes.pv_kwp": "3, 5, 8",
  "data.homes": "5, 10, 20",
  "ppo.learning_rate": "0.001, 0.003, 0.01",
  "ppo.ent_coef": "0, 0.01, 0.04",
};

/** What stands there before anything is typed. @param {string} name Of a field. */
export function suggestion(name) {
  return SUGGESTED[name] ?? "";
}

/** The group under which the common fields stand, whatever else they belong to. */
const FIRST = "Often swept";
const FIRST_COUNT = 8;

export class FieldEditor {
  /** @type {Field[]} */
  #fields = [];
  /** @type {Field | null} */
  field = null;
  #text;
  #hint;
  #choices = h("div", { class: "value-choices" });
  #values;
  #combobox;
  #onChange;
  #legend = h("legend", {}, "");

  /**
   * @param {number} id Unlike that of any other editor.
   * @param {() => void} onChange
   * @param {() => void} onRemove
   */
  constructor(id, onChange, onRemove) {
    this.#onChange = onChange;
    this.#combobox = combobox(`sweep-field-${id}`, (name) => this.choose(name));
    this.#hint = h("p", { class: "hint", id: `sweep-values-${id}-hint` });
    this.#text = h("input", {
      type: "text",
      id: `sweep-values-${id}`,
      autocomplete: "off",
      spellcheck: "false",
      "aria-describedby": this.#hint.id,
      oninput: () => this.#check(),
    });
    this.#values = h("div", { class: "field", hidden: true }, h("label", { for: this.#text.id }, "Values"), this.#text);
    this.remove = h("button", { type: "button", class: "quiet small", onclick: onRemove }, "Remove");
    this.element = h(
      "fieldset",
      { class: "swept" },
      this.#legend,
      this.remove,
      h("div", { class: "field" }, h("label", { for: this.#combobox.input.id }, "Field"), this.#combobox.element),
      this.#values,
      this.#choices,
      this.#hint,
    );
  }

  get input() {
    return this.#combobox.input;
  }

  /** @param {number} index @param {boolean} removable */
  place(index, removable) {
    this.#legend.textContent = `Field ${index + 1}`;
    this.remove.hidden = !removable;
    this.remove.setAttribute("aria-label", `Remove field ${index + 1}`);
  }

  /** The fields of the present setting. @param {Field[]} fields */
  list(fields) {
    this.#fields = fields;
    this.#combobox.list(
      fields.map(({ name, label, group, value }, index) => ({
        value: name,
        label,
        group: index < FIRST_COUNT ? FIRST : group,
        detail: value === null ? name : `${name} · now ${valueLabel(name, value, null)}`,
      })),
    );
    const { field } = this;
    if (!field) return;
    const same = fields.find(({ name, kind }) => name === field.name && kind === field.kind);
    if (same) this.field = same;
    else this.choose(null);
  }

  /** @param {string | null} name */
  choose(name) {
    const field = this.#fields.find((known) => known.name === name) ?? null;
    this.field = field;
    this.#combobox.show(field?.name ?? "");
    this.#values.hidden = field === null || field.kind === "choice";
    this.#choices.hidden = field?.kind !== "choice";
    this.#text.value = field ? (SUGGESTED[field.name] ?? String(field.value ?? "")) : "";
    this.#choices.replaceChildren(...(field?.kind === "choice" ? this.#boxes(field) : []));
    this.#check();
  }

  /** As it was left; what is no field of this setting is passed over. @param {import("../../app/state.js").SweptText} swept */
  restore({ name, values }) {
    this.choose(name);
    this.#text.value = values;
    if (this.field?.kind === "choice") this.#tick(values);
    this.#check();
  }

  /** As it stands, to be restored; `null` without a field. @returns {import("../../app/state.js").SweptText | null} */
  written() {
    const { field } = this;
    if (!field) return null;
    return { name: field.name, values: field.kind === "choice" ? JSON.stringify(this.read().values) : this.#text.value };
  }

  /** What is chosen, and what is wrong with it. @returns {{ name: string, values: SpecValue[], fault: string | null }} */
  read() {
    const { field } = this;
    if (!field) return { name: "", values: [], fault: "Choose a field to sweep." };
    if (field.kind !== "choice") return { name: field.name, ...parseNumbers(this.#text.value, field.kind === "whole") };
    const boxes = [...this.#choices.querySelectorAll("input")];
    const values = field.choices.filter((_, index) => boxes[index]?.checked).map(({ value }) => value);
    return { name: field.name, values, fault: values.length > 0 ? null : "Tick at least one value." };
  }

  /** Ticks what a JSON list names. @param {string} list */
  #tick(list) {
    const choices = this.field?.choices ?? [];
    const keys = choices.map(({ value }) => JSON.stringify(value));
    for (const [index, box] of [...this.#choices.querySelectorAll("input")].entries()) box.checked = listedIn(list, keys[index]);
  }

  /** @param {Field} field */
  #boxes({ choices }) {
    return choices.map(({ label }) =>
      h("label", {}, h("input", { type: "checkbox", checked: true, onchange: () => this.#check() }), h("span", {}, label)),
    );
  }

  /** Says what the values are, or what is wrong with them. */
  #check() {
    const { values, fault } = this.read();
    const { field } = this;
    const wrong = field !== null && fault !== null;
    this.#text.setAttribute("aria-invalid", String(wrong && field.kind !== "choice"));
    this.#hint.classList.toggle("is-wrong", wrong);
    this.#hint.textContent = wrong ? fault : this.#words(values);
    this.#onChange();
  }

  /** @param {SpecValue[]} values */
  #words(values) {
    const { field } = this;
    if (!field) return "Type a part of its name, or open the list with the arrow keys.";
    if (field.kind === "choice") return `${counted(values.length, "value")}.`;
    const all = values.map((value) => valueLabel(field.name, value, null)).join(", ");
    return `${counted(values.length, "value")}: ${all}. A list as 0, 0.5, 1, or a range FROM:TO:STEP as 0:1:0.25.`;
  }
}

/** @param {string} list A JSON list; in anything else there is nothing. @param {string} key A JSON value. */
function listedIn(list, key) {
  try {
    return JSON.parse(list).some((/** @type {unknown} */ value) => JSON.stringify(value) === key);
  } catch {
    return false;
  }
}
