// The live table of runs: one row each, sorted by any column.

import { h } from "../../ui/dom.js";
import { duration, NBSP, number, orDash, signedPercent } from "../../ui/format.js";
import { labelOf, valueLabel } from "../../sweep/fields.js";

/**
 * @typedef {import("../../sweep/plan.js").PlannedRun} PlannedRun
 * @typedef {import("../../sweep/plan.js").Row} Row
 * @typedef {import("../../sweep/session.js").Session} Session
 * @typedef {import("../../sweep/session.js").Sweep} Sweep
 * @typedef {import("../../types.d.ts").Kpi} Kpi
 * @typedef {import("../../types.d.ts").Setting} Setting
 */

/** Before the identifier of a column with a measure; no field begins like this. */
const KPI = "kpi:";

/** Measures that always have a column. */
const FIRST = ["cost", "peak_import", "grid_import"];

/**
 * @typedef {object} Column
 * @property {string} id
 * @property {string} label
 * @property {string} [unit]
 * @property {(run: PlannedRun, row: Row | undefined) => string | number | null} key What it is sorted by.
 * @property {(run: PlannedRun, row: Row | undefined) => string} text
 * @property {(run: PlannedRun, row: Row | undefined) => string | null} [remark] In small type below.
 */

/**
 * @param {Session} session
 * @param {{ open: (run: number) => void, repeat: (run: number) => void }} actions
 */
export function runsTable(session, actions) {
  const head = h("tr", {});
  const body = h("tbody", {});
  const table = h("table", { class: "runs" }, h("caption", { class: "visually-hidden" }, "Runs of the sweep"), h("thead", {}, head), body);
  const element = h("div", { class: "scroll runs-scroll", tabindex: 0, role: "region", "aria-label": "Runs" }, table);

  /** @type {Sweep | null} */
  let shown = null;
  /** @type {Column[]} */
  let columns = [];
  let sorted = { column: "run", rising: true };
  /** What each line shows: a row that has finished, or nothing yet. @type {Map<number, { element: HTMLTableRowElement, row: Row | undefined, active: boolean }>} */
  let lines = new Map();
  let signature = "";

  /** @param {Column} column */
  const header = (column) => {
    const { id, label, unit } = column;
    const button = h(
      "button",
      {
        type: "button",
        class: "sort",
        onclick: () => {
          sorted = { column: id, rising: sorted.column === id ? !sorted.rising : true };
          mark();
          arrange();
        },
      },
      h("span", {}, label, unit ? h("span", { class: "unit" }, ` ${unit}`) : null),
    );
    return h("th", { scope: "col", "data-column": id }, button);
  };

  const mark = () => {
    for (const cell of head.querySelectorAll("th")) {
      const chosen = cell.dataset.column === sorted.column;
      if (chosen) cell.setAttribute("aria-sort", sorted.rising ? "ascending" : "descending");
      else cell.removeAttribute("aria-sort");
    }
  };

  /** Puts the lines in order; what has no value comes last. */
  const arrange = () => {
    if (!shown) return;
    const column = columns.find(({ id }) => id === sorted.column) ?? columns[0];
    const { rows } = shown;
    const keyed = shown.runs.map((run) => ({ run: run.run, key: column.key(run, rows.get(run.run)) }));
    keyed.sort((a, b) => {
      if (a.key === null || b.key === null) return Number(a.key === null) - Number(b.key === null) || a.run - b.run;
      const order = a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
      return (sorted.rising ? order : -order) || a.run - b.run;
    });
    const wanted = keyed.map(({ run }) => lines.get(run)?.element);
    // Lines are moved only where their order is another one: the focus stays where it is.
    if (wanted.every((line, index) => line === body.children[index])) return;
    const focused = document.activeElement;
    body.append(...wanted.filter((line) => line !== undefined));
    if (focused instanceof HTMLElement && body.contains(focused)) focused.focus({ preventScroll: true });
  };

  /** @param {PlannedRun} run */
  const line = (run) => {
    const known = lines.get(run.run);
    const row = shown?.rows.get(run.run);
    const active = shown?.active.has(run.run) ?? false;
    if (known && known.row === row && known.active === active) return;
    const held = known?.element.contains(document.activeElement);
    const next = h("tr", { "data-run": run.run, class: row?.error ? "has-failed" : active ? "is-active" : !row ? "is-waiting" : "" });
    const [first, ...others] = row?.error ? failedCells(columns, run, row) : columns.map((column, index) => cell(column, index, run, row));
    next.append(first, state(run.run, row, active), ...others, action(run.run, row));
    if (known) known.element.replaceWith(next);
    else body.append(next);
    lines.set(run.run, { element: next, row, active });
    if (held) next.querySelector("button")?.focus({ preventScroll: true });
  };

  /** @param {number} run @param {Row | undefined} row */
  const action = (run, row) => {
    if (!row) return h("td", { class: "act" });
    const [label, act] = row.error === null ? /** @type {const} */ (["Open", actions.open]) : /** @type {const} */ (["Repeat", actions.repeat]);
    return h("td", { class: "act" }, h("button", { type: "button", class: "small", "aria-label": `${label} run ${run}`, onclick: () => act(run) }, label));
  };

  return {
    element,
    /** @param {Setting} setting @param {string} kpi The measure looked at. */
    render(setting, kpi) {
      const { sweep } = session;
      if (!sweep) return;
      const now = `${sweep.id} ${kpi}`;
      if (sweep !== shown || now !== signature) {
        if (sweep.id !== shown?.id) sorted = { column: "run", rising: true };
        shown = sweep;
        signature = now;
        columns = columnsOf(sweep, setting, kpi);
        lines = new Map();
        body.replaceChildren();
        const [first, ...others] = columns.map(header);
        head.replaceChildren(first, h("th", { scope: "col" }, "State"), ...others, h("th", { scope: "col", class: "act" }, h("span", { class: "visually-hidden" }, "Action")));
        mark();
      }
      for (const run of sweep.runs) line(run);
      arrange();
    },
    /** Only how far the runs under way are. */
    progress() {
      for (const [run, share] of session.sweep?.active ?? []) {
        const bar = lines.get(run)?.element.querySelector("progress");
        if (bar) bar.value = share;
      }
    },
  };
}

