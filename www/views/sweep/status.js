// The sweep in use: what it is, how far it is, and what can be done with it.

import { download, h } from "../../ui/dom.js";
import { counted, duration, NBSP, number, sentence } from "../../ui/format.js";
import { learnerRate, secondsFor, stepsLeft } from "../../sweep/estimate.js";
import { planDocument, toJson } from "../../sweep/document.js";
import { labelOf, valueLabel } from "../../sweep/fields.js";
import { fileOf } from "../../sweep/plan.js";
import { csvOf, inOrder } from "../../sweep/rows.js";
import { workersHere } from "../../sweep/runner.js";

/**
 * @typedef {import("../../app/app.js").App} App
 * @typedef {import("../../sweep/session.js").Session} Session
 * @typedef {import("../../sweep/session.js").Sweep} Sweep
 * @typedef {import("../../types.d.ts").Setting} Setting
 */

/** @param {App} app @param {Session} session */
export function statusPart(app, session) {
  const title = h("h2", { id: "sweep-name" });
  const plan = h("p", { class: "hint" });
  const bar = h("progress", { max: 1, value: 0, "aria-label": "Runs finished" });
  const status = h("p", { class: "status", role: "status" });
  const left = h("p", { class: "hint" });
  const failures = h("ul", { class: "failures" });
  const fault = h("p", { class: "warning strong", role: "alert", hidden: true });

  const goOn = h("button", { type: "button", class: "primary", onclick: () => void session.goOn(app.state.file) }, "Go on");
  const pause = h("button", { type: "button", onclick: () => session.pause() }, "Pause");
  const stop = h("button", { type: "button", onclick: () => session.stop() }, "Stop");
  const buttons = [goOn, pause, stop];
  const note = h("p", { class: "hint", id: "sweep-pause-note" });
  for (const button of [pause, stop]) button.setAttribute("aria-describedby", note.id);

  const csv = h("button", { type: "button", onclick: () => save(session, app.state.setting, "csv") }, "CSV");
  const json = h("button", { type: "button", onclick: () => save(session, app.state.setting, "json") }, "JSON");
  const planFile = h("button", { type: "button", onclick: () => save(session, app.state.setting, "plan") }, "Plan for the command line");
  const command = h("code", {});
  const native = h(
    "details",
    {},
    h("summary", {}, "The same on the command line"),
    h("p", { class: "hint" }, "The native command makes the same runs on all cores of a machine; its JSON can be opened here."),
    h("pre", { tabindex: 0 }, command),
    h("div", { class: "actions" }, planFile),
  );
  const exports = h("fieldset", { class: "downloads" }, h("legend", {}, "Take away"), h("div", { class: "actions" }, csv, json), native);

  let shownReasons = "";
  /** @param {string} reason @param {number[]} runs */
  const failure = (reason, runs) => {
    const repeat = async () => {
      for (const run of runs) await session.repeat(run, app.state.file);
    };
    const what = `${runs.length === 1 ? "Run" : "Runs"} ${enumeration(runs)} failed: ${sentence(reason)} `;
    return h("li", {}, what, h("button", { type: "button", class: "small", onclick: () => void repeat() }, runs.length === 1 ? `Repeat run ${runs[0]}` : `Repeat these ${runs.length}`));
  };

  const element = h(
    "section",
    { class: "panel sweep-status", "aria-labelledby": title.id },
    title,
    plan,
    fault,
    bar,
    status,
    left,
    failures,
    h("div", { class: "actions" }, ...buttons),
    note,
    exports,
  );

  return {
    element,
    render() {
      const { sweep } = session;
      fault.hidden = session.fault === null;
      if (fault.textContent !== session.fault) fault.textContent = session.fault ?? "";
      if (!sweep) return;
      title.textContent = sweep.name;
      plan.textContent = planInWords(sweep, app.state.setting);
      const focused = buttons.find((button) => button === document.activeElement);
      goOn.hidden = sweep.phase === "running" || sweep.phase === "done";
      pause.hidden = sweep.phase !== "running";
      stop.hidden = !session.busy;
      stop.textContent = sweep.phase === "pausing" ? "Discard it now" : "Stop";
      note.textContent = noteOn(sweep);
      note.hidden = note.textContent === "";
      // A button that goes away hands the focus to the one that takes its place.
      if (focused?.hidden) buttons.find((button) => !button.hidden)?.focus();
      for (const button of [csv, json]) button.disabled = sweep.rows.size === 0;
      command.textContent = nativeCommand(sweep);
      const text = statusSentence(sweep);
      if (status.textContent !== text) status.textContent = text;
      const reasons = reasonsOf(sweep);
      const key = JSON.stringify([...reasons]);
      if (key !== shownReasons) failures.replaceChildren(...[...reasons].map(([reason, runs]) => failure(reason, runs)));
      shownReasons = key;
      const shares = [...sweep.active.values()].reduce((sum, share) => sum + share, 0);
      bar.value = (sweep.rows.size + shares) / sweep.runs.length;
      left.hidden = sweep.phase !== "running";
      left.textContent = timeLeft(sweep, session.rate ?? learnerRate(app.state));
    },
  };
}

