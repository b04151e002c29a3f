// What needs no browser: overrides of a preset, the address, charts from a trace or from several
// seeds, tariffs in words.

import assert from "node:assert/strict";
import { test } from "node:test";
import { dayPanels, importChart, peakImport } from "../views/explore/day-charts.js";
import { costChart, returnChart } from "../views/train/charts.js";
import { timeInWords } from "../views/train/transport.js";
import { taken, withinSpec } from "../app/scenario.js";
import { difference, edited, withOverrides } from "../app/spec.js";
import { sameNetwork } from "../training/going-on.js";
import { keyOf, nameOf, presetOf, roleFor, sameTraining } from "../training/kept.js";
import { recommendation } from "../training/trial.js";
import { verdictOn } from "../training/verdict.js";
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

test("an address carries how Explore and Compare are looked at, and the sweep that is being set up", () => {
  const looked = {
    home: "s2", street: /** @type {const} */ ("lower"), colouring: /** @type {const} */ ("loading"), cells: /** @type {const} */ ("differences"),
    sweep: [{ name: "reward.weights.grid", values: "0:1:0.25" }, { name: "tariff.windows[1].price", values: "" }, { name: "market.mechanism", values: '["uniform","k=0.5:&"]' }],
    sweepSeeds: "1:5:1",
  };
  const address = { ...parseAddress(""), ...looked };
  assert.deepEqual(parseAddress(formatAddress(address)), address);
  assert.deepEqual(parseAddress(formatAddress(address)).overrides, {}, "none of it is taken for a field of the setting");
  assert.equal(formatAddress(parseAddress("street=middle&lines=&cells=all&sweep=nothing")), "");
});

test("what others hang on to a link is none of the setting, and homes go by the names of their data", () => {
  const { overrides } = parseAddress("utm_source=letter&fbclid=Iw1&homes.overrides.House-A.kwh=7&market.k=1");
  assert.deepEqual(withinSpec(BASE, overrides), { "homes.overrides.House-A.kwh": 7, "market.k": 1 });
});

test("of a link that is turned down only the fields at fault are left out", async () => {
  const turnedDown = (/** @type {string[]} */ ...bad) => async (/** @type {object} */ fields) => {
    // The two of a pair need each other.
    const pair = "pair.a" in fields === "pair.b" in fields;
    return pair && !bad.some((name) => name in fields);
  };
  const fields = { "pair.a": 1, "market.k": 9, "pair.b": 2, seed: -1 };
  assert.deepEqual(await taken(fields, turnedDown("market.k")), { "pair.a": 1, "pair.b": 2, seed: -1 });
  assert.deepEqual(await taken(fields, turnedDown("market.k", "pair.a", "pair.b")), { seed: -1 });
  assert.deepEqual(await taken({ seed: -1 }, turnedDown("seed")), {});
});

test("an address carries the number of seeds, and nothing that is none", () => {
  assert.equal(parseAddress(formatAddress({ ...parseAddress(""), seeds: 3 })).seeds, 3);
  assert.equal(formatAddress(parseAddress("seeds=1")), "");
  assert.deepEqual(["0", "-1", "2.5", "many", "1000"].map((seeds) => parseAddress(`seeds=${seeds}`).seeds), [1, 1, 1, 1, 1]);
});

test("of several seeds there is the mean over a band from the lowest to the highest, as far as all of them are", () => {
  const history = (/** @type {(number | null)[]} */ ...returns) =>
    returns.map((value, index) => /** @type {any} */ ({ steps: 10 * (index + 1), return: value }));
  const [ahead, behind] = [history(null, 4, 6, 8), history(1, 2, 7)];
  const runs = [
    { seed: 1, history: ahead, leads: true },
    { seed: 2, history: behind, leads: false },
  ];
  const { series, x } = returnChart({ runs, history: ahead, planned: 20 }, "grid_aware");
  assert.deepEqual(series?.map(({ style, x: at, y }) => [style, at, y]), [
    // Along the highest, and back along the lowest.
    ["shape", [20, 30, 30, 20], [4, 7, 6, 2]],
    ["line", [10, 20, 30], [null, 3, 6.5]],
  ]);
  assert.equal(x?.max, 40);
  const alone = returnChart({ runs: runs.slice(0, 1), history: ahead, planned: 20 }, "grid_aware");
  assert.deepEqual(alone.series?.map(({ role, y }) => [role, y]), [["grid_aware", [null, 4, 6, 8]]]);
});

