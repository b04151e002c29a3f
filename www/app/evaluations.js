// Every policy on the held-out days, and how they compare.

import { Replaced } from "../engines/client.js";
import { Planners } from "./planners.js";
import { attempt } from "./refusals.js";
import { AGENT, BASELINE, baselineOf } from "./state.js";
import { Tally } from "./tally.js";

/**
 * @typedef {import("../types.d.ts").Policy} Policy
 * @typedef {import("../types.d.ts").StreetRequests} StreetRequests
 */

export class Evaluations {
  #planners = new Planners();
  /** The policies whose plans the street has, for its present setting. @type {Set<string>} */
  #planned = new Set();
  #store;
  #training;
  #agent;
  #street;

  /**
   * @param {import("./state.js").Store} store
   * @param {import("../training/training.js").Training} training
   * @param {import("./street-agent.js").StreetAgent} agent
   * @param {() => import("../engines/client.js").WorkerClient<StreetRequests>} street The one in use.
   */
  constructor(store, training, agent, street) {
    this.#store = store;
    this.#training = training;
    this.#agent = agent;
    this.#street = street;
    store.subscribe((state, changed) => {
      const decisive = changed.has("baseline") || changed.has("agents") || changed.has("trained") || changed.has("results");
      if (decisive && state.results.size > 0 && state.against !== baselineOf(state)) void this.#measureAgain();
    });
  }

  /**
   * Runs policies on the held-out days, beside those that have been run. Ended on the way, it leaves
   * what was shown before.
   * @param {Policy[]} policies
   * @param {import("./tally.js").OnPolicies} onPolicies
   * @param {AbortSignal} signal
   */
  async run(policies, onPolicies, signal) {
    const { setting, trained } = this.#store.state;
    const { version } = this.#training;
    const tally = new Tally(policies.length, onPolicies, signal);
    signal.addEventListener("abort", () => this.#planners.close());
    const outcome = await attempt("evaluate", async () => {
      await Promise.all([this.#makePlans(policies, tally), this.#runRules(policies, tally)]);
      const agent = policies.find(({ id }) => id === AGENT);
      if (agent) await tally.run(agent.label, () => this.#agent.evaluate(signal));
      return { judged: agent !== undefined, measured: await this.#results() };
    });
    // What was found of another setting, or of an agent that is gone, is no result any more.
    if (!outcome || setting !== this.#store.state.setting || (trained && !this.#store.state.trained)) return;
    const { judged, measured } = outcome;
    this.#store.set({ ...measured, stale: judged ? trained && version !== this.#training.version : this.#store.state.stale });
  }

  /**
   * Measures the results against another policy.
   * @param {string} baseline
   */
  measureAgainst(baseline) {
    this.#store.set({ baseline: baseline === BASELINE ? null : baseline });
  }

  /** The baseline is another one: chosen, or because the one chosen acts no more. */
  async #measureAgain() {
    const { setting } = this.#store.state;
    const measured = await attempt("evaluate", () => this.#results());
    if (measured && setting === this.#store.state.setting && this.#store.state.results.size > 0) this.#store.set(measured);
  }

  /** Only all results together say how the policies compare. */
  async #results() {
    const against = baselineOf(this.#store.state);
    const { policies } = await this.#street().request("summary", against);
    return { results: new Map(policies.map((result) => [result.id, result])), against };
  }

  /**
   * Every held-out step of a policy; `undefined` when the engine refuses.
   * @param {string} policy
   */
  csv(policy) {
    return attempt("download", () => this.#street().request("csv", policy));
  }

  /** All results as JSON; `undefined` when the engine refuses. */
  json() {
    return attempt("download", async () => JSON.stringify(await this.#street().request("summary", baselineOf(this.#store.state)), null, 2));
  }

  /** What needs neither plan nor agent. @param {Policy[]} policies @param {Tally} tally */
  async #runRules(policies, tally) {
    for (const { id, label, plans } of policies) {
      if (!plans && id !== AGENT) await tally.run(label, () => this.#street().request("evaluate", id));
    }
  }

  /**
   * The policies that plan: on workers of their own, unless the street has their plans.
   * @param {Policy[]} policies
   * @param {Tally} tally
   */
  async #makePlans(policies, tally) {
    const { setting, file } = this.#store.state;
    if (!setting) return;
    const planning = policies.filter(({ plans }) => plans);
    for (const { label } of planning) tally.begin(label);
    const planned = this.#planned;
    const carryOut = async (/** @type {Policy} */ { id, label }) => {
      if (planned !== this.#planned) throw new Replaced("The setting has changed since.");
      await this.#street().request("evaluate", id);
      tally.end(label);
    };
    for (const policy of planning) if (planned.has(policy.id)) await carryOut(policy);
    const missing = planning.filter(({ id }) => !planned.has(id));
    await this.#planners.plan(missing, setting, file, async (policy, { actions, note }) => {
      if (planned !== this.#planned) throw new Replaced("The setting has changed since.");
      await this.#street().request("setActions", policy.id, actions, note);
      planned.add(policy.id);
      await carryOut(policy);
    });
  }

  /**
   * Before another setting, or another engine: nothing has been planned for it, and no plan that
   * is still being made may reach it.
   */
  forgetPlans() {
    this.#planners.close();
    this.#planned = new Set();
  }
}
