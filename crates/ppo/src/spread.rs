//! How far a policy's actions lie apart over the states of a rollout.

use crate::Policy;

/// Most states that are looked at: enough for the outer twentieths, and hardly any work.
const MOST_STATES: usize = 1024;

/// The quantiles of the mean action over states, per action.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ActionRange {
    /// One state in twenty lies below.
    pub(crate) low: Vec<f32>,
    /// One state in twenty lies above.
    pub(crate) high: Vec<f32>,
}

/// The range of `policy`'s mean actions over rows of `observations`, as the networks see them,
/// shape `[rows, observation_size]`.
pub(crate) fn action_range(policy: &Policy, observations: &[f32]) -> ActionRange {
    let (columns, actions) = (policy.shape().observation_size, policy.shape().action_size);
    let states = sample(observations, columns);
    let count = states.len() / columns;
    let mut means = vec![0.0; count * actions];
    policy.act_normalised(&states, count, &mut means);
    let quantile = |share: f64| {
        (0..actions)
            .map(|action| {
                let mut column: Vec<f32> =
                    means.iter().skip(action).step_by(actions).copied().collect();
                let at = (share * (count - 1) as f64).round() as usize;
                *column.select_nth_unstable_by(at, f32::total_cmp).1
            })
            .collect()
    };
    ActionRange { low: quantile(0.05), high: quantile(0.95) }
}

/// Rows from all over the rollout, at most [`MOST_STATES`] of them.
fn sample(observations: &[f32], columns: usize) -> Vec<f32> {
    let rows = observations.len() / columns;
    let stride = rows.div_ceil(MOST_STATES);
    // Evenly spaced rows might all be of one stream: each is moved on by another offset.
    let chosen = (0..rows / stride).map(|k| k * stride + k % stride);
    chosen.flat_map(|row| &observations[row * columns..(row + 1) * columns]).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PpoSettings;

    #[test]
    fn a_linear_policy_has_the_quantiles_of_its_observations() {
        let linear = PpoSettings { net_arch: Vec::new(), ..PpoSettings::default() };
        let policy = Policy::new(&linear, 1, 2, 3).unwrap();
        let observations: Vec<f32> = (0..3001).map(|i| i as f32 / 1500.0 - 1.0).collect();
        let found = action_range(&policy, &observations);
        let mut ends = [0.0; 4];
        policy.act_normalised(&[-0.9, 0.9], 2, &mut ends);
        for action in 0..2 {
            let (a, b) = (ends[action], ends[2 + action]);
            let width = (b - a).abs();
            assert!(width > 1e-4);
            assert!((found.low[action] - a.min(b)).abs() < 0.01 * width, "{found:?} {ends:?}");
            assert!((found.high[action] - a.max(b)).abs() < 0.01 * width, "{found:?} {ends:?}");
        }
    }

    #[test]
    fn states_come_from_every_stream_and_every_step() {
        // 3 numbers for the state: step, stream, filler.
        let (steps, streams) = (24, 100);
        let rows = (0..steps * streams)
            .flat_map(|row| [(row / streams) as f32, (row % streams) as f32, 0.5]);
        let rows: Vec<f32> = rows.collect();
        let chosen = sample(&rows, 3);
        let seen = |column: usize, value: usize| {
            chosen.chunks_exact(3).any(|row| row[column] == value as f32)
        };
        assert!(chosen.len() <= 3 * MOST_STATES);
        assert!((0..steps).all(|step| seen(0, step)));
        assert!((0..streams).all(|stream| seen(1, stream)));
        assert_eq!(sample(&rows[..30], 3), rows[..30], "few rows are all taken");
    }
}
