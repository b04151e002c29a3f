// Compare: what every policy makes of the held-out days, measured against one of them.

import { ChartView } from "../../ui/chart-view.js";
import { download, h, labelled, term } from "../../ui/dom.js";
import { NBSP, number, signedPercent } from "../../ui/format.js";
import { actingPolicies, AGENT, baselineOf } from "../../app/state.js";
import { chartPart } from "./chart-part.js";
import { evaluation } from "./evaluation.js";
import { bills, fairness, savingsCharts } from "./homes.js";
import { marketPart } from "./market.js";
import { measures } from "./measures.js";
import { listOptions, policyOptions } from "./options.js";
import { acting, named, rowsOf, SEEDS } from "./rows.js";
import { daysPerEpisode, heldOut, method, settingLine } from "./setting-note.js";
import { range, verdictOn } from "./verdict.js";

/**
 * @typedef {import("../../app/app.js").App} App
 * @typedef {import("../../app/state.js").State} State
 * @typedef {import("../../types.d.ts").Kpi} Kpi
 * @typedef {import("../../types.d.ts").Setting} Setting
 * @typedef {import("./measures.js").Shown} Shown
 * @typedef {import("./rows.js").Row} Row
 */

/** @param {App} app @returns {import("../index.js").View} */
export function createCompare(app) {
  const evaluations = evaluation(app);
  const baseline = h("select", { id: "baseline", onchange: () => app.evaluations.measureAgainst(baseline.value) });
  const shows = h(
    "select",
    { id: "cells-show", onchange: () => app.store.set({ cells: /** @type {Shown} */ (shows.value) }) },
    h("option", { value: "means" }, "Means"),
    h("option", { value: "differences" }, "Differences"),
  );
  const line = h("p", { class: "hint setting-line" });
  const headline = h("div", { class: "headline" });
  const tables = h("div", { class: "results" });
  const charts = chartPart();
  const homes = homesPart();
  const notes = h("div", { class: "panel" });
  const saving = h("div", {});
  const disclosure = { open: false };
  const market = marketPart(app);

  const sections = h(
    "div",
    { hidden: true },
    section("curves", "Where the difference comes from", "Over the day, from day to day, and in money against peak.", charts.element),
    section("homes", "Home by home", "A street can gain while some of its homes lose.", homes.element),
    section("guard", "How it came about", "What the guard changed, and what the policies say of themselves.", notes),
  );
  const element = h(
    "div",
    {},
    h(
      "div",
      { class: "panel compare" },
      h("h2", { class: "visually-hidden" }, "Results"),
      line,
      h("div", { class: "toolbar" }, evaluations.controls, h("div", { class: "choices-row" }, labelled("Measured against", baseline), labelled("Cells show", shows))),
      evaluations.element,
      headline,
      tables,
      saving,
    ),
    sections,
    market.element,
  );

  /** @param {State} state */
  function draw(state) {
    const { setting, results } = state;
    sections.hidden = results.size === 0;
    if (!setting || results.size === 0) {
      for (const part of [headline, tables, saving]) part.replaceChildren();
      return;
    }
    const rows = rowsOf(actingPolicies(state), results);
    const base = rows.find(({ key }) => key === state.against);
    const days = setting.held_out.length * daysPerEpisode(setting);
    headline.replaceChildren(...headlines(rows, base, setting));
    tables.replaceChildren(
      ...measures({ kpis: setting.kpis, rows, baseline: base, shown: state.cells }, disclosure),
      method(setting, base ? named(base) : "the baseline"),
    );
    saving.replaceChildren(downloads(app, rows));
    charts.show(rows, setting);
    homes.show(rows, days, heldOut(setting));
    notes.replaceChildren(...interventions(rows), ...remarks(rows));
  }

  return {
    element,
    render(state, changed) {
      market.render(state, changed);
      evaluations.render(state);
      if (!state.setting) return;
      line.textContent = settingLine(state);
      listOptions(baseline, policyOptions(actingPolicies(state)));
      baseline.value = baselineOf(state);
      shows.value = state.cells;
      if (changed.has("results") || changed.has("cells") || changed.has("setting") || changed.has("agents")) draw(state);
      // What the engine would write now is no longer what the table shows.
      for (const group of saving.querySelectorAll("fieldset")) group.disabled = state.stale;
    },
  };
}

/** @param {string} id @param {string} title @param {string} lead @param {HTMLElement} content */
function section(id, title, lead, content) {
  const heading = `${id}-title`;
  return h(
    "section",
    { id: `compare-${id}`, "aria-labelledby": heading },
    h("div", { class: "section-head" }, h("h2", { id: heading }, title), h("p", {}, lead)),
    content,
  );
}

