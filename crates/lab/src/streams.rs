//! The microgrids as the learner sees them: every home with a battery is a stream of experience.

use peergrid_env::{ACTION_SIZE, Checked, EnvError, Microgrids, Settled};
use peergrid_guard::Action;
use peergrid_physics::FeederError;
use peergrid_ppo::{End, VectorEnv};
use peergrid_reward::{Credit, RewardSettings, Terms, Tracker};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::{LabError, learned::AgentRows, setting::Setting, spec::EpisodeEnd};

/// The random stream that draws training days.
const DAYS_STREAM: u64 = 0xDA45;

/// Most home-steps of an iteration: half a gigabyte of observations.
const MOST_ROWS: usize = 1 << 22;

/// Training episodes on random training days.
pub struct Streams {
    microgrids: Microgrids,
    agents: AgentRows,
    end: EpisodeEnd,
    reward: RewardSettings,
    train_days: Vec<usize>,
    rng: ChaCha8Rng,
    days: Vec<usize>,
    proposed: Vec<Action>,
    checked: Checked,
    settled: Settled,
    terms: Terms,
    tracker: Tracker,
    /// What stopped the environment; rewards are not finite from then on, which stops the learner.
    fault: Option<LabError>,
}

impl Streams {
    /// Episodes on `setting`'s training days, as many side by side as it says.
    ///
    /// # Errors
    /// A community without a battery; more home-steps in an iteration than fit into memory.
    pub fn new(setting: &Setting) -> Result<Self, LabError> {
        let spec = &setting.spec;
        let agents = setting.agents();
        if agents.is_empty() {
            let message = "no home has a battery, so there is nothing to learn";
            return Err(LabError::spec("homes.battery_homes", message));
        }
        let streams = agents.len().saturating_mul(spec.training.microgrids);
        let rows = streams.saturating_mul(spec.ppo.n_steps);
        if rows > MOST_ROWS {
            let message = format!(
                "{} microgrids × {} homes with a battery × {} steps are {rows} home-steps an \
                 iteration; at most {MOST_ROWS} fit into memory",
                spec.training.microgrids,
                agents.len(),
                spec.ppo.n_steps
            );
            return Err(LabError::spec("training.microgrids", message));
        }
        let homes = setting.community.homes();
        let mut rng = ChaCha8Rng::seed_from_u64(spec.seed);
        rng.set_stream(DAYS_STREAM);
        let microgrids = Microgrids::new(setting.community.clone(), spec.episode.length.days())
            .with_counterfactuals(spec.reward.credit == Credit::Difference);
        let mut streams = Self {
            microgrids,
            agents: AgentRows::new(spec, &setting.community),
            end: spec.episode.end,
            reward: spec.reward,
            train_days: setting.train.clone(),
            rng,
            days: vec![0; spec.training.microgrids],
            proposed: vec![Action::default(); spec.training.microgrids * homes],
            checked: Checked::default(),
            settled: Settled::default(),
            terms: Terms::default(),
            tracker: Tracker::default(),
            fault: None,
        };
        streams.restart()?;
        Ok(streams)
    }

    /// What stopped the environment, if anything did.
    pub(crate) fn take_fault(&mut self) -> Option<LabError> {
        self.fault.take()
    }

    /// Starts new episodes on random training days.
    pub(crate) fn restart(&mut self) -> Result<(), EnvError> {
        for day in &mut self.days {
            *day = self.train_days[self.rng.random_range(0..self.train_days.len())];
        }
        self.microgrids.reset(&self.days)?;
        self.tracker.reset(self.days.len(), self.microgrids.community().homes());
        Ok(())
    }

    fn carry_out(&mut self, actions: &[f32]) -> Result<(), FeederError> {
        self.agents.propose(&self.microgrids, actions, &mut self.proposed);
        self.microgrids.check(&self.proposed, &mut self.checked);
        self.microgrids.step(&self.checked, &mut self.settled)?;
        let community = self.microgrids.community();
        self.terms.compute(&self.reward, community, &self.settled, &mut self.tracker);
        Ok(())
    }

    fn pay_for_what_is_left(&mut self) {
        for m in 0..self.days.len() {
            let range = self.settled.range(m);
            let soc = &self.settled.soc_kwh[range.clone()];
            let rewards = &mut self.terms.reward[range];
            self.reward.add_end_value(self.microgrids.community(), soc, rewards);
        }
    }

    fn finish_episodes(&mut self, ends: &mut [End], final_observations: &mut [f32]) {
        match self.end {
            EpisodeEnd::Settled => {
                self.pay_for_what_is_left();
                ends.fill(End::Terminated);
            }
            EpisodeEnd::Continues => {
                self.agents.observe(&self.microgrids, final_observations);
                ends.fill(End::Truncated);
            }
        }
    }
}

impl VectorEnv for Streams {
    fn streams(&self) -> usize {
        self.agents.rows(self.days.len())
    }

    fn observation_size(&self) -> usize {
        self.agents.observation_size()
    }

    fn action_size(&self) -> usize {
        ACTION_SIZE
    }

    fn observe(&mut self, observations: &mut [f32]) {
        self.agents.observe(&self.microgrids, observations);
    }

    fn step(
        &mut self,
        actions: &[f32],
        rewards: &mut [f32],
        ends: &mut [End],
        final_observations: &mut [f32],
    ) {
        if let Err(error) = self.carry_out(actions) {
            self.fault = Some(error.into());
            rewards.fill(f32::NAN);
            return;
        }
        ends.fill(End::Continues);
        let ended = self.microgrids.ended();
        if ended {
            self.finish_episodes(ends, final_observations);
        }
        for (reward, i) in rewards.iter_mut().zip(self.agents.indices(self.days.len())) {
            *reward = self.terms.reward[i] as f32;
        }
        if ended && let Err(error) = self.restart() {
            self.fault = Some(error.into());
            rewards.fill(f32::NAN);
        }
    }
}
