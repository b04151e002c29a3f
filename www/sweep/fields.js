// The fields of a specification that a sweep can vary: their names, what they are called, and what
// they can be.

/**
 * @typedef {import("../types.d.ts").Setting} Setting
 * @typedef {import("../types.d.ts").SpecValue} SpecValue
 */

/** @typedef {{ value: SpecValue, label: string }} Choice */

/**
 * @typedef {object} Field
 * @property {string} name Dotted.
 * @property {string} label In plain words, with its unit.
 * @property {string} group The heading it stands under.
 * @property {"number" | "whole" | "choice"} kind
 * @property {SpecValue} value What it is now.
 * @property {Choice[]} choices For a choice.
 */

/** Those most people ask about come first, in this order. */
const COMMON = [
  "reward.weights.grid",
  "reward.weights.peak",
  "reward.weights.profit",
  "reward.weights.fairness",
  "reward.credit",
  "market.mechanism",
  "homes.battery.capacity_kwh",
  "homes.pv_kwp",
  "data.homes",
  "tariff",
  "tariff.base",
  "tariff.feed_in",
  "ppo.learning_rate",
  "ppo.ent_coef",
  "observation.profile",
];

/** @type {Record<string, string>} */
const LABELS = {
  "reward.weights.profit": "Weight on profit, per $",
  "reward.weights.grid": "Weight on grid import, per kWh",
  "reward.weights.peak": "Weight on peak-window import, per kWh",
  "reward.weights.soc": "Weight on leaving the comfort band",
  "reward.weights.degradation": "Weight on battery throughput, per kWh",
  "reward.weights.fairness": "Weight on unequal savings, per unit of Gini",
  "reward.weights.limits": "Weight on violated limits, per $",
  "reward.credit": "Whose outcome a home is rewarded for",
  "reward.own_share": "Share of the own outcome in a mix",
  "reward.soc_comfort_min": "Comfort band of the charge, lower end",
  "reward.soc_comfort_max": "Comfort band of the charge, upper end",
  "market.mechanism": "Market mechanism",
  "market.k": "Where the price lies between bid and ask, k",
  "market.network_fee": "Local network fee, $/kWh",
  "market.price_floor": "Lowest local price, $/kWh",
  "market.price_cap": "Highest local price, $/kWh",
  "homes.battery.capacity_kwh": "Battery capacity, kWh",
  "homes.battery.power_kw": "Battery power, kW",
  "homes.battery.round_trip_efficiency": "Battery round-trip efficiency",
  "homes.battery.soc_min": "Lowest state of charge",
  "homes.battery.soc_max": "Highest state of charge",
  "homes.battery.self_discharge_per_hour": "Self-discharge per hour",
  "homes.battery.wear_per_kwh": "Battery wear, $/kWh",
  "homes.pv_kwp": "PV of each home that has some, kWp",
  "homes.pv_homes": "Homes with PV",
  "homes.battery_homes": "Homes with a battery",
  "homes.greedy_homes": "Homes with a greedy battery",
  "data.homes": "Number of homes",
  "data.seed": "Street seed",
  "data.days": "Days of data",
  "data.year": "Year of data",
  "data.step_minutes": "Length of a step, minutes",
  "split.seed": "Seed of the held-out days",
  tariff: "Tariff",
  "tariff.base": "Retail price outside the windows, $/kWh",
  "tariff.feed_in": "Feed-in tariff, $/kWh",
  "tariff.carbon_kg_per_kwh": "Carbon of the grid’s energy, kg/kWh",
  "ppo.total_timesteps": "Length of the training, home-steps",
  "ppo.learning_rate": "Learning rate",
  "ppo.learning_rate_schedule": "Schedule of the learning rate",
  "ppo.n_steps": "Steps of every home per iteration",
  "ppo.batch_size": "Minibatch size, home-steps",
  "ppo.n_epochs": "Passes over the batch",
  "ppo.gamma": "Discount, gamma",
  "ppo.gae_lambda": "GAE lambda",
  "ppo.clip_range": "Clip range",
  "ppo.ent_coef": "Entropy bonus",
  "ppo.vf_coef": "Weight of the critic’s loss",
  "ppo.max_grad_norm": "Longest gradient",
  "ppo.target_kl": "Target KL, nats",
  "ppo.activation_fn": "Activation",
  "ppo.normalise_observations": "Normalise observations",
  "ppo.normalise_returns": "Normalise returns",
  "training.microgrids": "Streets side by side",
  "observation.profile": "What the agent sees",
  "observation.street": "When it hears of its street",
  battery_mode: "How it moves its battery",
  "episode.length": "Length of an episode",
  "episode.end": "End of an episode",
  loss_sharing: "How losses are shared",
  "feeder.cable": "Cable",
  "feeder.spacing_m": "Distance between homes, m",
  "feeder.service": "Connection of the homes",
  "feeder.homes_per_cable": "Homes per cable",
  "feeder.method": "Power flow",
  "limits.transformer": "Transformer limit",
  "limits.transformer_kw": "Transformer limit, kW",
  "limits.overload_penalty": "Penalty on overload, $/kWh",
  "limits.voltage": "Voltage limit",
  "limits.voltage_min": "Lowest voltage, per unit",
  "limits.voltage_max": "Highest voltage, per unit",
  "limits.voltage_penalty": "Penalty on voltage",
  "stress.cloudy.pv_factor": "PV left in a cloudy spell",
  "stress.outage.value_of_lost_load": "Value of lost load, $/kWh",
};

