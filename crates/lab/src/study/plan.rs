//! What a study runs: settings, agents, seeds.

use peergrid_data::Neighbourhood;
use peergrid_reward::{Credit, RewardSettings, Weights};

use super::folds::weeks;
use crate::{
    HomesSpec, LabError, Setting, Spec, Which, WhichRule,
    presets::{PRESETS, agent_id, studied},
};

/// The measured homes, whose data file does not ship.
const EIGHT_HOMES: &str = include_str!("../../../../data/specs/eight-homes.json");

/// Whom the measured data are owed to.
const ATTRIBUTION: &str = "Source: Ausgrid, Solar Home Electricity Data (2010–2013), CC BY 3.0 AU.";

/// The part of a specification's steps that a hundred homes are trained for: every step of theirs
/// costs as much as several of a small street's.
const HUNDRED_HOMES_SHARE: f64 = 0.5;

/// What a study runs.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The sections, in the order of the write-up.
    pub sections: Vec<Section>,
    /// Sections that are left out, each with the reason, in sentences.
    pub left_out: Vec<String>,
    /// The learner's seeds.
    pub seeds: Vec<u64>,
    /// Resamples of the bootstrap.
    pub resamples: usize,
}

/// One setting with all that is run on it.
#[derive(Debug, Clone)]
pub struct Section {
    /// Short name, also in the names of figures.
    pub id: &'static str,
    /// What a person calls it.
    pub title: String,
    /// What it is, in a few sentences.
    pub description: String,
    /// Specification and data, its steps already scaled.
    pub setting: Setting,
    /// The agents that are trained.
    pub agents: Vec<AgentPlan>,
    /// Whether costs count the batteries' wear, for every policy alike.
    pub counts_wear: bool,
    /// On which days policies are judged.
    pub course: Course,
    /// What the default agent is expected to reach, if anything.
    pub target: Option<Target>,
}

/// An agent that is trained.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AgentPlan {
    /// Short name.
    pub id: &'static str,
    /// What a person calls it.
    pub label: &'static str,
    /// What it is rewarded for.
    pub weights: Weights,
    /// Whose outcome counts.
    pub credit: Credit,
}

/// On which days policies are judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Course {
    /// Each held-out episode on its own.
    HeldOut,
    /// Whole weeks from the data's second day on, one after another, as one episode in which the
    /// state of charge is carried over; by cross-fitted agents.
    Year,
}

/// What an agent is expected to reach with every seed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Target {
    /// Import in the peak window against the rule-based policy's, %: at most this.
    pub peak_change_percent: f64,
    /// Share of the cost gap between the rule-based policy and the optimum that is closed, %: at
    /// least this.
    pub closed_percent: f64,
}

/// The target of settings A and B.
const TARGET: Target = Target { peak_change_percent: -65.0, closed_percent: 95.0 };

/// How large a study is.
#[derive(Debug, Clone, PartialEq)]
pub struct Extent {
    /// The learner's seeds.
    pub seeds: Vec<u64>,
    /// The part of each specification's steps that agents are trained for, above 0.
    pub share: f64,
    /// Sections to run, by their short names; all when empty.
    pub only: Vec<String>,
}

impl Default for Extent {
    fn default() -> Self {
        Self { seeds: vec![1, 2, 3, 4, 5], share: 1.0, only: Vec::new() }
    }
}

impl AgentPlan {
    /// The agents of the presets, and the selfish one: profit only, each home for its own.
    pub fn all() -> Vec<Self> {
        let presets = studied().map(|preset| Self {
            id: preset.id,
            label: preset.label,
            weights: preset.weights,
            credit: preset.credit,
        });
        let selfish = Self {
            id: "selfish",
            label: "Selfish agents",
            weights: Weights::PROFIT_ONLY,
            credit: Credit::Own,
        };
        presets.chain([selfish]).collect()
    }

    /// The short name of the agent that a specification asks for by default.
    pub fn default_id() -> &'static str {
        agent_id(&RewardSettings::default())
    }
}

