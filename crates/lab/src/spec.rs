//! The specification: one document that describes an experiment wholly.

use peergrid_data::{Format, Synthetic};
use peergrid_env::{BatteryMode, Tariff};
use peergrid_physics::{Feeder, FeederSpec};
use peergrid_ppo::PpoSettings;
use peergrid_reward::RewardSettings;
use serde::{Deserialize, Serialize};

use crate::{LabError, homes::HomesSpec, presets};

/// The version of the document this build reads and writes.
pub const VERSION: u32 = 1;

/// An experiment. Every field has a default; unknown fields are errors that name the field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Spec {
    /// Version of this document, 1.
    pub version: u32,
    /// What a person calls it.
    pub name: String,
    /// What it shows, in a sentence or two.
    pub description: String,
    /// Seed of learning: network weights, exploration and the order of training days.
    pub seed: u64,
    /// Where load and PV come from.
    pub data: DataSpec,
    /// Which homes take part, and with what PV and batteries.
    pub homes: HomesSpec,
    /// Which days are held out.
    pub split: SplitSpec,
    /// Prices.
    pub tariff: Tariff,
    /// The local market.
    pub market: MarketSpec,
    /// The street's cable; no losses are computed or billed when null.
    pub feeder: Option<FeederSpec>,
    /// Limit of the street's net power, kW, > 0; none when null.
    pub transformer_kw: Option<f64>,
    /// Length and end of an episode.
    pub episode: EpisodeSpec,
    /// How the agent's first number moves the battery.
    pub battery_mode: BatteryMode,
    /// What the agent is rewarded for.
    pub reward: RewardSettings,
    /// How much is collected per iteration.
    pub training: TrainingSpec,
    /// The learner.
    pub ppo: PpoSettings,
}

impl Default for Spec {
    fn default() -> Self {
        Self {
            version: VERSION,
            name: "Untitled".to_owned(),
            description: String::new(),
            seed: 1,
            data: DataSpec::default(),
            homes: HomesSpec::default(),
            split: SplitSpec::default(),
            tariff: presets::sydney_time_of_use(),
            market: MarketSpec::default(),
            feeder: Some(FeederSpec::default()),
            transformer_kw: None,
            episode: EpisodeSpec::default(),
            battery_mode: BatteryMode::default(),
            reward: RewardSettings::default(),
            training: TrainingSpec::default(),
            ppo: PpoSettings::default(),
        }
    }
}

/// Where load and PV come from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "source", rename_all = "snake_case")]
pub enum DataSpec {
    /// A synthetic neighbourhood, calibrated to measured ones.
    Synthetic(Synthetic),
    /// A file.
    File(FileSpec),
}

impl Default for DataSpec {
    fn default() -> Self {
        Self::Synthetic(Synthetic::default())
    }
}

/// A data file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileSpec {
    /// Its path, or its name in the page.
    pub path: String,
    /// Its form.
    #[serde(default)]
    pub format: Format,
}

/// Which days are held out: one random day of each week, one of every second week for validation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SplitSpec {
    /// Seed of the draw.
    pub seed: u64,
}

impl Default for SplitSpec {
    fn default() -> Self {
        Self { seed: 7 }
    }
}

/// The local market.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MarketSpec {
    /// Where in the interval of clearing prices the price lies: 0 favours buyers, 1 sellers.
    pub k: f64,
}

impl Default for MarketSpec {
    fn default() -> Self {
        Self { k: 0.5 }
    }
}

/// Length and end of an episode.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EpisodeSpec {
    /// A day or a week; the split holds out whole episodes.
    pub length: EpisodeLength,
    /// What the end means to the learner.
    pub end: EpisodeEnd,
}

/// Length of an episode.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EpisodeLength {
    /// From midnight to midnight.
    #[default]
    Day,
    /// Seven days.
    Week,
}

impl EpisodeLength {
    /// Its length in days.
    pub const fn days(self) -> usize {
        match self {
            Self::Day => 1,
            Self::Week => 7,
        }
    }
}

/// What the end of an episode means to the learner. Evaluation always values what is left in a
/// battery at the feed-in tariff, after the discharge loss.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EpisodeEnd {
    /// The energy left is paid for as evaluation values it, plus, under a weight on grid import,
    /// the import it will save; and the episode is over.
    #[default]
    Settled,
    /// Only the time is up: the critic's value of the last observation stands for the rest.
    Continues,
}

/// How much experience an iteration collects.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TrainingSpec {
    /// Communities simulated side by side, each on a random training day; 1 to 4096.
    pub microgrids: usize,
}

impl Default for TrainingSpec {
    fn default() -> Self {
        Self { microgrids: 200 }
    }
}

