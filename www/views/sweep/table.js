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

const STATE = "state:";

/** Measures that always have a column. */
const FIRST = ["cost", "peak_import", "grid_import"];

/**
 * @typedef {object} Column
 * @property {string} id
 * @property {string} label
 * @property {string} [unit]
 * @property {(run: PlannedRun, row: Row | undefined, active: boolean) => string | number | null} key What it is sorted by.
 * @property {(run: PlannedRun, row: Row | undefined) => string} text
 * @property {(run: PlannedRun, row: Row | undefined) => string | null} [remark] In small type below.
 */

/** More lines than this are shown when they are asked for, as many again each time. */
const AT_ONCE = 100;

/** What a line shows: a row that has finished, or nothing yet. @typedef {{ element: HTMLTableRowElement, row: Row | undefined, active: boolean }} Line */

/**
 * @param {Session} session
 * @param {{ open: (run: number) => void, repeat: (run: number) => void }} actions
 */
export function runsTable(session, actions) {
  const head = h("tr", {});
  const body = h("tbody", {});
  const table = h("table", { class: "runs" }, h("caption", { class: "visually-hidden" }, "Runs of the sweep"), h("thead", {}, head), body);
  const more = h("button", { type: "button", onclick: () => show(limit + AT_ONCE) });
  const count = h("p", { class: "hint" });
  const element = h(
    "div",
    {},
    h("div", { class: "scroll runs-scroll", tabindex: 0, role: "region", "aria-label": "Table of runs" }, table),
    h("div", { class: "actions more" }, more, count),
  );

  /** @type {Sweep | null} */
  let shown = null;
  /** @type {Column[]} */
  let columns = [];
  let sorted = { column: "run", rising: true };
  let limit = AT_ONCE;
  /** @type {Map<number, Line>} */
  let lines = new Map();
  let signature = "";

  /** @param {Column} column */
  const header = ({ id, label, unit }) => {
    const sort = () => {
      sorted = { column: id, rising: sorted.column === id ? !sorted.rising : true };
      mark();
      arrange();
    };
    const text = h("span", {}, label, unit ? h("span", { class: "unit" }, ` ${unit}`) : null);
    return h("th", { scope: "col", "data-column": id }, h("button", { type: "button", class: "sort", onclick: sort }, text));
  };

  const mark = () => {
    for (const cell of head.querySelectorAll("th")) {
      const chosen = cell.dataset.column === sorted.column;
      if (chosen) cell.setAttribute("aria-sort", sorted.rising ? "ascending" : "descending");
      else cell.removeAttribute("aria-sort");
    }
  };

  /** @param {number} lineCount */
  const show = (lineCount) => {
    limit = lineCount;
    arrange();
  };

  /** The first lines in the order of the chosen column, each as its run is now. */
  const arrange = () => {
    if (!shown) return;
    const column = columns.find(({ id }) => id === sorted.column) ?? columns[0];
    const order = inOrder(shown, column, sorted.rising);
    const focused = document.activeElement;
    const wanted = order.slice(0, limit).map((run) => line(run));
    // Lines are moved only where their order is another one: the focus stays where it is.
    if (wanted.length !== body.children.length || wanted.some((one, index) => one !== body.children[index])) body.replaceChildren(...wanted);
    if (focused instanceof HTMLElement && focused.isConnected && focused !== document.activeElement) focused.focus({ preventScroll: true });
    more.hidden = order.length <= limit;
    more.textContent = `Show ${Math.min(AT_ONCE, order.length - limit)} more`;
    count.textContent = more.hidden ? "" : `${limit} of ${order.length} runs are shown; the files hold all.`;
  };

  /** The line of a run, made anew only where something has changed. @param {PlannedRun} run */
  const line = (run) => {
    const known = lines.get(run.run);
    const row = shown?.rows.get(run.run);
    const active = shown?.active.has(run.run) ?? false;
    if (known && known.row === row && known.active === active) return known.element;
    const held = known?.element.contains(document.activeElement);
    const next = h("tr", { "data-run": run.run, class: row?.error ? "has-failed" : active ? "is-active" : !row ? "is-waiting" : "" });
    const own = columns.filter(({ id }) => id !== STATE);
    const [first, ...others] = row?.error ? failedCells(own, run, row) : own.map((column, index) => cell(column, index, run, row));
    next.append(first, state(run.run, row, active), ...others, action(run.run, row));
    if (known?.element.isConnected) known.element.replaceWith(next);
    lines.set(run.run, { element: next, row, active });
    if (held) next.querySelector("button")?.focus({ preventScroll: true });
    return next;
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
        if (sweep !== shown) {
          sorted = { column: "run", rising: true };
          limit = AT_ONCE;
        }
        shown = sweep;
        signature = now;
        columns = columnsOf(sweep, setting, kpi);
        lines = new Map();
        head.replaceChildren(...columns.map(header), h("th", { scope: "col", class: "act" }, h("span", { class: "visually-hidden" }, "Action")));
        mark();
      }
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

/**
 * The runs in the order of a column; what has no value comes last.
 * @param {Sweep} sweep
 * @param {Column} column
 * @param {boolean} rising
 */
function inOrder({ runs, rows, active }, column, rising) {
  const keyed = runs.map((run) => ({ run, key: column.key(run, rows.get(run.run), active.has(run.run)) }));
  keyed.sort((a, b) => {
    if (a.key === null || b.key === null) return Number(a.key === null) - Number(b.key === null) || a.run.run - b.run.run;
    const order = a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
    return (rising ? order : -order) || a.run.run - b.run.run;
  });
  return keyed.map(({ run }) => run);
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
    // What is under way first, then what has failed; what waits comes last.
    { id: STATE, label: "State", key: (_, row, active) => (active ? 0 : row?.error ? 1 : row ? 2 : null), text: () => "" },
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
