// Compare: every policy on the held-out days, measured against the rule-based one.

import { download, h, term } from "../../ui/dom.js";
import { counted, NBSP, number, signedPercent } from "../../ui/format.js";
import { AGENT, agentFirst, BASELINE } from "../../app/state.js";
import { marketPart } from "./market.js";
import { judge, measures } from "./measures.js";

/**
 * @typedef {import("../../app/app.js").App} App
 * @typedef {import("../../app/state.js").State} State
 * @typedef {import("../../types.d.ts").PolicyResult} PolicyResult
 * @typedef {import("../../types.d.ts").Setting} Setting
 */

/** @param {App} app @returns {import("../index.js").View} */
export function createCompare(app) {
  const run = h("button", { type: "button", class: "primary" }, "Evaluate");
  const bar = h("progress", { max: 1, value: 0, "aria-label": "Evaluating" });
  const cancel = h("button", { type: "button" }, "Cancel");
  const progress = h("div", { class: "reading", hidden: true }, bar, cancel);
  const status = h("p", { class: "status", role: "status" });
  const model = modelButtons(app);
  const headline = h("div", { class: "headline" });
  const results = h("div", { class: "results" });
  const disclosure = { open: false };
  /** @type {AbortController | null} */
  let evaluating = null;

  cancel.addEventListener("click", () => evaluating?.abort());
  run.addEventListener("click", async () => {
    evaluating = new AbortController();
    bar.value = 0;
    progress.hidden = false;
    run.disabled = true;
    await app.evaluate((done, count, busy) => {
      bar.value = done / count;
      if (busy.length > 0) status.textContent = `Evaluating ${inWords(busy)} …`;
    }, evaluating.signal);
    evaluating = null;
    progress.hidden = true;
    app.store.set({ results: app.state.results });
  });

  const market = marketPart(app);
  const element = h(
    "div",
    {},
    h("div", { class: "panel" }, h("div", { class: "toolbar" }, run, model.element), progress, status, headline, results),
    market.element,
  );

  return {
    element,
    render(state, changed) {
      market.render(state, changed);
      const { setting, phase } = state;
      const free = state.engine === "ready" && phase !== "running" && phase !== "pausing" && !evaluating;
      run.disabled = !free || !setting;
      model.enable(free, state.trained);
      // What the engine would write now is no longer what the table shows.
      for (const group of results.querySelectorAll("fieldset")) group.disabled = state.stale;
      if (!setting || evaluating) return;
      run.textContent = `Evaluate on ${counted(setting.held_out.length, "held-out day")}`;
      status.textContent = statusSentence(state);
      if (!changed.has("results") && !changed.has("setting")) return;
      headline.replaceChildren(...headlines(state.results, setting));
      results.replaceChildren(...(state.results.size > 0 ? table(app, state, setting, disclosure) : []));
    },
  };
}

/** "rule-based, optimum and MPC". @param {string[]} labels */
function inWords(labels) {
  const small = labels.map((label) => (/^[A-Z][a-z]/.test(label) ? label.charAt(0).toLowerCase() + label.slice(1) : label));
  return new Intl.ListFormat("en-GB").format(small);
}

/** @param {State} state */
function statusSentence({ results, stale, trained, spread }) {
  if (results.size === 0) {
    return trained
      ? "The agent has not met these days yet."
      : "There is no trained agent yet; the policies that need no training can be evaluated all the same.";
  }
  if (!results.has(AGENT)) return trained ? "There is an agent now: evaluate again." : "Evaluated, as yet without an agent.";
  if (stale) return "The agent has been trained further since: evaluate again.";
  if (!spread) return "Evaluated; the figures are those of the best agent.";
  return `Evaluated; the agent’s figures are those of the seed that did best on the validation days, and below them the mean and range of all ${spread.seeds}.`;
}

/** @param {App} app */
function modelButtons(app) {
  const save = h("button", {
    type: "button",
    onclick: async () => {
      const bytes = await app.training.saveModel();
      if (bytes) download("peergrid.safetensors", bytes, "application/octet-stream");
    },
  }, "Save model");
  const input = h("input", {
    type: "file",
    accept: ".safetensors",
    id: "model-file",
    class: "visually-hidden",
    onchange: async () => {
      const file = input.files?.[0];
      if (file) await app.training.loadModel(new Uint8Array(await file.arrayBuffer()));
      input.value = "";
    },
  });
  return {
    element: h("div", { class: "actions" }, save, input, h("label", { for: "model-file", class: "button" }, "Load model")),
    /** @param {boolean} free @param {boolean} trained */
    enable(free, trained) {
      save.disabled = !free || !trained;
      input.disabled = !free;
    },
  };
}

