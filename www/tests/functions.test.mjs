// What needs no browser: overrides of a preset, the address, charts from a trace or from several
// seeds, tariffs in words.

import assert from "node:assert/strict";
import { test } from "node:test";
import { dayPanels, importChart, peakImport } from "../views/explore/day-charts.js";
import { returnChart } from "../views/train/charts.js";
import { difference, edited, withOverrides } from "../app/spec.js";
import { spreadOf } from "../training/spread.js";
import { formatAddress, parseAddress } from "../app/state.js";
import { tariffInWords } from "../views/data/tariff-words.js";

const BASE = {
  market: { mechanism: "uniform", k: 0.5 },
  stress: { cloudy: { from: null, pv_factor: 0.2 }, outage: null },
  homes: { overrides: { s1: { kwh: 5 } }, greedy: "none" },
};

test("an override goes when something replaces it or says the same as the preset", () => {
  const off = edited(BASE, { "stress.cloudy.pv_factor": 0.4, "market.k": 1 }, { "stress.cloudy": null });
  assert.deepEqual(off, { "market.k": 1, "stress.cloudy": null });
  assert.deepEqual(edited(BASE, off, { "stress.cloudy.pv_factor": 0.2, "market.k": undefined }), {});
  assert.deepEqual(edited(BASE, { "market.k": 1 }, { "market.kind": 2 }), { "market.k": 1, "market.kind": 2 });
});

test("the difference from a preset leads back to the same specification", () => {
  const other = {
    market: { mechanism: "mcafee", k: 0.5 },
    stress: { cloudy: null, outage: { from_hour: 17 } },
    homes: { overrides: {}, greedy: ["s2"] },
  };
  const fields = difference(BASE, other);
  assert.deepEqual(Object.keys(fields).sort(), ["homes.greedy", "homes.overrides", "market.mechanism", "stress.cloudy", "stress.outage.from_hour"]);
  assert.deepEqual(withOverrides(BASE, fields), other);
});

test("an address brings back every kind of value", () => {
  const overrides = {
    "feeder.fault.bus": "101",
    "homes.greedy_homes": ["s1", "s2"],
    "homes.overrides": {},
    "limits.transformer_kw": 12.5,
    "split.held_out.from": "2026-06-08",
    "stress.cloudy": null,
    tariff: "sydney-2019",
  };
  assert.deepEqual(parseAddress(formatAddress({ ...parseAddress(""), overrides })).overrides, overrides);
});

test("an address carries the number of seeds, and nothing that is none", () => {
  assert.equal(parseAddress(formatAddress({ ...parseAddress(""), seeds: 3 })).seeds, 3);
  assert.equal(formatAddress(parseAddress("seeds=1")), "");
  assert.deepEqual(["0", "-1", "2.5", "many", "1000"].map((seeds) => parseAddress(`seeds=${seeds}`).seeds), [1, 1, 1, 1, 1]);
});

test("of several seeds there is a curve each and the mean as far as all of them are", () => {
  const history = (/** @type {(number | null)[]} */ ...returns) =>
    returns.map((value, index) => /** @type {any} */ ({ steps: 10 * (index + 1), return: value }));
  const [ahead, behind] = [history(null, 4, 6), history(1, 2)];
  const runs = [
    { seed: 1, history: ahead, leads: true },
    { seed: 2, history: behind, leads: false },
  ];
  const { series, x } = returnChart({ runs, history: ahead, planned: 20 }, "grid_aware");
  assert.deepEqual(series?.map(({ role, y }) => [role, y]), [
    ["neutral", [null, 4, 6]],
    ["neutral", [1, 2]],
    ["grid_aware", [null, 3]],
  ]);
  assert.equal(x?.max, 30);
  const alone = returnChart({ runs: runs.slice(0, 1), history: ahead, planned: 20 }, "grid_aware");
  assert.deepEqual(alone.series?.map(({ role, y }) => [role, y]), [["grid_aware", [null, 4, 6]]]);
});

test("the spread over seeds leaves out what some seed does not have", () => {
  const spread = spreadOf([
    { cost: 2, savings: null },
    { cost: 5, savings: 1 },
    { cost: 2, savings: 3 },
  ]);
  assert.deepEqual(spread, { seeds: 3, kpis: { cost: { mean: 3, low: 2, high: 5 } } });
});

/** A trace of a few steps of 12 hours. @param {object} changes */
function traceOf(changes) {
  const zeros = [0, 0, 0, 0];
  return /** @type {any} */ ({
    step_hours: 12,
    hours: [0, 12, 24, 36],
    load_kw: zeros,
    pv_kw: zeros,
    curtailed_kw: zeros,
    unserved_kwh: zeros,
    battery_kw: zeros,
    soc_kwh: zeros,
    capacity_kwh: 10,
    p2p_kwh: zeros,
    price: [null, null, null, null],
    retail: zeros,
    feed_in: zeros,
    peak: [false, true, true, false],
    outage: [false, false, false, false],
    import_kwh: [1, 2, 4, 8],
    voltage_min: [null, null, null, null],
    voltage_max: [null, null, null, null],
    transformer_kw: null,
    ...changes,
  });
}

const SETTING = /** @type {any} */ ({
  policies: [{ id: "rule_based", label: "Rule-based", role: "rule_based" }],
  spec: { limits: { voltage_min: 0.94, voltage_max: 1.1 } },
});

test("the peak is shaded where the steps say so", () => {
  const chart = importChart({ rule_based: traceOf({}) }, SETTING);
  assert.deepEqual(chart.bands, [{ from: 12, to: 36, label: "peak window" }]);
  assert.equal(peakImport(traceOf({})), 6);
  const apart = importChart({ rule_based: traceOf({ peak: [true, false, false, true] }) }, SETTING);
  assert.deepEqual(apart.bands?.map(({ from, to }) => [from, to]), [[0, 12], [36, 48]]);
});

test("panels of what is out of the ordinary are there when any policy needs them", () => {
  const titles = (/** @type {any} */ trace, /** @type {any[]} */ traces) => dayPanels(trace, traces, SETTING).map(({ title }) => title);
  const calm = traceOf({});
  assert.equal(titles(calm, [calm]).length, 5);
  const dark = traceOf({ unserved_kwh: [0, 3, 0, 0], outage: [false, true, false, false] });
  assert.ok(titles(calm, [calm, dark]).includes("Not served"));
  const cable = traceOf({ voltage_min: [0.93, 0.99, null, 1], voltage_max: [1, 1, null, 1.01] });
  const voltage = dayPanels(cable, [cable], SETTING).at(-1);
  assert.equal(voltage?.title, "Voltage on the cable");
  // The upper limit is far away and would only flatten the curves.
  assert.deepEqual(voltage?.lines?.map(({ y }) => y), [0.94]);
});

test("a tariff is told in words, seasons over the turn of the year included", () => {
  const window = { from_hour: 14, to_hour: 20, months: [11, 12, 1, 2, 3, 6], days: "workdays", price: 0.594, feed_in: null };
  const words = tariffInWords({ base: 0.165, feed_in: 0.05, windows: [window], export_charge: null, demand_charge: null });
  assert.equal(
    words,
    "A kWh from the grid costs $ 0.594 between 14:00 and 20:00 on working days in November to March and June, otherwise 0.165; one sold to it earns 0.05.",
  );
});
