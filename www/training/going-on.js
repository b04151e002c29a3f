// Whether a training can go on from the weights of another.

import { field } from "../app/spec.js";

/** @typedef {import("../types.d.ts").Spec} Spec */

/** What the shape of the network hangs on, and what its numbers mean. */
const SHAPE = ["ppo.net_arch", "ppo.activation_fn", "observation.profile", "observation.street", "battery_mode"];

/**
 * Whether agents of two specifications have the same network: weights, tariffs, homes and the rest may differ.
 * @param {Spec} a
 * @param {Spec} b
 */
export function sameNetwork(a, b) {
  return SHAPE.every((name) => JSON.stringify(field(a, name)) === JSON.stringify(field(b, name)));
}