/** @param {Map<string, PolicyResult>} results @param {Setting} setting */
function headlines(results, setting) {
  const agent = results.get(AGENT);
  const rule = results.get(BASELINE);
  if (!agent || !rule) return [];
  return ["peak_import", "cost"].flatMap((id) => {
    const kpi = setting.kpis.find((candidate) => candidate.id === id);
    const value = agent.kpis[id];
    const reference = rule.kpis[id];
    if (!kpi || value == null || reference == null || reference === 0) return [];
    const verdict = judge(kpi, value, reference);
    return [
      h(
        "div",
        { class: `figure ${verdict.kind}` },
        h("p", {}, `${kpi.label} on ${counted(setting.held_out.length, "unseen day")}`),
        h("p", { class: "big" }, signedPercent((value - reference) / Math.abs(reference))),
        h("p", { class: "hint" }, `${agent.label} against ${rule.label.toLowerCase()}${toOptimum(id, agent)}`),
      ),
    ];
  });
}

/** @param {string} id @param {PolicyResult} agent */
function toOptimum(id, agent) {
  const placed = id === "cost" ? agent.placed.cost : null;
  return placed == null ? "" : `, ${number(100 * placed)}${NBSP}% of the way to the optimum`;
}

/**
 * @param {App} app
 * @param {State} state
 * @param {Setting} setting
 * @param {{ open: boolean }} disclosure
 */
function table(app, { results, spread }, setting, disclosure) {
  const policies = agentFirst(setting.policies).filter(({ id }) => results.has(id));
  const days = counted(setting.held_out.length, "held-out day");
  const reference = results.get(BASELINE)?.label.toLowerCase() ?? "the rule";
  return [
    h("p", { class: "hint" }, `Over ${days}; better and worse are against ${reference}.`),
    ...measures(setting.kpis, policies, results, spread, disclosure),
    ...interventions(results, policies),
    ...notes(results, policies),
    downloads(app, policies),
  ];
}

/** @param {Map<string, PolicyResult>} results @param {Setting["policies"]} policies */
function interventions(results, policies) {
  const items = policies.flatMap(({ id, label }) => {
    const reasons = results.get(id)?.interventions.filter(({ count }) => count > 0) ?? [];
    if (reasons.length === 0) return [];
    const list = reasons.map(({ reason, count }) => `${reason} ${number(count)} times`).join(", ");
    return [h("li", {}, h("strong", {}, label), `: ${list}`)];
  });
  const title = term("guard", "Why the guard stepped in");
  return [
    h("h2", {}, title),
    items.length > 0 ? h("ul", { class: "findings" }, ...items) : h("p", {}, "It changed nothing on these days."),
  ];
}

/** What policies have to say of how they came about: a plan that is not exact, for example.
 * @param {Map<string, PolicyResult>} results @param {Setting["policies"]} policies */
function notes(results, policies) {
  return policies.flatMap(({ id, label }) => {
    const note = results.get(id)?.note;
    return note ? [h("p", { class: "hint" }, h("strong", {}, label), `: ${note}.`)] : [];
  });
}

/** @param {App} app @param {Setting["policies"]} policies */
function downloads(app, policies) {
  const csv = policies.map(({ id, label }) =>
    h(
      "button",
      {
        type: "button",
        onclick: async () => {
          const text = await app.csv(id);
          if (text !== undefined) download(`results_${id}.csv`, text, "text/csv");
        },
      },
      `${label}, CSV`,
    ),
  );
  const json = h(
    "button",
    {
      type: "button",
      onclick: async () => {
        const text = await app.resultsJson();
        if (text !== undefined) download("results.json", text, "application/json");
      },
    },
    "All results, JSON",
  );
  return h("fieldset", { class: "downloads" }, h("legend", {}, "Download"), h("div", { class: "actions" }, ...csv, json));
}
