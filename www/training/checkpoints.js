// The last checkpoint of a training, kept in the browser's storage so that neither a crash
// nor a reload loses it. One is kept: the latest.

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

/** @param {Checkpoint} checkpoint */
export async function keepCheckpoint(checkpoint) {
  await attempt("readwrite", (store) => store.put(checkpoint, KEY));
}

/** @returns {Promise<Checkpoint | undefined>} */
export async function keptCheckpoint() {
  return attempt("readonly", (store) => store.get(KEY));
}

export async function forgetCheckpoint() {
  await attempt("readwrite", (store) => store.delete(KEY));
}
