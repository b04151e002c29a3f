// What the fixed policies achieve on the validation days: the lines that a training is seen against.
// The optimum takes seconds; a worker of its own works them out, and is ended when there is another setting.

import { Refusal, WorkerClient } from "../engines/client.js";

/**
 * @typedef {import("../types.d.ts").Reference} Reference
 * @typedef {import("../types.d.ts").Setting} Setting
 * @typedef {import("../types.d.ts").StreetRequests} StreetRequests
 */

/** The quick ones first. */
const POLICIES = ["rule_based", "street_greedy", "optimum", "time_of_use"];

export class References {
  /** @type {Setting | null} */
  #setting = null;
  /** @type {WorkerClient<StreetRequests> | null} */
  #worker = null;
  #store;

  /** @param {import("../app/state.js").Store} store */
  constructor(store) {
    this.#store = store;
  }

  /** Works them out for the present setting, unless that has been done. */
  async follow() {
    const { setting, file } = this.#store.state;
    if (!setting || setting === this.#setting) return;
    this.#setting = setting;
    this.#worker?.close();
    this.#store.set({ references: new Map() });
    /** @type {WorkerClient<StreetRequests>} */
    const worker = new WorkerClient(new URL("../engines/workers/street.js", import.meta.url), { crash: () => undefined });
    this.#worker = worker;
    try {
      const requests = [worker.request("start"), file && worker.request("readFile", file), worker.request("configure", setting.spec)];
      await Promise.all(requests);
      for (const policy of POLICIES) {
        const reference = await worker.request("reference", policy);
        if (setting !== this.#store.state.setting) return;
        this.#store.set({ references: new Map(this.#store.state.references).set(policy, reference) });
      }
    } catch (error) {
      // Lines that are missing are no reason to stop anybody; the policies themselves are refused elsewhere.
      if (!(error instanceof Refusal)) throw error;
    } finally {
      worker.close();
    }
  }
}
