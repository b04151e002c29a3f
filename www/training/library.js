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
