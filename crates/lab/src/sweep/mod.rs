//! A sweep: one specification trained and judged again and again, with a few of its fields changed.
//!
//! ```text
//! SweepPlan ─ runs ─► SweepRun: a checked specification for every combination and seed
//!   └─ run ─► Row: the best agent's measures on held-out days, beside the rule-based homes'
//!        └─ Sweep ─► CSV, JSON
//! ```
//!
//! A run does what training and evaluation of its specification alone would do: so its numbers are
//! theirs, and those of the page on the same plan.

mod argument;
mod error;
mod fields;
mod plan;
mod row;
mod run;

pub use error::SweepError;
pub use plan::{MOST_FIELDS, MOST_RUNS, SweepField, SweepPlan, SweepRun};
pub use row::{Kpis, Row, Sweep};
pub use run::{Source, check, run};
