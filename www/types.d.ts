// What the engines, their workers and the page say to each other.
//
// Units: power kW, energy kWh, money $, price $/kWh, times of day in hours.

/** Which engine module learns: plain WebAssembly, or WebAssembly with WebGPU. */
export type Backend = "cpu" | "webgpu";

/** A value of the specification that a link or a control can set. */
export type SpecValue = string | number | boolean | null | unknown[] | { [key: string]: unknown };

/** The specification document; its fields are the engine's business. */
export type Spec = { [field: string]: any };

export type Preset = { id: string; title: string; description: string; spec: Spec };

export type Home = {
  id: string;
  pv_kwp: number | null;
  battery_kwh: number;
  battery_kw: number;
  mean_load_kwh_day: number;
  mean_pv_kwh_day: number;
};

export type DataSummary = {
  name: string;
  kind: "measured" | "synthetic";
  source: string;
  licence: string;
  step_minutes: number;
  days: number;
  first_date: string;
  last_date: string;
  homes: Home[];
  /** Names of all homes there are, those that take no part as well. */
  all_homes: string[];
  quality: Quality | null;
};

/** The quality report of a file, as the data crate writes it. */
export type Quality = {
  format: string;
  rows: number;
  homes: {
    id: string;
    has_controlled_load: boolean;
    /** Days on which the file calls some reading estimated. */
    estimated_days: number;
    max_load_kw: number;
    max_pv_kw: number;
    /** Mean PV reading per night: noise of the meter, or a fault. */
    night_pv_kwh: number;
  }[];
  left_out: { id: string; reason: string }[];
  first_date: string;
  last_date: string;
  days: number;
  missing_days: number;
  daylight_saving: { date: string; what: string }[];
  notes: string[];
};

/** A measure of the results table and how it is read. */
export type Kpi = {
  id: string;
  label: string;
  /** The heading it stands under. */
  group: string;
  unit: string;
  /** The values it can take, in words. */
  range: string;
  better: "lower" | "higher" | "none";
  digits: number;
  definition: string;
};

/** A policy; one that plans whole days, or is tuned on them, can take seconds. */
export type Policy = { id: string; label: string; role: string; plans: boolean };

/** What an agent can be paid for: named weights of the reward. */
export type AgentPreset = { id: string; label: string; description: string; weights: { [term: string]: number }; credit: string };

/** A market mechanism: what it does, in a sentence, and whether `market.k` has a part in its price. */
export type Mechanism = { id: string; label: string; description: string; uses_k: boolean };

/** Settings of the learner that go by a name, and the number of streets simulated side by side. */
export type LearnerPreset = {
  id: string;
  label: string;
  description: string;
  microgrids: number;
  ppo: { [setting: string]: unknown };
};

/** A tariff that ships, and where its figures come from. */
export type NamedTariff = { id: string; name: string; source: string };

/** Load and PV of a home, or of all together: kW, one value per step of the data. */
export type LoadAndPv = { load: Float32Array; pv: Float32Array };

/** A set of measured homes that this site holds, as `cargo xtask data` describes it. */
export type ListedSet = {
  id: string;
  /** Beside the list. */
  file: string;
  name: string;
  source: string;
  licence: string;
  homes: number;
  days: number;
  first_date: string;
  last_date: string;
  step_minutes: number;
  bytes: number;
  left_out: { home: string; reason: string }[];
};

/** Everything the page shows about what is configured. */
export type Setting = {
  spec: Spec;
  data: DataSummary;
  days: { train: number; validation: number };
  /** ISO dates of the held-out days. */
  held_out: string[];
  /** All days of the data; `null` is one that belongs to no part. */
  calendar: { date: string; part: "train" | "validation" | "held_out" | null }[];
  policies: Policy[];
  agents: AgentPreset[];
  learners: LearnerPreset[];
  mechanisms: Mechanism[];
  tariffs: NamedTariff[];
  /** The id of the tariff in use; `null` for one of the user's own. */
  tariff: string | null;
  warnings: string[];
  kpis: Kpi[];
};

