//! Experiments: the specification that goes in, training, evaluation, measures and results.
//!
//! ```text
//! Spec ─ Setting::new ─► Setting (community, day split)
//! Setting ─ Training ─► Model        learns on training days, keeps the best by validation days
//! Setting ─ evaluate ─► Run          any policy on held-out days, all from the same start
//! Run ─ kpi, results ─► table, CSV, JSON
//! ```
//!
//! One document, [`Spec`], describes an experiment wholly. It is what the native command reads,
//! what the page edits, and what is stored in every model and result.

pub mod clearing;
mod compare;
mod error;
mod evaluate;
mod homes;
pub mod kpi;
mod learned;
mod migrate;
mod model;
mod placed;
mod policy;
pub mod presets;
pub mod results;
mod run;
#[cfg(feature = "schema")]
pub mod schema;
mod setting;
pub mod simulate;
mod spec;
mod streams;
mod training;

pub use compare::{Comparison, PriceOfAnarchy, Values};
pub use error::LabError;
pub use evaluate::evaluate;
pub use homes::{HomeOverride, HomesSpec, Which, WhichRule};
pub use learned::Learned;
pub use model::Model;
pub use peergrid_agents::Policy;
pub use placed::placed;
pub use policy::PolicyKind;
pub use run::{HomeTotals, Run, Trace};
pub use setting::{DataSummary, HomeSummary, Setting};
pub use spec::{
    DataSpec, EpisodeEnd, EpisodeLength, EpisodeSpec, FileSpec, HeldOut, Spec, SplitSpec,
    TrainingSpec,
};
pub use training::{Iteration, Training, ValidationKpis};
