// Which policies stand on the street, and their scenes of the day in view.

import { actingPolicies, AGENT, BASELINE, chosenPolicy, dayIndex } from "../../app/state.js";
import { latestOnly } from "../../app/latest.js";

/**
 * @typedef {import("../../app/app.js").App} App
 * @typedef {import("../../app/state.js").State} State
 * @typedef {import("../../types.d.ts").Policy} Policy
 * @typedef {import("../../types.d.ts").Scene} Scene
 */

/** In the address: nothing stands beside the policy. */
export const ALONE = "none";
/** What stands beside the rule as long as there is no agent: what would be possible. */
const POSSIBLE = "optimum";

/**
 * The policy beside the one in view: the one asked for; else the rule beside the agent, and the optimum beside the
 * rule. `null` for none.
 * @param {State} state
 * @returns {string | null}
 */
export function besidePolicy(state) {
  const chosen = chosenPolicy(state);
  const acting = actingPolicies(state).map(({ id }) => id);
  if (state.beside !== null && (state.beside === ALONE || acting.includes(state.beside))) {
    return state.beside === ALONE || state.beside === chosen ? null : state.beside;
  }
  const beside = chosen === BASELINE ? POSSIBLE : BASELINE;
  return acting.includes(beside) && beside !== chosen ? beside : null;
}

/** The policies on the street, from top to bottom. @param {State} state @returns {Policy[]} */
export function policiesInView(state) {
  const acting = actingPolicies(state);
  return [chosenPolicy(state), besidePolicy(state)].flatMap((id) => acting.find((policy) => policy.id === id) ?? []);
}

/** The street as it stands before anything is known of it. @returns {Scene} */
export function emptyScene() {
  const homes = Array.from({ length: 10 }, (_, home) => ({
    id: `s${home + 1}`,
    pv_kwp: home % 2 === 0 ? 5 : null,
    battery_kwh: home % 2 === 0 ? 10 : 0,
    battery_kw: home % 2 === 0 ? 5 : 0,
    bus: home + 1,
  }));
  const none = homes.map(() => 0);
  return {
    date: "", step_hours: 1, hours: [0], homes,
    parents: homes.map((_, line) => line),
    load_kw: none, pv_kw: none, battery_kw: none, soc_kwh: none, peer_kw: none, grid_kw: none,
    curtailed_kw: none, unserved_kw: none, bill: none,
    order_kwh: homes.map(() => null), order_price: homes.map(() => null),
    reward: [], reasons: [], trades: [], voltage: [], line_kw: none, line_loading: homes.map(() => null),
    price: [null], retail: [0], feed_in: [0], peak: [false], outage: [false],
    import_kw: [0], export_kw: [0], loss_kw: [0], cost: [0], transformer_kw: null,
  };
}

/**
 * Loads the scenes in view, one after the other; `onScenes` is called as soon as the first is there.
 * @param {App} app
 * @param {(seen: { policy: Policy, scene: Scene }[], complete: boolean) => void} onScenes
 */
export function sceneLoader(app, onScenes) {
  /** Scenes of fixed policies on the day in view. @type {{ setting: unknown, index: number, scenes: Map<string, Scene> }} */
  let known = { setting: null, index: -1, scenes: new Map() };
  return latestOnly(async () => {
    const { setting } = app.state;
    const index = dayIndex(app.state);
    const policies = policiesInView(app.state);
    if (known.setting !== setting || known.index !== index) known = { setting, index, scenes: new Map() };
    const present = () => app.state.setting === setting && dayIndex(app.state) === index;
    /** @type {{ policy: Policy, scene: Scene }[]} */
    const seen = [];
    for (const policy of policies) {
      const scene = known.scenes.get(policy.id) ?? (await app.scene(index, policy.id));
      if (!scene || !present()) return;
      // An agent that learns does something else the next time.
      if (policy.id !== AGENT) known.scenes.set(policy.id, scene);
      seen.push({ policy, scene });
      onScenes(seen.slice(), seen.length === policies.length);
    }
  });
}