export type Stats = {
  iteration: number;
  total_steps: number;
  /** Home-steps gathered in this iteration. */
  rollout_steps: number;
  mean_episode_return: number | null;
  policy_loss: number;
  value_loss: number;
  entropy: number;
  approx_kl: number;
  clip_fraction: number;
  explained_variance: number | null;
  learning_rate: number;
  /** Per action, between which values the mean action lies in nine of ten states. */
  action_low: number[];
  action_high: number[];
};

/** Means per validation day. */
export type Validation = {
  cost: number;
  peak_import_kwh: number;
  grid_import_kwh: number;
  traded_kwh: number;
  /** The homes' rewards per episode: what the best agent is chosen by. */
  reward: number;
};

/** A way in which an agent has stopped to learn, in a sentence. */
export type Collapse = { id: "no_exploration" | "one_action" | "no_trades"; message: string };

export type Iteration = {
  stats: Stats;
  planned_steps: number;
  validation: { [policy: string]: Validation };
  /** Empty as a rule. */
  collapse: Collapse[];
  /** The best agent on the validation days so far; the engine keeps it. */
  best: boolean;
  done: boolean;
};

export type HomeResult = {
  id: string;
  load_kwh: number;
  pv_kwh: number;
  import_kwh: number;
  export_kwh: number;
  bought_kwh: number;
  sold_kwh: number;
  unserved_kwh: number;
  bill: number;
  cost: number;
  alone: number;
  savings: number;
};

/** A mean and its 95 % interval. */
export type Estimate = { value: number; low: number; high: number };

/** By measure; `null` where it has no interval. */
export type Estimates = { [kpi: string]: Estimate | null };

/** The measures with their intervals over the held-out days, and over seeds where there are several. */
export type Intervals = {
  kpis: Estimates;
  /** What they differ by from the baseline's on the same days; empty for the baseline itself. */
  differences: Estimates;
  gap_closed: Estimate | null;
};

/** The mean day, by step: power in kW, stored energy in kWh, and the share of days on which it lies in the peak window. */
export type MeanDay = { hour: number[]; import_kw: number[]; battery_kw: number[]; soc_kwh: number[]; peak: number[] };

export type PolicyResult = {
  id: string;
  label: string;
  /** `null`: the measure is not defined for this policy or these days. */
  kpis: { [kpi: string]: number | null };
  /** As a share of the rule-based policy's. */
  normalised: { [kpi: string]: number | null };
  /** From the rule-based policy, 0, to the optimum, 1. */
  placed: { [kpi: string]: number | null };
  /** Cost above the optimum's, $ per day. */
  regret: number | null;
  intervals: Intervals;
  /** Of an agent that was trained from several seeds; the other figures are those of the one that acts. */
  over_seeds: {
    seeds: number;
    kpis: { [kpi: string]: number | null }[];
    means: { [kpi: string]: number | null };
    intervals: Intervals;
  } | null;
  mean_day: MeanDay;
  /** Sums over each held-out episode. */
  by_episode: { cost: number[]; grid_import_kwh: number[]; peak_import_kwh: number[]; reward: number[] };
  /** Totals over all held-out days, by home: energies in kWh, money in $. */
  homes: HomeResult[];
  interventions: { reason: string; count: number }[];
  /** What the policy has to say of how it came about. */
  note: string | null;
};

