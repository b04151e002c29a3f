//! What an engine holds between calls, in plain Rust.

use std::collections::BTreeMap;

use peergrid_data::{Format, Neighbourhood, QualityReport, Reader};
use peergrid_env::EnvError;
use peergrid_lab::{
    DataSpec, DataSummary, FileSpec, HomesSpec, Iteration, LabError, Model, Policy, PolicyKind,
    Run, Setting, Spec, Training, Which, WhichRule, evaluate,
    kpi::{KPIS, Kpi},
    presets::{AGENTS, AgentPreset, PRESETS, agent_label},
    results::{PolicyResult, Summary, to_csv},
};
use peergrid_ppo::Compute;
use serde::Serialize;

use crate::{
    menus::{self, Mechanism, NamedTariff},
    trace::DayTrace,
};

/// A file that was read.
struct LoadedFile {
    name: String,
    data: Neighbourhood,
    quality: QualityReport,
}

/// One setting, one agent, its evaluation.
pub struct Session {
    compute: Compute,
    pub(crate) setting: Setting,
    file: Option<LoadedFile>,
    reader: Option<(String, Reader)>,
    training: Option<Training>,
    /// A loaded agent; training goes on from it.
    loaded: Option<Model>,
    runs: BTreeMap<&'static str, Run>,
    tariffs: Vec<NamedTariff>,
}

/// What the page shows of a setting.
#[derive(Serialize)]
pub struct View<'a> {
    spec: &'a Spec,
    data: DataView<'a>,
    days: Days,
    held_out: Vec<String>,
    policies: Vec<PolicyView>,
    agents: &'static [AgentPreset],
    mechanisms: [Mechanism; menus::MECHANISMS],
    tariffs: &'a [NamedTariff],
    /// The id of the tariff in use; null for one of the user's own.
    tariff: Option<&'static str>,
    warnings: Vec<String>,
    kpis: &'static [Kpi],
}

#[derive(Serialize)]
struct DataView<'a> {
    #[serde(flatten)]
    summary: &'a DataSummary,
    quality: Option<&'a QualityReport>,
}

#[derive(Serialize)]
struct Days {
    train: usize,
    validation: usize,
}

#[derive(Serialize)]
struct PolicyView {
    id: &'static str,
    label: &'static str,
    role: &'static str,
}

impl Session {
    /// A session on the first preset.
    pub fn new(compute: Compute) -> Result<Self, LabError> {
        let spec = PRESETS[0].spec()?;
        let data = spec.data.without_file()?;
        Ok(Self {
            compute,
            setting: Setting::new(spec, data)?,
            file: None,
            reader: None,
            training: None,
            loaded: None,
            runs: BTreeMap::new(),
            tariffs: menus::tariffs().map_err(EnvError::from)?,
        })
    }

    /// Makes `spec` the setting and drops the agent.
    pub fn configure(&mut self, spec: Spec) -> Result<(), LabError> {
        let data = self.data_for(&spec)?;
        self.adopt(Setting::new(spec, data)?);
        Ok(())
    }

    fn data_for(&self, spec: &Spec) -> Result<Neighbourhood, LabError> {
        match (&spec.data, &self.file) {
            (DataSpec::File(wanted), Some(file)) if same_file(&wanted.path, &file.name) => {
                Ok(file.data.clone())
            }
            (data, _) => data.without_file(),
        }
    }

    fn adopt(&mut self, setting: Setting) {
        self.setting = setting;
        self.training = None;
        self.loaded = None;
        self.runs.clear();
    }

    /// Starts reading a file.
    pub fn open_data(&mut self, name: &str) {
        self.reader = Some((name.to_owned(), Reader::new(name, Format::Auto)));
    }

    /// Reads on; a broken file is closed.
    pub fn push_data(&mut self, chunk: &[u8]) -> Result<usize, LabError> {
        let (_, reader) = self.reader.as_mut().ok_or_else(no_file)?;
        let rows = reader.push(chunk).map(|()| reader.rows());
        if rows.is_err() {
            self.reader = None;
        }
        Ok(rows?)
    }

