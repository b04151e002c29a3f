// The page's state: one typed object, mirrored to the address.
//
// The query carries what a link must reproduce: the preset, the engine, the view, and every
// field of the specification that differs from the preset, under its own dotted name
// (`data.homes=12`, `ppo.total_timesteps=200000`). What the engine reports lives here too, so
// that a view never asks another view for it.

/**
 * @typedef {import("../types.d.ts").Backend} Backend
 * @typedef {import("../types.d.ts").SpecValue} SpecValue
 */

/** @typedef {"auto" | "light" | "dark"} Theme */

/** The views, in the order of the navigation; the first opens by itself. */
export const VIEW_IDS = /** @type {const} */ (["explore", "train", "compare", "sweep", "data"]);

/** @typedef {(typeof VIEW_IDS)[number]} ViewId */

/**
 * Where training stands. `done` is the planned length reached, `stopped` is ended by hand.
 * @typedef {"idle" | "running" | "pausing" | "paused" | "stopped" | "done"} TrainingPhase
 */

/** What computes beside the training. @typedef {"evaluation" | "sweep" | "trial"} Work */

/** A swept field and its values as they are typed; those that are ticked are a JSON list. @typedef {{ name: string, values: string }} SweptText */

/**
 * @typedef {object} Address What the query carries.
 * @property {string | null} preset Identifier of the preset; `null` is the first.
 * @property {Record<string, SpecValue>} overrides Specification fields by dotted name.
 * @property {Backend} backend
 * @property {number} seeds How many agents are trained side by side, from as many seeds.
 * @property {string | null} day Chosen held-out day, ISO date; `null` is the first.
 * @property {string | null} policy Policy of the day view and the market; `null` is the agent.
 * @property {string | null} beside The policy that stands beside it in Explore; `null` is none that was chosen.
 * @property {string | null} home The home looked at in Explore.
 * @property {"upper" | "lower"} street The street that it stands on.
 * @property {"voltage" | "loading"} colouring What the colour of lines in Explore shows.
 * @property {string | null} baseline The policy that all are measured against; `null` is the rule-based one.
 * @property {number | null} hour When the market's step begins, hours after the first midnight;
 *   `null` is the step in which most is traded.
 * @property {string | null} mechanism The market mechanism looked at; `null` is the setting's own.
 * @property {"means" | "differences"} cells What the tables of Compare show.
 * @property {SweptText[]} sweep The fields of the sweep that is being set up; none are those that a first visitor finds.
 * @property {string | null} sweepSeeds Its seeds as they are typed; `null` likewise.
 * @property {Theme} theme
 * @property {boolean} lecture Larger type and fewer controls, for a room that looks on.
 */

/**
 * @typedef {object} Live What is known while the page is open.
 * @property {ViewId} view The one in sight; the address has it after its hash.
 * @property {"starting" | "ready" | "busy" | "failed"} engine The one that shows the street.
 * @property {"loading" | "ready" | "failed"} learner
 * @property {import("../types.d.ts").Preset[]} presets
 * @property {import("../types.d.ts").Setting | null} setting
 * @property {File | null} file The data file in use, kept to be read again by a fresh engine.
 * @property {TrainingPhase} phase
 * @property {import("../types.d.ts").SeedRun[]} runs How far every seed is; none before its first iteration.
 * @property {import("../types.d.ts").Sample[]} history Of the seed that does best on the validation days.
 * @property {boolean} trained There is an agent: one iteration at least, or a loaded model.
 * @property {import("../types.d.ts").Policy[]} agents Kept agents that stand beside the others.
 * @property {import("../types.d.ts").KeptAgent[]} kept The library of agents, the latest first.
 * @property {Map<string, import("../types.d.ts").Compared>} compared Those of the library that were chosen to stand
 *   beside the others, by key.
 * @property {number} planned Home-steps of a whole training.
 * @property {Map<string, import("../types.d.ts").Reference>} references What fixed policies achieve on the validation
 *   days, by policy, as far as it is known.
 * @property {Map<string, import("../types.d.ts").PolicyResult>} results By policy.
 * @property {string} against The policy that the results are measured against.
 * @property {boolean} stale The agent has changed since it was evaluated.
 * @property {ReadonlySet<Work>} underWay
 */

/** @typedef {Address & Live} State */