const LIMIT = { reported: "reported", penalised: "penalised", enforced: "enforced" };
const HOMES = { none: "none", every_other: "every other", all: "all" };

/** What a field with names can be, where the setting does not list it. @type {Record<string, Record<string, string>>} */
const CHOICES = {
  "reward.credit": { difference: "the difference it makes", community: "the community’s", own: "its own", mix: "a mix" },
  "observation.profile": { extended: "all it could know", mission: "its meters and prices" },
  "observation.street": { this_step: "at once", last_step: "a step later" },
  battery_mode: { gate: "by a gate", power: "by its power" },
  "episode.length": { day: "a day", week: "a week" },
  "episode.end": { settled: "settled", continues: "goes on unseen" },
  "ppo.learning_rate_schedule": { linear: "falls to 0", constant: "stays" },
  "ppo.activation_fn": { relu: "ReLU", tanh: "tanh" },
  loss_sharing: { pro_rata: "pro rata", marginal: "by marginal loss" },
  "feeder.service": { three_phase: "three phases", single_phase: "one phase" },
  "feeder.method": { exact: "exact", linear: "linear" },
  "feeder.cable": Object.fromEntries(["NAYY 4x50", "NAYY 4x120", "NAYY 4x150", "15-AL", "24-AL", "48-AL", "94-AL"].map((id) => [id, id])),
  "limits.transformer": LIMIT,
  "limits.voltage": LIMIT,
  "homes.pv_homes": HOMES,
  "homes.battery_homes": HOMES,
  "homes.greedy_homes": HOMES,
};

/** @type {Record<string, string>} */
const GROUPS = {
  reward: "Reward",
  market: "Market",
  homes: "Homes and batteries",
  data: "Street",
  split: "Street",
  tariff: "Prices",
  ppo: "Learner",
  training: "Learner",
  observation: "Agent",
  battery_mode: "Agent",
  episode: "Agent",
  feeder: "Grid",
  loss_sharing: "Grid",
  limits: "Grid",
  stress: "Stress",
};

/** What is no quantity of a run: names, descriptions, and what the plan sets by itself. */
const LEFT_OUT = /^(version|name|description|seed|data\.(source|path|format)|tariff\.(name|source)|.*\.name)$/;

/** Counts and seeds. */
const WHOLE = new Set([
  "data.homes",
  "data.seed",
  "data.days",
  "data.year",
  "data.step_minutes",
  "split.seed",
  "training.microgrids",
  "ppo.n_steps",
  "ppo.batch_size",
  "ppo.n_epochs",
  "ppo.total_timesteps",
  "feeder.homes_per_cable",
]);

