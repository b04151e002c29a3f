// What a home ordered and got, why the guard stepped in, and what the step is worth: pure functions.

import { NBSP, number } from "../../ui/format.js";
import { cents, homeNames, partners } from "./words.js";

/**
 * @typedef {import("./picture.js").Picture} Picture
 * @typedef {import("../../types.d.ts").Scene} Scene
 */

/** What the home ordered on the local market, and what came of it. @param {Picture} picture @param {number} step @param {number} home */
export function orderWords(picture, step, home) {
  const { scene, homes } = picture;
  const at = step * homes + home;
  const [energy, limit] = [scene.order_kwh[at], scene.order_price[at]];
  if (energy === null || limit === null || Math.abs(energy) < 1e-4) return "Ordered nothing on the local market.";
  const wanted = `${number(Math.abs(energy), 2)}${NBSP}kWh`;
  const order = energy > 0 ? `Ordered to buy ${wanted} for at most ${cents(limit)}` : `Offered ${wanted} for at least ${cents(limit)}`;
  const flows = partners(picture, step, home);
  if (flows.length === 0) return `${order}; no neighbour took part, so the grid did.`;
  const filled = flows.reduce((sum, { kw }) => sum + kw * scene.step_hours, 0);
  const paid = flows.reduce((sum, { kw, price }) => sum + kw * scene.step_hours * price, 0) / filled;
  const others = homeNames(scene, flows.map(({ seller, buyer }) => (seller === home ? buyer : seller)));
  const share = filled > 0.995 * Math.abs(energy) ? "all of it" : `${number(filled, 2)}${NBSP}kWh of it`;
  return `${order}; ${energy > 0 ? "bought" : "sold"} ${share} ${energy > 0 ? "from" : "to"} ${others} at ${cents(paid)}${flows.length > 1 ? " on average" : ""}.`;
}

/** Why the guard changed the home's action. @param {Scene} scene @param {number} step @param {number} home */
export function guardWords({ reasons }, step, home) {
  const own = reasons.filter((reason) => reason.step === step && reason.home === home).map(({ reason }) => reason);
  return own.length === 0 ? "changed nothing" : `stepped in: ${[...new Set(own)].join(", ")}`;
}

/** The reward's terms of a step, in cents per hour. @param {Scene} scene @param {number} step @param {number} home */
export function rewardTerms({ reward, homes, step_hours }, step, home) {
  return reward.map(({ label, values }) => ({ label, cents: (100 * values[step * homes.length + home]) / step_hours }));
}
