// What is drawn of a scene: sums and scales that hold for its whole day, and the mix of two steps
// while time goes on between them. Pure functions.

import { withoutFeeder } from "./layout.js";

/**
 * @typedef {import("../../types.d.ts").Scene} Scene
 * @typedef {{ seller: number, buyer: number, kw: number, price: number }} Flow
 */

/**
 * @typedef {object} Picture
 * @property {Scene} scene
 * @property {number} steps
 * @property {number} homes
 * @property {number[]} net Drawn from the cable by home, kW, positive = draws; step-major.
 * @property {number[]} line By line, kW away from the transformer; step-major.
 * @property {Flow[][]} trades By step, the largest first.
 */

/**
 * The same scale for everything that is compared.
 * @typedef {object} Scales
 * @property {number} load kW of a full window.
 * @property {number} pv kW of a roof at its brightest.
 * @property {number} line kW of the widest line.
 * @property {number} trade kW of the widest arc.
 * @property {number} voltage Largest deviation from the nominal voltage, per unit, rounded up.
 */

/** @param {Scene} scene @returns {Picture} */
export function pictureOf(scene) {
  const { hours, homes, step_hours } = scene;
  const net = scene.peer_kw.map((kw, index) => kw + scene.grid_kw[index]);
  /** @type {Flow[][]} */
  const trades = hours.map(() => []);
  for (const { step, seller, buyer, kwh, price } of scene.trades) {
    trades[step].push({ seller, buyer, kw: kwh / step_hours, price });
  }
  for (const flows of trades) flows.sort((a, b) => b.kw - a.kw);
  const line = withoutFeeder(scene) ? alongStreet(scene, net) : scene.line_kw;
  return { scene, steps: hours.length, homes: homes.length, net, line, trades };
}

/** Without a feeder: what the homes from each one on draw together. @param {Scene} scene @param {number[]} net */
function alongStreet({ homes, parents, hours }, net) {
  const at = new Map(homes.map(({ bus }, home) => [bus, home]));
  return hours.flatMap((_, step) => {
    const flows = parents.map(() => 0);
    for (let line = parents.length - 1; line >= 0; line--) {
      flows[line] = (flows[line + 1] ?? 0) + (net[step * homes.length + (at.get(line + 1) ?? NaN)] || 0);
    }
    return flows;
  });
}

/** @param {number[]} values */
const largest = (values) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** Of what the voltage deviates, the scale's end is one of these. */
const ENDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1];

/** @param {Picture[]} pictures Seen together. @returns {Scales} */
export function scalesOf(pictures) {
  const most = (/** @type {(picture: Picture) => number[]} */ of) => Math.max(1e-3, ...pictures.map((one) => largest(of(one))));
  const off = most(({ scene }) => scene.voltage.map((voltage) => (voltage ?? 1) - 1));
  return {
    load: most(({ scene }) => scene.load_kw),
    pv: most(({ scene }) => scene.pv_kw),
    line: most(({ line }) => line),
    trade: most(({ trades }) => trades.map((flows) => flows[0]?.kw ?? 0)),
    voltage: ENDS.find((end) => end >= off) ?? off,
  };
}

/**
 * Time between the steps. A step is held, so that it can be read, and then turns into the next.
 * @typedef {object} Moment
 * @property {number} step
 * @property {number} next
 * @property {number} mix From 0, the step itself, to 1, the next one.
 * @property {number} part Of the step that is over.
 */

/** The part of a step that is held. */
const HELD = 0.5;

/** @param {number} time In steps. @param {number} steps @returns {Moment} */
export function momentAt(time, steps) {
  const step = Math.min(steps - 1, Math.max(0, Math.floor(time)));
  const part = Math.min(1, Math.max(0, time - step));
  const next = Math.min(steps - 1, step + 1);
  const ramp = Math.max(0, (part - HELD) / (1 - HELD));
  return { step, next, mix: next === step ? 0 : ramp * ramp * (3 - 2 * ramp), part };
}

/**
 * @param {ArrayLike<number | null>} values Step-major.
 * @param {number} stride
 * @param {number} index
 * @param {Moment} moment
 */
export function mixed(values, stride, index, { step, next, mix }) {
  const from = values[step * stride + index] ?? 0;
  return mix === 0 ? from : from + mix * ((values[next * stride + index] ?? 0) - from);
}

/**
 * Stored energy at a moment: known at the end of every step, and on its way in between.
 * @param {Picture} picture
 * @param {number} home
 * @param {Moment} moment
 */
export function stored({ scene, homes }, home, { step, part }) {
  const end = scene.soc_kwh[step * homes + home];
  const begin =
    step > 0
      ? scene.soc_kwh[(step - 1) * homes + home]
      : Math.min(scene.homes[home].battery_kwh, Math.max(0, end - scene.battery_kw[home] * scene.step_hours));
  return begin + part * (end - begin);
}

/** Totals of the day. @param {Scene} scene */
export function totals({ hours, step_hours, import_kw, peak, cost, unserved_kw, trades }) {
  const sum = (/** @type {number[]} */ values) => values.reduce((total, value) => total + value, 0);
  return {
    cost: sum(cost),
    peakImport: step_hours * sum(hours.map((_, step) => (peak[step] ? import_kw[step] : 0))),
    gridImport: step_hours * sum(import_kw),
    shared: sum(trades.map(({ kwh }) => kwh)),
    unserved: step_hours * sum(unserved_kw),
  };
}
