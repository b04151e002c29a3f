//! Running a plan: every training and every evaluation as a job of its own, on all cores.

use peergrid_agents::Policy;
use peergrid_ppo::Compute;

use super::{
    folds::{self, CrossFitted, FIRST_DAY, WEEK},
    measured::{Figures, Measure},
    plan::{AgentPlan, Course, Plan, Section},
};
use crate::{
    LabError, MeanDay, Model, PolicyKind, Run, Setting, Training,
    evaluate::{evaluate, evaluate_long},
    parallel::{self, guarded},
};

/// All that a study found.
#[derive(Debug, Clone)]
pub struct Study {
    /// What was run.
    pub plan: Plan,
    /// By section, in the plan's order.
    pub sections: Vec<SectionOutcome>,
}

/// What one section found.
#[derive(Debug, Clone)]
pub struct SectionOutcome {
    /// By policy: those that do not learn, then the agents.
    pub policies: Vec<PolicyOutcome>,
    /// Cost on the validation days of the policies that do not learn, $/day, by short name: what
    /// learning curves are held against. Empty where agents are cross-fitted.
    pub validation: Vec<(&'static str, f64)>,
    /// Core-seconds that all jobs took.
    pub seconds: f64,
}

/// What one policy did.
#[derive(Debug, Clone)]
pub struct PolicyOutcome {
    /// Short name.
    pub id: &'static str,
    /// What a person calls it.
    pub label: &'static str,
    /// Whether it was trained.
    pub is_agent: bool,
    /// By seed, in the plan's order; one in all for a policy that does not learn.
    pub runs: Vec<Outcome>,
}

/// One run of a policy.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// By held-out day, or by week.
    pub figures: Figures,
    /// The mean day.
    pub mean_day: MeanDay,
    /// How learning went, one per training.
    pub curves: Vec<Curve>,
    /// What the policy has to say of how it came about.
    pub note: Option<String>,
}

/// How an agent stood on validation days while it learned.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Curve {
    /// Home-steps done.
    pub steps: Vec<u64>,
    /// Cost, $/day, without wear.
    pub cost: Vec<f64>,
}

/// How far a study is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress<'a> {
    /// The work of the whole plan, in units that take about the same time; said once.
    Planned(u64),
    /// So much of it was done.
    Worked(u64),
    /// A job ended.
    Ended(&'a str),
}

/// Hears of progress, from several threads.
type Watch<'a> = &'a (dyn Fn(Progress) + Sync);

/// Something to run that depends on nothing else.
struct Job<'a> {
    section: &'a Section,
    place: usize,
    what: What,
}

#[derive(Clone, Copy)]
enum What {
    Fixed(PolicyKind),
    Agent(AgentPlan, u64),
}

/// What a job leaves behind.
struct Done {
    outcome: Outcome,
    validation: Option<f64>,
    seconds: f64,
}

/// Runs `plan` on `threads` threads.
///
/// # Errors
/// [`LabError::Job`] of the first job that fails.
pub fn run(plan: Plan, threads: usize, watch: Watch) -> Result<Study, LabError> {
    let mut jobs = jobs(&plan);
    // The longest first, so that no core waits for a long last one.
    jobs.sort_by_key(|job| std::cmp::Reverse(job.work()));
    watch(Progress::Planned(jobs.iter().map(Job::work).sum()));
    let done = parallel::map(&jobs, threads, |job| {
        let done = guarded(|| job.run(watch))
            .map_err(|source| LabError::Job { job: job.name(), source: Box::new(source) });
        watch(Progress::Ended(&job.name()));
        done
    })?;
    let mut done: Vec<_> = jobs.iter().zip(done).map(|(job, done)| (job.key(), done)).collect();
    let sections = plan
        .sections
        .iter()
        .enumerate()
        .map(|(place, section)| gather(place, section, &plan.seeds, &mut done));
    let sections = sections.collect();
    drop(jobs);
    Ok(Study { plan, sections })
}