test("the axis reaches to the plan's end, and early on to a part of it", () => {
  const max = (/** @type {number[]} */ ...steps) =>
    returnChart({ runs: [], history: steps.map((at) => /** @type {any} */ ({ steps: at, return: 1 })), planned: 800 }, "accent").x?.max;
  assert.deepEqual([max(), max(10), max(100), max(300), max(330), max(800), max(900)], [800, 25, 200, 400, 800, 800, 900]);
});

test("references are what the learner measured, else what was worked out, and the one far off is left out", () => {
  const policies = ["no_battery", "rule_based", "optimum", "agent"].map((id) => ({ id, label: id, role: id, plans: false }));
  const references = new Map(["no_battery", "rule_based", "optimum"].map((id) => [id, { cost: 1, peak_import_kwh: 2 }]));
  const sample = /** @type {any} */ ({ steps: 10, validation: { rule_based: { cost: 5 }, no_battery: { cost: 9 }, agent: { cost: 4 } } });
  const found = (/** @type {any[]} */ history) => costChart({ runs: [], history, planned: 20 }, policies, references).lines?.map(({ label, y }) => [label, y]);
  assert.deepEqual(found([]), [["rule_based", 1], ["optimum", 1]]);
  assert.deepEqual(found([sample]), [["rule_based", 5], ["optimum", 1]]);
});

/** A history with these rewards on the validation days. @param {number[]} rewards @param {object} [last] What else the last sample says. */
function historyOf(rewards, last = {}) {
  const samples = rewards.map((reward) => ({ kl: 0.01, explainedVariance: 0.5, collapse: [], validation: { agent: { reward } } }));
  return /** @type {any[]} */ ([...samples.slice(0, -1), { ...samples.at(-1), ...last }]);
}

/** Noise that is the same in every run, within ±1. @param {number} index */
const noise = (index) => 2 * ((((Math.sin(index + 1) * 43758.5453) % 1) + 1) % 1) - 1;

test("a training is judged by its trend on the validation days", () => {
  const judged = (/** @type {(index: number) => number} */ reward, count = 40) =>
    verdictOn(historyOf(Array.from({ length: count }, (_, index) => reward(index))))?.id;
  assert.equal(verdictOn([]), null);
  assert.equal(judged((index) => index, 7), "early");
  assert.equal(judged((index) => index + noise(index)), "learning");
  assert.equal(judged((index) => 20 * (1 - Math.exp(-index / 4)) + 0.2 * noise(index)), "levelled");
  assert.equal(judged((index) => noise(index)), "stuck");
  assert.equal(judged(() => 3), "stuck", "nothing moves at all");
  assert.equal(judged((index) => noise(index), 12), "early", "too soon to give up");
  assert.equal(judged((index) => -index, 12), "early", "many a training loses a little first");
  assert.equal(judged((index) => (index < 24 ? index : 96 - 3 * index) + noise(index)), "stuck");
  // Seldom enough to matter: noise alone, in another place each time, is hardly ever taken for learning.
  const fooled = Array.from({ length: 200 }, (_, shift) => judged((index) => noise(index + 37 * shift))).filter((id) => id === "learning");
  assert.ok(fooled.length <= 10, `${fooled.length} of 200`);
});

test("a verdict says why: what collapsed, what is lost, what might help", () => {
  const flat = Array.from({ length: 30 }, (_, index) => noise(index));
  const collapse = [{ id: "one_action", message: "Collapsed: every home charges at full power in nearly every state." }];
  const collapsed = verdictOn(historyOf([1, 2], { collapse }));
  assert.equal(collapsed?.id, "collapsed");
  assert.match(collapsed?.text ?? "", /^Every home charges at full power/);
  assert.match(verdictOn(historyOf(flat).map((sample) => ({ ...sample, kl: 0.4 })))?.text ?? "", /smaller learning_rate/);
  assert.match(verdictOn(historyOf(flat).map((sample) => ({ ...sample, kl: 1e-6 })))?.text ?? "", /larger learning_rate/);
  assert.doesNotMatch(verdictOn(historyOf(flat, { kl: 1e-6 }))?.text ?? "", /learning_rate/, "at the end it is meant to stand still");
  const losing = verdictOn(historyOf(flat.map((value, index) => 0.1 * value - Math.max(0, index - 15))));
  assert.equal(losing?.label, "Losing ground");
});

