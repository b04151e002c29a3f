//! Hyper-parameters, with the meanings Stable-Baselines3 gives them.

use serde::{Deserialize, Serialize};

use crate::PpoError;

/// How the learning rate moves over the training run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum LearningRateSchedule {
    /// The same all the way.
    Constant,
    /// From `learning_rate` down to 0 after `total_timesteps`, in proportion to the steps done.
    #[default]
    Linear,
}

/// The hidden layers' non-linearity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Activation {
    /// `max(0, x)`: learns as well as tanh here and is about three times as fast.
    #[default]
    Relu,
    /// The hyperbolic tangent.
    Tanh,
}

/// Settings of proximal policy optimisation (Schulman et al. 2017), named as
/// Stable-Baselines3 names them.
///
/// A *home-step* is one step of one stream. One iteration collects `streams · n_steps` home-steps
/// and then goes over them `n_epochs` times in minibatches of `batch_size`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct PpoSettings {
    /// Adam's step size, per update; range (0, 1], default 3e-3.
    #[cfg_attr(feature = "schema", schemars(extend("exclusiveMinimum" = 0, "maximum" = 1)))]
    pub learning_rate: f64,
    /// How the learning rate moves; `constant` or `linear` (default).
    pub learning_rate_schedule: LearningRateSchedule,
    /// Steps each stream takes per iteration; at least 1, default 24.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub n_steps: usize,
    /// Home-steps in a minibatch; at least 2, at most `streams · n_steps`, default 2048. What is
    /// left over after the last full minibatch of an epoch is not used in that epoch.
    #[cfg_attr(feature = "schema", schemars(range(min = 2)))]
    pub batch_size: usize,
    /// Passes over the rollout per iteration; at least 1, default 4.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub n_epochs: usize,
    /// Discount per step; range [0, 1], default 1: days are judged by their undiscounted sum, and end.
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 1)))]
    pub gamma: f64,
    /// λ of generalised advantage estimation; range [0, 1], default 0.98.
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 1)))]
    pub gae_lambda: f64,
    /// Clip range ε of the probability ratio; range (0, 1], default 0.2.
    #[cfg_attr(feature = "schema", schemars(extend("exclusiveMinimum" = 0, "maximum" = 1)))]
    pub clip_range: f64,
    /// Weight of the entropy bonus, in loss units per nat; at least 0, default 0.04:
    /// without it the noise goes before rare states, in which acting pays, are understood.
    #[cfg_attr(feature = "schema", schemars(range(min = 0)))]
    pub ent_coef: f64,
    /// Weight of the value loss `mean((R − V)²)` against the policy loss; at least 0, default 0.5.
    #[cfg_attr(feature = "schema", schemars(range(min = 0)))]
    pub vf_coef: f64,
    /// Largest Euclidean norm of the gradient of all weights together; above 0, default 0.5.
    #[cfg_attr(feature = "schema", schemars(extend("exclusiveMinimum" = 0)))]
    pub max_grad_norm: f64,
    /// Stop an iteration's epochs once the mean KL divergence from the old policy exceeds
    /// 1.5 times this, in nats; above 0, or `null` (default) for never.
    #[cfg_attr(feature = "schema", schemars(extend("exclusiveMinimum" = 0)))]
    pub target_kl: Option<f64>,
    /// Natural logarithm of the exploration noise's standard deviation at the start, in action
    /// units: one value per action, or one for all; range [−10, 2], default −0.5. Much noise is
    /// dear at first where actions soon cost; with little, what pays on few days is never found.
    #[cfg_attr(feature = "schema", schemars(length(min = 1), inner(range(min = -10, max = 2))))]
    pub log_std_init: Vec<f32>,
    /// Widths of the hidden layers of actor and critic, each 1 to 1024; default 64, 64. May be
    /// empty: then both are linear.
    #[cfg_attr(feature = "schema", schemars(inner(range(min = 1, max = 1024))))]
    pub net_arch: Vec<usize>,
    /// The hidden layers' non-linearity; `relu` (default) or `tanh`.
    pub activation_fn: Activation,
    /// Whether observations are standardised by their running mean and variance and clipped to
    /// ±10 (`norm_obs` of `VecNormalize`); default true.
    pub normalise_observations: bool,
    /// Whether rewards are divided by the running standard deviation of the discounted return
    /// and clipped to ±10 (`norm_reward` of `VecNormalize`); default true.
    pub normalise_returns: bool,
    /// Length of the training run in home-steps, over which a linear schedule ends at 0; at
    /// least 1, default 1,500,000.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub total_timesteps: u64,
}