/** The agent against the baseline in two figures. @param {Row[]} rows @param {Row | undefined} base @param {Setting} setting */
function headlines(rows, base, setting) {
  const agent = rows.find(({ key }) => key === SEEDS) ?? rows.find(({ key }) => key === AGENT);
  if (!agent || !base || agent.key === base.key) return [];
  return ["peak_import", "cost"].flatMap((id) => {
    const kpi = setting.kpis.find((candidate) => candidate.id === id);
    const value = agent.kpis[id];
    const reference = base.kpis[id];
    const difference = agent.intervals.differences[id];
    if (!kpi || value == null || !reference) return [];
    const verdict = verdictOn(kpi, value, reference, difference);
    const sure = difference ? `, difference ${range(difference, kpi.digits)}${NBSP}${kpi.unit}` : "";
    return [
      h(
        "div",
        { class: `figure ${verdict.kind}` },
        h("p", {}, `${kpi.label} on ${heldOut(setting)}`),
        h("p", { class: "big" }, signedPercent((value - reference) / Math.abs(reference))),
        h("p", { class: "hint" }, `${named(agent)} against ${base.label}${sure}${verdict.kind === "same" ? ": not told apart" : ""}${toOptimum(id, agent)}`),
      ),
    ];
  });
}

/** @param {string} id @param {Row} agent */
function toOptimum(id, { intervals }) {
  const gap = id === "cost" ? intervals.gap_closed : null;
  return gap ? `, ${number(100 * gap.value)}${NBSP}% of the way to the optimum` : "";
}

function homesPart() {
  const chart = new ChartView("savings_by_home", "What each home saves a day against a life with neither battery nor neighbours, on one scale; below zero it pays more.", "stack");
  const fair = h("div", { class: "panel" });
  const every = h("div", {});
  const element = h(
    "div",
    { class: "homes-grid" },
    h("div", { class: "homes-words" }, fair, h("details", { class: "panel" }, h("summary", {}, "What each home pays"), every)),
    h("div", { class: "panel" }, chart.element),
  );
  return {
    element,
    /** @param {Row[]} rows @param {number} days @param {string} over */
    show(rows, days, over) {
      const shown = acting(rows);
      chart.element.style.setProperty("--panels", String(Math.max(1, shown.length)));
      const words = shown.map((row) => `${named(row)} ${number(-row.result.homes.reduce((sum, { savings }) => sum - savings / days, 0), 2)}`);
      chart.show(savingsCharts(shown, days), `Saved by all homes together, $ a day: ${words.join(", ")}.`);
      fair.replaceChildren(
        fairness(rows, days),
        h("p", { class: "hint" }, "Gini is 0 where all homes save the same and grows as savings gather in few homes; above 1 some homes lose. Jain is 1 where all save the same and 1 divided by the number of homes where one saves everything."),
      );
      every.replaceChildren(
        ...[h("p", { class: "hint" }, `$ a day over ${over}. “Alone” is the same home with neither battery nor neighbours.`), bills(rows, days)].filter((part) => part !== null),
      );
    },
  };
}

/** @param {Row[]} rows */
function interventions(rows) {
  const items = acting(rows).flatMap((row) => {
    const reasons = row.result.interventions.filter(({ count }) => count > 0);
    if (reasons.length === 0) return [];
    const list = reasons.map(({ reason, count }) => `${reason} ${number(count)} times`).join(", ");
    return [h("li", {}, h("strong", {}, named(row)), `: ${list}`)];
  });
  return [
    h("h3", {}, "Why the ", term("guard"), " stepped in"),
    items.length > 0 ? h("ul", { class: "findings" }, ...items) : h("p", {}, "It changed nothing on these days."),
  ];
}

/** What policies have to say of how they came about: a plan that is not exact, for example. @param {Row[]} rows */
function remarks(rows) {
  return acting(rows).flatMap((row) => (row.result.note ? [h("p", { class: "hint" }, h("strong", {}, named(row)), `: ${row.result.note}.`)] : []));
}

/** @param {App} app @param {Row[]} rows */
function downloads(app, rows) {
  const csv = acting(rows).map(({ key, label }) =>
    h(
      "button",
      {
        type: "button",
        class: "small",
        "aria-label": `${label}, CSV`,
        onclick: async () => {
          const text = await app.evaluations.csv(key);
          if (text !== undefined) download(`results_${key.replace(":", "_")}.csv`, text, "text/csv");
        },
      },
      label,
    ),
  );
  const json = h(
    "button",
    {
      type: "button",
      onclick: async () => {
        const text = await app.evaluations.json();
        if (text !== undefined) download("results.json", text, "application/json");
      },
    },
    "All results, JSON",
  );
  const print = h("button", { type: "button", onclick: () => globalThis.print() }, "Print");
  return h("fieldset", { class: "downloads" }, h("legend", {}, "Take away"), h("div", { class: "actions" }, json, print), h("p", { class: "hint" }, "Every step of the held-out days as CSV:"), h("div", { class: "actions" }, ...csv));
}
