// What becomes of a training whose engine crashes: a fresh one takes its place, and what was last kept of the agent
// is offered, or gone on from where other seeds train beside it.

import { attempt } from "../app/refusals.js";
import { counted } from "../ui/format.js";
import { notify } from "../ui/notices.js";

/**
 * @typedef {import("../types.d.ts").Checkpoint} Checkpoint
 * @typedef {import("./run.js").Run} Run
 */

/**
 * @typedef {object} Hooks What the training can do.
 * @property {() => Checkpoint | null} aside
 * @property {(run: Run, text: string) => string} named A sentence about one of several seeds says which.
 * @property {() => Promise<boolean>} replaceAll Fresh workers with the street's setting; whether they are there.
 * @property {(agent: Checkpoint) => Promise<boolean>} restore
 * @property {() => Promise<void>} train
 * @property {(run: Run) => Promise<void>} goOn
 * @property {() => Promise<void>} settle
 * @property {() => void} publish
 */

export class Recovery {
  #underWay = false;
  #store;
  #seeds;
  #training;

  /**
   * @param {import("../app/state.js").Store} store
   * @param {import("./seeds.js").Seeds} seeds
   * @param {Hooks} training
   */
  constructor(store, seeds, training) {
    this.#store = store;
    this.#seeds = seeds;
    this.#training = training;
  }

  /** @param {Run} run Whose engine crashed. @param {string} message */
  async from(run, message) {
    const { runs } = this.#seeds;
    // What the other seeds have learnt is not given up for one.
    if (runs.length > 1 && runs.some(({ history }) => history.length > 0)) await this.#replaceOne(run, message);
    else await this.#replaceAll(message);
  }

  /** @param {string} message */
  async #replaceAll(message) {
    if (this.#underWay) {
      this.#store.set({ learner: "failed", phase: "idle" });
      notify("error", "crash", `The learner stopped again while it was starting: ${message}. Reload the page to try once more.`);
      return;
    }
    const agent = this.#training.aside();
    this.#underWay = true;
    const loaded = await this.#training.replaceAll();
    this.#underWay = false;
    if (!loaded || this.#store.state.learner === "failed") return;
    const what = `The learner stopped: ${message}. A fresh one has been started with the same setting.`;
    if (!agent) {
      notify("error", "crash", `${what} There was no trained agent to keep.`);
      return;
    }
    notify("error", "crash", `${what} The agent was last kept after ${counted(agent.iteration, "iteration")}.`, [
      { label: "Go on from the last checkpoint", act: () => void this.#restoreAndTrain(agent) },
    ]);
  }

  /** @param {Checkpoint} agent */
  async #restoreAndTrain(agent) {
    if (await this.#training.restore(agent)) await this.#training.train();
  }

  /**
   * One of several seeds stopped. It goes on in a fresh worker from what was last kept of it;
   * where that stops as well, it is left out.
   * @param {Run} run
   * @param {string} message
   */
  async #replaceOne(run, message) {
    const what = this.#training.named(run, `the learner stopped: ${message}.`);
    const fresh = run.replaced ? null : await this.#standIn(run);
    // Meanwhile a new setting may have come, with fresh runs for all seeds.
    if (!this.#seeds.runs.includes(fresh ?? run)) return;
    if (fresh) {
      const from = run.kept ? "gone on from its last checkpoint" : "begun anew";
      notify("error", "crash", `${what} A fresh one has ${from}.`);
    } else {
      this.#seeds.leaveOut(run);
      notify("error", "crash", `${what} The other seeds go on without it.`);
    }
    this.#training.publish();
    if (fresh?.moving && this.#store.state.phase === "running") {
      await this.#training.goOn(fresh);
    } else {
      if (fresh) fresh.moving = false;
      await this.#training.settle();
    }
  }

  /** A fresh run in the place of one that stopped; `null` when it stops as well, or is not wanted any more. @param {Run} run */
  async #standIn(run) {
    const { setting, file, backend } = this.#store.state;
    if (!setting) return null;
    const fresh = this.#seeds.spawn(run.index, backend);
    const there = await attempt("learner", () => fresh.standIn(run, setting, file).then(() => true));
    if (there && this.#seeds.runs.includes(run)) {
      this.#seeds.replace(run, fresh);
      return fresh;
    }
    fresh.close();
    return null;
  }
}
