// A sweep as a file: its plan and its finished runs, and the way back.

import { combinationOf, planFault, runsOf } from "./plan.js";
import { inOrder } from "./rows.js";

/**
 * @typedef {import("./plan.js").Plan} Plan
 * @typedef {import("./plan.js").Row} Row
 */

/** A document that is no sweep; the message says what is wrong. */
export class NoSweep extends Error {}

/** Of the plan's document. */
const VERSION = 1;

/** The document that the native command reads, too. @param {Plan} plan @param {Iterable<Row>} rows */
export function toJson(plan, rows) {
  return JSON.stringify({ plan: planDocument(plan), rows: inOrder(rows) }, null, 2);
}

/** @param {Plan} plan */
export function planDocument(plan) {
  return { version: VERSION, ...plan };
}

/** @param {unknown} value @returns {value is Record<string, any>} */
const isMap = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** Whether a JSON file is meant as a sweep, be it right or wrong. @param {string} text */
export function isSweep(text) {
  try {
    const document = JSON.parse(text);
    return isMap(document) && (isMap(document.plan) || Array.isArray(document.fields));
  } catch {
    return false;
  }
}

/**
 * @param {string} text
 * @returns {{ plan: Plan, rows: Row[] }}
 */
export function fromJson(text) {
  let document;
  try {
    document = JSON.parse(text);
  } catch {
    throw new NoSweep("it is not JSON");
  }
  if (!isMap(document)) throw new NoSweep("it holds no plan");
  // A plan may stand alone, as it does where the native command reads one.
  const plan = planOf(isMap(document.plan) ? document.plan : document);
  return { plan, rows: rowsOf(plan, document.rows ?? []) };
}

/** @param {Record<string, any>} plan @returns {Plan} */
function planOf({ version = VERSION, spec, fields, seeds }) {
  if (version !== VERSION) throw new NoSweep(`its plan is of version ${version}; this page reads version ${VERSION}`);
  if (!isMap(spec)) throw new NoSweep("its plan has no “spec”");
  const listed = Array.isArray(fields) && fields.every((field) => isMap(field) && typeof field.name === "string" && Array.isArray(field.values));
  if (!listed) throw new NoSweep("its plan needs “fields”, each with a name and a list of values");
  if (!Array.isArray(seeds) || !seeds.every(Number.isSafeInteger)) throw new NoSweep("its plan needs “seeds”, a list of whole numbers");
  const plan = { spec, fields: fields.map(({ name, values }) => ({ name, values })), seeds };
  const fault = planFault(plan);
  if (fault) throw new NoSweep(fault);
  return plan;
}

/** @param {unknown} value @returns {value is import("./plan.js").Measures} */
const areMeasures = (value) => isMap(value) && Object.values(value).every((measure) => measure === null || typeof measure === "number");

/** @param {Plan} plan @param {unknown} rows @returns {Row[]} */
function rowsOf(plan, rows) {
  if (!Array.isArray(rows)) throw new NoSweep("its “rows” are no list");
  const planned = new Map(runsOf(plan).map((run) => [run.run, run]));
  return rows.map((row, index) => {
    const { run, values, seed, kpis, reference, seconds, error } = isMap(row) ? row : {};
    const where = `row ${index + 1}`;
    const expected = planned.get(run);
    if (!expected || !isMap(values)) throw new NoSweep(`${where} is of no run of its plan`);
    const same = seed === expected.seed && combinationOf(plan, values) === combinationOf(plan, expected.values);
    if (!same) throw new NoSweep(`${where} has other values than the plan has for run ${run}`);
    if (!areMeasures(kpis) || !areMeasures(reference)) throw new NoSweep(`the measures in ${where} are no numbers`);
    if (typeof error !== "string" && error !== null) throw new NoSweep(`the error in ${where} is no sentence`);
    return { run, values, seed, kpis, reference, seconds: Number(seconds) || 0, error };
  });
}