/** Community totals of one day, one value per step; `null` where something is not defined. */
export type DayTrace = {
  date: string;
  step_hours: number;
  hours: number[];
  load_kw: number[];
  /** What the sun offered, curtailed or not. */
  pv_kw: number[];
  /** PV held back because a limit allowed no more export. */
  curtailed_kw: number[];
  /** Load that could not be served while the grid was down. */
  unserved_kwh: number[];
  battery_kw: number[];
  soc_kwh: number[];
  capacity_kwh: number;
  p2p_kwh: number[];
  price: (number | null)[];
  /** For the use of the local network, $. */
  fees: number[];
  /** The network's charges for exports and demand, $. */
  charges: number[];
  retail: number[];
  feed_in: number[];
  /** Whether the step lies in the tariff's peak window. */
  peak: boolean[];
  /** Whether the grid is down. */
  outage: boolean[];
  import_kwh: number[];
  export_kwh: number[];
  loss_kwh: number[];
  /** Lowest and highest voltage anywhere on the feeder, per unit. */
  voltage_min: (number | null)[];
  voltage_max: (number | null)[];
  /** Through the transformer beyond its limit. */
  overload_kwh: number[];
  /** That limit; `null` for none. */
  transformer_kw: number | null;
  cost: number[];
};

/** Something of every home, by its name. */
export type ByHome = { [home: string]: number };

/** What one mechanism makes of a step's orders. */
export type MarketOutcome = {
  mechanism: string;
  label: string;
  /** What it does, in a sentence. */
  description: string;
  /** What sellers get; `null` where nothing trades. */
  price: number | null;
  /** The range the price was chosen from; `null` where there is none. */
  interval: [number, number] | null;
  /** Traded between homes, kWh. */
  quantity_kwh: number;
  /** What the market left to the grid. */
  grid: { import_kwh: number; export_kwh: number };
  /** What each home pays for what it ordered. */
  bills: ByHome;
  /** What each home pays less than if the grid settled its orders. */
  savings: ByHome;
  /** Of the savings; `null` where they are not defined. */
  gini: number | null;
  jain: number | null;
  /** What the local network gets. */
  fees: number;
  /** What the market's operator keeps. */
  surplus: number;
};

/** The orders of one step of a held-out day, cleared by every mechanism. */
export type MarketStep = {
  step: number;
  /** Steps of the whole day (or week). */
  steps: number;
  /** Hours after the first midnight. */
  hour: number;
  step_hours: number;
  /** The grid is down: there is no market. */
  outage: boolean;
  homes: string[];
  retail: number;
  feed_in: number;
  /** Corners of a step line, kWh and $/kWh; prices less the network fee. */
  demand: [number, number][];
  supply: [number, number][];
  outcomes: MarketOutcome[];
};

/** A term of the reward, step-major by home: what the step added, weight included. */
export type SceneReward = { term: string; label: string; weight: number; values: number[] };

/**
 * One held-out day of a policy, one entry per step. What is by home, bus or line is flattened, the step first:
 * `value[step * homes.length + home]`. Powers are means over the step; `null` where something is not defined.
 */
export type Scene = {
  date: string;
  step_hours: number;
  hours: number[];
  /** In street order; `bus` is 0 for a home at the transformer itself. */
  homes: { id: string; pv_kwp: number | null; battery_kwh: number; battery_kw: number; bus: number }[];
  /** By line, which leads to bus `line + 1`: the bus it comes from. Bus 0 is the transformer's. Without a feeder every home hangs on it by a line of its own. */
  parents: number[];
  load_kw: number[];
  pv_kw: number[];
  /** Charging is positive. */
  battery_kw: number[];
  /** At the end of the step. */
  soc_kwh: number[];
  /** Bought from neighbours is positive. */
  peer_kw: number[];
  /** Bought from the grid is positive; losses of the cables come on top. */
  grid_kw: number[];
  curtailed_kw: number[];
  unserved_kw: number[];
  bill: number[];
  /** Ordered on the local market; to buy is positive. */
  order_kwh: (number | null)[];
  order_price: (number | null)[];
  /** Only terms with a weight. They add up to what policies are judged by: every home's own outcome. */
  reward: SceneReward[];
  /** Why the guard changed an action. */
  reasons: { step: number; home: number; reason: string }[];
  /** Where a mechanism pools energy, each seller serves each buyer pro rata. */
  trades: { step: number; seller: number; buyer: number; kwh: number; price: number }[];
  /** By bus, per unit; empty without a feeder. */
  voltage: (number | null)[];
  /** By line: away from the transformer is positive. */
  line_kw: number[];
  /** By line: the current as a share of its rating. */
  line_loading: (number | null)[];
  price: (number | null)[];
  retail: number[];
  feed_in: number[];
  peak: boolean[];
  outage: boolean[];
  /** Of the whole street, losses included. */
  import_kw: number[];
  export_kw: number[];
  loss_kw: number[];
  /** As policies are judged by it: bills and the value of load not served, less what is left in the batteries at the end. */
  cost: number[];
  transformer_kw: number | null;
};