impl Plan {
    /// Everything: settings A to D, A with wear, and A over a year. `eight_homes` is the data of
    /// settings A and B, which are left out without it.
    ///
    /// # Errors
    /// Data that does not hold the eight homes; a section that does not exist.
    pub fn full(eight_homes: Option<&Neighbourhood>, extent: &Extent) -> Result<Self, LabError> {
        let mut sections = Vec::new();
        let mut left_out = Vec::new();
        if let Some(data) = eight_homes {
            sections.extend(measured(data)?);
        } else {
            left_out.push(
                "Settings A and B are left out: the data of the eight measured homes was not found."
                    .to_owned(),
            );
        }
        sections.push(Section::new("C", preset("sydney-street")?, None)?);
        let mut hundred = preset("hundred-homes")?;
        scale(&mut hundred, HUNDRED_HOMES_SHARE);
        hundred.description += " Agents are trained for half of the steps that the specification \
                                names.";
        sections.push(Section::new("D", hundred, None)?);
        Self { sections, left_out, seeds: extent.seeds.clone(), resamples: 4000 }.cut(extent)
    }

    /// The same on four synthetic homes for six weeks, in seconds: to see that everything works, not
    /// to learn anything.
    ///
    /// # Errors
    /// A section that does not exist.
    pub fn short(extent: &Extent) -> Result<Self, LabError> {
        let spec = Spec::from_json(
            r#"{
                "name": "Four synthetic homes",
                "description": "Four synthetic homes for six weeks.",
                "data": {"source": "synthetic", "homes": 4, "days": 43},
                "training": {"microgrids": 4},
                "ppo": {"batch_size": 96, "total_timesteps": 400}
            }"#,
        )?;
        let held_out = Section::new("S", spec, None)?;
        let wear = held_out.clone().with_wear("S-wear");
        let year = held_out.clone().over_a_year("S-year");
        let sections = vec![held_out, wear, year];
        Self { sections, left_out: Vec::new(), seeds: vec![1], resamples: 200 }.cut(extent)
    }

    /// Keeps the asked sections and scales all steps.
    fn cut(mut self, extent: &Extent) -> Result<Self, LabError> {
        let known: Vec<_> = self.sections.iter().map(|section| section.id).collect();
        if let Some(id) = extent.only.iter().find(|id| !known.contains(&id.as_str())) {
            let message = format!("there is no section `{id}`; there are {}", known.join(", "));
            return Err(LabError::Missing(message));
        }
        if !extent.only.is_empty() {
            let (kept, rest): (Vec<_>, Vec<_>) = self
                .sections
                .into_iter()
                .partition(|section| extent.only.iter().any(|id| id == section.id));
            let titles: Vec<_> = rest.iter().map(|section| section.title.clone()).collect();
            self.sections = kept;
            if !titles.is_empty() {
                self.left_out.push(format!("Not asked for: {}.", titles.join("; ")));
            }
        }
        for section in &mut self.sections {
            scale(&mut section.setting.spec, extent.share);
        }
        Ok(self)
    }
}

/// The sections on measured homes.
fn measured(data: &Neighbourhood) -> Result<Vec<Section>, LabError> {
    let spec = Spec::from_json(EIGHT_HOMES)?;
    let spec = Spec { description: format!("{} {ATTRIBUTION}", spec.description), ..spec };
    let all = Which::Rule(WhichRule::All);
    let homes = HomesSpec { pv_homes: all, ..spec.homes.clone() };
    let b = Spec {
        name: "Eight measured homes, PV on all".to_owned(),
        description: "The homes and batteries of setting A, with PV scaled to 5 kWp on all eight."
            .to_owned(),
        homes,
        ..spec.clone()
    };
    let a = Section::new("A", spec, Some(data))?.with_target();
    let wear = a.clone().with_wear("A-wear");
    let year = a.clone().over_a_year("A-year");
    Ok(vec![a, wear, year, Section::new("B", b, Some(data))?.with_target()])
}

fn preset(id: &str) -> Result<Spec, LabError> {
    let found = PRESETS.iter().find(|preset| preset.id == id);
    found.ok_or_else(|| LabError::Missing(format!("there is no preset `{id}`")))?.spec()
}

/// Changes the length of training, to at least one home-step.
fn scale(spec: &mut Spec, share: f64) {
    let steps = spec.ppo.total_timesteps as f64 * share;
    spec.ppo.total_timesteps = steps.round().max(1.0) as u64;
}

