// Training: the learner, the agent it has, and what is kept of it.

import { forgetCheckpoint, keepCheckpoint, keptCheckpoint } from "./checkpoints.js";
import { Replaced } from "./client.js";
import { counted, sentence } from "./format.js";
import { Learner } from "./learner.js";
import { notify } from "./notices.js";
import { attempt } from "./refusals.js";
import { scenarioQuery } from "./state.js";
import { TrainingLog } from "./training-log.js";

/**
 * @typedef {import("./types.d.ts").Backend} Backend
 * @typedef {import("./types.d.ts").Checkpoint} Checkpoint
 * @typedef {import("./types.d.ts").Spec} Spec
 */

const LEARNER_MISSING =
  "The learner could not be loaded, so nothing can be trained; reload the page, and if that does not help, build it with “cargo xtask serve”.";

export class Training {
  /** @type {Learner | null} `null` until the street is there. */
  #learner = null;
  /** @type {Checkpoint | null} */
  #checkpoint = null;
  /** Settled when the last checkpoint is in the browser's storage. */
  #stored = Promise.resolve();
  #log = new TrainingLog();
  #stopping = false;
  #recovering = false;
  #store;
  #adopt;
  /** Another number, another agent. */
  version = 0;

  /**
   * @param {import("./state.js").Store} store
   * @param {(spec: Spec) => Promise<boolean>} adopt Makes the specification of a loaded agent the street's.
   */
  constructor(store, adopt) {
    this.#store = store;
    this.#adopt = adopt;
  }