    /// Makes the file the data of the setting. Homes keep the PV they were measured with, and every
    /// other one gets the present battery, unless the specification was made for this file.
    pub fn close_data(&mut self) -> Result<(), LabError> {
        let (name, reader) = self.reader.take().ok_or_else(no_file)?;
        let (data, quality) = reader.finish()?;
        let spec = &self.setting.spec;
        let made_for_it = matches!(&spec.data, DataSpec::File(f) if same_file(&f.path, &name));
        let kept = made_for_it.then(|| Setting::new(spec.clone(), data.clone()));
        let setting = match kept {
            Some(Ok(setting)) => setting,
            // A file of the same name may hold other homes.
            _ => Setting::new(spec_for_file(spec.clone(), &name, &data), data.clone())?,
        };
        self.file = Some(LoadedFile { name, data, quality });
        self.adopt(setting);
        Ok(())
    }

    /// Forgets the file that is being read.
    pub fn cancel_data(&mut self) {
        self.reader = None;
    }

    /// What the page shows of the setting.
    pub fn view(&self) -> View<'_> {
        let setting = &self.setting;
        let from_file = matches!(setting.spec.data, DataSpec::File(_));
        let quality = self.file.as_ref().filter(|_| from_file).map(|f| &f.quality);
        View {
            spec: &setting.spec,
            data: DataView { summary: &setting.data, quality },
            days: Days { train: setting.train.len(), validation: setting.validation.len() },
            held_out: setting.held_out_dates(),
            policies: self.policies(),
            agents: &AGENTS,
            mechanisms: menus::mechanisms(),
            tariffs: &self.tariffs,
            tariff: menus::id_of(&setting.spec.tariff, &self.tariffs),
            warnings: setting.warnings(),
            kpis: &KPIS,
        }
    }

    fn policies(&self) -> Vec<PolicyView> {
        let view = |kind: PolicyKind| PolicyView {
            id: kind.id(),
            label: self.label(kind),
            role: match kind {
                PolicyKind::NoBattery => "no_battery",
                PolicyKind::RuleBased => "rule_based",
                PolicyKind::StreetGreedy => "street_greedy",
                PolicyKind::SelfishOptimum => "selfish_optimum",
                PolicyKind::Optimum => "optimum",
                PolicyKind::Agent => "grid_aware",
            },
        };
        PolicyKind::FIXED.iter().copied().chain([PolicyKind::Agent]).map(view).collect()
    }

    fn label(&self, kind: PolicyKind) -> &'static str {
        match kind {
            PolicyKind::Agent => agent_label(&self.setting.spec.reward.weights),
            fixed => fixed.label(),
        }
    }

    /// One iteration of training.
    pub async fn iterate(&mut self) -> Result<Iteration, LabError> {
        self.runs.remove(PolicyKind::Agent.id());
        let mut training = match self.training.take() {
            Some(training) => training,
            None => self.start_training()?,
        };
        let iteration = training.iterate().await;
        self.training = Some(training);
        iteration
    }

    fn start_training(&self) -> Result<Training, LabError> {
        let mut training = Training::new(self.setting.clone(), self.compute.clone())?;
        if let Some(model) = &self.loaded {
            training.resume(model)?;
        }
        Ok(training)
    }

    /// A fresh agent in the same setting.
    pub fn reset(&mut self) {
        self.training = None;
        self.loaded = None;
        self.runs.remove(PolicyKind::Agent.id());
    }

    fn model(&self) -> Option<Model> {
        self.training.as_ref().map(Training::best).or_else(|| self.loaded.clone())
    }

    pub(crate) fn policy(&self, kind: PolicyKind) -> Result<Box<dyn Policy>, LabError> {
        match (kind.fixed(), self.model()) {
            (Some(fixed), _) => Ok(fixed),
            (None, Some(model)) => Ok(Box::new(model.policy(&self.setting))),
            (None, None) => Err(untrained()),
        }
    }

    /// The run of a policy on the held-out days, computed once.
    fn run(&mut self, policy: &str) -> Result<(PolicyKind, &Run), LabError> {
        let kind = PolicyKind::by_id(policy)?;
        if !self.runs.contains_key(kind.id()) {
            let mut policy = self.policy(kind)?;
            let run = evaluate(policy.as_mut(), &self.setting, &self.setting.held_out)?;
            self.runs.insert(kind.id(), run);
        }
        Ok((kind, &self.runs[kind.id()]))
    }

    /// The measures of a policy on the held-out days.
    pub fn evaluate(&mut self, policy: &str) -> Result<PolicyResult, LabError> {
        let kind = self.run(policy)?.0;
        Ok(PolicyResult::new(kind.id(), self.label(kind), &self.runs[kind.id()]))
    }

    /// One held-out day of a policy.
    pub fn day(&mut self, policy: &str, index: usize) -> Result<DayTrace, LabError> {
        let kind = self.run(policy)?.0;
        DayTrace::new(&self.setting, &self.runs[kind.id()], index)
    }

    /// Every held-out step of a policy as CSV.
    pub fn csv(&mut self, policy: &str) -> Result<String, LabError> {
        let kind = self.run(policy)?.0;
        to_csv(&self.setting, &self.runs[kind.id()])
    }

    /// The measures of all policies evaluated so far.
    pub fn summary(&self) -> Summary {
        let kinds = PolicyKind::FIXED.iter().copied().chain([PolicyKind::Agent]);
        let results = kinds.filter_map(|kind| {
            let run = self.runs.get(kind.id())?;
            Some(PolicyResult::new(kind.id(), self.label(kind), run))
        });
        Summary::new(&self.setting, results.collect())
    }

    /// The best agent so far as a file.
    pub fn save_model(&self) -> Result<Vec<u8>, LabError> {
        self.model().ok_or_else(untrained)?.to_bytes()
    }

    /// Adopts a saved agent and its specification.
    pub fn load_model(&mut self, bytes: &[u8]) -> Result<(), LabError> {
        let model = Model::from_bytes(bytes)?;
        let data = self.data_for(&model.spec)?;
        self.adopt(Setting::new(model.spec.clone(), data)?);
        self.loaded = Some(model);
        Ok(())
    }
}

