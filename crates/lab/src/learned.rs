//! A trained network as a policy like any other.

use peergrid_agents::Policy;
use peergrid_env::{ACTION_SIZE, BatteryMode, Microgrids, OBSERVATION_SIZE};
use peergrid_guard::Action;

/// Observations and raw actions of the homes an agent runs, among all homes of all microgrids.
#[derive(Debug, Clone, Default)]
pub(crate) struct AgentRows {
    /// Homes of one community that an agent runs.
    agents: Vec<usize>,
    homes: usize,
    observations: Vec<f32>,
    raw: Vec<f32>,
}

impl AgentRows {
    pub fn new(agents: Vec<usize>, homes: usize) -> Self {
        Self { agents, homes, ..Self::default() }
    }

    /// Agents in `microgrids` microgrids.
    pub fn rows(&self, microgrids: usize) -> usize {
        self.agents.len() * microgrids
    }

    /// Indices, among all homes of all microgrids, of the homes with an agent.
    pub fn indices(&self, microgrids: usize) -> impl Iterator<Item = usize> + '_ {
        (0..microgrids).flat_map(move |m| self.agents.iter().map(move |h| m * self.homes + h))
    }

    /// Writes the agents' observations, shape `[agents of all microgrids, OBSERVATION_SIZE]`.
    pub fn observe(&mut self, microgrids: &Microgrids, out: &mut [f32]) {
        let count = microgrids.microgrids();
        self.observations.resize(count * self.homes * OBSERVATION_SIZE, 0.0);
        microgrids.observe(&mut self.observations);
        for (row, i) in out.chunks_exact_mut(OBSERVATION_SIZE).zip(self.indices(count)) {
            row.copy_from_slice(&self.observations[i * OBSERVATION_SIZE..][..OBSERVATION_SIZE]);
        }
    }

    /// Turns the agents' raw actions into proposals for all homes; homes without an agent propose
    /// what raw zeros mean: an honest order.
    pub fn propose(
        &mut self,
        microgrids: &Microgrids,
        mode: BatteryMode,
        raw: &[f32],
        proposed: &mut [Action],
    ) {
        let count = microgrids.microgrids();
        self.raw.clear();
        self.raw.resize(count * self.homes * ACTION_SIZE, 0.0);
        for row in 0..self.rows(count) {
            let home = self.agents[row % self.agents.len()];
            let i = row / self.agents.len() * self.homes + home;
            self.raw[i * ACTION_SIZE..][..ACTION_SIZE]
                .copy_from_slice(&raw[row * ACTION_SIZE..][..ACTION_SIZE]);
        }
        microgrids.propose(mode, &self.raw, proposed);
    }
}

/// A trained policy, acting by its mean action.
pub struct Learned {
    policy: peergrid_ppo::Policy,
    mode: BatteryMode,
    rows: AgentRows,
    observations: Vec<f32>,
    raw: Vec<f32>,
}

impl Learned {
    /// A policy that runs the homes `agents` of communities of `homes` homes.
    pub fn new(
        policy: peergrid_ppo::Policy,
        mode: BatteryMode,
        agents: Vec<usize>,
        homes: usize,
    ) -> Self {
        let rows = AgentRows::new(agents, homes);
        Self { policy, mode, rows, observations: Vec::new(), raw: Vec::new() }
    }
}

impl Policy for Learned {
    fn propose(&mut self, microgrids: &Microgrids, proposed: &mut [Action]) {
        let rows = self.rows.rows(microgrids.microgrids());
        self.observations.resize(rows * OBSERVATION_SIZE, 0.0);
        self.raw.resize(rows * ACTION_SIZE, 0.0);
        self.rows.observe(microgrids, &mut self.observations);
        self.policy.act(&self.observations, rows, &mut self.raw);
        self.rows.propose(microgrids, self.mode, &self.raw, proposed);
    }
}
