// What the browser keeps from visit to visit: tables of one database.
//
// `checkpoints` holds the latest training, a checkpoint for each of its seeds; `agents` those that were kept, `sweeps` the plans of
// sweeps, `sweepRows` their finished runs under `[sweep, run]`.

/** @typedef {"checkpoints" | "agents" | "sweeps" | "sweepRows"} Table */

const DATABASE = "peergrid";
/** Another number where a table is added, or where what is kept in one has another form. */
const VERSION = 5;
/** @type {Table[]} */
const TABLES = ["checkpoints", "agents", "sweeps", "sweepRows"];

/** @returns {Promise<IDBDatabase>} */
function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, VERSION);
    request.onupgradeneeded = ({ oldVersion }) => {
      const { result } = request;
      // Checkpoints of before have another form.
      if (oldVersion > 0 && oldVersion < 5) result.deleteObjectStore("checkpoints");
      for (const table of TABLES) if (!result.objectStoreNames.contains(table)) result.createObjectStore(table);
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    // Another tab, with an older page, has it.
    request.onblocked = () => reject(new Error("another tab with an older copy of this page has the browser’s storage in use"));
  });
}

/**
 * Reads or writes one table in one transaction.
 *
 * Rejects where the browser grants no storage, as in private windows or on a full disk: whoever
 * asks decides whether that matters.
 * @template T
 * @param {Table} table
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest<T>} work
 * @returns {Promise<T>}
 */
export async function transact(table, mode, work) {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(table, mode);
      const request = work(transaction.objectStore(table));
      // The request may succeed and its transaction still be lost; only this is for good.
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}
