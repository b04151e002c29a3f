//! What the page shows of a setting: presets, data, days, policies, measures.

use peergrid_data::{Format, Neighbourhood, QualityReport};
use peergrid_env::Stress;
use peergrid_lab::{
    DataSpec, DataSummary, FileSpec, HomesSpec, LabError, PolicyKind, Setting, Spec, Which,
    WhichRule,
    kpi::{KPIS, Kpi},
    presets::{AGENTS, AgentPreset, LEARNERS, LearnerPreset, PRESETS},
};
use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::{
    engine::{Engine, to_js},
    menus::{self, Mechanism, NamedTariff},
    series::{CalendarDay, calendar},
    session::{Session, same_file},
};

/// What the page shows of a setting.
#[derive(Serialize)]
struct View<'a> {
    spec: &'a Spec,
    data: DataView<'a>,
    days: Days,
    held_out: Vec<String>,
    calendar: Vec<CalendarDay>,
    policies: Vec<PolicyView>,
    agents: &'static [AgentPreset],
    learners: &'static [LearnerPreset],
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
    /// Names of all homes there are, those that take no part as well.
    all_homes: Vec<String>,
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
    /// Whether it plans whole days or is tuned on them, which can take seconds.
    plans: bool,
}

impl Session {
    /// Makes the file the data of the setting. Homes keep the PV they were measured with, and every
    /// other one gets the present battery, unless the specification was made for this file.
    fn close_data(&mut self) -> Result<(), LabError> {
        let file = self.take_file()?;
        let spec = &self.setting.spec;
        let made_for_it = matches!(&spec.data, DataSpec::File(f) if same_file(&f.path, &file.name));
        let kept = made_for_it.then(|| Setting::new(spec.clone(), file.data.clone()));
        let setting = if let Some(Ok(setting)) = kept {
            setting
        } else {
            // Another file, or one of the same name that holds other homes.
            let spec = spec_for_file(spec.clone(), &file.name, &file.data);
            Setting::new(spec, file.data.clone())?
        };
        self.file = Some(file);
        self.adopt(setting);
        Ok(())
    }

    /// What the page shows of the setting.
    fn view(&self) -> View<'_> {
        let setting = &self.setting;
        let from_file = matches!(setting.spec.data, DataSpec::File(_));
        let quality = self.file.as_ref().filter(|_| from_file).map(|f| &f.quality);
        View {
            spec: &setting.spec,
            data: DataView { summary: &setting.data, all_homes: self.all_homes(), quality },
            days: Days { train: setting.train.len(), validation: setting.validation.len() },
            held_out: setting.held_out_dates(),
            calendar: calendar(setting),
            policies: self.policies(),
            agents: &AGENTS,
            learners: &LEARNERS,
            mechanisms: menus::mechanisms(),
            tariffs: &self.tariffs,
            tariff: menus::id_of(&setting.spec.tariff, &self.tariffs),
            warnings: setting.warnings(),
            kpis: &KPIS,
        }
    }

    fn policies(&self) -> Vec<PolicyView> {
        use PolicyKind::{Agent, NoBattery, RuleBased, StreetGreedy};
        let view = |kind: PolicyKind| PolicyView {
            id: kind.id(),
            label: self.label(kind),
            role: match kind {
                PolicyKind::NoBattery => "no_battery",
                PolicyKind::RuleBased => "rule_based",
                PolicyKind::StreetGreedy => "street_greedy",
                PolicyKind::TimeOfUse => "time_of_use",
                PolicyKind::Mpc => "mpc",
                PolicyKind::SelfishOptimum => "selfish_optimum",
                PolicyKind::Optimum => "optimum",
                PolicyKind::Agent => "grid_aware",
            },
            plans: !matches!(kind, NoBattery | RuleBased | StreetGreedy | Agent),
        };
        Self::kinds().map(view).collect()
    }
}

/// `spec` changed to suit a file: all its homes, nothing that names other homes or days, iterations
/// of whole episodes and of a size that fits any number of homes.
fn spec_for_file(mut spec: Spec, name: &str, data: &Neighbourhood) -> Spec {
    spec.data = DataSpec::File(FileSpec { path: name.to_owned(), format: Format::Auto });
    let battery = spec.homes.battery;
    let pv_homes = Which::Rule(WhichRule::All);
    spec.homes = HomesSpec { pv_homes, pv_kwp: None, battery, ..HomesSpec::default() };
    spec.split.held_out = None;
    spec.stress = Stress::default();
    if let Some(feeder) = &mut spec.feeder {
        (feeder.fault, feeder.lines) = (None, Vec::new());
    }
    let agents = data.homes.len().div_ceil(2);
    spec.ppo.n_steps = data.steps_per_day() * spec.episode.length.days();
    spec.training.microgrids = (1000 / agents).clamp(4, 200);
    // Equal minibatches of at most the present size, so that no step is left out.
    let rows = agents * spec.training.microgrids * spec.ppo.n_steps;
    let minibatches = (rows.div_ceil(spec.ppo.batch_size)..=rows).find(|n| rows.is_multiple_of(*n));
    spec.ppo.batch_size = rows / minibatches.unwrap_or(1);
    spec
}

/// The specifications that run without a file: `{id, title, description, spec}[]`.
///
/// # Errors
/// None for the presets that ship.
#[wasm_bindgen]
pub fn presets() -> Result<JsValue, JsError> {
    #[derive(Serialize)]
    struct Listed {
        id: &'static str,
        title: String,
        description: String,
        spec: Spec,
    }
    let listed: Vec<Listed> = PRESETS
        .iter()
        .map(|preset| {
            let spec = preset.spec()?;
            let (title, description) = (spec.name.clone(), spec.description.clone());
            Ok(Listed { id: preset.id, title, description, spec })
        })
        .collect::<Result<_, LabError>>()?;
    to_js(&listed)
}

#[wasm_bindgen]
impl Engine {
    /// The setting: specification, data, days, policies, measures.
    ///
    /// # Errors
    /// A value JavaScript cannot hold.
    pub fn setting(&self) -> Result<JsValue, JsError> {
        to_js(&self.session.view())
    }

    /// Makes the file that is being read the data of the setting.
    ///
    /// # Errors
    /// A file without whole days, or too few of them; the old data stays in use then.
    #[wasm_bindgen(js_name = closeData)]
    pub fn close_data(&mut self) -> Result<(), JsError> {
        Ok(self.session.close_data()?)
    }
}
