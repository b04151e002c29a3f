//! A trained network as a policy like any other.

use peergrid_agents::Policy;
use peergrid_env::{
    ACTION_SIZE, BatteryMode, Community, Microgrids, ObservationSettings, observation_size,
};
use peergrid_guard::Action;

use crate::{setting::agents, spec::Spec};

/// Observations and raw actions of the homes an agent runs, among all homes of all microgrids.
#[derive(Debug, Clone)]
pub(crate) struct AgentRows {
    /// Homes of one community that an agent runs.
    agents: Vec<usize>,
    homes: usize,
    observation: ObservationSettings,
    mode: BatteryMode,
    raw: Vec<f32>,
}

impl AgentRows {
    /// The agents of a community, who see and act as `spec` says.
    pub fn new(spec: &Spec, community: &Community) -> Self {
        Self {
            agents: agents(community),
            homes: community.homes(),
            observation: spec.observation,
            mode: spec.battery_mode,
            raw: Vec::new(),
        }
    }

    /// Agents in `microgrids` microgrids.
    pub fn rows(&self, microgrids: usize) -> usize {
        self.agents.len() * microgrids
    }

    /// Indices, among all homes of all microgrids, of the homes with an agent.
    pub fn indices(&self, microgrids: usize) -> impl Iterator<Item = usize> + '_ {
        (0..microgrids).flat_map(move |m| self.agents.iter().map(move |h| m * self.homes + h))
    }

    /// Numbers in an agent's observation.
    pub fn observation_size(&self) -> usize {
        observation_size(self.observation.profile)
    }

    /// Writes the agents' observations, shape `[agents of all microgrids, observation_size]`.
    pub fn observe(&self, microgrids: &Microgrids, out: &mut [f32]) {
        microgrids.observe(self.observation, &self.agents, out);
    }

    /// Turns the agents' raw actions into proposals for all homes; homes without an agent propose
    /// what raw zeros mean: an honest order.
    pub fn propose(&mut self, microgrids: &Microgrids, raw: &[f32], proposed: &mut [Action]) {
        let count = microgrids.microgrids();
        self.raw.clear();
        self.raw.resize(count * self.homes * ACTION_SIZE, 0.0);
        for row in 0..self.rows(count) {
            let home = self.agents[row % self.agents.len()];
            let i = row / self.agents.len() * self.homes + home;
            self.raw[i * ACTION_SIZE..][..ACTION_SIZE]
                .copy_from_slice(&raw[row * ACTION_SIZE..][..ACTION_SIZE]);
        }
        microgrids.propose(self.mode, self.observation.street, &self.raw, proposed);
    }
}

/// A trained policy, acting by its mean action.
pub struct Learned {
    policy: peergrid_ppo::Policy,
    rows: AgentRows,
    note: Option<String>,
    observations: Vec<f32>,
    raw: Vec<f32>,
}

impl Learned {
    /// A policy that runs a community's homes with a battery, seeing and acting as `trained`, the
    /// specification it was trained with, says.
    pub(crate) fn new(policy: peergrid_ppo::Policy, trained: &Spec, community: &Community) -> Self {
        let rows = AgentRows::new(trained, community);
        Self { policy, rows, note: None, observations: Vec::new(), raw: Vec::new() }
    }

    /// What the agents saw in the last step, shape `[agents of all microgrids, observation_size]`.
    pub(crate) fn observations(&self) -> &[f32] {
        &self.observations
    }

    /// Has this to say to readers of results.
    pub(crate) fn noting(mut self, note: Option<String>) -> Self {
        self.note = note;
        self
    }
}

impl Policy for Learned {
    fn propose(&mut self, microgrids: &Microgrids, proposed: &mut [Action]) {
        let rows = self.rows.rows(microgrids.microgrids());
        self.observations.resize(rows * self.rows.observation_size(), 0.0);
        self.raw.resize(rows * ACTION_SIZE, 0.0);
        self.rows.observe(microgrids, &mut self.observations);
        self.policy.act(&self.observations, rows, &mut self.raw);
        self.rows.propose(microgrids, &self.raw, proposed);
    }

    fn note(&self) -> Option<String> {
        self.note.clone()
    }
}