/** Empty as a rule, and a number otherwise. */
const OFTEN_EMPTY = new Set(["limits.transformer_kw", "ppo.target_kl", "market.price_floor", "market.price_cap", "homes.pv_kwp"]);

/** @param {Record<string, string>} choices @returns {Choice[]} */
const listed = (choices) => Object.entries(choices).map(([value, label]) => ({ value, label }));

/** @type {Choice[]} */
const YES_NO = [
  { value: true, label: "yes" },
  { value: false, label: "no" },
];

/**
 * The fields that a sweep of this setting can vary, the common ones first.
 * @param {Setting} setting
 * @returns {Field[]}
 */
export function fieldsOf(setting) {
  const flat = flatten(setting.spec);
  /** @type {Field[]} */
  const fields = [];
  for (const [name, value] of [...flat, /** @type {const} */ (["tariff", setting.tariff])]) {
    const found = fieldOf(name, value, setting);
    if (found) fields.push(found);
  }
  const rank = (/** @type {Field} */ { name }) => (COMMON.includes(name) ? COMMON.indexOf(name) : COMMON.length);
  return fields.toSorted((a, b) => rank(a) - rank(b));
}

/**
 * Numbers, names and yes or no by dotted name. Lists are left out, except for the tariff's windows.
 * @param {Record<string, any>} node
 * @param {string} [prefix]
 * @returns {[string, SpecValue][]}
 */
function flatten(node, prefix = "") {
  return Object.entries(node).flatMap(([key, value]) => {
    const name = prefix + key;
    if (typeof value === "object" && value !== null) {
      const open = !Array.isArray(value) || name === "tariff.windows";
      return open && name !== "homes.overrides" && name !== "homes.pv_measured_kwp" ? flatten(value, `${name}.`) : [];
    }
    return /** @type {[string, SpecValue][]} */ ([[name, value]]);
  });
}

/**
 * @param {string} name
 * @param {SpecValue} value
 * @param {Setting} setting
 * @returns {Field | null}
 */
function fieldOf(name, value, setting) {
  if (LEFT_OUT.test(name)) return null;
  const group = GROUPS[name.split(".")[0]] ?? "Other";
  const about = { name, label: labelOf(name, setting), group, value };
  if (typeof value === "number" || (value === null && OFTEN_EMPTY.has(name))) {
    return { ...about, kind: WHOLE.has(name) ? "whole" : "number", choices: [] };
  }
  const choices = typeof value === "boolean" ? YES_NO : choicesOf(name, setting);
  return choices.length > 1 ? { ...about, kind: "choice", choices } : null;
}

/** @param {string} name @param {Setting} setting @returns {Choice[]} */
function choicesOf(name, { mechanisms, tariffs }) {
  if (name === "market.mechanism") return mechanisms.map(({ id, label }) => ({ value: id, label }));
  if (name === "tariff") return tariffs.map(({ id, name: label }) => ({ value: id, label }));
  return listed(CHOICES[name] ?? {});
}

/**
 * What a field is called; its dotted name where it has no other.
 * @param {string} name
 * @param {Setting | null} setting
 */
export function labelOf(name, setting) {
  const window = /^tariff\.windows\.(\d+)\.(\w+)$/.exec(name);
  if (window) {
    const of = setting?.spec.tariff?.windows?.[Number(window[1])]?.name ?? `window ${Number(window[1]) + 1}`;
    const words = { price: "Retail price, $/kWh", from_hour: "Beginning, hour", to_hour: "End, hour" };
    return `${words[/** @type {keyof typeof words} */ (window[2])] ?? window[2]} (${of})`;
  }
  return LABELS[name] ?? name;
}

/**
 * A value as it is read: the label of a choice, or the number.
 * @param {string} name
 * @param {SpecValue} value
 * @param {Setting | null} setting
 */
export function valueLabel(name, value, setting) {
  if (value === null) return "none";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "number") return String(value).replace("-", "−");
  const choice = setting && choicesOf(name, setting).find((known) => known.value === value);
  return choice ? choice.label : String(value);
}
