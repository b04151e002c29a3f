//! The loop that every run of a policy is: propose, check, step, until the episodes end.

use peergrid_agents::Policy;
use peergrid_env::{Checked, Microgrids, Settled};
use peergrid_guard::Action;

use crate::LabError;

/// Lets `policy` act in `microgrids`, which have been reset, until their episodes end; `each` sees
/// every step, counted from 0.
///
/// # Errors
/// A feeder that cannot carry the load; what `each` returns.
pub(crate) fn play(
    policy: &mut dyn Policy,
    microgrids: &mut Microgrids,
    mut each: impl FnMut(usize, &Checked, &Settled) -> Result<(), LabError>,
) -> Result<(), LabError> {
    let mut proposed = vec![Action::default(); microgrids.soc().len()];
    let (mut checked, mut settled) = (Checked::default(), Settled::default());
    while !microgrids.ended() {
        let step = microgrids.step_in_episode();
        policy.propose(microgrids, &mut proposed);
        microgrids.check(&proposed, &mut checked);
        microgrids.step(&checked, &mut settled)?;
        each(step, &checked, &settled)?;
    }
    Ok(())
}
