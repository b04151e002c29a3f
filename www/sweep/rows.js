// What the finished runs of a sweep say together: means over the seeds, the set that nothing beats,
// and the files to take away. Pure functions.

import { combinationOf, runsOf } from "./plan.js";

/**
 * @typedef {import("./plan.js").Plan} Plan
 * @typedef {import("./plan.js").Row} Row
 * @typedef {import("../types.d.ts").SpecValue} SpecValue
 */

/** All finished runs of one combination of values. @typedef {{ values: Record<string, SpecValue>, rows: Row[] }} Combination */

/** Over the seeds of a combination. @typedef {{ mean: number, low: number, high: number, count: number }} Over */

/**
 * Every combination of the plan in its order, with the runs that have ended well.
 * @param {Plan} plan
 * @param {Iterable<Row>} rows
 * @returns {Combination[]}
 */
export function combinations(plan, rows) {
  /** @type {Map<string, Combination>} */
  const found = new Map();
  for (const { values } of runsOf(plan)) found.set(combinationOf(plan, values), { values, rows: [] });
  for (const row of rows) if (row.error === null) found.get(combinationOf(plan, row.values))?.rows.push(row);
  return [...found.values()];
}

/**
 * Mean, lowest and highest over the runs that have a value.
 * @param {Row[]} rows
 * @param {(row: Row) => number | null} measure
 * @returns {Over | null}
 */
export function over(rows, measure) {
  const values = rows.map(measure).filter((value) => value !== null);
  if (values.length === 0) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, low: Math.min(...values), high: Math.max(...values), count: values.length };
}

/**
 * A measure of a run: the agent's, or by how much it differs from the rule-based policy's, in %.
 * @param {string} kpi
 * @param {boolean} relative
 * @returns {(row: Row) => number | null}
 */
export function measureOf(kpi, relative) {
  return ({ kpis, reference }) => {
    const value = kpis[kpi] ?? null;
    if (!relative || value === null) return value;
    const base = reference[kpi] ?? null;
    return base === null || base === 0 ? null : (100 * (value - base)) / Math.abs(base);
  };
}

/**
 * The points that no other beats: none is as good in every respect and better in one.
 * @template T
 * @param {T[]} points
 * @param {(point: T) => number[]} costs The lower the better, each.
 * @returns {Set<T>}
 */
export function nonDominated(points, costs) {
  const known = points.map((point) => ({ point, at: costs(point) }));
  // What beats a point comes before it, and what is beaten itself beats nothing that its own better does not.
  known.sort((a, b) => firstDifference(a.at, b.at));
  /** @type {typeof known} */
  const front = [];
  for (const candidate of known) if (!front.some(({ at }) => beats(at, candidate.at))) front.push(candidate);
  return new Set(front.map(({ point }) => point));
}

/** @param {number[]} a @param {number[]} b */
function firstDifference(a, b) {
  const index = a.findIndex((cost, at) => cost !== b[at]);
  return index < 0 ? 0 : a[index] - b[index];
}

/** @param {number[]} a @param {number[]} b */
function beats(a, b) {
  return a.every((cost, index) => cost <= b[index]) && a.some((cost, index) => cost < b[index]);
}

/** A word as it is, all else as JSON. @param {SpecValue} value */
const written = (value) => (typeof value === "string" ? value : JSON.stringify(value));

/** What is not defined is empty. @param {string | number | null | undefined} value */
function cell(value) {
  const text = String(value ?? "");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * One line per finished run: run, fields, seed, error, seconds, then the agent's measures and the
 * rule-based policy's.
 * @param {Plan} plan
 * @param {Row[]} rows
 * @param {string[]} kpis By identifier, in the order of their columns.
 */
export function csvOf(plan, rows, kpis) {
  const names = plan.fields.map(({ name }) => name);
  const policies = /** @type {const} */ ([["agent", "kpis"], ["rule_based", "reference"]]);
  const head = ["run", ...names, "seed", "error", "seconds", ...policies.flatMap(([id]) => kpis.map((kpi) => `${id}.${kpi}`))];
  const lines = inOrder(rows).map((row) => [
    row.run,
    ...names.map((name) => written(row.values[name])),
    row.seed,
    row.error,
    row.seconds,
    ...policies.flatMap(([, part]) => kpis.map((kpi) => row[part][kpi])),
  ]);
  return [head, ...lines].map((line) => `${line.map(cell).join(",")}\n`).join("");
}

/** @param {Iterable<Row>} rows */
export function inOrder(rows) {
  return [...rows].toSorted((a, b) => a.run - b.run);
}
