// The words of the page that are not everyday words, each explained once, in one or two plain sentences.
// `term(id)` in dom.js shows a word with its explanation. What the engines measure they define themselves.

/**
 * @typedef {object} Word
 * @property {string} word As it stands in a sentence.
 * @property {string} meaning
 * @property {string} [unit]
 */

const WORDS = {
  // The street
  soc: { word: "state of charge", meaning: "SoC: how much energy is in a battery now.", unit: "kWh, or % of its capacity" },
  curtailed: { word: "held back", meaning: "PV that could have been made but was not let out, because a limit allowed no more export.", unit: "kW" },
  per_unit: { word: "per unit", meaning: "A voltage as a share of the nominal 230 V: 1.05 per unit is 241.5 V.", unit: "p.u." },
  feeder: { word: "feeder", meaning: "The cable from the transformer past all homes of the street; its voltage falls where much is drawn and rises where much is fed in." },
  transformer: { word: "transformer", meaning: "Where the street meets the grid. What the homes do not settle among themselves passes through it.", unit: "kW" },
  losses: { word: "losses", meaning: "Energy that warms the cables on its way; all homes pay for it together.", unit: "kWh" },
  guard: { word: "guard", meaning: "Every action passes it before it reaches the street: what is impossible or unsafe is replaced by the nearest action that is not, and the reason is noted." },

  // Prices and the market
  retail: { word: "retail price", meaning: "What a home pays for energy from the grid.", unit: "$/kWh" },
  feed_in: { word: "feed-in tariff", meaning: "What a home gets for energy that it sells to the grid; much less than it pays for it.", unit: "$/kWh" },
  peak_window: { word: "peak window", meaning: "The hours in which energy from the grid is dearest and the grid is fullest, as the tariff has them." },
  p2p: { word: "P2P", meaning: "Peer to peer: energy that one home sells directly to another, at a price between feed-in tariff and retail price.", unit: "kWh" },
  double_auction: { word: "double auction", meaning: "Buyers say what they would pay at most, sellers what they want at least; the best bids meet the best asks until they no longer agree." },
  mechanism: { word: "mechanism", meaning: "The rule by which orders become trades: who trades with whom, how much, and at what price." },
  clearing_price: { word: "price", meaning: "What sellers get for a kilowatt-hour; where every pair has its own price, the mean by volume.", unit: "$/kWh" },
  traded: { word: "traded", meaning: "Energy that passes between homes in this step.", unit: "kWh" },
  from_grid: { word: "from grid", meaning: "What homes buy at the retail price, because no neighbour sells it.", unit: "kWh" },
  to_grid: { word: "to grid", meaning: "What homes sell at the feed-in tariff, because no neighbour buys it.", unit: "kWh" },
  bills: { word: "bills", meaning: "What all homes together pay for what they ordered: to each other, the grid, the network and the market’s operator.", unit: "$" },
  saved: { word: "saved", meaning: "What all homes together pay less than if the grid settled all these orders.", unit: "$" },
  gini: { word: "Gini", meaning: "How unequally savings are spread: 0 is all alike, near 1 is one home with everything, above 1 some lose." },
  jain: { word: "Jain", meaning: "How fairly savings are spread: 1 is all alike; one home with everything among n is 1/n." },
  network_fee: { word: "network fees", meaning: "What buyers pay to the local network for energy traded locally.", unit: "$" },
  operator_surplus: { word: "operator keeps", meaning: "What buyers pay beyond what sellers and the network get.", unit: "$" },

  // A day, or several
  day_cost: { word: "cost", meaning: "All bills of the street together, less the value of what is left in the batteries; load that is not served counts at what its loss is worth.", unit: "$" },
  peak_import: { word: "peak import", meaning: "What the street draws from the grid inside the tariff’s peak window, when power is dear and networks are full.", unit: "kWh" },
  day_import: { word: "import", meaning: "What the street draws from the grid over the whole day, losses on the cable included.", unit: "kWh" },
  shared: { word: "shared", meaning: "What passes between neighbours instead of through the grid.", unit: "kWh" },
  unserved: { word: "not served", meaning: "Load that could not be served while the grid was down.", unit: "kWh" },

  // Learning
  policy: { word: "policy", meaning: "The rule by which batteries and orders are decided in each step: fixed, planned, or learnt by the agent." },
  agent: { word: "agent", meaning: "A policy that learns: a small neural network that decides for each home with a battery from what that home can see." },
  reward: { word: "reward", meaning: "What the agent is paid for in each step, as the weights say; it learns to do what brings more of it." },
  step_reward: { word: "reward of this step", meaning: "What an agent would be given for what this home did, under the weights in use; training adds these up.", unit: "cents for every hour" },
  iteration: { word: "iteration", meaning: "The agent plays a number of days on several streets at once and then learns from all it has seen." },
  seed: { word: "seed", meaning: "A number that decides everything random: the first weights, what is tried out, the order of the days. The same seed gives the same training." },
  ppo: { word: "PPO", meaning: "Proximal policy optimisation: the agent learns in small steps, none of which may move it far from what it did before." },
  gae: { word: "GAE", meaning: "Generalised advantage estimation: how much better than expected a decision turned out, weighing what is seen against what is foreseen." },
  kl: { word: "KL", meaning: "Kullback–Leibler divergence: how far an iteration moves the policy; about 0.003 to 0.03 is usual.", unit: "nats" },
  clip_fraction: { word: "clipped", meaning: "Share of the samples in which the update was held back by clip_range; a fifth is plenty.", unit: "%" },
  entropy: { word: "entropy", meaning: "How much the policy still tries out; it falls as it makes up its mind.", unit: "nats" },
  explained_variance: { word: "explained variance", meaning: "How much of the returns the critic foresees: 1 is all, 0 no more than their mean." },

  // Judging
  held_out: { word: "held-out day", meaning: "A day on which no agent trains and by which none is chosen, so that it shows what was really learnt." },
  validation: { word: "validation days", meaning: "Days on which the agent does not train; the best agent so far is chosen by them." },
  rule_based: { word: "rule-based", meaning: "A common rule without foresight: the battery stores what the panels have left over and gives it back in the peak window." },
  optimum: { word: "optimum", meaning: "The best that could be done by someone who knew the whole day beforehand; nobody can, so it is a yardstick." },
  gap_closed: { word: "Gap closed", meaning: "How far the cost has come from the rule-based policy’s, 0 %, to that of the optimum, which knows the whole day beforehand, 100 %. Not defined where the two cost the same.", unit: "%" },
  interval: { word: "95 % interval", meaning: "Bootstrap: where the mean lies in 95 of 100 cases when days and seeds are drawn anew from those at hand. With only a few seeds it is too narrow." },
  pareto: { word: "Pareto front", meaning: "The runs to which no other is better in one measure without being worse in another." },
};

/** @typedef {keyof typeof WORDS} WordId */

export const GLOSSARY = /** @type {Readonly<Record<WordId, Word>>} */ (WORDS);

/** The explanation of a word with its unit. @param {WordId} id */
export function meaningOf(id) {
  const { meaning, unit } = GLOSSARY[id];
  return unit ? `${meaning} In ${unit}.` : meaning;
}
