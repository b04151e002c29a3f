// The worker that carries out runs of a sweep, one after the other: it trains an agent to its
// planned length and measures the best one on the held-out days.

import { load } from "../bundles.js";
import { breathe, planOf, post, readFile, serve } from "./service.js";

/**
 * @typedef {import("../../types.d.ts").LearningEngine} LearningEngine
 * @typedef {import("../../types.d.ts").LearningModule} LearningModule
 * @typedef {import("../../types.d.ts").StreetEngine} StreetEngine
 * @typedef {import("../../types.d.ts").StreetModule} StreetModule
 * @typedef {import("../../sweep/runner.js").SweepRequests} SweepRequests
 */

/** @type {{ learner: LearningEngine, street: StreetEngine } | null} */
let engines = null;

function running() {
  if (!engines) throw new Error("The engines have not been loaded.");
  return engines;
}

/** @param {LearningEngine} learner */
async function train(learner) {
  for (let done = false; !done; ) {
    const begin = performance.now();
    const iteration = await learner.iterate();
    post({ type: "iteration", iteration, seconds: (performance.now() - begin) / 1000 });
    done = iteration.done;
    await breathe();
  }
}

/** The measures of the agent and of the rule on the held-out days. @param {StreetEngine} street */
function measured(street) {
  for (const policy of ["agent", "rule_based"]) street.evaluate(policy);
  const { policies } = street.summary("rule_based");
  const kpis = (/** @type {string} */ id) => policies.find((policy) => policy.id === id)?.kpis ?? {};
  return { kpis: kpis("agent"), reference: kpis("rule_based") };
}

/** @type {Parameters<typeof serve<SweepRequests>>[0]} */
const handlers = {
  async start() {
    /** @type {Promise<LearningModule>} */
    const learning = load("engine");
    /** @type {Promise<StreetModule>} */
    const showing = load("street");
    const [learner, street] = await Promise.all([learning, showing]);
    engines = { learner: learner.Engine.create(), street: street.Engine.create() };
  },
  async readFile(file) {
    const { learner, street } = running();
    await readFile(learner, file, () => learner.keepData());
    await readFile(street, file, () => street.closeData());
  },
  async run(spec) {
    const begin = performance.now();
    const { learner, street } = running();
    learner.configure(spec);
    street.configure(spec);
    await train(learner);
    street.setActions("agent", planOf(learner.actions()).actions);
    const { kpis, reference } = measured(street);
    return { kpis, reference, seconds: (performance.now() - begin) / 1000, agent: learner.saveModel() };
  },
};

serve(handlers, []);
