//! Running a sweep: each run as training and evaluation alone would do it.

use std::time::Instant;

use peergrid_agents::RuleBased;
use peergrid_data::Neighbourhood;
use peergrid_ppo::Compute;

use super::{
    SweepError, SweepPlan, SweepRun,
    row::{Kpis, Row, kpis},
};
use crate::{
    DataSpec, LabError, Setting, Spec, Training,
    evaluate::evaluate,
    parallel::{self, guarded},
    training,
};

/// Where runs get their data from; called from several threads.
pub type Source<'a> = &'a (dyn Fn(&DataSpec) -> Result<Neighbourhood, LabError> + Sync);

/// Checks on `threads` threads what runs need beyond ranges: that their homes are in the data, that
/// days are left to hold out, that there is something to learn. Seeds make no difference to it.
///
/// # Errors
/// Data that all runs share and that is not there, or is broken; else the first combination that
/// could not be trained.
pub fn check(
    plan: &SweepPlan,
    runs: &[&SweepRun],
    threads: usize,
    data: Source,
) -> Result<(), SweepError> {
    let Some(any) = runs.first() else { return Ok(()) };
    if !plan.varies("data") {
        data(&any.spec.data).map_err(|error| SweepError::of_spec(&error))?;
    }
    let combination = |run: &SweepRun| (run.run - 1) / plan.seeds.len();
    let alike = runs.chunk_by(|a, b| combination(a) == combination(b));
    let firsts: Vec<_> = alike.map(|runs| runs[0]).collect();
    parallel::map(&firsts, threads, |run| {
        let setting = setting(&run.spec, data);
        setting
            .and_then(|setting| training::check(&setting))
            .map_err(|error| plan.blame_run(run, error))
    })?;
    Ok(())
}

/// Trains on the CPU to the planned length, and judges the agent that was best on the validation days
/// on the held-out days, beside the rule-based homes. `watch` hears of every iteration's home-steps.
///
/// What goes wrong stands in the row.
pub fn run(run: &SweepRun, data: Source, watch: &dyn Fn(u64)) -> Row {
    let started = Instant::now();
    let found = guarded(|| measure(&run.spec, data, watch));
    Row::new(run, started.elapsed().as_secs_f64(), found)
}

fn setting(spec: &Spec, data: Source) -> Result<Setting, LabError> {
    Setting::new(spec.clone(), data(&spec.data)?)
}

/// The measures of the best agent and of the rule-based homes.
fn measure(spec: &Spec, data: Source, watch: &dyn Fn(u64)) -> Result<[Kpis; 2], LabError> {
    let setting = setting(spec, data)?;
    let mut training = Training::new(setting.clone(), Compute::Cpu)?;
    loop {
        let iteration = pollster::block_on(training.iterate())?;
        watch(iteration.stats.rollout_steps);
        if iteration.done {
            break;
        }
    }
    let mut agent = training.best().policy(&setting);
    let agent = evaluate(&mut agent, &setting, &setting.held_out)?;
    let rules = evaluate(&mut RuleBased, &setting, &setting.held_out)?;
    Ok([kpis(&agent), kpis(&rules)])
}
