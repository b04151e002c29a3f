// What a kept agent is called, and how it is told from others: pure functions.

import { field } from "../app/spec.js";

/**
 * @typedef {import("../types.d.ts").AgentPreset} AgentPreset
 * @typedef {import("../types.d.ts").Checkpoint} Checkpoint
 * @typedef {import("../types.d.ts").KeptAgent} KeptAgent
 * @typedef {import("../types.d.ts").Policy} Policy
 * @typedef {import("../types.d.ts").Spec} Spec
 */

/** How the agents of a preset are drawn beside the agent in use, if nobody else is. @type {Record<string, string>} */
const OWN_ROLES = { phase2: "phase2" };
/** How all others are, in turn. */
const ROLES = ["kept_1", "kept_2", "kept_3"];

const timeFormat = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

/**
 * The preset that a specification rewards as: by its weights, for the same homes’ outcome.
 * @param {Spec} spec
 * @param {AgentPreset[]} presets
 */
export function presetOf(spec, presets) {
  const same = (/** @type {AgentPreset} */ { weights, credit }) =>
    field(spec, "reward.credit") === credit && Object.entries(weights).every(([term, weight]) => field(spec, `reward.weights.${term}`) === weight);
  return presets.find(same);
}

/**
 * @param {Checkpoint} checkpoint
 * @param {string} [label] Of its preset.
 */
export function nameOf({ spec, savedAt }, label = "Own weights") {
  const time = timeFormat.format(savedAt).replace(",", "");
  return `${label.replace(/ \(.*\)$/, "")}, seed ${spec.seed}, ${time}`;
}

/**
 * A key that no other agent has.
 * @param {Checkpoint} checkpoint
 * @param {KeptAgent[]} others
 */
export function keyOf({ savedAt }, others) {
  let key = savedAt.toString(36);
  while (others.some((other) => other.key === key)) key += "a";
  return key;
}

/** Whether two are the same agent after the same iteration. @param {Checkpoint} a @param {Checkpoint} b */
export function sameTraining(a, b) {
  const same = (/** @type {unknown} */ x, /** @type {unknown} */ y) => JSON.stringify(x) === JSON.stringify(y);
  if (a.iteration !== b.iteration || !same(a.spec, b.spec)) return false;
  // One that was loaded has no history; then the weights tell.
  if (a.history.length === 0) return a.bytes.length === b.bytes.length && a.bytes.every((byte, at) => byte === b.bytes[at]);
  return same(a.history.at(-1), b.history.at(-1));
}

/**
 * The role of an agent that comes to stand beside others.
 * @param {string} preset Its id.
 * @param {Policy[]} others Kept agents that stand there.
 */
export function roleFor(preset, others) {
  const free = (/** @type {string} */ role) => others.every((other) => other.role !== role);
  const wanted = [OWN_ROLES[preset], ...ROLES].filter((role) => role !== undefined);
  return wanted.find(free) ?? ROLES[others.length % ROLES.length];
}
