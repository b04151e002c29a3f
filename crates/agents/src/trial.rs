//! Trying policies out in the environment.

use peergrid_env::{Checked, Microgrids, Settled};
use peergrid_guard::Action;

use crate::Policy;

/// Runs a policy to the episodes' end and shows every settled step; `None` where the feeder cannot
/// carry what it does.
pub(crate) fn run(
    policy: &mut dyn Policy,
    microgrids: &mut Microgrids,
    mut each: impl FnMut(&Settled),
) -> Option<()> {
    let mut proposed = vec![Action::default(); microgrids.soc().len()];
    let (mut checked, mut settled) = (Checked::default(), Settled::default());
    while !microgrids.ended() {
        policy.propose(microgrids, &mut proposed);
        microgrids.check(&proposed, &mut checked);
        microgrids.step(&checked, &mut settled).ok()?;
        each(&settled);
    }
    Some(())
}

/// What is left in the battery of home `i` of all microgrids, above its lowest charge, is worth, $.
pub(crate) fn value_left(microgrids: &Microgrids, i: usize) -> f64 {
    let c = microgrids.community();
    let home = i % c.homes();
    c.end_value(home) * (microgrids.soc()[i] - c.battery_step(home).soc_min)
}
