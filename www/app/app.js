// What the page can do: every action of a control ends here or in `training.js`, and only
// there are the engines and the state brought together.

import { WorkerClient } from "../engines/client.js";
import { webgpuOffer } from "../engines/gpu.js";
import { dismiss, notify } from "../ui/notices.js";
import { Evaluations } from "./evaluations.js";
import { attempt, refused } from "./refusals.js";
import { overridesOf, presetOf, taken, withinSpec, withoutFile } from "./scenario.js";
import { fetchSet, setOf } from "./sets.js";
import { edited, withOverrides } from "./spec.js";
import { actingPolicies, AGENT, dayIndex } from "./state.js";
import { StreetAgent } from "./street-agent.js";
import { KeptAgents } from "../training/kept-agents.js";
import { References } from "../training/references.js";
import { Training } from "../training/training.js";

/**
 * @typedef {import("../types.d.ts").Policy} Policy
 * @typedef {import("../types.d.ts").Setting} Setting
 * @typedef {import("../types.d.ts").Spec} Spec
 * @typedef {import("../types.d.ts").SpecValue} SpecValue
 * @typedef {import("../types.d.ts").StreetRequests} StreetRequests
 * @typedef {{ [policy: string]: import("../types.d.ts").DayTrace }} DayTraces
 * @typedef {{ bytes: number, total: number, rows: number }} ReadProgress
 * @typedef {Pick<import("./state.js").State, "preset" | "overrides">} Scenario
 */

const ENGINE_MISSING =
  "The street could not be loaded; reload the page, and if that does not help, build it with “cargo xtask serve”.";

export class App {
  /** @type {WorkerClient<StreetRequests>} */
  #street;
  #agent;
  #recovering = false;
  /** What is known of the held-out day in view. @type {{ setting: Setting | null, index: number, traces: DayTraces }} */
  #day = { setting: null, index: 0, traces: {} };
  /** The file that the engines have, in use or not. @type {File | null} */
  #lastFile = null;
  /** The change of the setting under way. @type {Promise<unknown>} */
  #changing = Promise.resolve();
  /** Changes that wait for more of their kind, each with what carries them out. @type {Set<() => Promise<unknown>>} */
  waiting = new Set();
  /** What to do with the progress of the file being read. */
  #onProgress = /** @type {(progress: ReadProgress) => void} */ (() => {});

