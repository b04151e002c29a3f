// How far an evaluation is, for who waits for it.

import { Replaced } from "../engines/client.js";

/**
 * How many of how many policies have been run, and the labels of those under way.
 * @typedef {(done: number, count: number, busy: string[]) => void} OnPolicies
 */

export class Tally {
  /** @type {string[]} */
  #busy = [];
  #done = 0;
  #count;
  #report;
  #signal;

  /**
   * @param {number} count
   * @param {OnPolicies} report
   * @param {AbortSignal} signal Ends it before the next policy.
   */
  constructor(count, report, signal) {
    this.#count = count;
    this.#report = report;
    this.#signal = signal;
  }

  /** @param {string} label */
  begin(label) {
    if (this.#signal.aborted) throw new Replaced("The evaluation was cancelled.");
    this.#busy.push(label);
    this.#report(this.#done, this.#count, this.#busy);
  }

  /** @param {string} label */
  end(label) {
    this.#busy = this.#busy.filter((other) => other !== label);
    this.#done++;
    if (!this.#signal.aborted) this.#report(this.#done, this.#count, this.#busy);
  }

  /**
   * @template T
   * @param {string} label
   * @param {() => Promise<T>} work
   * @returns {Promise<T>}
   */
  async run(label, work) {
    this.begin(label);
    const outcome = await work();
    this.end(label);
    return outcome;
  }
}