/** What an agent's network says of a home in one step: raw actions, before the guard. */
export type Explanation = {
  /** `sd` is the noise with which it explores while it learns. */
  actions: { name: string; label: string; mean: number; sd: number }[];
  observations: {
    name: string;
    label: string;
    value: number;
    unit: string;
    /** 5 % of this home's values over the held-out days lie below `low`, 5 % above `high`. */
    low: number;
    high: number;
    /** The mean actions if only this observation were low, or high. */
    effects: { at_low: number[]; at_high: number[] };
  }[];
};

/** What a policy does on the held-out days, in the engine's own order, and what it says of it. */
export type Plan = { actions: Float64Array; note: string | null };

/** The same as an engine hands it out. */
export type EnginePlan = { actions: Float64Array; note: string | undefined; free(): void };

/** All results on the held-out days, each compared with the others; the baseline is the policy all are measured against. */
export type Summary = { policies: PolicyResult[]; baseline: string | null; [part: string]: unknown };

/** What both engines can do. */
export interface Engine {
  configure(spec: Spec): void;
  openData(name: string): void;
  pushData(chunk: Uint8Array): number;
  cancelData(): void;
}

/** The engine that shows the street, and runs every policy on the held-out days. */
export interface StreetEngine extends Engine {
  closeData(): void;
  setting(): Setting;
  plan(policy: string): EnginePlan;
  /** The label is a kept agent's name. */
  setActions(policy: string, actions: Float64Array, note?: string, label?: string): void;
  removeActions(policy: string): void;
  scene(policy: string, index: number): Scene;
  evaluate(policy: string): void;
  /** What another seed of a policy does; forgotten with its next actions. */
  addSeed(policy: string, actions: Float64Array): void;
  summary(baseline: string): Summary;
  day(policy: string, index: number): DayTrace;
  /** Without a step, the one in which most is traded. */
  market(policy: string, index: number, step?: number): MarketStep;
  csv(policy: string): string;
  reference(policy: string): Reference;
  /** Of the home of this name, or of all. */
  series(home?: string): { loadKw: Float32Array; pvKw: Float32Array; free(): void };
}

/** The engine that learns. */
export interface LearningEngine extends Engine {
  /** Only where it was built with WebGPU. */
  useWebgpu(): Promise<void>;
  keepData(): void;
  iterate(): Promise<Iteration>;
  reset(): void;
  /** What the agent does on the held-out days, for the street to carry out. */
  actions(): EnginePlan;
  saveModel(): Uint8Array<ArrayBuffer>;
  loadModel(bytes: Uint8Array): Spec;
  /** What a saved agent does on the held-out days of the present setting; the agent in use stays. */
  actionsOf(bytes: Uint8Array): EnginePlan;
  /** Training goes on from a saved agent's weights, under the present specification. */
  loadWeights(bytes: Uint8Array): void;
  /** One minibatch of the present learner on the present engine; the agent in use stays. */
  trial(): Promise<Trial>;
  /** Of the best agent so far; `null` for a home without a battery. */
  explain(index: number, step: number, home: number): Explanation | null;
}

export interface StreetModule {
  default(options: { module_or_path: unknown }): Promise<unknown>;
  presets(): Preset[];
  Engine: { create(): StreetEngine };
}

export interface LearningModule {
  default(options: { module_or_path: unknown }): Promise<unknown>;
  Engine: { create(): LearningEngine };
}

