// The library: agents that were kept, each under a name, in the browser's storage.
//
// Everything rejects where the browser grants no storage; `kept-agents.js` tells the reader.

import { transact } from "../app/storage.js";

/** @typedef {import("../types.d.ts").KeptAgent} KeptAgent */

/** All of them, the latest first. @returns {Promise<KeptAgent[]>} */
export async function listAgents() {
  const agents = await transact("agents", "readonly", (store) => store.getAll());
  return agents.toSorted((a, b) => b.savedAt - a.savedAt);
}

/** Stores one, in place of another with the same key. @param {KeptAgent} agent */
export async function storeAgent(agent) {
  await transact("agents", "readwrite", (store) => store.put(agent, agent.key));
}

/** @param {string} key */
export async function deleteAgent(key) {
  await transact("agents", "readwrite", (store) => store.delete(key));
}

/** Of the visit: a reload keeps it, another tab does not have it. */
const CHOSEN = "peergrid.compared";

/** The keys of those that stood beside the others. @returns {string[]} */
export function chosenBefore() {
  try {
    const keys = JSON.parse(sessionStorage.getItem(CHOSEN) ?? "[]");
    return Array.isArray(keys) ? keys.map(String) : [];
  } catch {
    // No storage, or not what was written there: nothing was chosen.
    return [];
  }
}

/** @param {string[]} keys */
export function rememberChosen(keys) {
  try {
    sessionStorage.setItem(CHOSEN, JSON.stringify(keys));
  } catch {
    // Without storage a reload forgets the choice, as it forgets the agents.
  }
}
