// Training: one learner for every seed, the agents they have, and what is kept of them.
//
// Several seeds train the same agent several times, each from its own first weights. What is
// evaluated, saved and kept is the agent of the seed that does best on the validation days.

import { forgetCheckpoints, keepCheckpoints, keptCheckpoints } from "./checkpoints.js";
import { Replaced } from "../engines/client.js";
import { counted, sentence } from "../ui/format.js";
import { dismiss, notify } from "../ui/notices.js";
import { attempt, refused } from "../app/refusals.js";
import { sameNetwork } from "./going-on.js";
import { Recovery } from "./recovery.js";
import { Seeds } from "./seeds.js";
import { scenarioQuery } from "../app/state.js";

/**
 * @typedef {import("../types.d.ts").Backend} Backend
 * @typedef {import("../types.d.ts").Checkpoint} Checkpoint
 * @typedef {import("./run.js").Run} Run
 * @typedef {import("../types.d.ts").Spec} Spec
 */

const LEARNER_MISSING =
  "The learner could not be loaded, so nothing can be trained; reload the page, and if that does not help, build it with “cargo xtask serve”.";

export class Training {
  /** None until the street is there. */
  #seeds = new Seeds({
    iteration: () => this.#publish(),
    checkpoint: () => this.#keep(),
    rest: () => void this.#settle(),
    halted: (run, message) => {
      notify("error", "train", this.#named(run, sentence(message)));
      void this.#settle();
    },
    crash: (run, message) => void this.#recovery.from(run, message),
  });
  #recovery;
  /** Settled when the last checkpoints are in the browser's storage. */
  #stored = Promise.resolve();
  #stopping = false;
  #store;
  #adopt;
  #keepForGood;
  #settled;
  /** Another number, another agent. */
  version = 0;

  /**
   * @param {import("../app/state.js").Store} store
   * @param {(spec: Spec) => Promise<boolean>} adopt Makes the specification of a loaded agent the street's.
   * @param {(agent: Checkpoint) => Promise<unknown>} keepForGood Puts an agent into the library.
   * @param {() => Promise<unknown>} settled Settled once what was just changed of the setting is in use.
   */
  constructor(store, adopt, keepForGood, settled) {
    this.#store = store;
    this.#adopt = adopt;
    this.#keepForGood = keepForGood;
    this.#settled = settled;
    this.#recovery = new Recovery(store, this.#seeds, {
      aside: () => this.aside(),
      named: (run, text) => this.#named(run, text),
      replaceAll: () => this.#replaceAll(),
      restore: (agent) => this.restore(agent),
      train: () => this.train(),
      goOn: (run) => this.#move(run, "train"),
      settle: () => this.#settle(),
      publish: () => this.#publish(),
    });
  }

  get #state() {
    return this.#store.state;
  }

  get #firstSeed() {
    return this.#state.setting?.spec.seed ?? 0;
  }

  /**
   * Loads the learners and gives them the street's setting.
   * @returns {Promise<boolean>} Whether they are there.
   */
  async load() {
    this.#store.set({ learner: "loading" });
    try {
      if (await this.#seeds.muster(this.#state)) this.#store.set({ learner: "ready" });
      dismiss("learner");
      return true;
    } catch (error) {
      // After a crash, which is told where it is noticed.
      if (error instanceof Replaced) return false;
      this.#seeds.dismiss();
      this.forget();
      this.#store.set({ learner: "failed" });
      const detail = error instanceof Error ? ` (${error.message})` : "";
      notify("error", "learner", `${LEARNER_MISSING}${detail}`);
      return false;
    }
  }

  /** Gives the learners the street's setting, which is a new one: there is no agent any more. */
  async follow() {
    this.forget();
    if (this.#seeds.none || this.#state.learner === "failed") return;
    try {
      if (await this.#seeds.muster(this.#state)) this.#store.set({ learner: "ready" });
      dismiss("learner");
    } catch (error) {
      // After a crash, which is told where it is noticed.
      if (error instanceof Replaced) return;
      // Better no training than one of another setting.
      this.#store.set({ learner: "failed" });
      refused("learner", error);
    }
  }

  /** Trains a fresh agent, or goes on with a paused one. */
  async train() {
    await this.#settled();
    if (this.#state.phase === "stopped" || this.#state.phase === "done") await this.#renew();
    await this.#start("train");
  }

  pause() {
    this.#store.set({ phase: "pausing" });
    for (const run of this.#seeds.runs) if (run.moving && !run.closed) void run.request("pause");
  }

  /** Ends the training; the best agent so far stays for evaluation. */
  stop() {
    if (this.#state.phase === "running") {
      this.#stopping = true;
      this.pause();
    } else {
      this.#end("stopped");
    }
  }

  /** The training is over: its best agent goes into the library. @param {"stopped" | "done"} phase */
  #end(phase) {
    this.#store.set({ phase });
    const agent = this.aside();
    if (agent) void this.#keepForGood(agent);
  }

  /** Puts the best agent so far into the library; the training goes on. */
  async keepBest() {
    const lead = this.#seeds.lead;
    const { history } = lead;
    const bytes = await attempt("kept", () => lead.request("saveModel"));
    const agent = bytes && this.#checkpoint({ kept: { bytes, history }, index: lead.index });
    if (agent) await this.#keepForGood(agent);
  }

  async step() {
    await this.#settled();
    await this.#start("step");
  }

  /** Starts from fresh weights; the agent in use goes into the library. */
  async reset() {
    const before = this.aside();
    await this.#renew();
    this.#setAside(before, "The next training starts from fresh weights.");
  }

  /** Fresh weights for all seeds. */
  async #renew() {
    await attempt("train", () => this.#seeds.renew(this.#state));
    this.forget();
    await forgetCheckpoints();
  }

  /** @param {number} seeds How many are to be trained side by side; the agent is dropped. */
  async chooseSeeds(seeds) {
    const before = this.aside();
    this.#store.set({ seeds });
    await this.follow();
    this.offerBack(before);
  }

  /** What the best agent does on the held-out days. */
  actions() {
    return this.#seeds.lead.request("actions");
  }

  /**
   * Why the best agent acts as it does; `null` for a home without a battery, `undefined` when there is no agent.
   * @param {number} index Of the held-out day.
   * @param {number} step
   * @param {number} home
   */
  explain(index, step, home) {
    return attempt("explain", () => this.#seeds.lead.request("explain", index, step, home));
  }

  /** What the agents of all seeds do on those days. */
  actionsOfAll() {
    const trained = this.#seeds.runs.filter(({ history }) => history.length > 0);
    return Promise.all(trained.map((run) => run.request("actions")));
  }

  /**
   * What a saved agent does on the held-out days.
   * @param {Uint8Array<ArrayBuffer>} bytes
   */
  actionsOf(bytes) {
    return this.#seeds.lead.request("actionsOf", bytes);
  }

  /** The agent as a file; `undefined` when there is none. */
  saveModel() {
    return attempt("download", () => this.#seeds.lead.request("saveModel"));
  }

  /** @param {Uint8Array<ArrayBuffer>} bytes */
  async loadModel(bytes) {
    const before = this.aside();
    if (await this.#take(bytes)) this.#setAside(before, "The agent that was loaded is in use.");
  }

  /**
   * Takes up a kept agent; the one in use is kept.
   * @param {Checkpoint} agent
   * @returns {Promise<boolean>} Whether the engine takes it.
   */
  async takeUp(agent) {
    const before = this.aside();
    const taken = await this.restore(agent);
    if (taken) this.#setAside(before, "The kept agent is in use.");
    return taken;
  }

  /** An agent that gave way goes into the library. @param {Checkpoint | null} agent @param {string} why */
  #setAside(agent, why) {
    if (!agent) return;
    void this.#keepForGood(agent);
    notify("info", "aside", `${why} ${theOne(agent)} was set aside, under “Kept agents”.`, [
      { label: "Bring it back", act: () => void this.restore(agent) },
    ]);
  }

  /**
   * Moves to the other engine with the same agent.
   * @param {Backend} backend
   */
  async chooseBackend(backend) {
    const previous = this.#state.backend;
    const agents = this.checkpoints();
    this.#store.set({ backend });
    if (!(await this.#replaceAll())) {
      this.#store.set({ backend: previous });
      await this.#replaceAll();
    }
    await this.resume(agents);
  }

  /** The agent in use, before something replaces it. */
  aside() {
    return this.#state.trained ? this.#checkpoint(this.#seeds.lead) : null;
  }

  /** What was last kept of the agents of all seeds; the one that leads comes first. @returns {Checkpoint[]} */
  checkpoints() {
    if (this.#seeds.none) return [];
    const { lead, runs } = this.#seeds;
    return [lead, ...runs.filter((run) => run !== lead)].flatMap((run) => this.#checkpoint(run) ?? []);
  }

  /**
   * A new setting starts with a fresh agent; the one before goes into the library, and the new one
   * can go on from its weights.
   * @param {Checkpoint | null} agent
   */
  offerBack(agent) {
    if (!agent) return;
    void this.#keepForGood(agent);
    const spec = this.#state.setting?.spec;
    const goOn = { label: "Go on from these weights", act: () => void this.#goOnFrom(agent) };
    notify(
      "info",
      "aside",
      `The setting is new: “Train” starts a fresh agent. ${theOne(agent)} was set aside, under “Kept agents”.`,
      [...(spec && sameNetwork(agent.spec, spec) ? [goOn] : []), { label: "Bring it back", act: () => void this.restore(agent) }],
    );
  }

  /** All seeds go on from an agent's weights, under the present setting. @param {Checkpoint} agent */
  async #goOnFrom(agent) {
    const { runs } = this.#seeds;
    const taken = await attempt("train", () => Promise.all(runs.map((run) => run.request("loadWeights", agent.bytes))));
    if (!taken) return;
    this.forget();
    this.#store.set({ phase: "paused", trained: true, stale: true });
  }

  /**
   * After a reload: agents trained in this same scenario can be taken up again. The best of them goes into
   * the library, since the next training takes their place.
   */
  async offerKept() {
    const agents = await keptCheckpoints();
    if (agents.length === 0) return;
    const [lead] = agents;
    void this.#keepForGood(lead);
    if (lead.query !== scenarioQuery(this.#state) || this.#state.trained || this.#state.phase !== "idle") return;
    notify("info", "aside", `An agent trained here for ${counted(lead.iteration, "iteration")} was kept from before.`, [
      { label: "Go on with it", act: () => void this.resume(agents) },
    ]);
  }

  /**
   * Takes up the agents of all seeds, the one that leads coming first; of another number of seeds than
   * train here, that one alone.
   * @param {Checkpoint[]} agents
   */
  async resume(agents) {
    const { runs } = this.#seeds;
    const ofRun = (/** @type {Run} */ run) => agents.find(({ index }) => index === run.index);
    if (agents.length < 2 || agents.length !== runs.length || !runs.every(ofRun)) {
      if (agents.length > 0) await this.restore(agents[0]);
      return;
    }
    const taken = await attempt("model", () =>
      Promise.all(runs.map(async (run) => {
        const agent = ofRun(run);
        if (!agent) return;
        await run.request("loadModel", agent.bytes);
        run.takeOver(agent);
        run.planned = this.#state.planned;
      })),
    );
    if (!taken) {
      await this.follow();
      return;
    }
    this.#store.set({ phase: "paused" });
    this.#publish();
  }

  /** There is no agent any more. */
  forget() {
    this.#seeds.forget();
    this.#stopping = false;
    this.version++;
    const planned = this.#state.setting?.spec.ppo?.total_timesteps ?? 0;
    this.#store.set({ phase: "idle", runs: [], history: [], trained: false, results: new Map(), stale: false, planned });
  }

  /** Sets every learner moving that is not at its end. @param {"train" | "step"} how */
  async #start(how) {
    const waiting = this.#seeds.runs.filter(({ done }) => !done);
    if (waiting.length === 0) throw new Error("A training was begun before there is a learner.");
    // What was set aside is in the library; its weights would replace those that now train.
    dismiss("aside");
    dismiss("crash");
    this.#store.set({ phase: "running" });
    await Promise.all(waiting.map((run) => this.#move(run, how)));
  }

  /** @param {Run} run @param {"train" | "step"} how */
  async #move(run, how) {
    run.moving = true;
    const begun = await attempt("train", () => run.request(how).then(() => true));
    // What was carried out comes to rest by itself, once its checkpoint is stored.
    if (begun || !run.moving || !this.#seeds.runs.includes(run)) return;
    run.moving = false;
    await this.#settle();
  }

  /** Shows how far the seeds are. */
  #publish() {
    this.version++;
    this.#store.set({ ...this.#seeds.progress(this.#firstSeed), trained: true, stale: true });
  }

  /** A sentence about one of several seeds says which. @param {Run} run @param {string} text */
  #named(run, text) {
    return this.#seeds.runs.length > 1 ? `Seed ${this.#firstSeed + run.index}: ${text}` : text;
  }

  /** Fresh workers with the street's setting. */
  #replaceAll() {
    this.#seeds.dismiss();
    this.forget();
    return this.load();
  }

  /**
   * When all seeds have come to rest, the training has, and is said to have once its checkpoint
   * is stored: whoever sees it may close the page.
   */
  async #settle() {
    if (this.#seeds.moving) return;
    await this.#stored;
    const done = this.#seeds.done;
    const over = done || this.#stopping;
    this.#stopping = false;
    if (over) this.#end(done ? "done" : "stopped");
    else this.#store.set({ phase: "paused" });
  }

  /** What is kept of a run; `null` where nothing is. @param {Pick<Run, "kept" | "index">} run @returns {Checkpoint | null} */
  #checkpoint({ kept, index }) {
    const { setting } = this.#state;
    if (!kept || !setting) return null;
    return {
      ...kept,
      spec: { ...setting.spec, seed: this.#firstSeed + index },
      query: scenarioQuery(this.#state),
      seed: this.#firstSeed,
      index,
      iteration: kept.history.at(-1)?.iteration ?? 0,
      savedAt: Date.now(),
    };
  }

  /** Stores what is kept of all seeds. */
  #keep() {
    this.#stored = keepCheckpoints(this.checkpoints());
  }

  /**
   * Takes over a saved agent, and its setting. It goes on alone, also where several seeds were
   * trained; a reset brings them back.
   * @param {Uint8Array<ArrayBuffer>} bytes
   * @param {Checkpoint} [from]
   */
  async #take(bytes, from) {
    const run = this.#seeds.lead;
    const spec = await attempt("model", () => run.request("loadModel", bytes));
    if (!spec) return false;
    // The street goes by the first of the seeds.
    if (!(await this.#adopt({ ...spec, seed: from?.seed ?? spec.seed }))) {
      await this.follow();
      return false;
    }
    this.#seeds.keepOnly(run);
    run.index = from?.index ?? 0;
    this.forget();
    run.takeOver({ bytes, history: [] });
    this.#store.set({ phase: "paused", trained: true, stale: true });
    return true;
  }

  /** Takes up an agent again, with its setting and its history. @param {Checkpoint} agent */
  async restore(agent) {
    if (!(await this.#take(agent.bytes, agent))) return false;
    const [run] = this.#seeds.runs;
    run.takeOver({ bytes: agent.bytes, history: agent.history });
    run.planned = this.#state.planned;
    if (agent.history.length > 0) this.#publish();
    return true;
  }
}

/** An agent that was in use, as a sentence begins. @param {Checkpoint} agent */
function theOne({ iteration }) {
  return iteration > 0 ? `The one trained for ${counted(iteration, "iteration")}` : "The one that was loaded";
}
