//! The specification: one document that describes an experiment wholly.

use jiff::civil::Date;
use peergrid_data::{Format, Synthetic};
use peergrid_env::{
    BatteryMode, EnvError, Limits, LossSharing, ObservationSettings, Stress, Tariff, json,
};
use peergrid_market::MarketSettings;
use peergrid_physics::FeederSpec;
use peergrid_ppo::PpoSettings;
use peergrid_reward::RewardSettings;
use serde::{Deserialize, Serialize};

use crate::{LabError, homes::HomesSpec, migrate, presets};

/// The version of the document this build reads and writes.
pub const VERSION: u32 = 3;

/// An experiment. Every field has a default; unknown fields are errors that name the field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Spec {
    /// Version of this document, 3. Documents of versions 1 and 2 are migrated.
    #[cfg_attr(feature = "schema", schemars(range(min = 3, max = 3)))]
    pub version: u32,
    /// What a person calls it.
    pub name: String,
    /// What it shows, in a sentence or two.
    pub description: String,
    /// Seed of learning: network weights, exploration and the order of training days.
    #[cfg_attr(feature = "schema", schemars(range(max = 9_007_199_254_740_991_u64)))]
    pub seed: u64,
    /// Where load and PV come from.
    pub data: DataSpec,
    /// Which homes take part, and with what PV and batteries.
    pub homes: HomesSpec,
    /// Which days are held out.
    pub split: SplitSpec,
    /// Prices: the name of a tariff that ships, or a tariff of one's own.
    #[serde(deserialize_with = "tariff::named_or_own")]
    #[cfg_attr(feature = "schema", schemars(schema_with = "crate::schema::tariff"))]
    pub tariff: Tariff,
    /// The local market.
    pub market: MarketSettings,
    /// The street's cable; no losses are computed or billed when null.
    pub feeder: Option<FeederSpec>,
    /// How the cost of the cable's losses is shared among the homes.
    pub loss_sharing: LossSharing,
    /// Limits of transformer and voltage, and what they mean.
    pub limits: Limits,
    /// What goes wrong: clouds, an outage of the grid.
    pub stress: Stress,
    /// Length and end of an episode.
    pub episode: EpisodeSpec,
    /// What the agent sees, and when it hears of its street.
    pub observation: ObservationSettings,
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
            market: MarketSettings::default(),
            feeder: Some(FeederSpec::default()),
            loss_sharing: LossSharing::default(),
            limits: Limits::default(),
            stress: Stress::default(),
            episode: EpisodeSpec::default(),
            observation: ObservationSettings::default(),
            battery_mode: BatteryMode::default(),
            reward: RewardSettings::default(),
            training: TrainingSpec::default(),
            ppo: PpoSettings::default(),
        }
    }
}

/// A tariff in a document: its name, or the whole of it.
mod tariff {
    use std::fmt;

    use peergrid_env::Tariff;
    use serde::{
        Deserialize, Deserializer,
        de::{Error, MapAccess, Visitor, value::MapAccessDeserializer},
    };

    pub fn named_or_own<'de, D: Deserializer<'de>>(from: D) -> Result<Tariff, D::Error> {
        from.deserialize_any(NamedOrOwn)
    }

    struct NamedOrOwn;

    impl<'de> Visitor<'de> for NamedOrOwn {
        type Value = Tariff;

        fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
            f.write_str("the name of a tariff, or a tariff")
        }

        fn visit_str<E: Error>(self, id: &str) -> Result<Tariff, E> {
            Tariff::by_id(id).map_err(E::custom)
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Tariff, A::Error> {
            Tariff::deserialize(MapAccessDeserializer::new(map))
        }
    }
}

/// Where load and PV come from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct SplitSpec {
    /// Seed of the draw.
    #[cfg_attr(feature = "schema", schemars(range(max = 9_007_199_254_740_991_u64)))]
    pub seed: u64,
    /// Days to hold out instead of random ones; all others train or validate.
    pub held_out: Option<HeldOut>,
}

impl Default for SplitSpec {
    fn default() -> Self {
        Self { seed: 7, held_out: None }
    }
}

