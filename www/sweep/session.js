// The sweep in use: its plan, its runs as far as they are, and what may be done with them. It goes
// on while other views are in sight.

import { TrainingLog } from "../training/training-log.js";
import { fileOf, runsOf, specOf, stepsOf } from "./plan.js";
import { Runner, workersHere } from "./runner.js";
import { countRows, deleteSweep, forgetRow, keepRow, keepRows, keepSweep, keptAgent, keptRows, keptSweeps } from "./store.js";

/**
 * @typedef {import("./plan.js").Plan} Plan
 * @typedef {import("./plan.js").Row} Row
 * @typedef {import("./plan.js").PlannedRun} PlannedRun
 * @typedef {import("./store.js").KeptSweep} KeptSweep
 * @typedef {import("../types.d.ts").Checkpoint} Checkpoint
 * @typedef {import("../types.d.ts").Sample} Sample
 */

/**
 * Where a sweep stands. `pausing` finishes what is under way, `paused` has nothing under way and runs
 * to do, `done` has none.
 * @typedef {"running" | "pausing" | "paused" | "done"} Phase
 */

/**
 * @typedef {object} Sweep
 * @property {string} id
 * @property {string} name
 * @property {number} created
 * @property {Plan} plan
 * @property {PlannedRun[]} runs
 * @property {Map<number, Row>} rows The finished ones.
 * @property {Map<number, number>} active How much of each run under way is done, 0 to 1.
 * @property {Phase} phase
 */

/** What may have changed: the sweep itself, its rows, only the progress of a run, the list of those kept. @typedef {"sweep" | "rows" | "progress" | "kept"} Part */

/** @typedef {KeptSweep & { finished: number, runs: number }} Listed */

export class Session {
  /** @type {Sweep | null} */
  sweep = null;
  /** @type {Listed[]} */
  kept = [];
  /** What went wrong with the whole, in a sentence. @type {string | null} */
  fault = null;
  /** Home-steps per second of one worker, over the runs that finished here. @type {number | null} */
  rate = null;
  #measured = { steps: 0, seconds: 0 };
  /** @type {Runner | null} */
  #runner = null;
  /** Agents that the browser would not store. @type {Map<number, Checkpoint>} */
  #unstored = new Map();
  /** How the runs under way have learnt so far. @type {Map<number, { log: TrainingLog, history: Sample[] }>} */
  #learning = new Map();
  /** Gives back the right to go on with the sweep. @type {(() => void) | null} */
  #release = null;
  /** The right has been asked for. */
  #claiming = false;
  #listeners = new Set(/** @type {((parts: Set<Part>) => void)[]} */ ([]));
  /** @type {Set<Part>} */
  #changed = new Set();

  /** @param {(parts: Set<Part>) => void} listener Called once after the current task, with all that changed. */
  subscribe(listener) {
    this.#listeners.add(listener);
  }

  get busy() {
    return this.sweep?.phase === "running" || this.sweep?.phase === "pausing";
  }

  /** Lists what is kept. */
  async refresh() {
    try {
      const kept = await keptSweeps();
      const finished = await Promise.all(kept.map(({ id }) => countRows(id)));
      this.kept = kept.map((sweep, index) => ({ ...sweep, finished: finished[index], runs: runsOf(sweep.plan).length }));
    } catch {
      // Where nothing can be kept, nothing is.
      this.kept = [];
    }
    this.#tell("kept");
  }

