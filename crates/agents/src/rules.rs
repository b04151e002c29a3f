//! Rules: what a home or a street would do without any foresight.

use peergrid_env::Microgrids;
use peergrid_guard::Action;

use crate::{Policy, honest};

/// Leaves every battery alone.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoBattery;

/// Each home for itself: charges from its own surplus, serves its own deficit.
#[derive(Debug, Clone, Copy, Default)]
pub struct RuleBased;

/// Every battery takes its share of the street's surplus and gives its share of the street's
/// deficit.
#[derive(Debug, Clone, Copy, Default)]
pub struct StreetGreedy;

impl Policy for NoBattery {
    fn propose(&mut self, microgrids: &Microgrids, proposed: &mut [Action]) {
        honest(microgrids, proposed, |_| 0.0);
    }
}

impl Policy for RuleBased {
    fn propose(&mut self, microgrids: &Microgrids, proposed: &mut [Action]) {
        honest(microgrids, proposed, |i| -microgrids.base_kw()[i]);
    }
}

impl Policy for StreetGreedy {
    fn propose(&mut self, microgrids: &Microgrids, proposed: &mut [Action]) {
        honest(microgrids, proposed, |i| microgrids.follow_street(i));
    }
}
