// What the page can do: every action of a control ends here or in `training.js`, and only
// there are the engines and the state brought together.

import { WorkerClient } from "./client.js";
import { webgpuOffer } from "./gpu.js";
import { dismiss, notify } from "./notices.js";
import { attempt, refused } from "./refusals.js";
import { overridesOf, presetOf, withoutFile } from "./scenario.js";
import { edited, withOverrides } from "./spec.js";
import { actingPolicies, AGENT } from "./state.js";
import { Training } from "./training.js";

/**
 * @typedef {import("./types.d.ts").Setting} Setting
 * @typedef {import("./types.d.ts").Spec} Spec
 * @typedef {import("./types.d.ts").SpecValue} SpecValue
 * @typedef {import("./types.d.ts").StreetRequests} StreetRequests
 * @typedef {{ bytes: number, total: number, rows: number }} ReadProgress
 * @typedef {Pick<import("./state.js").State, "preset" | "overrides">} Scenario
 */

const ENGINE_MISSING =
  "The street could not be loaded; reload the page, and if that does not help, build it with “cargo xtask serve”.";

export class App {
  /** @type {WorkerClient<StreetRequests>} */
  #street;
  /** The agent that the street knows: the `version` of the training. */
  #known = -1;
  #recovering = false;
  /** What to do with the progress of the file being read. */
  #onProgress = /** @type {(progress: ReadProgress) => void} */ (() => {});

