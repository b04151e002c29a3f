//! A policy's actions as plain numbers, recorded in one engine and carried out again in another:
//! the environment is deterministic, so the run comes out the same.

use peergrid_agents::Policy;
use peergrid_env::Microgrids;
use peergrid_guard::Action;

use crate::{LabError, evaluate::evaluate, setting::Setting};

/// Numbers of an action.
const NUMBERS: usize = 3;

/// What `policy` proposes on the episodes that start on `days`: shape `[steps, episodes, homes, 3]`,
/// the three being battery power, kW, grid request, kW, and limit price, $/kWh.
///
/// # Errors
/// As [`evaluate`].
pub fn record(
    policy: &mut dyn Policy,
    setting: &Setting,
    days: &[usize],
) -> Result<Vec<f64>, LabError> {
    let mut recorder = Recorder { policy, numbers: Vec::new() };
    evaluate(&mut recorder, setting, days)?;
    Ok(recorder.numbers)
}

struct Recorder<'a> {
    policy: &'a mut dyn Policy,
    numbers: Vec<f64>,
}

impl Policy for Recorder<'_> {
    fn propose(&mut self, microgrids: &Microgrids, proposed: &mut [Action]) {
        self.policy.propose(microgrids, proposed);
        let numbers = proposed.iter().map(|a| [a.battery_kw, a.grid_request_kw, a.price_bid]);
        self.numbers.extend(numbers.flatten());
    }
}

/// Proposes what [`record`] has recorded.
#[derive(Debug, Clone, Copy)]
pub struct Replay<'a> {
    numbers: &'a [f64],
    /// Episodes that were recorded.
    episodes: usize,
    /// The recorded episode that the first microgrid carries out; the next one the next.
    first: usize,
}

impl<'a> Replay<'a> {
    /// A replay of `episodes` recorded episodes in `setting`, from episode `first` on.
    ///
    /// # Errors
    /// Numbers of another shape than the setting's.
    pub fn new(
        numbers: &'a [f64],
        setting: &Setting,
        episodes: usize,
        first: usize,
    ) -> Result<Self, LabError> {
        let community = &setting.community;
        let steps = community.steps_per_day * setting.spec.episode.length.days();
        let expected = steps * episodes * community.homes() * NUMBERS;
        if numbers.len() != expected {
            return Err(LabError::Missing(format!(
                "the agent's actions are {} numbers, but this setting needs {expected}; the agent \
                 must be run again",
                numbers.len()
            )));
        }
        Ok(Self { numbers, episodes, first })
    }
}

impl Policy for Replay<'_> {
    fn propose(&mut self, microgrids: &Microgrids, proposed: &mut [Action]) {
        let row = microgrids.step_in_episode() * self.episodes + self.first;
        let numbers = &self.numbers[row * microgrids.community().homes() * NUMBERS..];
        for (action, n) in proposed.iter_mut().zip(numbers.chunks_exact(NUMBERS)) {
            *action = Action { battery_kw: n[0], grid_request_kw: n[1], price_bid: n[2] };
        }
    }
}

#[cfg(test)]
mod tests {
    use peergrid_agents::StreetGreedy;

    use super::*;
    use crate::presets::PRESETS;

    #[test]
    fn a_replay_is_the_run_again_whole_or_in_part() {
        let spec = PRESETS[0].spec().unwrap();
        let data = spec.data.without_file().unwrap();
        let setting = Setting::new(spec, data).unwrap();
        let days = &setting.held_out[..3];
        let numbers = record(&mut StreetGreedy, &setting, days).unwrap();

        let again = |first: usize, days: &[usize]| {
            let mut replay = Replay::new(&numbers, &setting, 3, first).unwrap();
            evaluate(&mut replay, &setting, days).unwrap()
        };
        assert_eq!(again(0, days).trace.bill, directly(&setting, days));
        assert_eq!(again(2, &days[2..]).trace.bill, directly(&setting, &days[2..]));
        assert_ne!(again(1, &days[2..]).trace.bill, directly(&setting, &days[2..]));
        let error = Replay::new(&numbers, &setting, 2, 0).unwrap_err().to_string();
        assert!(error.contains("must be run again"), "{error}");
    }

    fn directly(setting: &Setting, days: &[usize]) -> Vec<f64> {
        evaluate(&mut StreetGreedy, setting, days).unwrap().trace.bill
    }
}