  /** @param {import("./state.js").Store} store */
  constructor(store) {
    this.store = store;
    this.training = new Training(
      store,
      (spec) => this.#adoptSpec(spec),
      (agent) => this.kept.keep(agent),
      () => this.#settled(),
    );
    this.#street = this.#spawn();
    this.references = new References(store);
    this.kept = new KeptAgents(store, this.training, () => this.#street);
    this.#agent = new StreetAgent(store, this.training, () => this.#street);
    this.evaluations = new Evaluations(store, this.training, this.#agent, () => this.#street);
  }

  get state() {
    return this.store.state;
  }

  /** Shows what the address asks for, then loads the learner: nothing on the page waits for it. */
  async boot() {
    if (!(await this.#start())) return;
    if (this.state.backend === "webgpu") await this.#checkWebgpu();
    await this.#configureFromAddress();
    if (!this.state.setting) return;
    // What is offered goes into the library, if it is not there already.
    void this.kept.load().then(() => this.training.offerKept());
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
   * Takes over a whole specification, as a file has it.
   * @param {Spec} spec
   * @returns {Promise<boolean>} Whether the engine takes it.
   */
  async openSpec(spec) {
    const before = this.training.aside();
    this.store.set({ engine: "busy" });
    const taken = await this.#adoptSpec(spec);
    this.store.set({ engine: "ready" });
    if (taken) {
      void this.training.follow();
      this.training.offerBack(before);
    }
    return taken;
  }

  /**
   * Reads a data file; on error or cancel the data in use stay in use.
   * @param {File} file
   * @param {(progress: ReadProgress) => void} onProgress
   * @returns {Promise<"read" | "cancelled" | "refused">}
   */
  async readFile(file, onProgress) {
    const { phase } = this.state;
    if (phase === "running" || phase === "pausing") {
      notify("info", "file", `${file.name} can be read when the training rests: pause it first.`);
      return "refused";
    }
    const reading = this.#read(file, onProgress);
    this.#changing = reading;
    return reading;
  }

  /** @type {App["readFile"]} */
  async #read(file, onProgress) {
    this.#onProgress = onProgress;
    const before = this.training.aside();
    this.store.set({ engine: "busy" });
    this.evaluations.forgetPlans();
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

  /** Settled once what was just changed of the setting is in use. */
  async #settled() {
    await Promise.all([...this.waiting].map((carryOut) => carryOut()));
    await this.#changing;
  }

  cancelRead() {
    void this.#street.request("cancelRead");
  }

  /**
   * The traces of all policies on one held-out day: first of those that are quick, then with those
   * that plan, while that day is still the one in view.
   * @param {number} index
   * @param {(traces: DayTraces) => void} onTraces
   */
  async day(index, onTraces) {
    const { setting } = this.state;
    // Only an agent under training does anything new on the same day.
    if (this.#day.setting !== setting || this.#day.index !== index) this.#day = { setting, index, traces: {} };
    const { traces } = this.#day;
    if (!this.state.trained) delete traces[AGENT];
    const wanted = actingPolicies(this.state).filter(({ id }) => id === AGENT || !traces[id]);
    if (wanted.length === 0) onTraces(traces);
    for (const stage of [wanted.filter(({ plans }) => !plans), wanted.filter(({ plans }) => plans)]) {
      if (stage.length === 0 || dayIndex(this.state) !== index) continue;
      const found = await this.#traces(index, stage.map(({ id }) => id));
      if (!found) return;
      onTraces(Object.assign(traces, found));
    }
  }

  /**
   * @param {number} index
   * @param {string[]} policies
   */
  #traces(index, policies) {
    return attempt("day", async () => {
      const ask = () => this.#street.request("day", index, policies);
      return policies.includes(AGENT) ? this.#agent.use(ask) : ask();
    });
  }

  /**
   * Load and PV of a home, or of all; `undefined` when the engine refuses.
   * @param {string | null} home
   */
  series(home) {
    return attempt("series", () => this.#street.request("series", home));
  }

  /**
   * One held-out day of a policy with every home, line and trade; `undefined` when the engine refuses.
   * @param {number} index Of the day.
   * @param {string} policy
   */
  scene(index, policy) {
    return attempt("scene", async () => {
      const ask = () => this.#street.request("scene", policy, index);
      return policy === AGENT ? this.#agent.use(ask) : ask();
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
      const ask = () => this.#street.request("market", policy, index, step);
      return policy === AGENT ? this.#agent.use(ask) : ask();
    });
  }

  #spawn() {
    return new WorkerClient(new URL("../engines/workers/street.js", import.meta.url), {
      progress: (bytes, total, rows) => this.#onProgress({ bytes, total, rows }),
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
    this.evaluations.forgetPlans();
    this.#agent.forget();
    this.#street = this.#spawn();
    const restarted = (await this.#start()) && (await this.#reinstate(this.state.setting.spec));
    this.#recovering = false;
    if (!restarted) return;
    this.store.set({ engine: "ready", results: new Map() });
    this.kept.follow();
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
    const { preset, presets } = this.state;
    const known = presets.find(({ id }) => id === preset) ?? presets[0];
    const named = withinSpec(known.spec, this.state.overrides);
    const file = await this.#readListed(named);
    const overrides = file ? named : withoutFile(named);
    if (!(await this.#configure({ preset, overrides }, file))) {
      // What was changed on a preset that is not there says nothing.
      const there = preset === null || known.id === preset;
      const some = there ? await this.#taken(known.spec, overrides) : {};
      await this.#configure({ preset: there ? preset : null, overrides: some }, some["data.source"] === "file" ? file : null);
    }
    this.store.set({ engine: this.state.setting ? "ready" : "failed" });
  }

  /** What the engine takes of a link that it turned down; the reader is told what it does not. @param {Spec} spec @param {Record<string, SpecValue>} overrides */
  async #taken(spec, overrides) {
    const some = await taken(overrides, (fields) =>
      this.#street.request("configure", withOverrides(spec, fields)).then(
        () => true,
        () => false,
      ),
    );
    const left = Object.keys(overrides).filter((name) => !(name in some));
    const all = left.length === Object.keys(overrides).length;
    if (left.length > 0) notify("info", "left", `Left out of this link’s setting: ${left.join(", ")}.${all ? "" : " All else is as the link has it."}`);
    return some;
  }

  /**
   * Reads the set that a link was made with, if this site holds it.
   * @param {Record<string, SpecValue>} overrides
   */
  async #readListed(overrides) {
    const set = overrides["data.source"] === "file" ? await setOf(overrides["data.path"]) : undefined;
    if (!set) return null;
    const file = await attempt("file", () => fetchSet(set));
    return file && (await attempt("file", () => this.#street.request("readFile", file))) ? file : null;
  }

  /**
   * @param {Scenario} scenario
   * @param {File | null} file
   * @returns {Promise<boolean>}
   */
  async #configure({ preset, overrides }, file) {
    try {
      const known = presetOf(this.state.presets, preset);
      const spec = withOverrides(known.spec, overrides);
      this.evaluations.forgetPlans();
      const setting = await this.#street.request("configure", spec);
      this.#lastFile = file ?? this.#lastFile;
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
  #change(scenario, file) {
    const changing = this.#carryOut(scenario, file);
    this.#changing = changing;
    return changing;
  }

  /** @param {Scenario} scenario @param {File | null} file */
  async #carryOut(scenario, file) {
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
    this.#lastFile = file ?? this.#lastFile;
    this.store.set({ setting, overrides, file });
  }

  /** @param {Spec} spec Of an agent that was loaded. */
  async #adoptSpec(spec) {
    this.evaluations.forgetPlans();
    const setting = await attempt("model", () => this.#street.request("configure", spec));
    // The engine takes a specification with a file only if it has that file.
    if (setting) this.#adopt(setting, spec.data.source === "file" ? this.#lastFile : null);
    return setting !== undefined;
  }
}