  /**
   * A new sweep, with the rows that a file has of it.
   * @param {string} name
   * @param {Plan} plan
   * @param {Row[]} rows
   */
  async create(name, plan, rows = []) {
    const kept = { id: newId(), name, created: Date.now(), plan };
    this.#adopt(kept, rows);
    await this.#store(async () => {
      await keepSweep(kept);
      await keepRows(kept.id, rows);
    });
    await this.refresh();
  }

  /** @param {string} id */
  async open(id) {
    const kept = this.kept.find((sweep) => sweep.id === id);
    if (!kept || this.sweep?.id === id) return;
    await this.#store(async () => this.#adopt(kept, await keptRows(id)));
  }

  /**
   * Does the runs that are missing.
   * @param {File | null} file The data file in use.
   */
  async goOn(file) {
    const { sweep } = this;
    if (!sweep) return;
    const missing = sweep.runs.filter(({ run }) => !sweep.rows.has(run) && !sweep.active.has(run));
    if (missing.length === 0 || !(await this.#ready(sweep, file))) return;
    this.#start(sweep, missing.map(({ run }) => run), file);
  }

  /**
   * Does a run once more.
   * @param {number} run
   * @param {File | null} file
   */
  async repeat(run, file) {
    const { sweep } = this;
    if (!sweep?.rows.has(run) || !(await this.#ready(sweep, file))) return;
    sweep.rows.delete(run);
    this.#unstored.delete(run);
    this.#tell("rows");
    await this.#store(() => forgetRow(sweep.id, run));
    this.#start(sweep, [run], file);
  }

  /** What is under way is finished, and nothing begun after it. */
  pause() {
    if (this.sweep?.phase !== "running") return;
    this.sweep.phase = "pausing";
    this.#runner?.pause();
    this.#tell("sweep");
  }

  /** What is under way is discarded; what has finished stays. */
  stop() {
    if (!this.sweep || !this.#runner) return;
    this.#runner.stop();
    this.#rest(this.sweep);
  }

  /** @param {string} id @param {string} name */
  async rename(id, name) {
    const found = this.kept.find((sweep) => sweep.id === id);
    if (!found || name === "" || name === found.name) return;
    const { created, plan } = found;
    await this.#store(() => keepSweep({ id, name, created, plan }));
    if (this.sweep?.id === id) {
      this.sweep.name = name;
      this.#tell("sweep");
    }
    await this.refresh();
  }

  /** @param {string} id */
  async delete(id) {
    if (this.sweep?.id === id) {
      this.stop();
      this.sweep = null;
      this.#tell("sweep");
    }
    await this.#store(() => deleteSweep(id));
    await this.refresh();
  }

  /** The agent of a finished run; `undefined` where there is none. @param {number} run */
  async agent(run) {
    if (!this.sweep) return undefined;
    return this.#unstored.get(run) ?? (await keptAgent(this.sweep.id, run).catch(() => undefined));
  }

  /** @param {KeptSweep} kept @param {Row[]} rows */
  #adopt({ id, name, created, plan }, rows) {
    this.stop();
    this.#unstored.clear();
    this.fault = null;
    // Homes and networks of another size have another speed.
    this.rate = null;
    this.#measured = { steps: 0, seconds: 0 };
    const runs = runsOf(plan);
    const finished = new Map(rows.map((row) => [row.run, row]));
    const phase = finished.size === runs.length ? "done" : "paused";
    this.sweep = { id, name, created, plan, runs, rows: finished, active: new Map(), phase };
    this.#tell("sweep");
  }

  /**
   * Whether runs can be done here and now; where they cannot, the reader is told why.
   * @param {Sweep} sweep
   * @param {File | null} file
   */
  async #ready({ id, plan }, file) {
    const wanted = fileOf(plan);
    if (wanted !== null && wanted !== file?.name) {
      return this.#refuse(`This sweep was made with ${wanted}; choose that file under Data, then go on.`);
    }
    if (this.#claiming) return false;
    if (!this.busy) {
      this.#claiming = true;
      const claimed = await this.#claim(id);
      this.#claiming = false;
      if (!claimed) return this.#refuse("This sweep is running in another tab of this browser.");
    }
    this.fault = null;
    return true;
  }

  /** @param {Sweep} sweep @param {number[]} runs @param {File | null} file */
  #start(sweep, runs, file) {
    this.#runner ??= this.#runnerOf(sweep, fileOf(sweep.plan) === null ? null : file);
    sweep.phase = "running";
    this.#runner.start(runs, workersHere());
    this.#tell("sweep");
  }

  /** @param {string} fault */
  #refuse(fault) {
    this.fault = fault;
    this.#tell("sweep");
    return false;
  }

  /** @param {Sweep} sweep @param {File | null} file */
  #runnerOf(sweep, file) {
    const planned = new Map(sweep.runs.map((run) => [run.run, run]));
    const of = (/** @type {number} */ run) => /** @type {PlannedRun} */ (planned.get(run));
    const runner = new Runner((run) => specOf(sweep.plan, of(run)), file, {
      begun: (run) => {
        sweep.active.set(run, 0);
        this.#learning.set(run, { log: new TrainingLog(), history: [] });
        this.#tell("progress");
      },
      progress: (run, iteration, seconds) => {
        const learning = this.#learning.get(run);
        if (!sweep.active.has(run) || !learning) return;
        learning.history = learning.log.append(learning.history, iteration, seconds).history;
        sweep.active.set(run, iteration.stats.total_steps / iteration.planned_steps);
        this.#tell("progress");
      },
      finished: async (run, { agent, ...measures }) => {
        const { values, seed } = of(run);
        this.#measure(stepsOf(sweep.plan, of(run)), measures.seconds);
        await this.#finish(sweep, { run, values, seed, ...measures, error: null }, this.#checkpoint(sweep, of(run), agent));
      },
      failed: async (run, error, seconds) => {
        const { values, seed } = of(run);
        await this.#finish(sweep, { run, values, seed, kpis: {}, reference: {}, seconds, error }, null);
      },
      rest: (reason) => {
        if (runner !== this.#runner) return;
        if (reason) this.fault = `The sweep could not go on: ${reason}`;
        this.#rest(sweep);
      },
    });
    return runner;
  }

  /**
   * The agent of a run with how it learnt, as trainings in the page are set aside.
   * @param {Sweep} sweep
   * @param {PlannedRun} run
   * @param {Uint8Array<ArrayBuffer>} bytes
   * @returns {Checkpoint}
   */
  #checkpoint({ plan }, run, bytes) {
    const history = this.#learning.get(run.run)?.history ?? [];
    const spec = specOf(plan, run);
    return { bytes, query: "", seed: run.seed, index: 0, iteration: history.length, history, savedAt: Date.now(), spec };
  }

  /** @param {Sweep} sweep @param {Row} row @param {Checkpoint | null} agent */
  async #finish(sweep, row, agent) {
    sweep.active.delete(row.run);
    this.#learning.delete(row.run);
    sweep.rows.set(row.run, row);
    this.#tell("rows");
    if (agent && !(await this.#store(() => keepRow(sweep.id, row, agent)))) this.#unstored.set(row.run, agent);
    if (!agent) await this.#store(() => keepRow(sweep.id, row, null));
  }

  /** @param {Sweep} sweep */
  #rest(sweep) {
    this.#runner = null;
    this.#release?.();
    this.#release = null;
    sweep.active.clear();
    this.#learning.clear();
    sweep.phase = sweep.rows.size === sweep.runs.length ? "done" : "paused";
    this.#tell("sweep");
    void this.refresh();
  }

  /** @param {number} steps @param {number} seconds */
  #measure(steps, seconds) {
    const sum = this.#measured;
    sum.steps += steps;
    sum.seconds += seconds;
    this.rate = sum.steps / sum.seconds;
  }

  /** One tab at a time goes on with a sweep. @param {string} id @returns {Promise<boolean>} */
  #claim(id) {
    if (!navigator.locks) return Promise.resolve(true);
    return new Promise((resolve) => {
      void navigator.locks.request(`peergrid sweep ${id}`, { ifAvailable: true }, (lock) => {
        resolve(lock !== null);
        return lock && new Promise((release) => (this.#release = () => release(undefined)));
      });
    });
  }

  /** @param {() => Promise<unknown>} work @returns {Promise<boolean>} Whether the browser's storage took it. */
  async #store(work) {
    try {
      await work();
      return true;
    } catch (error) {
      this.#storageFault(error);
      return false;
    }
  }

  /** @param {unknown} error */
  #storageFault(error) {
    const detail = error instanceof Error ? ` (${error.message})` : "";
    this.fault = `This browser does not store the sweep${detail}: export it as JSON before you leave the page.`;
    this.#tell("sweep");
  }

  /** @param {Part} part */
  #tell(part) {
    if (this.#changed.size === 0) {
      setTimeout(() => {
        const changed = this.#changed;
        this.#changed = new Set();
        for (const listener of this.#listeners) listener(changed);
      });
    }
    this.#changed.add(part);
  }
}

/** Unlike any other; `crypto.randomUUID` is there over https only. */
function newId() {
  return `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;
}
