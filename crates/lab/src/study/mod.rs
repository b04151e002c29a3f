//! A study: every policy on every setting over several seeds, judged and written up.
//!
//! ```text
//! Plan ─ sections: a setting, its agents, how it is judged
//!   └─ run ─► Study: per policy and seed the figures of every held-out day (or week of a year)
//!        └─ judge ─► means with bootstrap intervals, gaps closed, contrasts
//!             └─ write_up ─► Markdown
//! ```
//!
//! Nothing in the text is written by hand that the figures could contradict: who is ahead of whom,
//! and whether a target is reached, is read off the intervals.

mod folds;
mod judge;
mod measured;
mod plan;
mod report;
mod run;

pub use judge::{Contrast, Judged, Row, Verdict};
pub use measured::{Figures, Measure};
pub use plan::{AgentPlan, Course, Extent, Plan, Section, Target};
pub use report::{Circumstances, Figure, sections_in, write_up};
pub use run::{Curve, Outcome, PolicyOutcome, Progress, SectionOutcome, Study, run};
