// What stands in the rows of the tables and in the charts: a policy each, and the mean of an agent's seeds.

import { AGENT } from "../../app/state.js";

/**
 * @typedef {import("../../types.d.ts").Intervals} Intervals
 * @typedef {import("../../types.d.ts").Policy} Policy
 * @typedef {import("../../types.d.ts").PolicyResult} PolicyResult
 * @typedef {Map<string, PolicyResult>} Results
 */

/**
 * @typedef {object} Row
 * @property {string} key `agent_seeds` for the mean of the agent's seeds, else the policy's id.
 * @property {string} label
 * @property {string} detail Which of several agents of one name; empty as a rule.
 * @property {string} role
 * @property {{ [kpi: string]: number | null }} kpis
 * @property {Intervals} intervals
 * @property {PolicyResult} result Of the policy that acts.
 */

/** The mean over the agent's seeds, in the place of a policy's id. */
export const SEEDS = "agent_seeds";

/**
 * Those that have been run: the agent first, where a narrow screen shows it, then kept agents, then the others.
 * @param {Policy[]} policies
 * @param {Results} results
 * @returns {Row[]}
 */
export function rowsOf(policies, results) {
  const place = (/** @type {Policy} */ { id }) => (id === AGENT ? 0 : id.startsWith(`${AGENT}:`) ? 1 : 2);
  return policies
    .toSorted((a, b) => place(a) - place(b))
    .flatMap(({ id, label, role }) => {
      const result = results.get(id);
      if (!result) return [];
      const { kpis, intervals, over_seeds: over } = result;
      const row = { key: id, label, detail: over ? "best seed" : "", role, kpis, intervals, result };
      if (!over) return [row];
      return [{ ...row, key: SEEDS, detail: `mean of ${over.seeds} seeds`, kpis: over.means, intervals: over.intervals }, row];
    });
}

/** Only the policies themselves. @param {Row[]} rows */
export function acting(rows) {
  return rows.filter(({ key }) => key !== SEEDS);
}

/** A row by name, with what tells it from another of the same name. @param {Row} row */
export function named({ label, detail }) {
  return detail ? `${label}, ${detail}` : label;
}
