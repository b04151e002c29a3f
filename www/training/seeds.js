// The runs of one training: as many as there are seeds, side by side.

import { Replaced } from "../engines/client.js";
import { Run } from "./run.js";

/**
 * @typedef {import("../types.d.ts").Backend} Backend
 * @typedef {import("../types.d.ts").Setting} Setting
 */

/** How many seeds are offered here: a core for each, and one for the page. */
export function mostSeeds() {
  return Math.max(2, (navigator.hardwareConcurrency || 2) - 1);
}

export class Seeds {
  /** @type {Run[]} */
  runs = [];
  /** How often they were mustered. */
  #musters = 0;
  /** Those that are not wanted any more. @type {WeakSet<Run>} */
  #dropped = new WeakSet();
  #reports;

  /** @param {import("./run.js").RunReports} reports */
  constructor(reports) {
    this.#reports = reports;
  }

  get none() {
    return this.runs.length === 0;
  }

  /** The one whose agent does best on the validation days. */
  get lead() {
    if (this.none) throw new Error("A request was made before there is a learner.");
    return this.runs.reduce((lead, run) => (run.best > lead.best ? run : lead));
  }

  get moving() {
    return this.runs.some(({ moving }) => moving);
  }

  /** Whether all have reached the planned length. */
  get done() {
    return this.runs.every(({ done }) => done);
  }

  /**
   * @param {number} index
   * @param {Backend} backend
   */
  spawn(index, backend) {
    return new Run(index, backend, this.#reports);
  }

  /**
   * Makes them as many as there are to be, each with the setting; agents are dropped.
   * @param {{ seeds: number, backend: Backend, setting: Setting | null, file: File | null }} state
   * @returns {Promise<boolean>} Whether they were not mustered again meanwhile.
   */
  async muster({ seeds, backend, setting, file }) {
    const muster = ++this.#musters;
    for (const run of this.runs.splice(seeds)) this.#drop(run);
    this.runs = this.runs.filter(({ closed }) => !closed);
    this.runs.forEach((run, index) => (run.index = index));
    while (this.runs.length < seeds) this.runs.push(this.spawn(this.runs.length, backend));
    await Promise.all(this.runs.map((run) => this.#prepare(run, setting, file)));
    return muster === this.#musters;
  }

  /**
   * Settled once a run has the setting, or is not wanted any more.
   * @param {Run} run
   * @param {Setting | null} setting
   * @param {File | null} file
   */
  async #prepare(run, setting, file) {
    try {
      await Promise.all([run.loaded, setting && run.follow(setting, file)]);
    } catch (error) {
      if (!(error instanceof Replaced && this.#dropped.has(run))) throw error;
    }
  }

  /** @param {Run} run */
  #drop(run) {
    this.#dropped.add(run);
    run.close();
  }

  /**
   * Fresh agents for all seeds.
   * @param {Parameters<Seeds["muster"]>[0]} state
   */
  async renew(state) {
    const whole = this.runs.length === state.seeds && this.runs.every((run, index) => run.index === index && !run.closed);
    if (whole) await Promise.all(this.runs.map((run) => run.request("reset")));
    else await this.muster(state);
  }

  /** @param {Run} run @param {Run} fresh */
  replace(run, fresh) {
    this.runs = this.runs.map((other) => (other === run ? fresh : other));
  }

  /** @param {Run} run */
  leaveOut(run) {
    this.#drop(run);
    this.runs = this.runs.filter((other) => other !== run);
  }

  /** Ends all but one. @param {Run} run */
  keepOnly(run) {
    for (const other of this.runs) if (other !== run) this.#drop(other);
    this.runs = [run];
  }

  /** Ends all. */
  dismiss() {
    for (const run of this.runs.splice(0)) run.close();
  }

  forget() {
    for (const run of this.runs) run.forget();
  }

  /** How far they are. @param {number} first The seed of the first. */
  progress(first) {
    const { lead } = this;
    return {
      runs: this.runs.map((run) => ({ seed: first + run.index, history: run.history, leads: run === lead })),
      history: lead.history,
      planned: Math.max(...this.runs.map(({ planned }) => planned)),
    };
  }
}
