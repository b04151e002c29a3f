// Carries out runs on several workers at once.
//
// A worker takes one run after the other. One that crashes is thrown away with its run, whose row
// says why, and the next run has a fresh one.

import { Refusal, Replaced, WorkerClient } from "../engines/client.js";

/**
 * @typedef {import("../types.d.ts").Spec} Spec
 * @typedef {import("./plan.js").Measures} Measures
 */

/** @typedef {{ kpis: Measures, reference: Measures, seconds: number, agent: Uint8Array<ArrayBuffer> }} Outcome */

/**
 * Requests to a sweep's worker: the answer to each is what its function returns.
 * @typedef {{
 *   start(): void,
 *   readFile(file: File): void,
 *   run(spec: Spec): Outcome,
 * }} SweepRequests
 */

/**
 * @typedef {object} Reports What the runner says of its runs.
 * @property {(run: number) => void} begun
 * @property {(run: number, iteration: import("../types.d.ts").Iteration, seconds: number) => void} progress
 * @property {(run: number, outcome: Outcome) => Promise<void>} finished
 * @property {(run: number, reason: string, seconds: number) => Promise<void>} failed
 * @property {(reason: string | null) => void} rest No run is under way any more; why, where it is none's fault.
 */

/** As many as the machine has cores, but one for the page. */
export function workersHere() {
  return Math.max(1, (navigator.hardwareConcurrency || 2) - 1);
}

/** One worker and the run that it has. */
class Lane {
  /** @type {number | null} */
  run = null;
  /** Why it crashed. @type {string | null} */
  crash = null;

  /** @param {Reports} reports */
  constructor(reports) {
    /** @type {WorkerClient<SweepRequests>} */
    this.client = new WorkerClient(new URL("../engines/workers/sweep.js", import.meta.url), {
      iteration: (iteration, seconds) => {
        if (this.run !== null) reports.progress(this.run, iteration, seconds);
      },
      crash: (message) => (this.crash = message),
    });
  }

  /** @param {File | null} file */
  async start(file) {
    await this.client.request("start");
    if (file) await this.client.request("readFile", file);
  }
}

/** No engine, or no data: no run could be carried out. */
class CannotStart extends Error {}

export class Runner {
  /** @type {number[]} */
  #queue = [];
  /** @type {Set<Lane>} */
  #lanes = new Set();
  /** Whether workers take another run when they have finished one. */
  #taking = false;
  /** @type {string | null} */
  #halted = null;
  /** How many take runs. */
  #working = 0;
  #specOf;
  #file;
  #reports;

  /**
   * @param {(run: number) => Spec} specOf
   * @param {File | null} file The data file of all runs.
   * @param {Reports} reports
   */
  constructor(specOf, file, reports) {
    this.#specOf = specOf;
    this.#file = file;
    this.#reports = reports;
  }

  /** @param {number[]} runs @param {number} workers At most so many at once. */
  start(runs, workers) {
    this.#queue.push(...runs);
    this.#taking = true;
    const wanted = Math.min(workers, this.#queue.length + this.#working);
    while (this.#working < wanted) {
      this.#working++;
      void this.#work();
    }
  }

  /** What is under way is finished, and nothing begun after it. */
  pause() {
    this.#taking = false;
    this.#queue = [];
  }

  /** What is under way is discarded. */
  stop() {
    this.pause();
    for (const { client } of this.#lanes) client.close();
  }

  async #work() {
    /** @type {Lane | null} */
    let lane = null;
    try {
      for (let run = this.#next(); run !== undefined; run = this.#next()) {
        this.#reports.begun(run);
        if (!lane || lane.client.closed) lane = await this.#lane();
        lane.run = run;
        await this.#carryOut(lane, run);
        lane.run = null;
      }
    } catch (error) {
      if (!(error instanceof CannotStart)) throw error;
      this.#halted ??= error.message;
      this.pause();
    } finally {
      lane?.client.close();
      if (lane) this.#lanes.delete(lane);
      this.#working--;
      if (this.#working === 0) this.#reports.rest(this.#halted);
    }
  }

  #next() {
    return this.#taking ? this.#queue.shift() : undefined;
  }

  /** A fresh worker with its engines and data. */
  async #lane() {
    const lane = new Lane(this.#reports);
    this.#lanes.add(lane);
    try {
      await lane.start(this.#file);
      return lane;
    } catch (error) {
      lane.client.close();
      this.#lanes.delete(lane);
      // Stopped meanwhile: nothing is wrong.
      if (error instanceof Replaced && lane.crash === null) return lane;
      throw new CannotStart(lane.crash ?? (error instanceof Error ? error.message : String(error)));
    }
  }

  /** @param {Lane} lane @param {number} run */
  async #carryOut(lane, run) {
    const begin = performance.now();
    try {
      const outcome = await lane.client.request("run", this.#specOf(run));
      await this.#reports.finished(run, outcome);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (lane.client.closed) this.#lanes.delete(lane);
      if (error instanceof Replaced && lane.crash === null) return;
      await this.#reports.failed(run, lane.crash ?? error.message, (performance.now() - begin) / 1000);
    }
  }
}
