// Kept agents: each can be renamed, downloaded, taken up again, deleted, and put beside the others.

import { download, h } from "../../ui/dom.js";
import { counted, NBSP, number, signedPercent } from "../../ui/format.js";
import { bestAgainstRule } from "./headline.js";
import { modelButtons } from "./model.js";
import { weightsInWords } from "./weights.js";

/**
 * @typedef {import("../../app/app.js").App} App
 * @typedef {import("../../app/state.js").State} State
 * @typedef {import("../../types.d.ts").Compared} Compared
 * @typedef {import("../../types.d.ts").KeptAgent} KeptAgent
 */

/** @typedef {{ agent: KeptAgent, element: HTMLElement, render: (compared: Compared | undefined, moving: boolean) => void }} Entry */

/** @param {App} app */
export function keptPanel(app) {
  const list = h("ul", { class: "kept-agents" });
  const none = h("p", { class: "hint" }, "Every training that comes to its end is kept here, in this browser, under a name; “Keep” puts the best agent so far here.");
  const model = modelButtons(app);
  const title = h("h2", { id: "kept-title", tabindex: -1 }, "Kept agents");
  const head = h("div", { class: "toolbar" }, title, model.element);
  const element = h("section", { class: "panel kept", "aria-labelledby": "kept-title" }, head, none, list);
  /** @type {Map<string, Entry>} */
  let entries = new Map();
  return {
    element,
    /** @param {State} state */
    render(state) {
      const { kept, compared, phase } = state;
      model.render(state);
      none.hidden = kept.length > 0;
      const before = entries;
      entries = new Map(
        kept.map((agent) => {
          const known = before.get(agent.key);
          // An entry that is the same stays, with the focus that it may have.
          return [agent.key, known?.agent === agent ? known : entryOf(app, agent)];
        }),
      );
      const elements = [...entries.values()].map((entry) => entry.element);
      if (elements.length !== list.children.length || elements.some((one, index) => one !== list.children[index])) {
        const focused = document.activeElement?.id;
        list.replaceChildren(...elements);
        if (focused) document.getElementById(focused)?.focus();
      }
      const moving = phase === "running" || phase === "pausing";
      for (const [key, entry] of entries) entry.render(compared.get(key), moving);
    },
  };
}

/** @param {App} app @param {KeptAgent} agent @returns {Entry} */
function entryOf(app, agent) {
  const { key, name } = agent;
  const id = (/** @type {string} */ part) => `kept-${key}-${part}`;
  const button = (/** @type {string} */ part, /** @type {string} */ label, /** @type {() => void} */ act) =>
    h("button", { type: "button", class: "small", id: id(part), "aria-label": `${label}: ${name}`, onclick: act }, label);
  const title = h("strong", { class: "kept-name" }, name);
  const compare = h("input", {
    type: "checkbox",
    id: id("compare"),
    "aria-label": `Compare it: ${name}`,
    onchange: () => void app.kept.compare(key, compare.checked),
  });
  const status = h("p", { class: "hint", role: "status" });
  const load = button("load", "Load", () => void app.training.takeUp(agent));
  const rename = button("rename", "Rename", () => edit());
  const actions = h(
    "div",
    { class: "actions" },
    load,
    rename,
    button("download", "Download", () => download(fileName(name), agent.bytes, "application/octet-stream")),
    button("delete", "Delete", () => {
      void app.kept.remove(key);
      document.getElementById("kept-title")?.focus();
    }),
  );
  load.title = "Take it up again, with its setting; it can be trained further";

  const edit = () => {
    const input = h("input", { type: "text", value: name, maxlength: 80, "aria-label": `Name of ${name}` });
    let over = false;
    const end = (/** @type {boolean} */ take) => {
      if (over) return;
      over = true;
      input.replaceWith(title);
      rename.focus();
      if (take) void app.kept.rename(key, input.value);
    };
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") end(true);
      if (event.key === "Escape") end(false);
    });
    input.addEventListener("blur", () => end(true));
    title.replaceWith(input);
    input.select();
    input.focus();
  };

  return {
    agent,
    element: h(
      "li",
      { class: "kept-entry" },
      h("div", { class: "kept-what" }, title, h("p", { class: "hint" }, story(agent)), figures(agent), status),
      h("label", { class: "kept-compare", for: compare.id }, compare, "Compare it"),
      actions,
    ),
    render(compared, moving) {
      compare.checked = compared !== undefined;
      load.disabled = moving;
      const text = stateInWords(compared);
      if (status.textContent !== text) status.textContent = text;
    },
  };
}

/** @param {Compared | undefined} compared */
function stateInWords(compared) {
  switch (compared?.status) {
    case "busy":
      return "Being run on the held-out days …";
    case "beside":
      return "Stands beside the others in Explore and Compare.";
    case "refused":
      return `Does not fit this street: ${compared.reason}`;
    default:
      return "";
  }
}

/** What it was trained for, and how long. @param {KeptAgent} agent */
function story({ spec, history, iteration }) {
  const steps = history.at(-1)?.steps ?? 0;
  const street = spec.name ? `${spec.name}; ` : "";
  return `${street}${counted(iteration, "iteration")}, ${number(steps)} home-steps; paid for ${weightsInWords(spec)}.`;
}

/** What is known of how well it does. @param {KeptAgent} agent */
function figures({ history, measures }) {
  const state = { history, references: new Map() };
  const [cost, peak] = [bestAgainstRule(state, "cost").change, bestAgainstRule(state, "peak_import_kwh").change];
  const parts = [];
  if (cost !== null && peak !== null) {
    parts.push(`On validation days against rule-based: cost ${signedPercent(cost)}, peak import ${signedPercent(peak)}.`);
  }
  if (typeof measures?.cost === "number" && typeof measures.peak_import === "number") {
    parts.push(`On held-out days: ${number(measures.cost, 2)}${NBSP}$ and ${number(measures.peak_import, 1)}${NBSP}kWh in the peak window a day.`);
  }
  return h("p", { class: "hint numbers" }, parts.join(" "));
}

/** @param {string} name */
function fileName(name) {
  const plain = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-").replaceAll(/^-|-$/g, "");
  return `peergrid-${plain || "agent"}.safetensors`;
}
