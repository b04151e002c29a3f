// Sweep: the same training again and again with a few fields changed, and what comes of it.

import { h } from "../../ui/dom.js";
import { combinations } from "../../sweep/rows.js";
import { Session } from "../../sweep/session.js";
import { keptPart } from "./kept.js";
import { measuresPart } from "./measures.js";
import { paretoPart } from "./pareto.js";
import { runDialog } from "./run-dialog.js";
import { setupPanel } from "./setup.js";
import { statusPart } from "./status.js";
import { runsTable } from "./table.js";

/**
 * @typedef {import("../../app/app.js").App} App
 * @typedef {import("../../sweep/rows.js").Combination} Combination
 * @typedef {import("../../sweep/session.js").Part} Part
 */

/** @param {App} app @returns {import("../index.js").View} */
export function createSweep(app) {
  const session = new Session();
  const setup = setupPanel(app, session);
  const status = statusPart(app, session);
  const kept = keptPart(session);
  const dialog = runDialog(app, session);
  const table = runsTable(session, { open: (run) => void dialog.show(run), repeat: (run) => void session.repeat(run, app.state.file) });
  const open = (/** @type {Combination} */ { rows }) => rows.length > 0 && void dialog.show(rows[0].run);
  const pareto = paretoPart(open);
  const measures = measuresPart(open, () => drawRows());

  const found = h("div", { class: "stacked", hidden: true }, status.element, h("div", { class: "sweep-charts" }, measures.element, pareto.element), h("section", { class: "panel", "aria-label": "Runs" }, h("h3", {}, "Runs"), table.element));
  const intro = introduction();
  const element = h(
    "div",
    { class: "sweep" },
    h("div", { class: "columns" }, h("div", { class: "stacked" }, setup.element, kept.element), h("div", {}, intro, found)),
    dialog.element,
  );

  /** What came while the view was out of sight. @type {Set<Part>} */
  const missed = new Set();
  let drawing = false;
  session.subscribe((parts) => {
    app.store.mark("sweep", session.busy);
    for (const part of parts) missed.add(part);
    if (drawing || app.state.view !== "sweep") return;
    // At most once a frame, however many workers report.
    drawing = true;
    requestAnimationFrame(() => {
      drawing = false;
      draw();
    });
  });

  function draw() {
    const { setting } = app.state;
    const parts = new Set(missed);
    missed.clear();
    const whole = parts.has("sweep") || parts.has("rows");
    found.hidden = session.sweep === null;
    intro.hidden = session.sweep !== null;
    if (parts.has("sweep") || parts.has("kept")) kept.render();
    if (whole) setup.update();
    if (whole || parts.has("progress")) status.render();
    if (setting && whole) drawRows();
    else if (setting && parts.has("progress")) table.render(setting, measures.kpi);
    table.progress();
  }

  function drawRows() {
    const { sweep } = session;
    const { setting } = app.state;
    if (!sweep || !setting) return;
    const all = combinations(sweep.plan, sweep.rows.values());
    measures.show(sweep, all, setting);
    pareto.show(sweep.plan, all, setting);
    table.render(setting, measures.kpi);
  }

  void session.refresh().then(() => {
    // A reload in the middle of a sweep: it stands there again, to be gone on with.
    const unfinished = session.kept.find(({ finished, runs }) => finished < runs);
    if (unfinished && !session.sweep) void session.open(unfinished.id);
  });

  return {
    element,
    render(state, changed) {
      setup.render(state, changed);
      if (changed.has("setting") && state.setting) {
        measures.list(state.setting);
        missed.add("sweep");
      }
      if (missed.size > 0) draw();
    },
  };
}

/** What a sweep is, for who has made none. */
function introduction() {
  return h(
    "div",
    { class: "panel sweep-intro" },
    h("h2", {}, "What would have happened if …?"),
    h("p", {}, "A sweep trains the agent once for every combination of the values you choose, with every seed, and measures each on the held-out days beside the rule-based policy."),
    h(
      "ul",
      { class: "findings" },
      h("li", {}, "One field gives a curve, two a heat map, three a heat map for each value of the third."),
      h("li", {}, "Several seeds show what is chance: the same training from other first weights."),
      h("li", {}, "Runs are kept in this browser as they finish; a reload costs only what was under way."),
    ),
  );
}