impl Spec {
    /// Reads a specification from JSON and checks it.
    ///
    /// # Errors
    /// [`LabError::Spec`] with line and field for a document of another form, and the first value
    /// out of range.
    pub fn from_json(text: &str) -> Result<Self, LabError> {
        let mut reader = serde_json::Deserializer::from_str(text);
        let spec: Self = serde_path_to_error::deserialize(&mut reader).map_err(|e| {
            // A document that ends or breaks before a field has no path.
            let path = e.path().to_string().replace('?', "the document");
            LabError::spec(path, e.inner().to_string())
        })?;
        reader
            .end()
            .map_err(|e| LabError::spec(".", format!("something follows the document: {e}")))?;
        spec.validate()?;
        Ok(spec)
    }

    /// The document as JSON.
    ///
    /// # Errors
    /// Never for a valid specification; numbers that JSON cannot hold.
    pub fn to_json(&self) -> Result<String, LabError> {
        serde_json::to_string_pretty(self).map_err(|e| LabError::spec(".", e.to_string()))
    }

    /// Checks every range that can be checked without the data.
    ///
    /// # Errors
    /// The first field out of range.
    pub fn validate(&self) -> Result<(), LabError> {
        if self.version != VERSION {
            let message = format!(
                "version {} is not known to this build; it reads version {VERSION}",
                self.version
            );
            return Err(LabError::spec("version", message));
        }
        if !(1..=4096).contains(&self.training.microgrids) {
            let message = format!("{} must be from 1 to 4096", self.training.microgrids);
            return Err(LabError::spec("training.microgrids", message));
        }
        if !(0.0..=1.0).contains(&self.market.k) {
            return Err(LabError::spec(
                "market.k",
                format!("{} must be from 0 to 1", self.market.k),
            ));
        }
        // What a browser's numbers can hold.
        let seeds = [("seed", self.seed), ("split.seed", self.split.seed)];
        if let Some((field, seed)) = seeds.into_iter().find(|(_, seed)| *seed >= 1 << 53) {
            return Err(LabError::spec(field, format!("{seed} must be below 2^53")));
        }
        if let Some(feeder) = &self.feeder {
            Feeder::street(feeder, 1).map_err(|e| LabError::spec("feeder", e.to_string()))?;
        }
        if let Some(kw) = self.transformer_kw.filter(|kw| !(kw.is_finite() && *kw > 0.0)) {
            let message = format!("{kw} must be a power above 0 kW, or null for no limit");
            return Err(LabError::spec("transformer_kw", message));
        }
        self.tariff.validate().map_err(peergrid_env::EnvError::from)?;
        self.homes.validate()?;
        self.reward.validate()?;
        self.ppo.validate()?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_survives_the_round_trip() {
        let spec = Spec::default();
        assert_eq!(Spec::from_json(&spec.to_json().unwrap()).unwrap(), spec);
        assert_eq!(Spec::from_json("{}").unwrap(), spec);
    }

    #[test]
    fn errors_name_the_field() {
        let cases = [
            (r#"{"reward": {"weights": {"gird": 1}}}"#, "reward.weights", "gird"),
            (r#"{"ppo": {"learning_rate": "fast"}}"#, "ppo.learning_rate", "f64"),
            (r#"{"version": 9}"#, "version", "version 9"),
            (r#"{"training": {"microgrids": 0}}"#, "training.microgrids", "1 to 4096"),
            (r#"{"data": {"source": "file"}}"#, "data", "path"),
            (r#"{"seed": 1} x"#, ".", "line 1"),
            ("{", "the document", "line 1"),
        ];
        for (text, path, hint) in cases {
            let message = Spec::from_json(text).unwrap_err().to_string();
            assert!(message.contains(path) && message.contains(hint), "{message}");
        }
    }

    #[test]
    fn ranges_are_checked() {
        for (text, hint) in [
            (r#"{"market": {"k": 2}}"#, "market.k"),
            (r#"{"seed": 18446744073709551615}"#, "seed"),
            (r#"{"feeder": {"spacing_m": -3}}"#, "spacing_m"),
            (r#"{"transformer_kw": -4}"#, "transformer_kw"),
            (r#"{"homes": {"overrides": {"s1": {"pv_kwp": -1}}}}"#, "overrides.s1.pv_kwp"),
            (r#"{"reward": {"weights": {"grid": -1}}}"#, "weights.grid"),
            (r#"{"ppo": {"gamma": 1.5}}"#, "gamma"),
            (r#"{"homes": {"battery": {"capacity_kwh": 0}}}"#, "capacity_kwh"),
        ] {
            let message = Spec::from_json(text).unwrap_err().to_string();
            assert!(message.contains(hint), "{message}");
        }
    }
}