impl Section {
    /// A section judged on held-out days, on `data` or, without it, on what the specification
    /// describes.
    fn new(id: &'static str, spec: Spec, data: Option<&Neighbourhood>) -> Result<Self, LabError> {
        let data = data.map_or_else(|| spec.data.without_file(), |data| Ok(data.clone()))?;
        Ok(Self {
            id,
            title: format!("Setting {id}: {}", spec.name.to_lowercase()),
            description: spec.description.clone(),
            setting: Setting::new(spec, data)?,
            agents: AgentPlan::all(),
            counts_wear: false,
            course: Course::HeldOut,
            target: None,
        })
    }

    fn with_target(self) -> Self {
        Self { target: Some(TARGET), ..self }
    }

    /// The same with the batteries' wear in every policy's cost, and in what agents are rewarded
    /// for.
    fn with_wear(mut self, id: &'static str) -> Self {
        let price = self.setting.spec.homes.battery.wear_per_kwh;
        for agent in &mut self.agents {
            agent.weights.degradation = price;
        }
        Self {
            id,
            title: format!("{}, wear counted", self.title),
            description: format!(
                "As before, and every kWh into or out of a battery wears it by {price} $, which \
                 counts in the cost of every policy and in what agents are rewarded for."
            ),
            counts_wear: true,
            target: None,
            ..self
        }
    }

    /// The same as one long run with the state of charge carried over.
    fn over_a_year(mut self, id: &'static str) -> Self {
        let weeks = weeks(self.setting.community.days());
        // Two trainings for each: what selfish homes cost is seen on held-out days.
        self.agents.retain(|agent| agent.credit != Credit::Own);
        Self {
            id,
            title: format!("{}, {weeks} weeks in one go", self.title),
            description: format!(
                "The same homes over {weeks} weeks in a row, from the data's second day on, as one \
                 episode: batteries start at their lowest charge once and carry over what they \
                 hold from day to day. With one year of data no agent can be trained on another \
                 year, so agents are cross-fitted: weeks are dealt to two folds in turn, and for \
                 every seed two agents are trained, each on the days of one fold (one random day of \
                 each of its weeks validates, the others train, as episodes of a day). In each week \
                 acts the agent that was trained and validated on the other fold. What is tuned \
                 without learning is cross-fitted in the same way. The optimum is one linear program \
                 over all weeks."
            ),
            course: Course::Year,
            target: None,
            ..self
        }
    }

    /// The setting that `agent` is trained on with `seed`.
    pub fn training(&self, setting: &Setting, agent: &AgentPlan, seed: u64) -> Setting {
        let mut setting = setting.clone();
        setting.spec.seed = seed;
        setting.spec.reward.weights = agent.weights;
        setting.spec.reward.credit = agent.credit;
        setting
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_there_is_said() {
        let plan = Plan::full(None, &Extent::default()).unwrap();
        let ids = |plan: &Plan| plan.sections.iter().map(|s| s.id).collect::<Vec<_>>();
        assert_eq!(ids(&plan), ["C", "D"]);
        assert!(plan.left_out[0].contains("A and B"));
        let only = |id: &str| Extent { only: vec![id.to_owned()], share: 0.1, ..Extent::default() };
        let cut = Plan::full(None, &only("D")).unwrap();
        assert_eq!((ids(&cut), cut.left_out.len()), (vec!["D"], 2));
        let steps = |plan: &Plan, i: usize| plan.sections[i].setting.spec.ppo.total_timesteps;
        assert_eq!(steps(&cut, 0), steps(&plan, 1) / 10);
        let error = Plan::full(None, &only("Z")).unwrap_err().to_string();
        assert_eq!(error, "there is no section `Z`; there are C, D");
    }

    #[test]
    fn wear_counts_for_everybody() {
        let plan = Plan::short(&Extent::default()).unwrap();
        let [plain, wear, year] = &plan.sections[..] else { panic!("three sections") };
        assert!(!plain.counts_wear && wear.counts_wear && !year.counts_wear);
        assert!(wear.agents.iter().all(|agent| agent.weights.degradation == 0.03));
        assert!(plain.agents.iter().all(|agent| agent.weights.degradation == 0.0));
        assert!(plain.agents.iter().any(|agent| agent.id == AgentPlan::default_id()));
        let (selfish, seed) = (plain.agents.last().unwrap(), 4);
        let trained = plain.training(&plain.setting, selfish, seed).spec;
        assert_eq!((trained.seed, trained.reward.credit), (4, Credit::Own));
    }
}
