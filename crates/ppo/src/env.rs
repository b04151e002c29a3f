//! The only door between the learner and a problem: environments in lockstep.

/// How a stream stands after a step.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum End {
    /// The episode goes on.
    #[default]
    Continues,
    /// The episode reached a true end: nothing can be earned after it, its future is worth 0.
    Terminated,
    /// The episode was cut short (a time limit): its future is worth V(final observation).
    Truncated,
}

/// Environments in lockstep: [`streams`](Self::streams) parallel streams of experience.
///
/// A stream is whatever earns rewards of its own, for instance one home of one microgrid.
/// All matrices are row-major with one row per stream, in buffers the caller owns.
pub trait VectorEnv {
    /// Number of streams, constant.
    fn streams(&self) -> usize;

    /// Numbers in one observation, constant.
    fn observation_size(&self) -> usize;

    /// Numbers in one action, constant.
    fn action_size(&self) -> usize;

    /// Writes the current observations, shape `[streams, observation_size]`.
    fn observe(&mut self, observations: &mut [f32]);

    /// Applies sampled actions, shape `[streams, action_size]`, and advances every stream by one
    /// step. The actions are unclipped: the environment brings them into its own range.
    ///
    /// Fills `rewards` and `ends`, shape `[streams]`, and resets the streams that ended. Where
    /// `ends[i]` is [`End::Truncated`], row `i` of `final_observations`, shape
    /// `[streams, observation_size]`, gets the observation *before* the reset; other rows are
    /// left alone.
    fn step(
        &mut self,
        actions: &[f32],
        rewards: &mut [f32],
        ends: &mut [End],
        final_observations: &mut [f32],
    );
}
