// The last checkpoints of a training, one for each seed, kept in the browser's storage so that neither
// a crash nor a reload loses it. One training is kept: the latest.

import { transact } from "../app/storage.js";

/** @typedef {import("../types.d.ts").Checkpoint} Checkpoint */

const KEY = "latest";

/**
 * Private windows and full disks refuse storage; training goes on without it.
 * @template T
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest<T>} work
 * @returns {Promise<T | undefined>}
 */
const attempt = (mode, work) => transact("checkpoints", mode, work).catch(() => undefined);

/** @param {Checkpoint[]} checkpoints Of all seeds; the one that leads first. */
export async function keepCheckpoints(checkpoints) {
  await attempt("readwrite", (store) => store.put(checkpoints, KEY));
}

/** @returns {Promise<Checkpoint[]>} Empty where there are none. */
export async function keptCheckpoints() {
  return (await attempt("readonly", (store) => store.get(KEY))) ?? [];
}

export async function forgetCheckpoints() {
  await attempt("readwrite", (store) => store.delete(KEY));
}
