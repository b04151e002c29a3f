// The last checkpoint of a training, kept in the browser's storage so that neither a crash
// nor a reload loses it. One is kept: the latest.

/** @typedef {import("../types.d.ts").Checkpoint} Checkpoint */

const DATABASE = "peergrid";
/** Of the form of what is kept; what has another is dropped. */
const VERSION = 3;
const TABLE = "checkpoints";
const KEY = "latest";

/** @returns {Promise<IDBDatabase>} */
function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, VERSION);
    request.onupgradeneeded = () => {
      const { result } = request;
      if (result.objectStoreNames.contains(TABLE)) result.deleteObjectStore(TABLE);
      result.createObjectStore(TABLE);
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    // Another tab, with an older page, has it.
    request.onblocked = () => reject(new Error("The storage is in use."));
  });
}

/**
 * @template T
 * @param {IDBTransactionMode} mode
 * @param {(table: IDBObjectStore) => IDBRequest<T>} work
 * @returns {Promise<T | undefined>} `undefined` where the browser grants no storage.
 */
async function transact(mode, work) {
  try {
    const database = await open();
    try {
      return await new Promise((resolve, reject) => {
        const transaction = database.transaction(TABLE, mode);
        const request = work(transaction.objectStore(TABLE));
        // The request may succeed and its transaction still be lost; only this is for good.
        transaction.oncomplete = () => resolve(request.result);
        transaction.onabort = () => reject(transaction.error);
      });
    } finally {
      database.close();
    }
  } catch {
    // Private windows and full disks refuse storage; training goes on without it.
    return undefined;
  }
}

/** @param {Checkpoint} checkpoint */
export async function keepCheckpoint(checkpoint) {
  await transact("readwrite", (table) => table.put(checkpoint, KEY));
}

/** @returns {Promise<Checkpoint | undefined>} */
export async function keptCheckpoint() {
  return transact("readonly", (table) => table.get(KEY));
}

export async function forgetCheckpoint() {
  await transact("readwrite", (table) => table.delete(KEY));
}