  get #state() {
    return this.#store.state;
  }

  /**
   * Loads a learner and gives it the street's setting.
   * @returns {Promise<boolean>} Whether it is there.
   */
  async load() {
    const learner = this.#spawn();
    this.#learner = learner;
    this.#store.set({ learner: "loading" });
    try {
      await Promise.all([learner.loaded, this.#follow()]);
      this.#store.set({ learner: "ready" });
      return true;
    } catch (error) {
      // After a crash, which is told where it is noticed.
      if (error instanceof Replaced) return false;
      learner.close();
      this.forget();
      this.#store.set({ learner: "failed" });
      const detail = error instanceof Error ? ` (${error.message})` : "";
      notify("error", "learner", `${LEARNER_MISSING}${detail}`);
      return false;
    }
  }

  /** Gives the learner the street's setting, which is a new one: there is no agent any more. */
  async follow() {
    this.forget();
    if (!this.#learner || this.#state.learner === "failed") return;
    const followed = await attempt("learner", async () => (await this.#follow(), true));
    // Better no training than one of another setting.
    if (!followed) this.#store.set({ learner: "failed" });
  }

  /** Trains a fresh agent, or goes on with a paused one. */
  async train() {
    if (this.#state.phase === "stopped" || this.#state.phase === "done") await this.reset();
    this.#store.set({ phase: "running" });
    await attempt("train", () => this.#request("train"));
  }

  pause() {
    this.#store.set({ phase: "pausing" });
    void this.#request("pause");
  }

  /** Ends the training; the best agent so far stays for evaluation. */
  stop() {
    if (this.#state.phase === "running") {
      this.#stopping = true;
      this.pause();
    } else {
      this.#store.set({ phase: "stopped" });
    }
  }

  async step() {
    this.#store.set({ phase: "running" });
    const stepped = await attempt("train", () => this.#request("step").then(() => true));
    // A step that was carried out comes to rest by itself, once its checkpoint is stored.
    if (!stepped && this.#state.phase === "running") this.#store.set({ phase: "paused" });
  }

  /** Throws the agent away and starts from fresh weights. */
  async reset() {
    await attempt("train", () => this.#request("reset"));
    this.forget();
    await forgetCheckpoint();
  }

  /** What the agent does on the held-out days. */
  actions() {
    return this.#request("actions");
  }

  /** The agent as a file; `undefined` when there is none. */
  saveModel() {
    return attempt("download", () => this.#request("saveModel"));
  }

  /** @param {Uint8Array<ArrayBuffer>} bytes */
  async loadModel(bytes) {
    const before = this.aside();
    if (await this.#take(bytes)) this.offerBack(before);
  }

  /**
   * Moves to the other engine with the same agent.
   * @param {Backend} backend
   */
  async chooseBackend(backend) {
    const previous = this.#state.backend;
    const agent = this.aside();
    this.#store.set({ backend });
    if (!(await this.#replace())) {
      this.#store.set({ backend: previous });
      await this.#replace();
    }
    if (agent) await this.#restore(agent);
  }

  /** The trained agent in use, before something replaces it. */
  aside() {
    return this.#state.history.length > 0 ? this.#checkpoint : null;
  }

  /** @param {Checkpoint | null} agent */
  offerBack(agent) {
    if (!agent) return;
    const trained = counted(agent.iteration, "iteration");
    notify("info", "aside", `A new setting starts with a fresh agent; the one trained for ${trained} was set aside.`, [
      { label: "Bring it back", act: () => void this.#restore(agent) },
    ]);
  }

  /** After a reload: the agent trained in this same scenario can be taken up again. */
  async offerKept() {
    const agent = await keptCheckpoint();
    if (!agent || agent.query !== scenarioQuery(this.#state)) return;
    notify("info", "aside", `An agent trained here for ${counted(agent.iteration, "iteration")} was kept from before.`, [
      { label: "Go on with it", act: () => void this.#restore(agent) },
    ]);
  }

  /** There is no agent any more. */
  forget() {
    this.#log.restart();
    this.#checkpoint = null;
    this.version++;
    const planned = this.#state.setting?.spec.ppo?.total_timesteps ?? 0;
    this.#store.set({ phase: "idle", history: [], trained: false, results: new Map(), stale: false, planned });
  }

  /**
   * @template {keyof import("./types.d.ts").LearnerRequests} K
   * @param {K} name
   * @param {Parameters<import("./types.d.ts").LearnerRequests[K]>} args
   */
  #request(name, ...args) {
    if (!this.#learner) throw new Error("A request was made before there is a learner.");
    return this.#learner.request(name, ...args);
  }

  async #follow() {
    const { setting, file } = this.#state;
    if (setting) await this.#learner?.follow(setting, file);
  }

  #spawn() {
    return new Learner(this.#state.backend, {
      iteration: (iteration, seconds) => {
        const grown = this.#log.append(this.#state.history, iteration, seconds);
        this.version++;
        this.#store.set({ ...grown, trained: true, stale: true });
      },
      paused: (done) => void this.#paused(done),
      halted: (message) => {
        this.#store.set({ phase: "paused" });
        notify("error", "train", sentence(message));
      },
      checkpoint: (bytes) => {
        this.#stored = this.#keep(bytes);
      },
      crash: (message) => void this.#recover(message),
    });
  }

  /** A fresh worker with the street's setting. */
  #replace() {
    this.#learner?.close();
    this.forget();
    return this.load();
  }

  /** @param {string} message */
  async #recover(message) {
    if (this.#recovering) {
      this.#store.set({ learner: "failed", phase: "idle" });
      notify("error", "crash", `The learner stopped again while it was starting: ${message}. Reload the page to try once more.`);
      return;
    }
    const agent = this.#checkpoint;
    this.#recovering = true;
    const loaded = await this.#replace();
    this.#recovering = false;
    if (!loaded || this.#state.learner === "failed") return;
    const what = `The learner stopped: ${message}. A fresh one has been started with the same setting.`;
    if (!agent) {
      notify("error", "crash", `${what} There was no trained agent to keep.`);
      return;
    }
    notify("error", "crash", `${what} The agent was last kept after ${counted(agent.iteration, "iteration")}.`, [
      { label: "Go on from the last checkpoint", act: () => void this.#restoreAndTrain(agent) },
    ]);
  }

  /**
   * Training has come to rest, and is said to have once its checkpoint is stored: whoever sees
   * it may close the page.
   * @param {boolean} done
   */
  async #paused(done) {
    await this.#stored;
    this.#store.set({ phase: done ? "done" : this.#stopping ? "stopped" : "paused" });
    this.#stopping = false;
  }

  /** @param {Uint8Array<ArrayBuffer>} bytes */
  async #keep(bytes) {
    const { history } = this.#state;
    this.#checkpoint = {
      bytes,
      query: scenarioQuery(this.#state),
      iteration: history.at(-1)?.iteration ?? 0,
      history,
      savedAt: Date.now(),
    };
    await keepCheckpoint(this.#checkpoint);
  }

  /**
   * Takes over a saved agent, and its setting.
   * @param {Uint8Array<ArrayBuffer>} bytes
   */
  async #take(bytes) {
    const spec = await attempt("model", () => this.#request("loadModel", bytes));
    if (!spec) return false;
    if (!(await this.#adopt(spec))) {
      await this.follow();
      return false;
    }
    this.forget();
    this.#store.set({ phase: "paused", trained: true, stale: true });
    return true;
  }

  /** @param {Checkpoint} agent */
  async #restore(agent) {
    if (!(await this.#take(agent.bytes))) return false;
    this.#checkpoint = agent;
    this.#store.set({ history: agent.history });
    return true;
  }

  /** @param {Checkpoint} agent */
  async #restoreAndTrain(agent) {
    if (await this.#restore(agent)) await this.train();
  }
}
