// What several seeds make of the same measures.

/** @typedef {import("../types.d.ts").Spread} Spread */

/**
 * Mean, lowest and highest of every measure that all seeds have.
 * @param {{ [kpi: string]: number | null }[]} seeds The measures, by seed.
 * @returns {Spread}
 */
export function spreadOf(seeds) {
  /** @type {Spread["kpis"]} */
  const kpis = {};
  for (const kpi of Object.keys(seeds[0] ?? {})) {
    const values = seeds.map((measures) => measures[kpi] ?? NaN);
    if (values.some(Number.isNaN)) continue;
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    kpis[kpi] = { mean, low: Math.min(...values), high: Math.max(...values) };
  }
  return { seeds: seeds.length, kpis };
}