fn jobs(plan: &Plan) -> Vec<Job<'_>> {
    let mut jobs = Vec::new();
    for (place, section) in plan.sections.iter().enumerate() {
        let mut add = |what| jobs.push(Job { section, place, what });
        for &kind in PolicyKind::FIXED {
            add(What::Fixed(kind));
        }
        for &seed in &plan.seeds {
            for &agent in &section.agents {
                add(What::Agent(agent, seed));
            }
        }
    }
    jobs
}

/// Section, policy and seed of a job.
type Key = (usize, &'static str, Option<u64>);

/// Puts a section's jobs together again.
fn gather(
    place: usize,
    section: &Section,
    seeds: &[u64],
    done: &mut Vec<(Key, Done)>,
) -> SectionOutcome {
    let (mut validation, mut seconds) = (Vec::new(), 0.0);
    let mut take = |id: &'static str, seed: Option<u64>| {
        let found = done.iter().position(|(key, _)| *key == (place, id, seed))?;
        let (_, done) = done.swap_remove(found);
        seconds += done.seconds;
        validation.extend(done.validation.map(|cost| (id, cost)));
        Some(done.outcome)
    };
    let mut policies = Vec::new();
    for &kind in PolicyKind::FIXED {
        let (id, label, is_agent) = (kind.id(), kind.label(), false);
        let runs = take(id, None).into_iter().collect();
        policies.push(PolicyOutcome { id, label, is_agent, runs });
    }
    for &AgentPlan { id, label, .. } in &section.agents {
        let runs = seeds.iter().filter_map(|&seed| take(id, Some(seed))).collect();
        policies.push(PolicyOutcome { id, label, is_agent: true, runs });
    }
    SectionOutcome { policies, validation, seconds }
}

/// Work of a policy that does not learn, in home-steps of training that take about as long: on
/// held-out days, and over a year.
const FIXED_WORK: [u64; 2] = [20_000, 200_000];
/// Homes whose simulation takes as long as learning from one home's step.
const HOMES_PER_LEARNING: f64 = 40.0;