impl Default for PpoSettings {
    fn default() -> Self {
        Self {
            learning_rate: 3e-3,
            learning_rate_schedule: LearningRateSchedule::Linear,
            n_steps: 24,
            batch_size: 2048,
            n_epochs: 4,
            gamma: 1.0,
            gae_lambda: 0.98,
            clip_range: 0.2,
            ent_coef: 0.04,
            vf_coef: 0.5,
            max_grad_norm: 0.5,
            target_kl: None,
            log_std_init: vec![-0.5],
            net_arch: vec![64, 64],
            activation_fn: Activation::Relu,
            normalise_observations: true,
            normalise_returns: true,
            total_timesteps: 1_500_000,
        }
    }
}

impl PpoSettings {
    /// The defaults of Stable-Baselines3's `PPO("MlpPolicy")`, for parity: tanh networks,
    /// unnormalised observations and rewards, a constant learning rate, small minibatches.
    pub fn sb3_defaults() -> Self {
        Self {
            learning_rate: 3e-4,
            learning_rate_schedule: LearningRateSchedule::Constant,
            n_steps: 2048,
            batch_size: 64,
            n_epochs: 10,
            gamma: 0.99,
            gae_lambda: 0.95,
            clip_range: 0.2,
            ent_coef: 0.0,
            vf_coef: 0.5,
            max_grad_norm: 0.5,
            target_kl: None,
            log_std_init: vec![0.0],
            net_arch: vec![64, 64],
            activation_fn: Activation::Tanh,
            normalise_observations: false,
            normalise_returns: false,
            ..Self::default()
        }
    }
}

/// The largest width of a hidden layer: beyond it a browser tab runs out of memory first.
const MAX_WIDTH: usize = 1024;

impl PpoSettings {
    /// Checks every field against its range.
    ///
    /// # Errors
    /// [`PpoError::Setting`], naming the first field out of range and the range.
    pub fn validate(&self) -> Result<(), PpoError> {
        let unit = "a number from 0 to 1";
        let positive_unit = "a number above 0 and at most 1";
        check(
            "learning_rate",
            &self.learning_rate,
            in_unit(self.learning_rate, true),
            positive_unit,
        )?;
        check("n_steps", &self.n_steps, self.n_steps >= 1, "at least 1")?;
        check("batch_size", &self.batch_size, self.batch_size >= 2, "at least 2")?;
        check("n_epochs", &self.n_epochs, self.n_epochs >= 1, "at least 1")?;
        check("gamma", &self.gamma, in_unit(self.gamma, false), unit)?;
        check("gae_lambda", &self.gae_lambda, in_unit(self.gae_lambda, false), unit)?;
        check("clip_range", &self.clip_range, in_unit(self.clip_range, true), positive_unit)?;
        for (field, value) in [("ent_coef", self.ent_coef), ("vf_coef", self.vf_coef)] {
            check(field, &value, value.is_finite() && value >= 0.0, "a finite number, 0 or above")?;
        }
        let above_zero = |value: f64| value.is_finite() && value > 0.0;
        let norm = self.max_grad_norm;
        check("max_grad_norm", &norm, above_zero(norm), "a finite number above 0")?;
        if let Some(kl) = self.target_kl {
            check("target_kl", &kl, above_zero(kl), "null or a finite number above 0")?;
        }
        check(
            "log_std_init",
            &"empty",
            !self.log_std_init.is_empty(),
            "a list of one value or more",
        )?;
        for &value in &self.log_std_init {
            check("log_std_init", &value, (-10.0..=2.0).contains(&value), "from -10 to 2")?;
        }
        for &width in &self.net_arch {
            check("net_arch", &width, (1..=MAX_WIDTH).contains(&width), "widths from 1 to 1024")?;
        }
        check("total_timesteps", &self.total_timesteps, self.total_timesteps >= 1, "at least 1")
    }

    /// The learning rate after `steps_done` home-steps.
    pub fn learning_rate_at(&self, steps_done: u64) -> f64 {
        match self.learning_rate_schedule {
            LearningRateSchedule::Constant => self.learning_rate,
            LearningRateSchedule::Linear => {
                let left = 1.0 - steps_done as f64 / self.total_timesteps as f64;
                self.learning_rate * left.max(0.0)
            }
        }
    }
}

/// Whether a number lies in [0, 1], or in (0, 1] if `open`.
fn in_unit(value: f64, open: bool) -> bool {
    (0.0..=1.0).contains(&value) && !(open && value == 0.0)
}

fn check(
    field: &'static str,
    value: &dyn ToString,
    holds: bool,
    expected: &str,
) -> Result<(), PpoError> {
    if holds {
        return Ok(());
    }
    Err(PpoError::Setting { field, value: value.to_string(), expected: expected.to_owned() })
}
