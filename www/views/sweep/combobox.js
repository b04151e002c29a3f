// A choice among many: one types a part of the name, or walks the list with the arrow keys.

import { h } from "../../ui/dom.js";

/** @typedef {{ value: string, label: string, detail: string, group: string }} Item */

/** @param {Item} item @param {string[]} words Lower case. */
function matches({ value, label, group }, words) {
  const text = `${label} ${value} ${group}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

/**
 * @param {string} id
 * @param {(value: string) => void} onChoice
 */
export function combobox(id, onChoice) {
  /** @type {Item[]} */
  let items = [];
  /** @type {Item[]} */
  let shown = [];
  let chosen = "";
  let active = -1;

  const list = h("ul", { id: `${id}-list`, role: "listbox", hidden: true });
  const input = h("input", {
    type: "text",
    id,
    role: "combobox",
    autocomplete: "off",
    spellcheck: "false",
    placeholder: "Search a field…",
    "aria-expanded": "false",
    "aria-autocomplete": "list",
    "aria-controls": list.id,
  });
  const element = h("div", { class: "combobox" }, input, list);

  const labelOf = (/** @type {string} */ value) => items.find((item) => item.value === value)?.label ?? "";
  const isOpen = () => !list.hidden;

  const close = () => {
    list.hidden = true;
    list.replaceChildren();
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
    input.value = labelOf(chosen);
  };

  /** @param {number} index */
  const activate = (index) => {
    list.querySelector(".is-active")?.classList.remove("is-active");
    active = index;
    const option = list.querySelectorAll('[role="option"]')[index];
    if (!option) return;
    option.classList.add("is-active");
    option.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", option.id);
  };

  /** @param {number} index */
  const choose = (index) => {
    const item = shown[index];
    if (!item) return;
    chosen = item.value;
    close();
    onChoice(chosen);
  };

  /** @param {string} text What to look for; empty for all. */
  const open = (text) => {
    const words = text.toLowerCase().split(/\s+/);
    shown = items.filter((item) => matches(item, words));
    list.replaceChildren(...options(id, shown, chosen));
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    activate(Math.max(0, shown.findIndex(({ value }) => value === chosen)));
  };

  input.addEventListener("focus", () => input.select());
  input.addEventListener("click", () => !isOpen() && open(""));
  input.addEventListener("input", () => open(input.value));
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      if (!isOpen()) open("");
      else activate((active + step + shown.length) % Math.max(1, shown.length));
    } else if (event.key === "Enter" && isOpen()) {
      event.preventDefault();
      choose(active);
    } else if (event.key === "Escape" && isOpen()) {
      event.preventDefault();
      close();
    }
  });
  // The focus stays in the field while the list is pressed.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", ({ target }) => {
    const option = target instanceof Element ? target.closest('[role="option"]') : null;
    if (option) choose([...list.querySelectorAll('[role="option"]')].indexOf(option));
  });

  return {
    element,
    input,
    /** @param {Item[]} next */
    list(next) {
      items = next;
      if (!isOpen()) input.value = labelOf(chosen);
    },
    /** @param {string} value */
    show(value) {
      chosen = value;
      if (!isOpen()) input.value = labelOf(chosen);
    },
  };
}

/**
 * The options with a heading where a group begins.
 * @param {string} id
 * @param {Item[]} shown
 * @param {string} chosen
 */
function options(id, shown, chosen) {
  if (shown.length === 0) return [h("li", { class: "nothing", role: "presentation" }, "No field of this setting is called so.")];
  return shown.flatMap(({ value, label, detail, group }, index) => {
    const option = h(
      "li",
      { id: `${id}-${index}`, role: "option", "aria-selected": value === chosen ? "true" : "false" },
      h("span", { class: "option-label" }, label),
      h("span", { class: "option-detail" }, detail),
    );
    const begins = shown[index - 1]?.group !== group;
    return begins ? [h("li", { class: "option-group", role: "presentation" }, group), option] : [option];
  });
}