/// Chosen days that are held out, one after another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct HeldOut {
    /// First day.
    pub from: Date,
    /// Number of days, ≥ 1; a multiple of 7 for episodes of a week.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub days: usize,
}

/// Length and end of an episode.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct EpisodeSpec {
    /// A day or a week; the split holds out whole episodes.
    pub length: EpisodeLength,
    /// What the end means to the learner.
    pub end: EpisodeEnd,
}

/// Length of an episode.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct TrainingSpec {
    /// Communities simulated side by side, each on a random training day; 1 to 4096.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 4096)))]
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
        // A migrated document is written out again: one reader for both halves the code that the
        // page loads for it. Its lines are not those of the document that a person wrote.
        match migrate::to_present(text) {
            Some(migrated) => Self::read(&migrated, false),
            None => Self::read(text, true),
        }
    }

    /// Reads a specification from a document in memory, which has no lines, and checks it.
    #[cfg(feature = "study")]
    pub(crate) fn from_document(document: &serde_json::Value) -> Result<Self, LabError> {
        Self::read(&document.to_string(), false)
    }

    fn read(text: &str, lines: bool) -> Result<Self, LabError> {
        let mut reader = serde_json::Deserializer::from_str(text);
        let spec: Self = json::read(&mut reader).map_err(|e| {
            // A document that ends or breaks before a field has no path.
            let path = e.path.replace('?', "the document");
            let message = e.error.to_string();
            let end = if lines { None } else { message.rfind(" at line ") };
            LabError::spec(path, &message[..end.unwrap_or(message.len())])
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
                "version {} is not known to this build; it reads versions 1 to {VERSION}",
                self.version
            );
            return Err(LabError::spec("version", message));
        }
        if !(1..=4096).contains(&self.training.microgrids) {
            let message = format!("{} must be from 1 to 4096", self.training.microgrids);
            return Err(LabError::spec("training.microgrids", message));
        }
        // What a browser's numbers can hold.
        let seeds = [("seed", self.seed), ("split.seed", self.split.seed)];
        if let Some((field, seed)) = seeds.into_iter().find(|(_, seed)| *seed >= 1 << 53) {
            return Err(LabError::spec(field, format!("{seed} must be below 2^53")));
        }
        self.tariff.validate().map_err(EnvError::from)?;
        self.market.validate().map_err(EnvError::from)?;
        if let Some(feeder) = &self.feeder {
            feeder.validate().map_err(EnvError::from)?;
        }
        self.limits.validate()?;
        self.stress.validate()?;
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
    fn a_tariff_is_named_or_ones_own() {
        let named = Spec::from_json(r#"{"tariff": "four-prosumers"}"#).unwrap();
        assert_eq!((named.tariff.base, named.tariff.feed_in), (0.20, 0.10));
        let own = r#"{"tariff": {"name": "own", "base": 0.3, "feed_in": 0.1}}"#;
        assert_eq!(Spec::from_json(own).unwrap().tariff.base, 0.3);
        let typo = r#"{"tariff": {"name": "own", "base": "x", "feed_in": 0.1}}"#;
        let message = Spec::from_json(typo).unwrap_err().to_string();
        assert!(message.contains("tariff.base"), "{message}");
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
            (r#"{"version": 1, "transformer_kw": -4}"#, "limits.transformer_kw"),
            (r#"{"limits": {"voltage_min": 1.2}}"#, "limits.voltage_min"),
            (r#"{"stress": {"cloudy": {"pv_factor": 7}}}"#, "stress.cloudy.pv_factor"),
            (r#"{"tariff": "free-lunch"}"#, "free-lunch"),
            (r#"{"homes": {"overrides": {"s1": {"pv_kwp": -1}}}}"#, "overrides.s1.pv_kwp"),
            (r#"{"reward": {"weights": {"grid": -1}}}"#, "weights.grid"),
            (r#"{"ppo": {"gamma": 1.5}}"#, "gamma"),
            (r#"{"homes": {"battery": {"capacity_kwh": 0}}}"#, "capacity_kwh"),
        ] {
            let error = Spec::from_json(text).unwrap_err();
            let message = format!("{}: {error}", error.field().unwrap_or_default());
            assert!(message.contains(hint), "{message}");
        }
    }
}
