//! Collapses, named while training: an agent that no longer tries, decides or trades.

use peergrid_env::BatteryMode;
use peergrid_ppo::IterationStats;
use serde::Serialize;

use crate::training::ValidationKpis;

/// The action's number that moves the battery.
const BATTERY: usize = 0;
/// Exploration noise, as a share of the battery's range, below which nothing new is tried: the
/// actions that a home draws in a state are then the same to two digits.
const LEAST_NOISE: f32 = 0.01;
/// A battery action this close to the end of its range is at the end.
const AT_THE_END: f32 = 0.95;
/// Actions over (nine tenths of) all states that lie no farther apart are one action.
const SAME: f32 = 0.02;
/// Share of what the rules trade below which an agent does not trade.
const LEAST_TRADE: f64 = 0.01;
/// What rules must trade a day for trade to be possible at all, kWh.
const POSSIBLE_KWH: f64 = 0.1;

/// A way in which an agent has stopped to learn.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Collapse {
    /// `no_exploration`, `one_action` or `no_trades`.
    pub id: &'static str,
    /// What has happened, in a sentence.
    pub message: String,
}

/// What has collapsed after an iteration: `stats` of the learner, the agent's validation, and
/// that of the policies that do not learn.
pub(crate) fn collapses<'a>(
    stats: &IterationStats,
    mode: BatteryMode,
    agent: &ValidationKpis,
    rules: impl Iterator<Item = &'a ValidationKpis>,
) -> Vec<Collapse> {
    let mut found = Vec::new();
    let mut name = |id, message: Option<String>| {
        found.extend(message.map(|text| Collapse { id, message: format!("Collapsed: {text}") }));
    };
    name("no_exploration", no_exploration(stats));
    name("one_action", one_action(stats, mode));
    name("no_trades", no_trades(agent, rules));
    found
}

fn no_exploration(stats: &IterationStats) -> Option<String> {
    let noise = stats.log_std.get(BATTERY)?.exp();
    (noise < LEAST_NOISE).then(|| {
        format!(
            "the battery's exploration noise is down to {noise:.4} of its range, so nothing new \
             is tried."
        )
    })
}

/// One action for all states, away from that of a fresh agent, which is near 0 everywhere.
fn one_action(stats: &IterationStats, mode: BatteryMode) -> Option<String> {
    let brought_into_range = |values: &[f32]| values.get(BATTERY).map(|v| v.clamp(-1.0, 1.0));
    let low = brought_into_range(&stats.action_low)?;
    let high = brought_into_range(&stats.action_high)?;
    // Within the gate's middle zone the battery follows the street, which differs by state.
    let start = match mode {
        BatteryMode::Gate => 1.0 / 3.0,
        BatteryMode::Power => 0.1,
    };
    if low >= AT_THE_END {
        return Some("every home charges at full power in nearly every state.".to_owned());
    }
    if high <= -AT_THE_END {
        return Some(match mode {
            BatteryMode::Gate => {
                "every home holds its charge back in nearly every state.".to_owned()
            }
            BatteryMode::Power => {
                "every home discharges at full power in nearly every state.".to_owned()
            }
        });
    }
    let middle = f32::midpoint(low, high);
    (high - low < SAME && middle.abs() > start)
        .then(|| format!("every home's battery action is {middle:.2} in nearly every state."))
}

fn no_trades<'a>(
    agent: &ValidationKpis,
    rules: impl Iterator<Item = &'a ValidationKpis>,
) -> Option<String> {
    let least = rules.map(|kpis| kpis.traded_kwh).reduce(f64::min)?;
    (least > POSSIBLE_KWH && agent.traded_kwh < LEAST_TRADE * least).then(|| {
        format!(
            "neighbours trade {:.2} kWh a day on validation days, where every rule trades {least:.1} \
             kWh or more.",
            agent.traded_kwh
        )
    })
}

#[cfg(test)]
mod tests {
    use peergrid_ppo::Compute;
    use serde_json::Value;

    use super::*;
    use crate::{Model, Setting, Spec, Training};

    fn stats(log_std: f32, low: f32, high: f32) -> IterationStats {
        IterationStats {
            iteration: 3,
            total_steps: 300,
            rollout_steps: 100,
            updates: 1,
            epochs: 1,
            episodes: 4,
            mean_episode_return: None,
            mean_episode_length: None,
            mean_reward: 0.0,
            policy_loss: 0.0,
            value_loss: 0.0,
            entropy: 0.0,
            approx_kl: 0.0,
            clip_fraction: 0.0,
            explained_variance: None,
            learning_rate: 1e-3,
            grad_norm: 0.0,
            log_std: vec![log_std, -1.0, -1.0],
            action_low: vec![low, 0.0, 0.0],
            action_high: vec![high, 0.0, 0.0],
        }
    }