impl Job<'_> {
    fn name(&self) -> String {
        let section = &self.section.title;
        match self.what {
            What::Fixed(kind) => format!("{section}, {}", kind.label()),
            What::Agent(agent, seed) => format!("{section}, {}, seed {seed}", agent.label),
        }
    }

    fn key(&self) -> Key {
        match self.what {
            What::Fixed(kind) => (self.place, kind.id(), None),
            What::Agent(agent, seed) => (self.place, agent.id, Some(seed)),
        }
    }

    /// About how long it takes, in home-steps of learning on a small street.
    fn work(&self) -> u64 {
        match self.what {
            What::Fixed(_) => match self.section.course {
                Course::HeldOut => FIXED_WORK[0],
                Course::Year => FIXED_WORK[1],
            },
            What::Agent(..) => {
                let trainings = match self.section.course {
                    Course::HeldOut => 1,
                    Course::Year => folds::FOLDS as u64,
                };
                self.scaled(self.section.setting.spec.ppo.total_timesteps) * trainings
            }
        }
    }

    /// Home-steps of this section as work.
    fn scaled(&self, steps: u64) -> u64 {
        let homes = self.section.setting.community.homes() as f64;
        (steps as f64 * (1.0 + homes / HOMES_PER_LEARNING)).round() as u64
    }

    fn run(&self, watch: Watch) -> Result<Done, LabError> {
        let started = std::time::Instant::now();
        let (outcome, validation) = match self.what {
            What::Fixed(kind) => {
                let done = self.fixed(kind);
                watch(Progress::Worked(self.work()));
                done?
            }
            What::Agent(agent, seed) => (self.agent(&agent, seed, watch)?, None),
        };
        Ok(Done { outcome, validation, seconds: started.elapsed().as_secs_f64() })
    }

    /// A policy that does not learn, and its cost on validation days.
    fn fixed(&self, kind: PolicyKind) -> Result<(Outcome, Option<f64>), LabError> {
        let setting = &self.section.setting;
        let counts_wear = self.section.counts_wear;
        if self.section.course == Course::Year {
            let tuned = |setting: &Setting| policy(kind, setting, counts_wear);
            let mut policy = if kind == PolicyKind::TimeOfUse {
                let [first, second] = folds::settings(setting)?;
                Box::new(CrossFitted([tuned(&first)?, tuned(&second)?]))
            } else {
                tuned(setting)?
            };
            let outcome = self.over_the_year(policy.as_mut())?;
            return Ok((outcome, None));
        }
        // One for each part: what a policy notes is of the days it acted on.
        let of_part = || policy(kind, setting, counts_wear);
        let validation = evaluate(of_part()?.as_mut(), setting, &setting.validation)?;
        let cost = validation.total_cost() / validation.total_days();
        let outcome = self.on_held_out_days(of_part()?.as_mut())?;
        Ok((outcome, Some(cost)))
    }

    /// An agent: trained, then run.
    fn agent(&self, agent: &AgentPlan, seed: u64, watch: Watch) -> Result<Outcome, LabError> {
        let train = |setting: &Setting| {
            let setting = self.section.training(setting, agent, seed);
            train(setting, |steps| watch(Progress::Worked(self.scaled(steps))))
        };
        let setting = &self.section.setting;
        match self.section.course {
            Course::HeldOut => {
                let (model, curve) = train(setting)?;
                let outcome = self.on_held_out_days(&mut model.policy(setting))?;
                Ok(Outcome { curves: vec![curve], ..outcome })
            }
            Course::Year => {
                let [first, second] = folds::settings(setting)?;
                let ((a, curve_a), (b, curve_b)) = (train(&first)?, train(&second)?);
                let policies = [a, b].map(|m| Box::new(m.policy(setting)) as Box<dyn Policy>);
                let outcome = self.over_the_year(&mut CrossFitted(policies))?;
                Ok(Outcome { curves: vec![curve_a, curve_b], ..outcome })
            }
        }
    }

    fn on_held_out_days(&self, policy: &mut dyn Policy) -> Result<Outcome, LabError> {
        let setting = &self.section.setting;
        let run = evaluate(policy, setting, &setting.held_out)?;
        Ok(self.outcome(&run, setting.spec.episode.length.days()))
    }

    fn over_the_year(&self, policy: &mut dyn Policy) -> Result<Outcome, LabError> {
        let setting = &self.section.setting;
        let days = folds::weeks(setting.community.days()) * WEEK;
        let run = evaluate_long(policy, setting, FIRST_DAY, days)?;
        Ok(self.outcome(&run, WEEK))
    }

    fn outcome(&self, run: &Run, days_per_unit: usize) -> Outcome {
        Outcome {
            figures: Figures::new(run, days_per_unit, self.section.counts_wear),
            mean_day: MeanDay::new(run),
            curves: Vec::new(),
            note: run.note.clone(),
        }
    }
}

/// Trains to the end and keeps the best agent of the validation days; `worked` hears of the
/// home-steps of every iteration.
fn train(setting: Setting, worked: impl Fn(u64)) -> Result<(Model, Curve), LabError> {
    let mut training = Training::new(setting, Compute::Cpu)?;
    let mut curve = Curve::default();
    loop {
        let iteration = pollster::block_on(training.iterate())?;
        worked(iteration.stats.rollout_steps);
        if let Some(agent) = iteration.validation.get(PolicyKind::Agent.id()) {
            curve.steps.push(iteration.stats.total_steps);
            curve.cost.push(agent.cost);
        }
        if iteration.done {
            return Ok((training.best(), curve));
        }
    }
}

/// A policy that does not learn.
fn policy(
    kind: PolicyKind,
    setting: &Setting,
    counts_wear: bool,
) -> Result<Box<dyn Policy>, LabError> {
    let wear = if counts_wear { setting.spec.homes.battery.wear_per_kwh } else { 0.0 };
    kind.counting_wear(setting, wear)
        .ok_or_else(|| LabError::Missing(format!("{} must be trained", kind.label())))
}