  /** @param {import("./state.js").Store} store */
  constructor(store) {
    this.store = store;
    this.training = new Training(store, (spec) => this.#adoptSpec(spec));
    this.#street = this.#spawn();
  }

  get state() {
    return this.store.state;
  }

  /** Shows what the address asks for, then loads the learner: nothing on the page waits for it. */
  async boot() {
    if (!(await this.#start())) return;
    await this.#configureFromAddress();
    if (!this.state.setting) return;
    if (this.state.backend === "webgpu") await this.#checkWebgpu();
    void this.training.offerKept();
    await this.training.load();
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
    const before = this.training.aside();
    this.store.set({ engine: "busy" });
    try {
      const setting = await this.#street.request("readFile", file);
      if (!setting) return "cancelled";
      this.#adopt(setting, file);
      void this.training.follow();
      this.training.offerBack(before);
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
    void this.#street.request("cancelRead");
  }

  /**
   * Runs every policy on the held-out days.
   * @param {(label: string, index: number, count: number) => void} onPolicy
   */
  async evaluate(onPolicy) {
    const policies = actingPolicies(this.state);
    const results = await attempt("evaluate", async () => {
      await this.#introduceAgent();
      for (const [index, { id, label }] of policies.entries()) {
        onPolicy(label, index, policies.length);
        await this.#street.request("evaluate", id);
      }
      // Only all results together say how the policies compare.
      const summary = await this.#street.request("summary");
      return new Map(summary.policies.map((result) => [result.id, result]));
    });
    if (results) this.store.set({ results, stale: false });
  }

  /**
   * Every held-out step of a policy; `undefined` when the engine refuses.
   * @param {string} policy
   */
  csv(policy) {
    return attempt("download", () => this.#street.request("csv", policy));
  }

  /** All results as JSON; `undefined` when the engine refuses. */
  resultsJson() {
    return attempt("download", async () => JSON.stringify(await this.#street.request("summary"), null, 2));
  }

  /**
   * The traces of all policies on one held-out day; `undefined` when the engine refuses.
   * @param {number} index
   */
  day(index) {
    const policies = actingPolicies(this.state).map(({ id }) => id);
    return attempt("day", async () => {
      if (policies.includes(AGENT)) await this.#introduceAgent();
      return this.#street.request("day", index, policies);
    });
  }

  /**
   * The orders of one step, cleared by every mechanism; `undefined` when the engine refuses.
   * @param {string} policy
   * @param {number} index Of the held-out day.
   * @param {number} [step] Without one, the step in which most is traded.
   */
  market(policy, index, step) {
    return attempt("market", async () => {
      if (policy === AGENT) await this.#introduceAgent();
      return this.#street.request("market", policy, index, step);
    });
  }

  #spawn() {
    return new WorkerClient(new URL("./workers/street.js", import.meta.url), {
      progress: (bytes, total, rows) => this.#onProgress({ bytes, total, rows }),
      crash: (message) => void this.#recover(message),
    });
  }

  /** Tells the street what the agent does now, if there is one and the street does not know it. */
  async #introduceAgent() {
    const { version } = this.training;
    if (!this.state.trained || this.#known === version) return;
    const actions = await this.training.actions();
    await this.#street.request("setAgent", actions);
    this.#known = version;
  }

  /** A link may ask for WebGPU where there is none. */
  async #checkWebgpu() {
    const { available, reason } = await webgpuOffer();
    if (available) return;
    this.store.set({ backend: "cpu" });
    notify("info", "engine", `This link asks for WebGPU. ${reason}`);
  }

  /** @returns {Promise<boolean>} Whether the street is there. */
  async #start() {
    this.store.set({ engine: "starting" });
    try {
      const presets = await this.#street.request("start");
      this.store.set({ presets });
      return true;
    } catch (error) {
      this.store.set({ engine: "failed" });
      const detail = error instanceof Error ? ` (${error.message})` : "";
      notify("error", "engine", `${ENGINE_MISSING}${detail}`);
      return false;
    }
  }

  /**
   * A fresh worker with the setting, and the data file, of the present one. The learner goes on.
   * @param {string} message Why.
   */
  async #recover(message) {
    if (this.#recovering || !this.state.setting) {
      this.store.set({ engine: "failed" });
      notify("error", "crash", `The engine stopped while it was starting: ${message}. Reload the page to try once more.`);
      return;
    }
    this.#recovering = true;
    this.#known = -1;
    this.#street = this.#spawn();
    const restarted = (await this.#start()) && (await this.#reinstate(this.state.setting.spec));
    this.#recovering = false;
    if (!restarted) return;
    this.store.set({ engine: "ready", results: new Map() });
    notify("error", "crash", `The engine stopped: ${message}. A fresh one has been started with the same setting.`);
  }

  /** @param {Spec} spec */
  async #reinstate(spec) {
    const { file } = this.state;
    const setting = await attempt("setting", async () => {
      if (file) await this.#street.request("readFile", file);
      return this.#street.request("configure", spec);
    });
    if (!setting) this.store.set({ engine: "failed" });
    return setting !== undefined;
  }

  /** Configures what the address names; what the engine turns down is left out, with a notice. */
  async #configureFromAddress() {
    const { preset, overrides } = this.state;
    if (!(await this.#configure({ preset, overrides: withoutFile(overrides) }, null))) {
      await this.#configure({ preset: null, overrides: {} }, null);
    }
    this.store.set({ engine: this.state.setting ? "ready" : "failed" });
  }

  /**
   * @param {Scenario} scenario
   * @param {File | null} file
   * @returns {Promise<boolean>}
   */
  async #configure({ preset, overrides }, file) {
    try {
      const known = presetOf(this.state.presets, preset);
      const setting = await this.#street.request("configure", withOverrides(known.spec, overrides));
      this.store.set({ preset, overrides, setting, file });
      void this.training.follow();
      return true;
    } catch (error) {
      refused("setting", error);
      return false;
    }
  }

  /**
   * @param {Scenario} scenario
   * @param {File | null} file
   */
  async #change(scenario, file) {
    const before = this.training.aside();
    this.store.set({ engine: "busy" });
    dismiss("setting");
    const changed = await this.#configure(scenario, file);
    // A refused value leaves the control: the views draw what is in use again.
    this.store.set({ engine: "ready", setting: this.state.setting });
    if (changed) this.training.offerBack(before);
    return changed;
  }

  /**
   * Takes over a setting that a file or an agent brought along.
   * @param {Setting} setting
   * @param {File | null} file
   */
  #adopt(setting, file) {
    const overrides = overridesOf(presetOf(this.state.presets, this.state.preset), setting);
    this.store.set({ setting, overrides, file });
  }

  /** @param {Spec} spec Of an agent that was loaded. */
  async #adoptSpec(spec) {
    const setting = await attempt("model", () => this.#street.request("configure", spec));
    if (setting) this.#adopt(setting, this.state.file);
    return setting !== undefined;
  }
}