/** @param {Sweep} sweep @param {Setting | null} setting */
function planInWords({ plan, runs }, setting) {
  const fields = plan.fields.map(({ name, values }) => {
    const shown = values.map((value) => valueLabel(name, value, setting));
    return `${labelOf(name, setting)}: ${shown.join(", ")}`;
  });
  const file = fileOf(plan);
  return `${fields.join(" · ")} · ${counted(plan.seeds.length, "seed")} · ${counted(runs.length, "run")}${file ? ` · data of ${file}` : ""}`;
}

/** @param {Sweep} sweep */
function statusSentence({ runs, rows, active, phase }) {
  const failed = [...rows.values()].filter(({ error }) => error !== null).length;
  const finished = `${number(rows.size)} of ${counted(runs.length, "run")} finished${failed > 0 ? `, ${number(failed)} of them failed` : ""}`;
  if (phase === "done") return `${finished}.`;
  if (phase === "paused") return `${finished}; nothing is under way.`;
  return `${finished}, ${active.size} under way.`;
}

/** The runs that failed, by why. @param {Sweep} sweep */
function reasonsOf({ rows }) {
  /** @type {Map<string, number[]>} */
  const reasons = new Map();
  for (const { run, error } of inOrder(rows.values())) {
    if (error !== null) reasons.set(error, [...(reasons.get(error) ?? []), run]);
  }
  return reasons;
}

/** How many numbers are read before they are but a crowd. */
const FEW = 6;

/** "1, 2 and 5", or "1, 2, 3, 4, 5, 6 and 12 more". @param {number[]} runs */
function enumeration(runs) {
  const words = runs.slice(0, FEW).map(String);
  if (runs.length > FEW) words.push(`${runs.length - FEW} more`);
  return new Intl.ListFormat("en-GB").format(words);
}

/** What pausing and stopping do to what is under way. @param {Sweep} sweep */
function noteOn({ phase, rows, runs }) {
  if (phase === "running") return "Pause finishes the runs under way and begins no others; Stop discards them. What has finished stays either way.";
  if (phase === "pausing") return "The runs under way are finished first.";
  return rows.size < runs.length ? "“Go on” does the runs that are missing." : "";
}

/** @param {Sweep} sweep @param {number | null} rate */
function timeLeft(sweep, rate) {
  if (sweep.phase !== "running") return "";
  const missing = sweep.runs.length - sweep.rows.size;
  const seconds = secondsFor(stepsLeft(sweep), missing, workersHere(), rate);
  return seconds === null ? "How long it takes is unknown until the first run is done." : `About ${duration(seconds)} left.`;
}

/** Letters and digits of a name, for a file; a long one is cut. @param {string} name */
function slug(name) {
  return `sweep-${name.toLowerCase().replace(/[^a-z0-9]+/g, "-").slice(0, 40).replace(/^-|-$/g, "")}`;
}

/** @param {Sweep} sweep */
function nativeCommand({ name, plan }) {
  const file = fileOf(plan);
  return `peergrid sweep --plan ${slug(name)}-plan.json${file ? ` --data "${file}"` : ""} --out ${slug(name)}`;
}

/** @param {Session} session @param {Setting | null} setting @param {"csv" | "json" | "plan"} what */
function save({ sweep }, setting, what) {
  if (!sweep) return;
  const rows = inOrder(sweep.rows.values());
  const name = slug(sweep.name);
  if (what === "csv") {
    const kpis = setting?.kpis.map(({ id }) => id) ?? Object.keys(rows.find(({ error }) => error === null)?.kpis ?? {});
    download(`${name}.csv`, csvOf(sweep.plan, rows, kpis), "text/csv");
  } else if (what === "json") download(`${name}.json`, toJson(sweep.plan, rows), "application/json");
  else download(`${name}-plan.json`, JSON.stringify(planDocument(sweep.plan), null, 2), "application/json");
}

/** Between a figure and its unit. @param {string} unit */
export function withUnit(unit) {
  return unit === "" ? "" : `${NBSP}${unit}`;
}
