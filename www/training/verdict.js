// How a training is doing, in plain words: a pure function of what the learner has reported.
//
// It goes by the reward on the validation days: these are the same in every iteration, so that what
// moves is the agent and not the luck of the days.

import { AGENT } from "../app/state.js";
import { capitalised, counted } from "../ui/format.js";

/** @typedef {import("../types.d.ts").Sample} Sample */

/**
 * @typedef {object} Verdict
 * @property {"early" | "learning" | "levelled" | "stuck" | "collapsed"} id
 * @property {string} label In a word or two.
 * @property {string} text Why, in a sentence or two.
 */

/** Iterations before anything can be said. */
const LEAST = 8;
/** Iterations before one can speak of no progress, or of a loss. */
const PATIENCE = 20;
/** The latest iterations are set against as many before them: a fifth of all, within these bounds. */
const FEWEST = 4;
const MOST = 20;
/** By how many standard errors two groups of iterations must differ to count as different. */
const SIGNIFICANT = 3;
/** Share of all that was gained so far below which a gain is not worth the wait. */
const WORTH = 0.02;
/** Above this an iteration changes the policy so much that it forgets, nats. */
const MUCH_KL = 0.1;
/** Below this it hardly changes it, nats. */
const LITTLE_KL = 1e-4;

/** @param {number[]} values */
function moments(values) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return { mean, error: variance / values.length };
}

/**
 * How far `later` lies above `earlier`, and whether that is more than the noise of both.
 * @param {number[]} earlier
 * @param {number[]} later
 */
function rise(earlier, later) {
  const [a, b] = [moments(earlier), moments(later)];
  const by = b.mean - a.mean;
  return { by, clear: Math.abs(by) > SIGNIFICANT * Math.sqrt(a.error + b.error) };
}

/** @param {number[]} values */
function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

/**
 * What the learner's figures hint at where it does not get on. That the policy hardly moves towards the end is
 * meant, as a rule: so it is judged by the whole training.
 * @param {Sample[]} history
 */
function hint(history) {
  const kl = median(history.map((sample) => sample.kl));
  const { explainedVariance } = history[history.length - 1];
  if (kl > MUCH_KL) return " Each iteration changes the policy a great deal: a smaller learning_rate may help.";
  if (kl < LITTLE_KL) return " The iterations hardly change the policy: a larger learning_rate may help.";
  if (explainedVariance !== null && explainedVariance < 0) return " The critic foresees less than a constant would: more n_epochs may help.";
  return "";
}

/**
 * @param {Sample[]} history Of one seed.
 * @returns {Verdict | null} `null` before the first iteration.
 */
export function verdictOn(history) {
  const last = history.at(-1);
  if (!last) return null;
  if (last.collapse.length > 0) {
    const text = last.collapse.map(({ message }) => message.replace(/^Collapsed: /, "")).join(" ");
    const advice = "Reset, and try another seed, a smaller learning_rate or a larger ent_coef.";
    return { id: "collapsed", label: "Collapsed", text: `${capitalised(text)} ${advice}` };
  }
  const rewards = history.flatMap(({ validation }) => validation[AGENT]?.reward ?? []);
  if (rewards.length < LEAST) {
    return { id: "early", label: "Too early to say", text: `After ${counted(LEAST, "iteration")} there is a trend; this is number ${rewards.length}.` };
  }
  const window = Math.min(MOST, Math.max(FEWEST, Math.floor(rewards.length / 5)));
  const latest = rewards.slice(-window);
  const before = rewards.slice(-2 * window, -window);
  const recent = rise(before, latest);
  const overall = rise(rewards.slice(0, window), latest);
  const range = Math.max(...rewards) - Math.min(...rewards);
  if (recent.clear && recent.by > WORTH * range) {
    return { id: "learning", label: "Learning", text: `The last ${window} iterations earn more on the validation days than the ${window} before.` };
  }
  const losing = recent.clear && recent.by < -WORTH * range;
  const gained = overall.clear && overall.by > 0;
  // Many a training loses a little before it gains.
  if (rewards.length < PATIENCE && (losing || !gained)) {
    return { id: "early", label: "Too early to say", text: "No clear gain yet; give it some more iterations." };
  }
  if (losing) {
    return {
      id: "stuck",
      label: "Losing ground",
      text: `The last ${window} iterations earn less than the ${window} before; the best agent is kept.${hint(history)}`,
    };
  }
  if (gained) {
    return { id: "levelled", label: "Levelled off", text: `Better than at the start; the last ${window} iterations gained little more.` };
  }
  return { id: "stuck", label: "Stuck", text: `The last ${window} iterations earn no more than the first ones.${hint(history)}` };
}
