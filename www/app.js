// What the page can do: every action of a control ends here, and only here are the engine
// and the state brought together.

import { EngineClient } from "./client.js";
import { forgetCheckpoint, keepCheckpoint, keptCheckpoint } from "./checkpoints.js";
import { counted, sentence } from "./format.js";
import { webgpuOffer } from "./gpu.js";
import { dismiss, notify } from "./notices.js";
import { attempt, refused } from "./refusals.js";
import { overridesOf, presetOf, withoutFile } from "./scenario.js";
import { edited, withOverrides } from "./spec.js";
import { actingPolicies, scenarioQuery } from "./state.js";
import { TrainingLog } from "./training-log.js";

/**
 * @typedef {import("./types.d.ts").Backend} Backend
 * @typedef {import("./types.d.ts").Checkpoint} Checkpoint
 * @typedef {import("./types.d.ts").Setting} Setting
 * @typedef {import("./types.d.ts").SpecValue} SpecValue
 * @typedef {{ bytes: number, total: number, rows: number }} ReadProgress
 */

const ENGINE_MISSING =
  "The engine could not be loaded; reload the page, and if that does not help, build it with “cargo xtask serve”.";

export class App {
  /** @type {EngineClient} */
  #client;
  /** @type {Checkpoint | null} */
  #checkpoint = null;
  /** Settled when the last checkpoint is in the browser's storage. */
  #stored = Promise.resolve();
  #log = new TrainingLog();
  /** What to do with the progress of the file being read. */
  #onProgress = /** @type {(progress: ReadProgress) => void} */ (() => {});

  /** @param {import("./state.js").Store} store */
  constructor(store) {
    this.store = store;
    this.#client = this.#spawn();
  }

  get state() {
    return this.store.state;
  }

