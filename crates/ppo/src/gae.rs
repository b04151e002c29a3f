//! Generalised advantage estimation (Schulman et al. 2016).

use crate::End;

/// A rollout as estimation sees it. Matrices are `[steps, streams]`, row-major.
pub(crate) struct Trajectories<'a> {
    /// Rewards of the steps.
    pub(crate) rewards: &'a [f32],
    /// V of the observation each step started from.
    pub(crate) values: &'a [f32],
    /// How each stream stood after each step.
    pub(crate) ends: &'a [End],
    /// V of the final observation where a step was truncated; anything elsewhere.
    pub(crate) final_values: &'a [f32],
    /// V of the observation each stream stands at after the last step, `[streams]`.
    pub(crate) last_values: &'a [f32],
}

/// Writes the advantages `[steps, streams]`:
/// `A_t = δ_t + γλ·A_{t+1}`, `δ_t = r_t + γ·V_{t+1} − V_t`, where an end cuts the sum, after a
/// terminated step V is 0, and after a truncated one it is V of the final observation.
pub(crate) fn advantages(
    trajectories: &Trajectories<'_>,
    gamma: f64,
    lambda: f64,
    advantages: &mut [f32],
) {
    let streams = trajectories.last_values.len();
    let steps = advantages.len().checked_div(streams).unwrap_or(0);
    for stream in 0..streams {
        let mut next_value = f64::from(trajectories.last_values[stream]);
        let mut next_advantage = 0.0;
        for step in (0..steps).rev() {
            let at = step * streams + stream;
            match trajectories.ends[at] {
                End::Continues => {}
                End::Terminated => (next_value, next_advantage) = (0.0, 0.0),
                End::Truncated => {
                    (next_value, next_advantage) = (f64::from(trajectories.final_values[at]), 0.0);
                }
            }
            let value = f64::from(trajectories.values[at]);
            let surprise = f64::from(trajectories.rewards[at]) + gamma * next_value - value;
            next_advantage = surprise + gamma * lambda * next_advantage;
            next_value = value;
            advantages[at] = next_advantage as f32;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn estimate(
        rewards: &[f32],
        values: &[f32],
        ends: &[End],
        final_values: &[f32],
        last_value: f32,
        (gamma, lambda): (f64, f64),
    ) -> Vec<f32> {
        let mut found = vec![0.0; rewards.len()];
        let last_values = &[last_value];
        let trajectories = Trajectories { rewards, values, ends, final_values, last_values };
        advantages(&trajectories, gamma, lambda, &mut found);
        found
    }

    fn assert_close(found: &[f32], expected: &[f64]) {
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(expected) {
            let tolerance = 1e-6 * expected.abs().max(1.0);
            assert!((f64::from(*found) - expected).abs() < tolerance, "{found} {expected}");
        }
    }

    #[test]
    fn reference_case_without_an_end() {
        let ends = [End::Continues; 3];
        let found = estimate(&[1.0; 3], &[0.5; 3], &ends, &[0.0; 3], 0.5, (0.99, 0.95));
        assert_close(&found, &[2.810_915, 1.930_798, 0.995]);
    }

    #[test]
    fn reference_case_with_a_terminal_step() {
        let ends = [End::Continues, End::Terminated, End::Continues, End::Continues];
        let (rewards, values) = ([1.0, 0.0, -1.0, 2.0], [0.2, 0.4, 0.1, 0.3]);
        let found = estimate(&rewards, &values, &ends, &[9.0; 4], 0.7, (0.99, 0.95));
        assert_close(&found, &[0.8198, -0.4, 1.447_617, 2.393]);
    }

    #[test]
    fn lambda_one_is_the_discounted_return_less_the_value() {
        let ends = [End::Continues; 3];
        let (rewards, values) = ([1.0, -2.0, 3.0], [0.3, 0.6, -0.2]);
        let found = estimate(&rewards, &values, &ends, &[0.0; 3], 4.0, (0.9, 1.0));
        let back = |reward: f64, rest: f64| reward + 0.9 * rest;
        let third = back(3.0, 4.0);
        let second = back(-2.0, third);
        assert_close(&found, &[back(1.0, second) - 0.3, second - 0.6, third + 0.2]);
    }

    #[test]
    fn lambda_zero_is_the_one_step_error() {
        let ends = [End::Continues; 2];
        let found = estimate(&[1.0, 2.0], &[0.5, 0.25], &ends, &[0.0; 2], 3.0, (0.9, 0.0));
        assert_close(&found, &[1.0 + 0.9 * 0.25 - 0.5, 2.0 + 0.9 * 3.0 - 0.25]);
    }

    #[test]
    fn truncation_bootstraps_where_termination_does_not() {
        let values = [0.5, 0.5];
        let case = |end: End| {
            estimate(&[1.0, 1.0], &values, &[end, End::Continues], &[2.0, 9.0], 0.0, (0.9, 0.95))
        };
        // The episode after the end is another one: it must not leak into the first step.
        assert_close(&case(End::Terminated), &[0.5, 0.5]);
        assert_close(&case(End::Truncated), &[0.5 + 0.9 * 2.0, 0.5]);
    }

    #[test]
    fn streams_do_not_mix() {
        let mut found = [0.0; 4];
        let trajectories = Trajectories {
            rewards: &[1.0, 10.0, 2.0, 20.0],
            values: &[0.0; 4],
            ends: &[End::Continues; 4],
            final_values: &[0.0; 4],
            last_values: &[0.0, 100.0],
        };
        advantages(&trajectories, 0.5, 1.0, &mut found);
        assert_close(&found, &[2.0, 45.0, 2.0, 70.0]);
    }
}
