// The agent that the street knows. It has one at a time, whichever it was told of last, so who
// asks about it has it alone.

import { Replaced } from "../engines/client.js";
import { AGENT } from "./state.js";

/** @typedef {import("../types.d.ts").StreetRequests} StreetRequests */

export class StreetAgent {
  /** The agent that it knows: the `version` of the training. */
  #known = -1;
  /** Settled when nobody asks about it any more. @type {Promise<unknown>} */
  #free = Promise.resolve();
  #store;
  #training;
  #street;

  /**
   * @param {import("./state.js").Store} store
   * @param {import("../training/training.js").Training} training
   * @param {() => import("../engines/client.js").WorkerClient<StreetRequests>} street The one in use.
   */
  constructor(store, training, street) {
    this.#store = store;
    this.#training = training;
    this.#street = street;
    store.subscribe(({ trained }) => {
      if (!trained && this.#known !== -1) this.#dismiss();
    });
  }

  /** There is no agent any more: what the street found of it is no result. */
  #dismiss() {
    this.forget();
    // A street that is gone has forgotten it as well.
    this.#alone(() => this.#street().request("removeActions", AGENT)).catch(() => undefined);
  }

  /** A fresh street knows of none. */
  forget() {
    this.#known = -1;
  }

  /**
   * Asks the street about the agent in use.
   * @template T
   * @param {() => Promise<T>} ask
   */
  use(ask) {
    return this.#alone(async () => {
      await this.#introduce();
      return ask();
    });
  }

  /**
   * Runs the agent on the held-out days; where there are several seeds, the agents of all of them.
   * @param {AbortSignal} signal Ends it before the next seed.
   */
  async evaluate(signal) {
    const { setting, runs } = this.#store.state;
    const goOn = () => {
      const { setting: present, trained } = this.#store.state;
      if (signal.aborted || setting !== present || !trained) throw new Replaced("The evaluation was cancelled.");
    };
    const seeds = runs.length > 1 ? await this.#training.actionsOfAll() : [];
    await this.#alone(async () => {
      goOn();
      // Told anew, the street forgets the seeds it knew.
      if (seeds.length > 0) this.#known = -1;
      await this.#introduce();
      for (const { actions } of seeds) {
        goOn();
        await this.#street().request("addSeed", AGENT, actions);
      }
      await this.#street().request("evaluate", AGENT);
    });
  }

  /** Tells the street what the agent does now, if there is one and the street does not know it. */
  async #introduce() {
    const { version } = this.#training;
    if (!this.#store.state.trained || this.#known === version) return;
    const { actions, note } = await this.#training.actions();
    await this.#street().request("setActions", AGENT, actions, note);
    this.#known = version;
  }

  /**
   * One after the other.
   * @template T
   * @param {() => Promise<T>} work
   * @returns {Promise<T>}
   */
  #alone(work) {
    const outcome = this.#free.then(work);
    // Who asks next is not concerned with what went wrong before.
    this.#free = outcome.catch(() => undefined);
    return outcome;
  }
}