  /** Starts the engine and configures what the address asks for. */
  async boot() {
    if (this.state.backend === "webgpu") await this.#checkWebgpu();
    if (!(await this.#startEngine())) return;
    const { setting } = await this.#configureFromAddress();
    if (setting) await this.#offerKept();
  }

  /**
   * Chooses a preset and forgets what was changed on another.
   * @param {string} id
   */
  choosePreset(id) {
    return this.#change({ preset: id, overrides: {} }, null);
  }

  /**
   * Changes fields of the specification, by dotted name; `undefined` stands for the preset's.
   * @param {Record<string, SpecValue | undefined>} fields
   */
  edit(fields) {
    const { preset, presets, overrides, file } = this.state;
    const base = presetOf(presets, preset).spec;
    return this.#change({ preset, overrides: edited(base, overrides, fields) }, file);
  }

  /**
   * Reads a data file; on error or cancel the data in use stay in use.
   * @param {File} file
   * @param {(progress: ReadProgress) => void} onProgress
   * @returns {Promise<"read" | "cancelled" | "refused">}
   */
  async readFile(file, onProgress) {
    this.#onProgress = onProgress;
    const before = this.#aside();
    this.store.set({ engine: "busy" });
    try {
      const setting = await this.#client.request("readFile", file);
      if (!setting) return "cancelled";
      this.#adopt(setting, file);
      this.#offerBack(before);
      dismiss("file");
      return "read";
    } catch (error) {
      refused("file", error, " The data in use before stay in use.");
      return "refused";
    } finally {
      if (this.state.engine === "busy") this.store.set({ engine: "ready" });
    }
  }

  cancelRead() {
    void this.#client.request("cancelRead");
  }

  /** Trains a fresh agent, or goes on with a paused one. */
  async train() {
    if (this.state.phase === "stopped" || this.state.phase === "done") await this.reset();
    this.store.set({ phase: "running" });
    await attempt("train", () => this.#client.request("train"));
  }

  pause() {
    this.store.set({ phase: "pausing" });
    void this.#client.request("pause");
  }

  /** Ends the training; the best agent so far stays for evaluation. */
  stop() {
    if (this.state.phase === "running") {
      this.#stopping = true;
      this.pause();
    } else {
      this.store.set({ phase: "stopped" });
    }
  }

  #stopping = false;

  async step() {
    this.store.set({ phase: "running" });
    await attempt("train", () => this.#client.request("step"));
    if (this.state.phase === "running") this.store.set({ phase: "paused" });
  }

  /** Throws the agent away and starts from fresh weights. */
  async reset() {
    await attempt("train", () => this.#client.request("reset"));
    this.#forgetTraining();
    await forgetCheckpoint();
  }

  /**
   * Runs every policy on the held-out days.
   * @param {(label: string, index: number, count: number) => void} onPolicy
   */
  async evaluate(onPolicy) {
    const policies = actingPolicies(this.state);
    const results = await attempt("evaluate", async () => {
      for (const [index, { id, label }] of policies.entries()) {
        onPolicy(label, index, policies.length);
        await this.#client.request("evaluate", id);
      }
      // Only all results together say how the policies compare.
      /** @type {{ policies: import("./types.d.ts").PolicyResult[] }} */
      const summary = JSON.parse(await this.#client.request("resultsJson"));
      return new Map(summary.policies.map((result) => [result.id, result]));
    });
    if (results) this.store.set({ results, stale: false });
  }

  /**
   * What a download holds; `undefined` when the engine refuses.
   * @template {"csv" | "resultsJson" | "saveModel"} K
   * @param {K} what
   * @param {Parameters<import("./types.d.ts").Requests[K]>} args
   */
  content(what, ...args) {
    return attempt("download", () => this.#client.request(what, ...args));
  }

  /** @param {Uint8Array<ArrayBuffer>} bytes */
  async loadModel(bytes) {
    const before = this.#aside();
    const setting = await attempt("model", () => this.#client.request("loadModel", bytes));
    if (!setting) return;
    this.#adopt(setting, this.state.file);
    this.store.set({ phase: "paused", trained: true, stale: true });
    this.#offerBack(before);
  }

  /**
   * The traces of all policies on one held-out day; `undefined` when the engine refuses.
   * @param {number} index
   */
  day(index) {
    const policies = actingPolicies(this.state).map(({ id }) => id);
    return attempt("day", () => this.#client.request("day", index, policies));
  }

  /**
   * The orders of one step, cleared by every mechanism; `undefined` when the engine refuses.
   * @param {string} policy
   * @param {number} index Of the held-out day.
   * @param {number} [step] Without one, the step in which most is traded.
   */
  market(policy, index, step) {
    return attempt("market", () => this.#client.request("market", policy, index, step));
  }

  /**
   * Moves to the other engine with the same setting and the same agent.
   * @param {Backend} backend
   */
  async chooseBackend(backend) {
    const previous = this.state.backend;
    const agent = this.#aside();
    this.store.set({ backend });
    if (!(await this.#replaceEngine())) {
      this.store.set({ backend: previous });
      await this.#replaceEngine();
    }
    if (agent) await this.#restore(agent);
  }

  #spawn() {
    return new EngineClient({
      iteration: (iteration, seconds) => {
        const grown = this.#log.append(this.state.history, iteration, seconds);
        this.store.set({ ...grown, trained: true, stale: true });
      },
      paused: (done) => void this.#paused(done),
      halted: (message) => {
        this.store.set({ phase: "paused" });
        notify("error", "train", sentence(message));
      },
      progress: (bytes, total, rows) => this.#onProgress({ bytes, total, rows }),
      checkpoint: (bytes) => {
        this.#stored = this.#keep(bytes);
      },
      crash: (message) => void this.#recover(message),
    });
  }

  /** A link may ask for WebGPU where there is none. */
  async #checkWebgpu() {
    const { available, reason } = await webgpuOffer();
    if (available) return;
    this.store.set({ backend: "cpu" });
    notify("info", "engine", `This link asks for WebGPU. ${reason}`);
  }

  /** @returns {Promise<boolean>} Whether the engine runs. */
  async #startEngine() {
    this.store.set({ engine: "starting" });
    try {
      const presets = await this.#client.request("start", this.state.backend);
      this.store.set({ presets });
      return true;
    } catch (error) {
      this.store.set({ engine: "failed" });
      const detail = error instanceof Error ? ` (${error.message})` : "";
      notify("error", "engine", `${ENGINE_MISSING}${detail}`);
      return false;
    }
  }

  /** A fresh worker with the setting, and the data file, of the present one. */
  async #replaceEngine() {
    this.#client.close();
    this.#client = this.#spawn();
    this.#forgetTraining();
    if (!(await this.#startEngine())) return false;
    const { file } = this.state;
    if (!file) return (await this.#configureFromAddress()).setting !== null;
    try {
      const setting = await this.#client.request("readFile", file);
      if (setting) await this.#change(this.state, file);
    } catch (error) {
      refused("file", error);
    }
    return this.state.setting !== null;
  }

  #recovering = false;

  /** @param {string} message */
  async #recover(message) {
    if (this.#recovering) {
      this.store.set({ engine: "failed" });
      notify("error", "crash", `The engine stopped again while it was starting: ${message}. Reload the page to try once more.`);
      return;
    }
    const agent = this.#checkpoint;
    this.#recovering = true;
    await this.#replaceEngine();
    this.#recovering = false;
    if (this.state.engine === "failed") return;
    const what = `The engine stopped: ${message}. A fresh one has been started with the same setting.`;
    if (!agent) {
      notify("error", "crash", `${what} There was no trained agent to keep.`);
      return;
    }
    notify("error", "crash", `${what} The agent was last kept after ${counted(agent.iteration, "iteration")}.`, [
      { label: "Go on from the last checkpoint", act: () => void this.#restoreAndTrain(agent) },
    ]);
  }

  /** Configures what the address names; what the engine turns down is left out, with a notice. */
  async #configureFromAddress() {
    const { preset, overrides } = this.state;
    if (!(await this.#configure({ preset, overrides: withoutFile(overrides) }))) {
      await this.#configure({ preset: null, overrides: {} });
    }
    this.store.set({ engine: this.state.setting ? "ready" : "failed" });
    return this.state;
  }

  /**
   * @param {Pick<import("./state.js").State, "preset" | "overrides">} scenario
   * @returns {Promise<boolean>}
   */
  async #configure({ preset, overrides }) {
    try {
      const known = presetOf(this.state.presets, preset);
      const setting = await this.#client.request("configure", withOverrides(known.spec, overrides));
      this.store.set({ preset, overrides, setting });
      this.#forgetTraining();
      return true;
    } catch (error) {
      refused("setting", error);
      return false;
    }
  }

  /**
   * @param {Pick<import("./state.js").State, "preset" | "overrides">} scenario
   * @param {File | null} file
   */
  async #change(scenario, file) {
    const before = this.#aside();
    this.store.set({ engine: "busy" });
    dismiss("setting");
    const changed = await this.#configure(scenario);
    // A refused value leaves the control: the views draw what is in use again.
    this.store.set({ engine: "ready", setting: this.state.setting, ...(changed && { file }) });
    if (changed) this.#offerBack(before);
    return changed;
  }

  /**
   * Takes over a setting the engine arrived at by itself, from a file or a model.
   * @param {Setting} setting
   * @param {File | null} file
   */
  #adopt(setting, file) {
    const overrides = overridesOf(presetOf(this.state.presets, this.state.preset), setting);
    this.store.set({ setting, overrides, file });
    this.#forgetTraining();
  }

  #forgetTraining() {
    this.#log.restart();
    this.#checkpoint = null;
    const planned = this.state.setting?.spec.ppo?.total_steps ?? 0;
    this.store.set({ phase: "idle", history: [], trained: false, results: new Map(), stale: false, planned });
  }

  /**
   * Training has come to rest, and is said to have once its checkpoint is stored: whoever sees
   * it may close the page.
   * @param {boolean} done
   */
  async #paused(done) {
    await this.#stored;
    this.store.set({ phase: done ? "done" : this.#stopping ? "stopped" : "paused" });
    this.#stopping = false;
  }

  /** @param {Uint8Array<ArrayBuffer>} bytes */
  async #keep(bytes) {
    const { history } = this.state;
    this.#checkpoint = {
      bytes,
      query: scenarioQuery(this.state),
      iteration: history.at(-1)?.iteration ?? 0,
      history,
      savedAt: Date.now(),
    };
    await keepCheckpoint(this.#checkpoint);
  }

  /** The trained agent in use, before something replaces it. */
  #aside() {
    return this.state.history.length > 0 ? this.#checkpoint : null;
  }

  /** @param {Checkpoint | null} agent */
  #offerBack(agent) {
    if (!agent) return;
    const trained = counted(agent.iteration, "iteration");
    notify("info", "aside", `A new setting starts with a fresh agent; the one trained for ${trained} was set aside.`, [
      { label: "Bring it back", act: () => void this.#restore(agent) },
    ]);
  }

  /** After a reload: the agent trained in this same scenario can be taken up again. */
  async #offerKept() {
    const agent = await keptCheckpoint();
    if (!agent || agent.query !== scenarioQuery(this.state)) return;
    notify("info", "aside", `An agent trained here for ${counted(agent.iteration, "iteration")} was kept from before.`, [
      { label: "Go on with it", act: () => void this.#restore(agent) },
    ]);
  }

  /** @param {Checkpoint} agent */
  async #restore(agent) {
    const setting = await attempt("model", () => this.#client.request("loadModel", agent.bytes));
    if (!setting) return false;
    this.#adopt(setting, this.state.file);
    this.#checkpoint = agent;
    this.store.set({ history: agent.history, phase: "paused", trained: true, stale: true });
    return true;
  }

  /** @param {Checkpoint} agent */
  async #restoreAndTrain(agent) {
    if (await this.#restore(agent)) await this.train();
  }
}
