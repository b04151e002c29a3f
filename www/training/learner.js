// The page's side of the learner: an engine that may still be loading while the page is in use.

import { WorkerClient } from "../engines/client.js";

/**
 * @typedef {import("../types.d.ts").Backend} Backend
 * @typedef {import("../types.d.ts").LearnerRequests} LearnerRequests
 * @typedef {import("../types.d.ts").Setting} Setting
 */

/**
 * A worker that learns. Requests may be made before it is loaded: they are answered in order.
 * @extends {WorkerClient<LearnerRequests>}
 */
export class Learner extends WorkerClient {
  /** @type {File | null} The file it has, or is about to read. */
  #file = null;
  /** How often it was told to follow. */
  #told = 0;

  /**
   * @param {Backend} backend
   * @param {import("../engines/client.js").Reports} reports
   */
  constructor(backend, reports) {
    super(new URL("../engines/workers/learner.js", import.meta.url), reports);
    /** Settled once it is loaded. */
    this.loaded = this.request("start", backend);
  }

  /**
   * Gives it the setting that the street has; it drops its agent.
   * @param {Setting} setting
   * @param {File | null} file The data file in use.
   */
  async follow({ spec }, file) {
    const told = ++this.#told;
    /** @type {Promise<unknown>[]} */
    const requests = [];
    if (spec.data.source === "file" && file && file !== this.#file) {
      // A file that is not wanted any more need not be read to its end.
      requests.push(this.request("cancelRead"), this.request("readFile", file));
      this.#file = file;
    }
    requests.push(this.request("configure", spec));
    try {
      await Promise.all(requests);
    } catch (error) {
      // What became of a setting that was replaced meanwhile matters to nobody.
      if (told !== this.#told) return;
      this.#file = null;
      throw error;
    }
  }
}