/** @param {Column} column @param {number} index @param {PlannedRun} run @param {Row | undefined} row */
function cell({ text, remark }, index, run, row) {
  const small = remark?.(run, row);
  const tag = index === 0 ? "th" : "td";
  return h(tag, index === 0 ? { scope: "row" } : {}, text(run, row), small ? h("span", { class: "verdict" }, small) : null);
}

/** Why it failed stands where the measures would. @param {Column[]} columns @param {PlannedRun} run @param {Row} row */
function failedCells(columns, run, row) {
  const own = columns.filter(({ id }) => !id.startsWith(KPI));
  const reason = h("td", { class: "reason", colspan: columns.length - own.length }, row.error);
  return [...own.map((column, index) => cell(column, index, run, row)), reason];
}

/** @param {number} run @param {Row | undefined} row @param {boolean} active */
function state(run, row, active) {
  if (row?.error) return h("td", {}, h("strong", {}, `✗${NBSP}failed`));
  if (row) return h("td", {}, `✓${NBSP}${duration(row.seconds)}`);
  if (active) return h("td", {}, h("progress", { max: 1, value: 0, "aria-label": `Run ${run}` }));
  return h("td", {}, "waiting");
}

/** @param {Sweep} sweep @param {Setting} setting @param {string} chosen @returns {Column[]} */
function columnsOf({ plan }, setting, chosen) {
  const kpis = [chosen, ...FIRST.filter((id) => id !== chosen)].flatMap((id) => setting.kpis.find((kpi) => kpi.id === id) ?? []);
  return [
    { id: "run", label: "Run", key: ({ run }) => run, text: ({ run }) => String(run) },
    ...plan.fields.map(({ name, values }) => ({
      id: name,
      label: labelOf(name, setting),
      // Names stand in the order of the plan.
      key: (/** @type {PlannedRun} */ run) => {
        const value = run.values[name];
        return typeof value === "number" ? value : values.indexOf(value);
      },
      text: (/** @type {PlannedRun} */ run) => valueLabel(name, run.values[name], setting),
    })),
    { id: "seed", label: "Seed", key: ({ seed }) => seed, text: ({ seed }) => String(seed) },
    ...kpis.map(kpiColumn),
  ];
}

/** @param {Kpi} kpi @returns {Column} */
function kpiColumn({ id, label, unit, digits }) {
  return {
    id: `${KPI}${id}`,
    label,
    unit,
    key: (_, row) => row?.kpis[id] ?? null,
    text: (_, row) => (row ? orDash(row.kpis[id], digits) : ""),
    remark: (_, row) => {
      const value = row?.kpis[id] ?? null;
      const base = row?.reference[id] ?? null;
      if (value === null || base === null) return null;
      return base === 0 ? `rule ${number(base, digits)}` : `${signedPercent((value - base) / Math.abs(base))} to rule`;
    },
  };
}