/** The policy that learns, by its identifier. */
export const AGENT = "agent";
/** What all are measured against unless another is chosen. */
export const BASELINE = "rule_based";

const RESERVED = new Set([
  "preset",
  "engine",
  "seeds",
  "day",
  "policy",
  "beside",
  "home",
  "baseline",
  "hour",
  "mechanism",
  "street",
  "lines",
  "cells",
  "sweep",
  "sweep_seeds",
  "theme",
  "lecture",
]);
/** A dotted name; within it, homes have the identifiers of their data. */
const FIELD = /^[a-z][a-z0-9_]*(\.[^.]+)*$/;

/**
 * What is JSON is read as such, everything else is text.
 * @param {string} text
 * @returns {SpecValue}
 */
function parseValue(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/**
 * The reverse of `parseValue`: text that would be read as something else is quoted.
 * @param {SpecValue} value
 */
function formatValue(value) {
  return typeof value === "string" && parseValue(value) === value ? value : JSON.stringify(value);
}

/**
 * @template {string} T
 * @param {string | null} text
 * @param {readonly T[]} allowed The first is the default.
 * @returns {T}
 */
function oneOf(text, allowed) {
  return allowed.find((value) => value === text) ?? allowed[0];
}

/** More than any machine bears; a link may ask for more than is offered here. */
const MOST_SEEDS = 16;

/** @param {string | null} text */
function seedsOf(text) {
  const seeds = Number(text ?? 1);
  return Number.isInteger(seeds) && seeds >= 1 && seeds <= MOST_SEEDS ? seeds : 1;
}

/** @param {string | null} text */
function hourOf(text) {
  const hour = Number(text ?? "none");
  return hour >= 0 && hour < 24 * 366 ? hour : null;
}

/** "NAME:VALUES", in which names have no colon. @param {string} text @returns {SweptText[]} */
function sweptOf(text) {
  const [, name, values] = /^([^:]+):(.*)$/s.exec(text) ?? [];
  return name === undefined ? [] : [{ name, values }];
}

/**
 * Reads a query string; what it does not know is left out.
 * @param {string} query
 * @returns {Address}
 */
export function parseAddress(query) {
  const fields = new URLSearchParams(query);
  /** @type {Record<string, SpecValue>} */
  const overrides = {};
  for (const [name, value] of fields) {
    if (!RESERVED.has(name) && FIELD.test(name)) overrides[name] = parseValue(value);
  }
  return {
    preset: fields.get("preset"),
    overrides,
    backend: oneOf(fields.get("engine"), /** @type {const} */ (["cpu", "webgpu"])),
    seeds: seedsOf(fields.get("seeds")),
    day: fields.get("day"),
    policy: fields.get("policy"),
    beside: fields.get("beside"),
    home: fields.get("home"),
    baseline: fields.get("baseline"),
    hour: hourOf(fields.get("hour")),
    mechanism: fields.get("mechanism"),
    street: oneOf(fields.get("street"), /** @type {const} */ (["upper", "lower"])),
    colouring: oneOf(fields.get("lines"), /** @type {const} */ (["voltage", "loading"])),
    cells: oneOf(fields.get("cells"), /** @type {const} */ (["means", "differences"])),
    sweep: fields.getAll("sweep").flatMap(sweptOf),
    sweepSeeds: fields.get("sweep_seeds"),
    theme: oneOf(fields.get("theme"), /** @type {const} */ (["auto", "light", "dark"])),
    lecture: fields.get("lecture") === "true",
  };
}

/**
 * The query of the scenario alone: what decides how an agent trains.
 * @param {Pick<Address, "preset" | "overrides">} address
 */
export function scenarioQuery({ preset, overrides }) {
  const fields = new URLSearchParams();
  if (preset !== null) fields.set("preset", preset);
  for (const name of Object.keys(overrides).sort()) fields.set(name, formatValue(overrides[name]));
  return fields.toString();
}

/**
 * The whole query, defaults left out, in a fixed order.
 * @param {Address} address
 */
export function formatAddress(address) {
  const fields = new URLSearchParams(scenarioQuery(address));
  if (address.backend !== "cpu") fields.set("engine", address.backend);
  if (address.seeds !== 1) fields.set("seeds", String(address.seeds));
  if (address.day !== null) fields.set("day", address.day);
  for (const name of /** @type {const} */ (["policy", "beside", "home", "baseline"])) {
    const value = address[name];
    if (value !== null) fields.set(name, value);
  }
  if (address.hour !== null) fields.set("hour", String(address.hour));
  if (address.mechanism !== null) fields.set("mechanism", address.mechanism);
  if (address.street !== "upper") fields.set("street", address.street);
  if (address.colouring !== "voltage") fields.set("lines", address.colouring);
  if (address.cells !== "means") fields.set("cells", address.cells);
  for (const { name, values } of address.sweep) fields.append("sweep", `${name}:${values}`);
  if (address.sweepSeeds !== null) fields.set("sweep_seeds", address.sweepSeeds);
  if (address.theme !== "auto") fields.set("theme", address.theme);
  if (address.lecture) fields.set("lecture", "true");
  return fields.toString();
}

/**
 * The policies that can act: the agent only once there is one, then the kept agents that stand beside it.
 * @param {State} state
 * @returns {import("../types.d.ts").Policy[]}
 */
export function actingPolicies({ setting, trained, agents }) {
  return [...(setting?.policies ?? []).filter(({ id }) => trained || id !== AGENT), ...agents];
}

/**
 * The held-out day in view, counted from 0.
 * @param {State} state
 */
export function dayIndex({ day, setting }) {
  return Math.max(0, setting?.held_out.indexOf(day ?? "") ?? 0);
}

/**
 * The policy in view: the one asked for, else the agent, else the rule.
 * @param {State} state
 */
export function chosenPolicy(state) {
  const acting = actingPolicies(state).map(({ id }) => id);
  return [state.policy, AGENT, BASELINE].find((id) => id !== null && acting.includes(id)) ?? acting[0] ?? "";
}

/**
 * The policy that all are measured against: the one asked for where it can act, else the rule.
 * @param {State} state
 */
export function baselineOf(state) {
  const { baseline } = state;
  return baseline !== null && actingPolicies(state).some(({ id }) => id === baseline) ? baseline : BASELINE;
}

/**
 * In the order of tables: the agent stands first, where a narrow screen shows it.
 * @param {import("../types.d.ts").Policy[]} policies
 */
export function agentFirst(policies) {
  return policies.toSorted((a, b) => Number(b.id === AGENT) - Number(a.id === AGENT));
}

/**
 * Holds the state, tells listeners what changed, and keeps the address in step.
 */
export class Store {
  /** @type {Set<(state: State, changed: Set<keyof State>) => void>} */
  #listeners = new Set();
  /** @type {Set<keyof State>} */
  #changed = new Set();

  /** @param {string} query */
  constructor(query) {
    /** @type {State} */
    this.state = {
      ...parseAddress(query),
      view: VIEW_IDS[0],
      engine: "starting",
      learner: "loading",
      presets: [],
      setting: null,
      file: null,
      phase: "idle",
      runs: [],
      history: [],
      trained: false,
      agents: [],
      kept: [],
      compared: new Map(),
      planned: 0,
      references: new Map(),
      results: new Map(),
      against: BASELINE,
      stale: false,
      underWay: new Set(),
    };
  }

  /**
   * Sets fields; listeners run once, after the current task, with everything that changed.
   * @param {Partial<State>} fields
   */
  set(fields) {
    Object.assign(this.state, fields);
    if (this.#changed.size === 0) queueMicrotask(() => this.#notify());
    for (const name of Object.keys(fields)) this.#changed.add(/** @type {keyof State} */ (name));
  }

  /** @param {Work} work @param {boolean} begun Else it has ended. */
  mark(work, begun) {
    if (this.state.underWay.has(work) === begun) return;
    const underWay = new Set(this.state.underWay);
    if (begun) underWay.add(work);
    else underWay.delete(work);
    this.set({ underWay });
  }

  /** @param {(state: State, changed: Set<keyof State>) => void} listener */
  subscribe(listener) {
    this.#listeners.add(listener);
  }

  #notify() {
    const changed = this.#changed;
    this.#changed = new Set();
    const query = formatAddress(this.state);
    const { pathname, hash, search } = location;
    if (search.slice(1) !== query) {
      history.replaceState(null, "", `${pathname}${query ? `?${query}` : ""}${hash}`);
    }
    for (const listener of this.#listeners) listener(this.state, changed);
  }
}
