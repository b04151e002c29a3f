// A sweep's plan: which fields of a specification take which values, under which seeds, and the
// runs that come of it.

import { withOverrides } from "../app/spec.js";

/**
 * @typedef {import("../types.d.ts").Spec} Spec
 * @typedef {import("../types.d.ts").SpecValue} SpecValue
 */

/** @typedef {{ name: string, values: SpecValue[] }} SweptField Its name is dotted. */

/**
 * @typedef {object} Plan
 * @property {Spec} spec What all runs have in common.
 * @property {SweptField[]} fields One to three.
 * @property {number[]} seeds
 */

/** Runs are counted from 1. @typedef {{ run: number, values: Record<string, SpecValue>, seed: number }} PlannedRun */

/** @typedef {Record<string, number | null>} Measures By measure; `null` where one is not defined. */

/**
 * A finished run.
 * @typedef {object} Row
 * @property {number} run
 * @property {Record<string, SpecValue>} values By field.
 * @property {number} seed
 * @property {Measures} kpis Of the best agent on the held-out days.
 * @property {Measures} reference Of the rule-based policy on the same days.
 * @property {number} seconds
 * @property {string | null} error Why there are no measures.
 */

export const MOST_FIELDS = 3;
/** More would take days, and the table would not be read. */
const MOST_RUNS = 1000;

/** @param {Pick<Plan, "fields" | "seeds">} plan */
export function countRuns({ fields, seeds }) {
  return fields.reduce((count, { values }) => count * values.length, seeds.length);
}

/**
 * All runs: the first field is the outermost loop, the seeds are the innermost.
 * @param {Plan} plan
 * @returns {PlannedRun[]}
 */
export function runsOf({ fields, seeds }) {
  /** @type {Record<string, SpecValue>[]} */
  let combinations = [{}];
  for (const { name, values } of fields) {
    combinations = combinations.flatMap((chosen) => values.map((value) => ({ ...chosen, [name]: value })));
  }
  return combinations
    .flatMap((values) => seeds.map((seed) => ({ values, seed })))
    .map((planned, index) => ({ run: index + 1, ...planned }));
}

/** `lines[0].length_m` is `lines.0.length_m`. @param {string} name */
const dotted = (name) => name.replaceAll(/\[(\d+)\]/g, ".$1");

/** The specification of one run. @param {Plan} plan @param {PlannedRun} run @returns {Spec} */
export function specOf(plan, { values, seed }) {
  const fields = Object.entries(values).map(([name, value]) => [dotted(name), value]);
  return withOverrides(plan.spec, { ...Object.fromEntries(fields), seed });
}

/** Home-steps that a run trains for. @param {Plan} plan @param {PlannedRun} run */
export function stepsOf(plan, { values }) {
  return Number(values["ppo.total_timesteps"] ?? plan.spec.ppo?.total_timesteps ?? 0);
}

/** The name of the data file that all runs need; `null` for none. @param {Plan} plan @returns {string | null} */
export function fileOf({ spec }) {
  return spec.data?.source === "file" ? (String(spec.data.path).split(/[/\\]/).at(-1) ?? null) : null;
}

/** What tells one value from another. @param {SpecValue} value */
export const keyOf = (value) => JSON.stringify(value);

/** What tells one combination of values from another. @param {Plan} plan @param {Record<string, SpecValue>} values */
export function combinationOf({ fields }, values) {
  return fields.map(({ name }) => keyOf(values[name])).join(" ");
}

/**
 * What keeps a plan from being carried out, in a sentence; `null` for nothing.
 * @param {Pick<Plan, "fields" | "seeds">} plan
 */
export function planFault({ fields, seeds }) {
  if (fields.length === 0) return "Choose at least one field to sweep.";
  if (fields.length > MOST_FIELDS) return `A sweep has at most ${MOST_FIELDS} fields; this one has ${fields.length}.`;
  for (const [index, { name, values }] of fields.entries()) {
    const other = fields.slice(0, index).find((earlier) => overlap(earlier.name, name));
    if (other) return `${other.name} and ${name} set the same thing; sweep only one of them.`;
    if (values.length === 0) return `${name} has no values yet.`;
    if (new Set(values.map(keyOf)).size < values.length) return `${name} has a value twice.`;
  }
  if (seeds.length === 0) return "A sweep needs at least one seed.";
  if (new Set(seeds).size < seeds.length) return "A seed is there twice.";
  const runs = countRuns({ fields, seeds });
  if (runs > MOST_RUNS) return `These are ${runs} runs; ${MOST_RUNS} is the most. Take fewer values or seeds.`;
  return null;
}

/** Whether setting one field sets the other too. @param {string} a @param {string} b */
function overlap(a, b) {
  const [first, second] = [`${dotted(a)}.`, `${dotted(b)}.`];
  return first.startsWith(second) || second.startsWith(first);
}