impl PolicyOutcome {
    /// A measure's values by run and unit.
    pub fn table(&self, measure: Measure) -> Vec<&[f64]> {
        self.runs.iter().map(|run| run.figures.of(measure)).collect()
    }
}

impl SectionOutcome {
    /// The policy with this short name.
    pub fn policy(&self, id: &str) -> Option<&PolicyOutcome> {
        self.policies.iter().find(|policy| policy.id == id)
    }

    /// Held-out days, or weeks.
    pub fn units(&self) -> usize {
        let first = self.policies.iter().find_map(|policy| policy.runs.first());
        first.map_or(0, |run| run.figures.units())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;
    use crate::study::{Circumstances, Extent, sections_in, write_up};

    #[test]
    fn faults_are_told_by_their_job() {
        let quiet = |_: Progress| {};
        let mut plan = Plan::short(&Extent::default()).unwrap();
        plan.sections.truncate(1);
        plan.sections[0].setting.spec.ppo.n_steps = 0;
        let message = run(plan, 1, &quiet).unwrap_err().to_string();
        assert!(message.starts_with("Setting S: four synthetic homes, "), "{message}");
        assert!(message.contains("seed 1: ") && message.contains("n_steps"), "{message}");
        let panicked = guarded(|| -> Result<(), LabError> { panic!("no {}", "more") });
        assert_eq!(panicked.unwrap_err().to_string(), "it panicked: no more");
    }

    #[test]
    fn a_study_runs_and_is_written_up() {
        let (planned, worked) = (AtomicU64::new(0), AtomicU64::new(0));
        let watch = |progress: Progress| match progress {
            Progress::Planned(work) => planned.store(work, Ordering::Relaxed),
            Progress::Worked(work) => _ = worked.fetch_add(work, Ordering::Relaxed),
            Progress::Ended(_) => {}
        };
        let plan = Plan::short(&Extent::default()).unwrap();
        let study = run(plan, 2, &watch).unwrap();
        // Iterations are whole, so a little more is done than planned.
        assert!(worked.into_inner() >= planned.into_inner());
        for (section, outcome) in study.plan.sections.iter().zip(&study.sections) {
            let policies = PolicyKind::FIXED.len() + section.agents.len();
            assert_eq!(outcome.policies.len(), policies, "{}", section.id);
            assert!(outcome.policies.iter().all(|policy| policy.runs.len() == 1), "{}", section.id);
            let units = match section.course {
                Course::HeldOut => section.setting.held_out.len(),
                Course::Year => 6,
            };
            assert_eq!(outcome.units(), units, "{}", section.id);
        }
        let mean = |section: usize, id: &str| {
            let cost = study.sections[section].policy(id).unwrap().table(Measure::Cost)[0];
            cost.iter().sum::<f64>() / cost.len() as f64
        };
        // Wear costs whoever uses batteries, and nobody else.
        assert_eq!(mean(0, "no_battery"), mean(1, "no_battery"));
        assert!(mean(1, "rule_based") > mean(0, "rule_based") + 0.1);
        for section in 0..3 {
            assert!(mean(section, "optimum") < mean(section, "rule_based"), "{section}");
        }
        let circumstances = Circumstances {
            date: "2026-01-01".to_owned(),
            commit: "abc".to_owned(),
            machine: "a machine".to_owned(),
            threads: 2,
            seconds: 61.0,
            command: "peergrid results".to_owned(),
            remarks: vec!["A trial.".to_owned()],
        };
        let text = write_up(&study, &circumstances, &[]);
        assert_eq!(sections_in(&text), ["S", "S-wear", "S-year"]);
        for said in ["A trial.", "1 min 1 s on 2 threads", "w_grid", "Price of anarchy", "| abc |"]
        {
            assert!(text.contains(said), "{said} is missing in\n{text}");
        }
        assert!(!text.contains("NaN"), "{text}");
    }
}