/** One iteration as the page keeps it for the charts. */
export type Sample = {
  iteration: number;
  /** Home-steps since training began. */
  steps: number;
  return: number | null;
  policyLoss: number;
  valueLoss: number;
  /** Home-steps per second of this iteration. */
  rate: number;
  entropy: number;
  kl: number;
  clipFraction: number;
  explainedVariance: number | null;
  validation: { [policy: string]: Validation };
  /** Ways in which the agent has stopped to learn. */
  collapse: Collapse[];
  best: boolean;
};

/** How far one of several seeds is; one of them leads. */
export type SeedRun = { seed: number; history: Sample[]; leads: boolean };

/** A trained agent as it is set aside: enough to go on after a crash or a reload. */
export type Checkpoint = {
  bytes: Uint8Array<ArrayBuffer>;
  /** The part of the address that names the scenario it was trained in. */
  query: string;
  /** The first of the seeds it was trained with, and how many lie between that and its own. */
  seed: number;
  index: number;
  iteration: number;
  history: Sample[];
  savedAt: number;
  /** What it was trained with, its own seed included. */
  spec: Spec;
};

/** An agent that was kept under a name, with all it takes to go on from it. */
export type KeptAgent = Checkpoint & {
  /** What the library knows it by. */
  key: string;
  name: string;
  /** The id of the agent preset whose weights it has; empty for weights of one's own. */
  preset: string;
  /** What the evaluation on the held-out days said of it, by measure; `null` where it was not evaluated. */
  measures: { [kpi: string]: number | null } | null;
};

/** How a kept agent that was chosen to stand beside the others is getting on. */
export type Compared = { status: "busy" | "beside" } | { status: "refused"; reason: string };

/** What a policy achieves per validation day. */
export type Reference = { cost: number | null; peak_import_kwh: number | null };

/** Requests to the street's worker: the answer to each is what its function returns. */
export type StreetRequests = {
  start(): Preset[];
  configure(spec: Spec): Setting;
  /** Streams the file into the engine; `null` when the reading was cancelled. */
  readFile(file: File): Setting | null;
  cancelRead(): void;
  plan(policy: string): Plan;
  setActions(policy: string, actions: Float64Array, note: string | null, label?: string): void;
  removeActions(policy: string): void;
  scene(policy: string, index: number): Scene;
  evaluate(policy: string): void;
  addSeed(policy: string, actions: Float64Array): void;
  summary(baseline: string): Summary;
  day(index: number, policies: string[]): { [policy: string]: DayTrace };
  market(policy: string, index: number, step?: number): MarketStep;
  reference(policy: string): Reference;
  csv(policy: string): string;
  series(home: string | null): LoadAndPv;
};

/** Requests to the learner's worker. */
export type LearnerRequests = {
  start(backend: Backend): void;
  configure(spec: Spec): void;
  /** Streams the file into the engine; `false` when the reading was cancelled. */
  readFile(file: File): boolean;
  cancelRead(): void;
  train(): void;
  pause(): void;
  step(): void;
  reset(): void;
  actions(): Plan;
  saveModel(): Uint8Array<ArrayBuffer>;
  loadModel(bytes: Uint8Array): Spec;
  actionsOf(bytes: Uint8Array): Plan;
  loadWeights(bytes: Uint8Array): void;
  trial(): Trial;
  explain(index: number, step: number, home: number): Explanation | null;
};

export type RequestMessage = { id: number; name: string; args: any[] };

/** How long a minibatch took, and of how many home-steps it was. */
export type Trial = { seconds: number; rows: number };

/** What the workers post. */
export type WorkerMessage =
  | { type: "answer"; id: number; value: any }
  | { type: "refusal"; id: number; message: string }
  | { type: "iteration"; iteration: Iteration; seconds: number }
  | { type: "paused"; done: boolean }
  | { type: "halted"; message: string }
  | { type: "progress"; bytes: number; total: number; rows: number }
  | { type: "checkpoint"; bytes: Uint8Array<ArrayBuffer> }
  | { type: "crash"; message: string };