    fn kpis(traded_kwh: f64) -> ValidationKpis {
        ValidationKpis {
            cost: 1.0,
            peak_import_kwh: 1.0,
            grid_import_kwh: 1.0,
            traded_kwh,
            reward: 0.0,
        }
    }

    fn found(stats: &IterationStats, mode: BatteryMode, traded: [f64; 2]) -> Vec<Collapse> {
        collapses(stats, mode, &kpis(traded[0]), [kpis(traded[1]), kpis(9.0)].iter())
    }

    #[test]
    fn a_healthy_agent_is_left_alone() {
        for mode in [BatteryMode::Gate, BatteryMode::Power] {
            for (low, high) in [(-0.01, 0.01), (-1.5, 1.5), (0.2, 1.4), (-3.0, -0.3)] {
                assert_eq!(found(&stats(-2.5, low, high), mode, [1.0, 2.0]), []);
            }
        }
    }

    #[test]
    fn one_action_for_all_is_named_by_what_it_does() {
        use BatteryMode::{Gate, Power};
        for (mode, low, high, hint) in [
            (Gate, 1.2, 4.0, "charges at full power in nearly every state"),
            (Power, 0.97, 1.0, "charges at full power in nearly every state"),
            (Gate, -4.0, -1.1, "holds its charge back in nearly every state"),
            (Power, -4.0, -1.1, "discharges at full power in nearly every state"),
            (Gate, 0.599, 0.601, "is 0.60 in nearly every state"),
            (Power, -0.301, -0.299, "is -0.30 in nearly every state"),
        ] {
            let found = found(&stats(-1.0, low, high), mode, [1.0, 1.0]);
            assert_eq!((found.len(), found[0].id), (1, "one_action"));
            assert!(found[0].message.contains(hint), "{found:?}");
        }
        // The middle zone of the gate follows the street, each state as it needs.
        assert_eq!(found(&stats(-1.0, 0.2, 0.21), Gate, [1.0, 1.0]), []);
    }

    #[test]
    fn noise_and_trade_that_are_gone_are_named() {
        let found_ids = |stats: &IterationStats, traded: [f64; 2]| {
            let found = found(stats, BatteryMode::Gate, traded);
            found.into_iter().map(|collapse| collapse.id).collect::<Vec<_>>()
        };
        assert_eq!(found_ids(&stats(-5.0, -0.5, 0.5), [1.0, 1.0]), ["no_exploration"]);
        assert_eq!(found_ids(&stats(-1.0, -0.5, 0.5), [0.001, 1.0]), ["no_trades"]);
        assert!(found_ids(&stats(-1.0, -0.5, 0.5), [0.0, 0.05]).is_empty(), "nothing to trade");
        assert_eq!(
            found_ids(&stats(-5.0, 1.5, 2.0), [0.0, 5.0]),
            ["no_exploration", "one_action", "no_trades"]
        );
    }

    /// Overwrites a tensor of a stored model.
    fn overwrite(bytes: &mut [u8], tensor: &str, values: &[f32]) {
        let length = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
        let header: Value = serde_json::from_slice(&bytes[8..8 + length]).unwrap();
        let offset = header[tensor]["data_offsets"][0].as_u64().unwrap() as usize;
        for (i, value) in values.iter().enumerate() {
            let at = 8 + length + offset + 4 * i;
            bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
        }
    }

    #[test]
    fn an_agent_that_has_collapsed_is_recognised_in_training() {
        let spec = r#"{
            "data": {"source": "synthetic", "homes": 4, "days": 70},
            "homes": {"pv_homes": "every_other", "battery_homes": "all"},
            "training": {"microgrids": 8},
            "ppo": {"batch_size": 192, "learning_rate": 1e-9, "net_arch": [8]}
        }"#;
        let spec = Spec::from_json(spec).unwrap();
        let data = spec.data.without_file().unwrap();
        let setting = Setting::new(spec, data).unwrap();
        let mut training = Training::new(setting, Compute::Cpu).unwrap();
        let healthy = pollster::block_on(training.iterate()).unwrap();
        assert_eq!(healthy.collapse, []);

        // Always charge, settle all of it with the grid, and never try anything else.
        let mut bytes = training.last().to_bytes().unwrap();
        overwrite(&mut bytes, "actor.1.bias", &[9.0, 9.0, 9.0]);
        overwrite(&mut bytes, "log_std", &[-7.0, -7.0, -7.0]);
        training.resume(&Model::from_bytes(&bytes).unwrap()).unwrap();
        let collapsed = pollster::block_on(training.iterate()).unwrap().collapse;
        let ids: Vec<_> = collapsed.iter().map(|collapse| collapse.id).collect();
        assert_eq!(ids, ["no_exploration", "one_action", "no_trades"], "{collapsed:?}");
        assert!(collapsed[1].message.contains("charges at full power"), "{collapsed:?}");
    }
}