test("a time is told as one would say it", () => {
  assert.deepEqual([3, 42, 70, 200, 3600, 5500, 9000, Infinity].map(timeInWords), [
    "a few seconds",
    "about 40 seconds",
    "about a minute",
    "about 3 minutes",
    "about an hour",
    "about 1½ hours",
    "about 2½ hours",
    "an unknown time",
  ]);
});

test("a kept agent has a name of its own, a key that nobody else has, and a colour that is free", () => {
  const presets = /** @type {any[]} */ ([{ id: "phase3", label: "Grid-aware (Phase 3)", weights: { grid: 0.5 }, credit: "difference" }]);
  const spec = { seed: 7, reward: { weights: { grid: 0.5 }, credit: "difference" } };
  const savedAt = new Date(2026, 10, 22, 14, 5).getTime();
  const checkpoint = /** @type {any} */ ({ spec, savedAt, iteration: 2, history: [{ steps: 10 }, { steps: 20 }] });
  assert.equal(presetOf(spec, presets)?.id, "phase3");
  assert.equal(presetOf({ reward: { weights: { grid: 0.6 }, credit: "difference" } }, presets), undefined);
  assert.equal(presetOf({ reward: { weights: { grid: 0.5 }, credit: "own" } }, presets), undefined);
  assert.equal(nameOf(checkpoint, presets[0].label), "Grid-aware, seed 7, 22 Nov 14:05");
  assert.equal(nameOf(checkpoint), "Own weights, seed 7, 22 Nov 14:05");
  const key = keyOf(checkpoint, []);
  assert.notEqual(keyOf(checkpoint, [{ ...checkpoint, key }]), key);
  assert.ok(sameTraining(checkpoint, structuredClone({ ...checkpoint, savedAt: 0 })));
  assert.ok(!sameTraining(checkpoint, { ...checkpoint, history: [{ steps: 10 }, { steps: 21 }] }));

  const role = (/** @type {string} */ preset, /** @type {string[]} */ ...others) => roleFor(preset, others.map((other) => ({ id: "", label: "", role: other, plans: false })));
  assert.equal(role("phase2"), "phase2");
  assert.equal(role("phase2", "phase2"), "kept_1");
  assert.equal(role("phase3", "kept_1", "phase2"), "kept_2");
});

test("weights can be gone on from under any reward, and only with the same network", () => {
  const spec = { ppo: { net_arch: [64], activation_fn: "relu", gamma: 1 }, observation: { profile: "extended", street: "this_step" }, battery_mode: "gate", reward: {} };
  assert.ok(sameNetwork(spec, { ...spec, reward: { weights: { grid: 2 } }, ppo: { ...spec.ppo, gamma: 0.9 } }));
  assert.ok(!sameNetwork(spec, { ...spec, ppo: { ...spec.ppo, net_arch: [32] } }));
  assert.ok(!sameNetwork(spec, { ...spec, battery_mode: "power" }));
  assert.ok(!sameNetwork(spec, { ...spec, observation: { ...spec.observation, street: "last_step" } }));
});

test("the quicker engine is recommended, and none where they are alike", () => {
  const of = (/** @type {number} */ cpu, /** @type {number} */ webgpu) =>
    recommendation({ cpu: { seconds: cpu, rows: 9 }, webgpu: { seconds: webgpu, rows: 9 } });
  assert.deepEqual(of(0.03, 0.01), { backend: "webgpu", text: "WebGPU learns 3.0 times as fast here." });
  assert.deepEqual(of(0.01, 0.5), { backend: "cpu", text: "The CPU learns 50 times as fast here." });
  assert.match(of(0.01, 0.0101).text, /equally quick/);
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