/// Whether two paths name the same file, wherever it lies: a page never learns the folder.
fn same_file(a: &str, b: &str) -> bool {
    let name = |path: &str| path.rsplit(['/', '\\']).next().map(str::to_owned);
    name(a) == name(b)
}

/// `spec` changed to suit a file: all its homes, iterations of whole episodes and of a size that
/// fits any number of homes.
fn spec_for_file(mut spec: Spec, name: &str, data: &Neighbourhood) -> Spec {
    spec.data = DataSpec::File(FileSpec { path: name.to_owned(), format: Format::Auto });
    let battery = spec.homes.battery;
    let pv_homes = Which::Rule(WhichRule::All);
    spec.homes = HomesSpec { pv_homes, pv_kwp: None, battery, ..HomesSpec::default() };
    let agents = data.homes.len().div_ceil(2);
    spec.ppo.steps = data.steps_per_day() * spec.episode.length.days();
    spec.training.microgrids = (1000 / agents).clamp(4, 200);
    // Equal minibatches of at most the present size, so that no step is left out.
    let rows = agents * spec.training.microgrids * spec.ppo.steps;
    let minibatches = (rows.div_ceil(spec.ppo.batch_size)..=rows).find(|n| rows.is_multiple_of(*n));
    spec.ppo.batch_size = rows / minibatches.unwrap_or(1);
    spec
}

fn untrained() -> LabError {
    LabError::Missing("nothing has been trained or loaded yet".to_owned())
}

fn no_file() -> LabError {
    LabError::Missing("no data file is being read".to_owned())
}
