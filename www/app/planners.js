// Policies that plan ahead, or are tuned, take seconds: they do it in workers of their own, side by side, and
// the street carries the plans out. Such a worker can be ended at any time; nothing hangs on it.

import { Refusal, Replaced, WorkerClient } from "../engines/client.js";

/**
 * @typedef {import("../types.d.ts").Plan} Plan
 * @typedef {import("../types.d.ts").Policy} Policy
 * @typedef {import("../types.d.ts").Setting} Setting
 * @typedef {import("../types.d.ts").StreetRequests} StreetRequests
 * @typedef {WorkerClient<StreetRequests>} Planner
 */

/** More would cost more memory than they save time: there are few policies that plan. */
const MOST = 4;

export class Planners {
  /** @type {Planner[]} */
  #workers = [];
  /** The setting that they have. @type {Setting | null} */
  #setting = null;
  /** Why one of them has stopped. */
  #crash = "";

  /**
   * Plans for policies, one after the other on each worker.
   * @param {Policy[]} policies
   * @param {Setting} setting
   * @param {File | null} file The data file in use.
   * @param {(policy: Policy, plan: Plan) => Promise<unknown>} onPlan
   */
  async plan(policies, setting, file, onPlan) {
    if (this.#setting !== setting) this.close();
    this.#setting = setting;
    this.#crash = "";
    const waiting = [...policies];
    const count = Math.min(policies.length, navigator.hardwareConcurrency || 1, MOST);
    while (this.#workers.length < count) this.#workers.push(this.#spawn(setting, file));
    const work = async (/** @type {Planner} */ planner) => {
      for (let policy = waiting.shift(); policy !== undefined; policy = waiting.shift()) {
        await onPlan(policy, await planner.request("plan", policy.id));
      }
    };
    try {
      await Promise.all(this.#workers.map(work));
    } catch (error) {
      throw error instanceof Replaced && this.#crash ? new Refusal(this.#crash) : error;
    }
  }

  /** Ends them, whatever they are doing. */
  close() {
    for (const planner of this.#workers.splice(0)) planner.close();
    this.#setting = null;
  }

  /**
   * A worker with the street's setting. What it refuses on the way, it refuses to plan as well.
   * @param {Setting} setting
   * @param {File | null} file
   * @returns {Planner}
   */
  #spawn({ spec }, file) {
    /** @type {Planner} */
    const planner = new WorkerClient(new URL("../engines/workers/street.js", import.meta.url), {
      crash: (message) => {
        this.#crash = `A plan could not be made: ${message}.`;
        this.close();
      },
    });
    const quiet = () => undefined;
    planner.request("start").catch(quiet);
    if (file) planner.request("readFile", file).catch(quiet);
    planner.request("configure", spec).catch(quiet);
    return planner;
  }
}
