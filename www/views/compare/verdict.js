// How a measure stands against the baseline's: a sign, a word and a kind, read off the interval of the difference.

import { NBSP, number } from "../../ui/format.js";

/**
 * @typedef {import("../../types.d.ts").Estimate} Estimate
 * @typedef {import("../../types.d.ts").Kpi} Kpi
 * @typedef {{ kind: "better" | "worse" | "same" | "none", text: string }} Verdict
 */

/** Below this share of the larger value a difference is rounding. */
const ROUNDING = 1e-9;

/**
 * @param {Kpi} kpi
 * @param {number} value
 * @param {number} reference The baseline's.
 * @param {Estimate | null | undefined} difference Without one nothing is said of better or worse.
 * @returns {Verdict}
 */
export function verdictOn(kpi, value, reference, difference) {
  const change = difference?.value ?? value - reference;
  if (Math.abs(change) <= ROUNDING * Math.max(Math.abs(value), Math.abs(reference))) return { kind: "same", text: "= the same" };
  if (difference && difference.low <= 0 && difference.high >= 0) return { kind: "same", text: `≈${NBSP}not told apart` };
  const amount = `${change < 0 ? "▼" : "▲"}${NBSP}${size(kpi, change, reference)}`;
  if (!difference || kpi.better === "none") return { kind: "none", text: `${amount} ${change < 0 ? "less" : "more"}` };
  const kind = change < 0 === (kpi.better === "lower") ? "better" : "worse";
  return { kind, text: `${amount} ${kind}` };
}

/** A change in percent of the baseline's value; as it is where that is near nothing. @param {Kpi} kpi @param {number} change @param {number} reference */
function size({ digits, unit }, change, reference) {
  const share = Math.abs(change / reference);
  if (unit === "%") return `${number(Math.abs(change), digits)}${NBSP}points`;
  if (!(share < 10)) return number(Math.abs(change), digits);
  return share < 0.005 ? `<${NBSP}1${NBSP}%` : `${number(share * 100)}${NBSP}%`;
}

/** "9.87 to 11.20". @param {Estimate} estimate @param {number} digits */
export function range({ low, high }, digits) {
  return `${number(low, digits)} to${NBSP}${number(high, digits)}`;
}

/** With its sign, also above zero. @param {number} value @param {number} digits */
export function signed(value, digits) {
  const text = number(value, digits);
  return value > 0 && text !== number(0, digits) ? `+${text}` : text;
}
