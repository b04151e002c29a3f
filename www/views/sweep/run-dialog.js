// One combination of the sweep: its runs by seed, their measures, and the ways to open one.

import { download, h } from "../../ui/dom.js";
import { duration, orDash, signedPercent } from "../../ui/format.js";
import { labelOf, valueLabel } from "../../sweep/fields.js";
import { combinationOf, specOf } from "../../sweep/plan.js";

/**
 * @typedef {import("../../app/app.js").App} App
 * @typedef {import("../../app/state.js").ViewId} ViewId
 * @typedef {import("../../sweep/plan.js").Row} Row
 * @typedef {import("../../sweep/session.js").Session} Session
 * @typedef {import("../../types.d.ts").Kpi} Kpi
 */

/** @type {[ViewId, string][]} */
const VIEWS = [
  ["compare", "Open in Compare"],
  ["explore", "Open in Explore"],
  ["train", "Open in Train"],
];

/** @param {App} app @param {Session} session */
export function runDialog(app, session) {
  const title = h("h2", { id: "sweep-run-title" });
  const seeds = h("div", { class: "actions", role: "group", "aria-label": "Seed" });
  const facts = h("p", { class: "hint" });
  const note = h("p", { class: "hint" });
  const table = h("div", { class: "scroll run-measures", tabindex: 0, role: "region", "aria-label": "Measures of the run" });
  const buttons = VIEWS.map(([view, label], index) =>
    h("button", { type: "button", class: index === 0 ? "primary" : "", onclick: () => void go(view) }, label),
  );
  const save = h("button", { type: "button", onclick: () => void saveAgent() }, "Save model");
  const keep = h("button", { type: "button", onclick: () => void keepAgent() }, "Keep agent");
  const close = h("button", { type: "button", class: "quiet", onclick: () => element.close() }, "Close");
  const element = h(
    "dialog",
    { class: "run-dialog", "aria-labelledby": title.id },
    h("div", { class: "dialog-head" }, title, close),
    seeds,
    facts,
    h("div", { class: "actions" }, ...buttons, keep, save),
    note,
    table,
  );
  // A press beside the dialog closes it.
  element.addEventListener("click", ({ target }) => target === element && element.close());

  /** @type {Row | null} */
  let shown = null;

  /** @param {number} run */
  async function show(run) {
    const { sweep } = session;
    const { setting } = app.state;
    const row = sweep?.rows.get(run);
    if (!sweep || !row || !setting) return;
    shown = row;
    title.textContent = sweep.plan.fields.map(({ name }) => `${labelOf(name, setting)}: ${valueLabel(name, row.values[name], setting)}`).join(" · ");
    const key = combinationOf(sweep.plan, row.values);
    const others = [...sweep.rows.values()].filter(({ values, error }) => error === null && combinationOf(sweep.plan, values) === key);
    seeds.replaceChildren(
      ...others
        .toSorted((a, b) => a.run - b.run)
        .map((other) => h("button", { type: "button", class: "small", "aria-pressed": String(other.run === run), onclick: () => void show(other.run) }, `Seed ${other.seed}`)),
    );
    facts.textContent = `Run ${row.run} of ${sweep.runs.length}, seed ${row.seed}, ${duration(row.seconds)}.`;
    table.replaceChildren(measures(row, setting.kpis));
    if (!element.open) element.showModal();
    await offer(row);
  }

  /** What can be opened depends on whether the agent is there. @param {Row} row */
  async function offer(row) {
    const agent = await session.agent(row.run);
    if (shown !== row) return;
    const training = app.state.phase === "running" || app.state.phase === "pausing";
    for (const button of buttons) button.disabled = training;
    for (const button of [keep, save]) button.hidden = !agent;
    note.textContent = training
      ? "A training is running; pause it before another agent takes its place."
      : agent
        ? "Opening it takes over its specification and its agent."
        : "Its agent is not kept here, as the run came from a file: opening it takes over its specification, and the agent can be trained again.";
  }

  /** @param {ViewId} view */
  async function go(view) {
    if (!shown || !session.sweep) return;
    for (const button of buttons) button.disabled = true;
    note.textContent = "Opening…";
    const agent = await session.agent(shown.run);
    const opened = agent ? await app.training.takeUp(agent) : await app.openSpec(specOf(session.sweep.plan, shown));
    if (!opened) {
      for (const button of buttons) button.disabled = false;
      note.textContent = "It could not be opened; the message above the view says why.";
      return;
    }
    element.close();
    location.hash = `#${view}`;
  }

  async function saveAgent() {
    const agent = shown && (await session.agent(shown.run));
    if (agent) download(`run-${shown?.run}.safetensors`, agent.bytes, "application/octet-stream");
  }

  /** In the library, under the values that it was trained with. */
  async function keepAgent() {
    const agent = shown && (await session.agent(shown.run));
    if (!agent || !shown) return;
    const kept = await app.kept.keep(agent, shown.kpis);
    await app.kept.rename(kept.key, `${title.textContent}, seed ${shown.seed}`);
    note.textContent = "It is kept among the agents of the view Train, where it can be put beside others for Compare and Explore.";
  }

  return { element, show };
}

/** @param {Row} row @param {Kpi[]} kpis */
function measures({ kpis: agent, reference }, kpis) {
  const lines = kpis
    .filter(({ id }) => agent[id] != null || reference[id] != null)
    .map(({ id, label, unit, digits }) => {
      const [value, base] = [agent[id] ?? null, reference[id] ?? null];
      const change = value === null || base === null || base === 0 ? "" : signedPercent((value - base) / Math.abs(base));
      return h(
        "tr",
        {},
        h("th", { scope: "row" }, label, unit ? h("span", { class: "unit" }, ` ${unit}`) : null),
        h("td", {}, orDash(value, digits)),
        h("td", {}, orDash(base, digits)),
        h("td", {}, change),
      );
    });
  const head = ["Measure", "Agent", "Rule-based", "Change"].map((label) => h("th", { scope: "col" }, label));
  return h("table", {}, h("thead", {}, h("tr", {}, ...head)), h("tbody", {}, ...lines));
}
