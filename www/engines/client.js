// The page's side of a worker: requests as promises, reports as calls.

/**
 * @typedef {import("../types.d.ts").WorkerMessage} WorkerMessage
 */

/** A request the engine turned down; the message is a sentence for the reader. */
export class Refusal extends Error {}

/** A request whose worker was replaced before it could answer. */
export class Replaced extends Refusal {}

/**
 * @typedef {object} Reports What a worker says unasked; each says only some of it.
 * @property {(iteration: import("../types.d.ts").Iteration, seconds: number) => void} [iteration]
 * @property {(done: boolean) => void} [paused]
 * @property {(message: string) => void} [halted] Training ended by an error; the engine lives.
 * @property {(bytes: number, total: number, rows: number) => void} [progress]
 * @property {(bytes: Uint8Array<ArrayBuffer>) => void} [checkpoint]
 * @property {(message: string) => void} crash
 */

const gone = () => new Replaced("The engine was replaced before it could answer.");

/**
 * One worker with one engine. After a crash it is thrown away and another is made.
 * @template {Record<string, (...args: any[]) => any>} Requests
 */
export class WorkerClient {
  /** @type {Map<number, { resolve: (value: any) => void, reject: (error: Error) => void }>} */
  #waiting = new Map();
  #next = 0;
  #reports;
  #worker;
  /** It has been ended, or has crashed. */
  closed = false;

  /**
   * @param {URL} script
   * @param {Reports} reports
   */
  constructor(script, reports) {
    this.#reports = reports;
    this.#worker = new Worker(script, { type: "module" });
    this.#worker.addEventListener("message", (event) => this.#receive(event.data));
    this.#worker.addEventListener("error", (event) => {
      event.preventDefault();
      this.#crash(event.message || "The worker could not be loaded.");
    });
  }

  /**
   * @template {keyof Requests & string} K
   * @param {K} name
   * @param {Parameters<Requests[K]>} args
   * @returns {Promise<ReturnType<Requests[K]>>}
   */
  request(name, ...args) {
    if (this.closed) return Promise.reject(gone());
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, name, args });
    });
  }

  /** Ends the worker; requests under way, and later ones, are refused. */
  close() {
    this.closed = true;
    this.#worker.terminate();
    for (const { reject } of this.#waiting.values()) reject(gone());
    this.#waiting.clear();
  }

  /** @param {WorkerMessage} message */
  #receive(message) {
    switch (message.type) {
      case "answer":
        this.#settle(message.id)?.resolve(message.value);
        break;
      case "refusal":
        this.#settle(message.id)?.reject(new Refusal(message.message));
        break;
      case "iteration":
        this.#reports.iteration?.(message.iteration, message.seconds);
        break;
      case "paused":
        this.#reports.paused?.(message.done);
        break;
      case "halted":
        this.#reports.halted?.(message.message);
        break;
      case "progress":
        this.#reports.progress?.(message.bytes, message.total, message.rows);
        break;
      case "checkpoint":
        this.#reports.checkpoint?.(message.bytes);
        break;
      case "crash":
        this.#crash(message.message);
        break;
    }
  }

  /** @param {number} id */
  #settle(id) {
    const promise = this.#waiting.get(id);
    this.#waiting.delete(id);
    return promise;
  }

  /** @param {string} message */
  #crash(message) {
    this.close();
    this.#reports.crash(message);
  }
}
