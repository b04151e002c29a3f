// Sweeps in the browser's storage: plans, finished runs and their agents. A run is stored as soon as
// it has finished, so a reload costs only what was under way.
//
// In the table of runs, a run lies under [sweep, run] and its agent under [sweep, "agent", run], so
// that all runs can be read without the agents.

import { transact } from "../app/storage.js";

/**
 * @typedef {import("./plan.js").Plan} Plan
 * @typedef {import("./plan.js").Row} Row
 * @typedef {import("../types.d.ts").Checkpoint} Checkpoint
 */

/** @typedef {{ id: string, name: string, created: number, plan: Plan }} KeptSweep */

/** @param {string} sweep @param {number} run */
const agentKey = (sweep, run) => [sweep, "agent", run];

/** All runs of a sweep, without the agents: numbers come before text. @param {string} sweep */
const runsRange = (sweep) => IDBKeyRange.bound([sweep, -Infinity], [sweep, Infinity]);

/** All that is kept of a sweep's runs: lists come after all else. @param {string} sweep */
const wholeRange = (sweep) => IDBKeyRange.bound([sweep], [sweep, []]);

/** The latest first. @returns {Promise<KeptSweep[]>} */
export async function keptSweeps() {
  /** @type {KeptSweep[]} */
  const sweeps = await transact("sweeps", "readonly", (store) => store.getAll());
  return sweeps.toSorted((a, b) => b.created - a.created);
}

/** @param {KeptSweep} sweep */
export async function keepSweep(sweep) {
  await transact("sweeps", "readwrite", (store) => store.put(sweep, sweep.id));
}

/** @param {string} id */
export async function deleteSweep(id) {
  await transact("sweepRows", "readwrite", (store) => store.delete(wholeRange(id)));
  await transact("sweeps", "readwrite", (store) => store.delete(id));
}

/** @param {string} sweep @returns {Promise<Row[]>} */
export function keptRows(sweep) {
  return transact("sweepRows", "readonly", (store) => store.getAll(runsRange(sweep)));
}

/** How many runs have finished. @param {string} sweep @returns {Promise<number>} */
export function countRows(sweep) {
  return transact("sweepRows", "readonly", (store) => store.count(runsRange(sweep)));
}

/**
 * A finished run and its agent, both or neither.
 * @param {string} sweep
 * @param {Row} row
 * @param {Checkpoint | null} agent
 */
export async function keepRow(sweep, row, agent) {
  await transact("sweepRows", "readwrite", (store) => {
    if (agent) store.put(agent, agentKey(sweep, row.run));
    return store.put(row, [sweep, row.run]);
  });
}

/** Runs that came from a file, at once. @param {string} sweep @param {Row[]} rows */
export async function keepRows(sweep, rows) {
  const [first, ...others] = rows;
  if (!first) return;
  await transact("sweepRows", "readwrite", (store) => {
    for (const row of others) store.put(row, [sweep, row.run]);
    return store.put(first, [sweep, first.run]);
  });
}

/** Before a run is repeated. @param {string} sweep @param {number} run */
export async function forgetRow(sweep, run) {
  await transact("sweepRows", "readwrite", (store) => {
    store.delete(agentKey(sweep, run));
    return store.delete([sweep, run]);
  });
}

/**
 * `undefined` where the run brought none, or came from a file.
 * @param {string} sweep
 * @param {number} run
 * @returns {Promise<Checkpoint | undefined>}
 */
export function keptAgent(sweep, run) {
  return transact("sweepRows", "readonly", (store) => store.get(agentKey(sweep, run)));
}
