// Which observations move an action, and how far: a pure function.

/** @typedef {import("../../types.d.ts").Explanation} Explanation */

/**
 * How far an observation moves the actions between its low and its high value, and which of them most.
 * @param {Explanation} explanation
 */
export function effects({ actions, observations }) {
  return observations
    .map((observation) => {
      const { at_low, at_high } = observation.effects;
      const moves = actions.map((_, action) => Math.abs(at_high[action] - at_low[action]));
      const size = Math.max(...moves);
      return { ...observation, action: moves.indexOf(size), size };
    })
    .toSorted((a, b) => b.size - a.size);
}
