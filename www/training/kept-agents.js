// Agents that were kept: the library on the page, and those of it that stand beside the others.
//
// The storage is at the browser's mercy: where it refuses, the reader is told and the page goes on.

import { Refusal, Replaced } from "../engines/client.js";
import { dismiss, notify } from "../ui/notices.js";
import { sentence } from "../ui/format.js";
import { AGENT } from "../app/state.js";
import { chosenBefore, deleteAgent, listAgents, rememberChosen, storeAgent } from "./library.js";
import { keyOf, nameOf, presetOf, roleFor, sameTraining } from "./kept.js";

/**
 * @typedef {import("../types.d.ts").Checkpoint} Checkpoint
 * @typedef {import("../types.d.ts").Compared} Compared
 * @typedef {import("../types.d.ts").KeptAgent} KeptAgent
 * @typedef {import("../types.d.ts").Setting} Setting
 * @typedef {import("../types.d.ts").StreetRequests} StreetRequests
 */

/** The policy that a kept agent is on the street. @param {string} key */
const policyOf = (key) => `${AGENT}:${key}`;

export class KeptAgents {
  /** The setting for which agents stand beside the others. @type {Setting | null} */
  #setting = null;
  /** For which setting agents are just being run. @type {Map<string, Setting>} */
  #underWay = new Map();
  #store;
  #training;
  #street;

  /**
   * @param {import("../app/state.js").Store} store
   * @param {import("./training.js").Training} training
   * @param {() => import("../engines/client.js").WorkerClient<StreetRequests>} street The one in use.
   */
  constructor(store, training, street) {
    this.#store = store;
    this.#training = training;
    this.#street = street;
    store.subscribe((state, changed) => {
      // Another setting, another street: it knows of none.
      if (state.setting !== this.#setting) this.follow();
      else if (changed.has("learner")) this.#catchUp();
      if (changed.has("results") && !state.stale) void this.#noteMeasures();
    });
  }

  get #state() {
    return this.#store.state;
  }

