//! Control problems with known scores: whether the learner is as good as others'.
//!
//! Physics and limits are Gymnasium's, hyper-parameters are those of the RL Baselines3 Zoo. Two
//! things differ. The clip range stays where the Zoo lets `CartPole`'s fall to 0. And the policy is a
//! normal distribution for every problem: in `CartPole`, where the action is one of two, the sign of
//! the sampled number is the direction. Exploration is plain noise; the Zoo's is state-dependent.
//!
//! Training takes a minute of two cores, so the scores are `#[ignore]`d; the physics are not.

#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod cart_pole;
mod pendulum;
mod problem;
mod score;
