//! Experiments: the specification that goes in, training, evaluation, measures and results.
//!
//! ```text
//! Spec ─ Setting::new ─► Setting (community, day split)
//! Setting ─ Training ─► Model        learns on training days, keeps the best by validation days
//! Setting ─ evaluate ─► Run          any policy on held-out days, all from the same start
//! Setting ─ Scene::play ─► Scene     one of these days, with every home, line and trade
//! Run ─ kpi, results ─► table, CSV, JSON
//! ```
//!
//! One document, [`Spec`], describes an experiment wholly. It is what the native command reads,
//! what the page edits, and what is stored in every model and result.
//!
//! Without the feature `learner` (on by default) there is no training and no trained agent, and
//! nothing of Burn.

pub mod clearing;
mod compare;
mod episodes;
mod error;
mod evaluate;
#[cfg(feature = "learner")]
mod explain;
#[cfg(feature = "learner")]
mod health;
mod homes;
mod intervals;
pub mod kpi;
#[cfg(feature = "learner")]
mod learned;
mod mean_day;
mod migrate;
#[cfg(feature = "learner")]
mod model;
#[cfg(feature = "study")]
pub mod parallel;
mod placed;
mod policy;
pub mod presets;
mod replay;
pub mod results;
mod run;
mod scene;
#[cfg(feature = "schema")]
pub mod schema;
mod setting;
pub mod simulate;
mod spec;
pub mod statistics;
#[cfg(feature = "learner")]
mod streams;
#[cfg(feature = "study")]
pub mod study;
#[cfg(feature = "study")]
pub mod sweep;
#[cfg(feature = "learner")]
mod training;
#[cfg(feature = "learner")]
mod trial;

pub use compare::{Comparison, PriceOfAnarchy, Values};
pub use error::LabError;
pub use evaluate::evaluate;
#[cfg(feature = "learner")]
pub use explain::{Effects, ExplainedAction, ExplainedObservation, Explainer, Explanation};
#[cfg(feature = "learner")]
pub use health::Collapse;
pub use homes::{HomeOverride, HomesSpec, Which, WhichRule};
pub use intervals::{Estimates, Intervals, RESAMPLES};
#[cfg(feature = "learner")]
pub use learned::Learned;
pub use mean_day::MeanDay;
#[cfg(feature = "learner")]
pub use model::Model;
pub use peergrid_agents::{Policy, TimeOfUse};
pub use placed::placed;
pub use policy::{PolicyKind, time_of_use};
pub use replay::{Replay, record};
pub use run::{HomeCost, HomeTotals, Run, Trace};
pub use scene::{Reward, Scene, SceneHome, SceneReason, SceneTrade};
pub use setting::{DataSummary, HomeSummary, Setting};
pub use spec::{
    DataSpec, EpisodeEnd, EpisodeLength, EpisodeSpec, FileSpec, HeldOut, Spec, SplitSpec,
    TrainingSpec,
};
#[cfg(feature = "learner")]
pub use streams::Streams;
#[cfg(feature = "learner")]
pub use training::{Iteration, Training, ValidationKpis};
#[cfg(feature = "learner")]
pub use trial::Trial;