  /** @param {string} key */
  #find(key) {
    return this.#state.kept.find((agent) => agent.key === key);
  }

  /** Reads the library; what was chosen from it before a reload is chosen again. */
  async load() {
    const kept = await this.#attempt("The library of agents could not be read", listAgents);
    if (!kept) return;
    this.#store.set({ kept });
    for (const key of chosenBefore()) if (this.#find(key)) void this.compare(key, true);
  }

  /**
   * Keeps an agent, unless it is there already.
   * @param {Checkpoint} checkpoint
   * @param {KeptAgent["measures"]} measured Of it on the held-out days, where that is known.
   * @returns {Promise<KeptAgent>}
   */
  async keep(checkpoint, measured = this.#measuresOf(checkpoint)) {
    const { setting, kept } = this.#state;
    const known = kept.find((agent) => sameTraining(agent, checkpoint));
    if (known) return known;
    const preset = presetOf(checkpoint.spec, setting?.agents ?? []);
    const name = nameOf(checkpoint, preset?.label);
    const agent = { ...checkpoint, key: keyOf(checkpoint, kept), name, preset: preset?.id ?? "", measures: measured };
    // It is on the list at once: whether it outlasts the visit is another matter.
    this.#store.set({ kept: [agent, ...kept] });
    await this.#attempt(`“${name}” is kept until the page is closed, since it could not be stored`, () => storeAgent(agent));
    return agent;
  }

  /** What the evaluation says of an agent, if it is the one in use. @param {Checkpoint} checkpoint */
  #measuresOf(checkpoint) {
    const { results, stale } = this.#state;
    const kpis = stale ? undefined : results.get(AGENT)?.kpis;
    const inUse = kpis && this.#training.aside();
    return inUse && sameTraining(inUse, checkpoint) ? kpis : null;
  }

  /** @param {string} key @param {string} name */
  async rename(key, name) {
    const agent = this.#find(key);
    const given = name.trim();
    if (!agent || given === "" || given === agent.name) return;
    await this.#replace({ ...agent, name: given });
    if (this.#state.compared.has(key)) await this.#introduce(key);
  }

  /** @param {string} key */
  async remove(key) {
    const agent = this.#find(key);
    if (!agent) return;
    await this.compare(key, false);
    // It leaves the list when it has left the storage: whoever sees that may close the page.
    await this.#attempt(`“${agent.name}” could not be deleted`, () => deleteAgent(key));
    this.#store.set({ kept: this.#state.kept.filter((other) => other.key !== key) });
    notify("info", "kept", `“${agent.name}” was deleted.`, [{ label: "Undo", act: () => void this.#bringBack(agent) }]);
  }

  /**
   * Puts a kept agent beside the others on the street, or takes it away.
   * @param {string} key
   * @param {boolean} wanted
   */
  async compare(key, wanted) {
    this.#mark(key, wanted ? { status: "busy" } : null);
    rememberChosen([...this.#state.compared.keys()]);
    if (wanted) await this.#introduce(key);
    else void this.#dismiss(key);
  }

  /** The street forgets what an agent does, and its results. @param {string} key */
  async #dismiss(key) {
    try {
      await this.#street().request("removeActions", policyOf(key));
    } catch (error) {
      // A fresh street knows of no agent anyway.
      if (!(error instanceof Replaced)) throw error;
    }
  }

  /** The street knows of no kept agent: those that were chosen are put to it again. */
  follow() {
    this.#setting = this.#state.setting;
    const chosen = [...this.#state.compared.keys()];
    if (chosen.length === 0) return;
    this.#store.set({ agents: [], compared: new Map(chosen.map((key) => [key, { status: "busy" }])) });
    for (const key of chosen) void this.#introduce(key, true);
  }

  /** The learner has changed: those that waited for it are put to the street. */
  #catchUp() {
    for (const [key, { status }] of this.#state.compared) if (status !== "beside") void this.#introduce(key, true);
  }

  /**
   * Tells the street what an agent does on its held-out days.
   * @param {string} key
   * @param {boolean} [again] It stood there before: who looks elsewhere is told if it does not any more.
   */
  async #introduce(key, again = false) {
    const { setting, learner } = this.#state;
    const agent = this.#find(key);
    // What is chosen before the learner is there waits for it: see the constructor.
    if (!agent || !setting || learner === "loading" || this.#underWay.get(key) === setting) return;
    this.#underWay.set(key, setting);
    try {
      if (learner === "failed") throw new Refusal("the learner, which alone can run it, is not there");
      const { actions, note } = await this.#training.actionsOf(agent.bytes);
      if (!this.#stillWanted(key, setting)) return;
      await this.#street().request("setActions", policyOf(key), actions, note, agent.name);
      if (!this.#stillWanted(key, setting)) return;
      this.#mark(key, { status: "beside" });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (!this.#stillWanted(key, setting) || error instanceof Replaced) return;
      this.#mark(key, { status: "refused", reason: sentence(error.message) });
      if (again) notify("info", "compared", `“${agent.name}” does not fit this street: ${sentence(error.message)}`);
    } finally {
      if (this.#underWay.get(key) === setting) this.#underWay.delete(key);
    }
  }

  /** @param {string} key @param {Setting} setting */
  #stillWanted(key, setting) {
    return this.#state.setting === setting && this.#state.compared.has(key);
  }

  /** @param {string} key @param {Compared | null} as */
  #mark(key, as) {
    const compared = new Map(this.#state.compared);
    if (as) compared.set(key, as);
    else compared.delete(key);
    const id = policyOf(key);
    const agent = this.#find(key);
    const others = this.#state.agents.filter((policy) => policy.id !== id);
    const beside = as?.status === "beside" && agent;
    const agents = beside ? [...others, { id, label: agent.name, role: roleFor(agent.preset, others), plans: false }] : others;
    this.#store.set({ compared, agents });
  }

  /** The evaluation has said how the agent in use does: that is kept with it. */
  async #noteMeasures() {
    const kpis = this.#state.results.get(AGENT)?.kpis;
    const trained = this.#training.aside();
    const agent = trained && this.#state.kept.find((other) => sameTraining(other, trained));
    if (!kpis || !agent || agent.measures === kpis) return;
    await this.#replace({ ...agent, measures: kpis });
  }

  /** @param {KeptAgent} agent In place of the one with its key. */
  async #replace(agent) {
    this.#store.set({ kept: this.#state.kept.map((other) => (other.key === agent.key ? agent : other)) });
    await this.#attempt(`What was changed of “${agent.name}” could not be stored`, () => storeAgent(agent));
  }

  /** @param {KeptAgent} agent */
  async #bringBack(agent) {
    this.#store.set({ kept: [agent, ...this.#state.kept].toSorted((a, b) => b.savedAt - a.savedAt) });
    await this.#attempt(`“${agent.name}” could not be stored again`, () => storeAgent(agent));
  }

  /**
   * @template T
   * @param {string} what Has not come about, if the storage refuses.
   * @param {() => Promise<T>} work
   * @returns {Promise<T | undefined>}
   */
  async #attempt(what, work) {
    try {
      const value = await work();
      dismiss("library");
      return value;
    } catch (error) {
      const detail = error instanceof Error && error.message ? ` (${error.message})` : "";
      notify("error", "library", `${what}: the browser grants no storage here${detail}. Download what you want to keep.`);
      return undefined;
    }
  }
}
