//! A settled step in, named reward terms out.
//!
//! Per home and step,
//!
//! ```text
//! R = w_profit·profit − w_grid·grid_import − w_peak·peak_import
//!   − w_soc·soc_penalty − w_degradation·throughput − w_fairness·gini − w_limits·limits
//! ```
//!
//! Each term is kept apart by name, so that it can be logged and explained. [`Credit`] says whose
//! outcome a home is rewarded for. [`Tracker`] carries what outlasts a step: the homes' savings so
//! far and the sums of all terms.

mod fairness;
mod settings;
mod terms;
mod tracker;

pub use fairness::{gini, jain};
pub use settings::{Credit, RewardError, RewardSettings, Weights};
pub use terms::{TERMS, Term, Terms};
pub use tracker::Tracker;
