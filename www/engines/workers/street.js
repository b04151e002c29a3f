// The worker that shows the street: data, the setting, and every policy on the held-out days.

import { load } from "../bundles.js";
import { asMeant } from "../../app/spec.js";
import { cancelRead, planOf, readFile, serve } from "./service.js";

/**
 * @typedef {import("../../types.d.ts").StreetEngine} StreetEngine
 * @typedef {import("../../types.d.ts").StreetModule} StreetModule
 * @typedef {import("../../types.d.ts").StreetRequests} StreetRequests
 */

/** @type {StreetEngine | null} */
let engine = null;

/** @returns {StreetEngine} */
function running() {
  if (!engine) throw new Error("The street has not been loaded.");
  return engine;
}

/** @param {import("../../types.d.ts").Spec} spec */
const specAsMeant = (spec) => ({ ...spec, ppo: asMeant(spec.ppo) });

/** What the page shows of the setting. */
function setting() {
  const { spec, learners, ...others } = running().setting();
  return { ...others, spec: specAsMeant(spec), learners: learners.map((learner) => ({ ...learner, ppo: asMeant(learner.ppo) })) };
}

/** @type {Parameters<typeof serve<StreetRequests>>[0]} */
const handlers = {
  async start() {
    /** @type {StreetModule} */
    const module = await load("street");
    engine = module.Engine.create();
    return module.presets().map((preset) => ({ ...preset, spec: specAsMeant(preset.spec) }));
  },
  configure(spec) {
    running().configure(spec);
    return setting();
  },
  readFile: (file) =>
    readFile(running(), file, () => {
      running().closeData();
      return setting();
    }),
  cancelRead,
  plan: (policy) => planOf(running().plan(policy)),
  setActions: (policy, actions, note, label) => running().setActions(policy, actions, note ?? undefined, label),
  removeActions: (policy) => running().removeActions(policy),
  evaluate: (policy) => running().evaluate(policy),
  addSeed: (policy, actions) => running().addSeed(policy, actions),
  summary: (baseline) => running().summary(baseline),
  day: (index, policies) => Object.fromEntries(policies.map((id) => [id, running().day(id, index)])),
  scene: (policy, index) => running().scene(policy, index),
  market: (policy, index, step) => running().market(policy, index, step),
  csv: (policy) => running().csv(policy),
  series(home) {
    const series = running().series(home ?? undefined);
    const { loadKw: load, pvKw: pv } = series;
    series.free();
    return { load, pv };
  },
  reference: (policy) => running().reference(policy),
};

serve(handlers, ["cancelRead"]);
