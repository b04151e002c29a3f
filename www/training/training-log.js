// From the engine's iterations to the history that the charts show.

/**
 * @typedef {import("../types.d.ts").Iteration} Iteration
 * @typedef {import("../types.d.ts").Sample} Sample
 */

/** Counts on where a history is continued by an engine that starts to count at zero. */
export class TrainingLog {
  /** Home-steps of the history before the engine's own count began. */
  #offset = 0;

  restart() {
    this.#offset = 0;
  }

  /**
   * @param {Sample[]} history
   * @param {Iteration} iteration
   * @param {number} seconds What the iteration took.
   * @returns {{ history: Sample[], planned: number }}
   */
  append(history, { stats, planned_steps, validation, collapse, best }, seconds) {
    const last = history.at(-1);
    if (last && stats.total_steps + this.#offset <= last.steps) this.#offset = last.steps;
    /** @type {Sample} */
    const sample = {
      iteration: (last?.iteration ?? 0) + 1,
      steps: stats.total_steps + this.#offset,
      return: stats.mean_episode_return,
      policyLoss: stats.policy_loss,
      valueLoss: stats.value_loss,
      rate: stats.rollout_steps / seconds,
      entropy: stats.entropy,
      kl: stats.approx_kl,
      clipFraction: stats.clip_fraction,
      explainedVariance: stats.explained_variance,
      validation,
      collapse,
      best,
    };
    return { history: [...history, sample], planned: planned_steps + this.#offset };
  }
}
