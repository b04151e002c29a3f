// One seed of a training: its learner, what that has reported, and what is kept of its agent.

import { Learner } from "./learner.js";
import { AGENT } from "../app/state.js";
import { TrainingLog } from "./training-log.js";

/**
 * @typedef {import("../types.d.ts").Backend} Backend
 * @typedef {import("../types.d.ts").LearnerRequests} LearnerRequests
 * @typedef {import("../types.d.ts").Sample} Sample
 * @typedef {import("../types.d.ts").Setting} Setting
 */

/**
 * An agent as it was at some time, and how it got there.
 * @typedef {{ bytes: Uint8Array<ArrayBuffer>, history: Sample[] }} Kept
 */

/**
 * @typedef {object} RunReports What a run says unasked.
 * @property {(run: Run) => void} iteration
 * @property {(run: Run) => void} checkpoint
 * @property {(run: Run) => void} rest Its training has come to rest.
 * @property {(run: Run, message: string) => void} halted Its training ended by an error; the engine lives.
 * @property {(run: Run, message: string) => void} crash Its engine is gone.
 */

export class Run {
  /** @type {Sample[]} */
  history = [];
  /** Home-steps of the whole training. */
  planned = 0;
  moving = false;
  /** The planned length has been reached. */
  done = false;
  /** @type {Kept | null} */
  kept = null;
  /** Its engine has taken the place of one that crashed. */
  replaced = false;
  /** That engine is being loaded; who waits for it learns when it fails. */
  starting = false;
  /** Settings on the way to its learner, which until then speaks of the one before. */
  #following = 0;
  #log = new TrainingLog();
  #learner;

  /**
   * @param {number} index Its seed is that of the specification and this.
   * @param {Backend} backend
   * @param {RunReports} reports
   */
  constructor(index, backend, reports) {
    this.index = index;
    this.#learner = new Learner(backend, {
      iteration: (iteration, seconds) => {
        if (!this.#heeded) return;
        const { history, planned } = this.#log.append(this.history, iteration, seconds);
        this.history = history;
        this.planned = planned;
        reports.iteration(this);
      },
      paused: (done) => {
        if (!this.#heeded) return;
        this.moving = false;
        this.done = done;
        reports.rest(this);
      },
      halted: (message) => {
        if (!this.#heeded) return;
        this.moving = false;
        reports.halted(this, message);
      },
      checkpoint: (bytes) => {
        if (!this.#heeded) return;
        this.kept = { bytes, history: this.history };
        reports.checkpoint(this);
      },
      crash: (message) => {
        if (!this.starting) reports.crash(this, message);
      },
    });
  }

  /** Whether what its learner says of a training is of the present one. */
  get #heeded() {
    return this.moving && this.#following === 0;
  }

  /** Settled once its learner is loaded. */
  get loaded() {
    return this.#learner.loaded;
  }

  /** Its engine is gone. */
  get closed() {
    return this.#learner.closed;
  }

  /** The reward of its best agent on the validation days: what seeds are compared by. */
  get best() {
    return this.history.findLast(({ best }) => best)?.validation[AGENT]?.reward ?? -Infinity;
  }

  /**
   * @template {keyof LearnerRequests} K
   * @param {K} name
   * @param {Parameters<LearnerRequests[K]>} args
   */
  request(name, ...args) {
    return this.#learner.request(name, ...args);
  }

  /**
   * Gives its learner the street's setting, under its own seed; a training under way ends, and the agent is dropped.
   * @param {Setting} setting
   * @param {File | null} file The data file in use.
   */
  async follow(setting, file) {
    if (this.moving && !this.starting) {
      this.moving = false;
      // A learner that is gone has ended its training already.
      this.request("pause").catch(() => undefined);
    }
    const spec = { ...setting.spec, seed: setting.spec.seed + this.index };
    this.#following++;
    try {
      await this.#learner.follow({ ...setting, spec }, file);
    } finally {
      this.#following--;
    }
  }

  /** There is no agent any more. */
  forget() {
    this.#log.restart();
    this.history = [];
    this.planned = 0;
    this.done = false;
    this.kept = null;
  }

  /** Its learner has taken over an agent. @param {Kept} kept */
  takeOver(kept) {
    this.forget();
    this.history = kept.history;
    this.kept = kept;
  }

  /**
   * Takes the place of a run whose engine crashed, with what was last kept of it.
   * @param {Run} run
   * @param {Setting} setting
   * @param {File | null} file
   */
  async standIn({ kept, moving }, setting, file) {
    this.replaced = true;
    this.starting = true;
    this.moving = moving;
    await Promise.all([this.loaded, this.follow(setting, file)]);
    if (kept) {
      await this.request("loadModel", kept.bytes);
      this.takeOver(kept);
    }
    this.starting = false;
  }

  close() {
    this.#learner.close();
  }
}
