//! Which homes take part, and with what PV and batteries.

use std::collections::BTreeMap;

use peergrid_data::Neighbourhood;
use peergrid_env::HomeSetup;
use peergrid_physics::Battery;
use serde::{Deserialize, Serialize};

use crate::LabError;

/// The homes of an experiment. Homes are named as in the data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct HomesSpec {
    /// Homes that take part; all when empty.
    pub include: Vec<String>,
    /// Which of them have PV; the others' generation is left out.
    pub pv_homes: Which,
    /// Size to which each PV system is scaled, kWp, > 0 and at most 10 000; as measured when null.
    #[cfg_attr(feature = "schema", schemars(extend("exclusiveMinimum" = 0, "maximum" = 10000)))]
    pub pv_kwp: Option<f64>,
    /// Measured sizes in kWp, from 0.001 to 10 000, for data that does not state them.
    #[cfg_attr(feature = "schema", schemars(extend("additionalProperties" = { "type": "number", "format": "double", "minimum": 0.001, "maximum": 10000 })))]
    pub pv_measured_kwp: BTreeMap<String, f64>,
    /// Which homes have a battery.
    pub battery_homes: Which,
    /// The battery.
    pub battery: Battery,
    /// Greedy neighbours: whatever their policy says, they ask the retail price and bid the feed-in
    /// tariff.
    pub greedy_homes: Which,
    /// What differs from home to home.
    pub overrides: BTreeMap<String, HomeOverride>,
}

impl Default for HomesSpec {
    fn default() -> Self {
        Self {
            include: Vec::new(),
            pv_homes: Which::Rule(WhichRule::EveryOther),
            pv_kwp: Some(5.0),
            pv_measured_kwp: BTreeMap::new(),
            battery_homes: Which::Rule(WhichRule::EveryOther),
            battery: Battery::default(),
            greedy_homes: Which::Rule(WhichRule::None),
            overrides: BTreeMap::new(),
        }
    }
}

/// Some of the homes: by a rule, or by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(
    untagged,
    expecting = "expected \"all\", \"none\", \"every_other\" or a list of home names"
)]
pub enum Which {
    /// By a rule.
    Rule(WhichRule),
    /// By name.
    Listed(Vec<String>),
}

/// A rule for [`Which`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum WhichRule {
    /// Every home.
    All,
    /// No home.
    None,
    /// The first, the third, the fifth, …
    EveryOther,
}

impl Which {
    fn includes(&self, index: usize, id: &str) -> bool {
        match self {
            Self::Rule(WhichRule::All) => true,
            Self::Rule(WhichRule::None) => false,
            Self::Rule(WhichRule::EveryOther) => index.is_multiple_of(2),
            Self::Listed(ids) => ids.iter().any(|i| i == id),
        }
    }
}

/// What differs for one home; absent fields follow the others.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct HomeOverride {
    /// Size of its PV system, kWp, from 0 (none) to 10 000.
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 10000)))]
    pub pv_kwp: Option<f64>,
    /// Its battery.
    pub battery: Option<Battery>,
    /// Limit of its net power either way, kW, > 0.
    #[cfg_attr(feature = "schema", schemars(extend("exclusiveMinimum" = 0)))]
    pub connection_kw: Option<f64>,
}

/// Largest PV system, kWp.
const MOST_KWP: f64 = 1e4;
/// Smallest measured PV system, kWp: what is scaled up from less is noise.
const LEAST_MEASURED_KWP: f64 = 1e-3;

impl HomesSpec {
    /// Checks sizes and batteries.
    ///
    /// # Errors
    /// The first field out of range.
    pub fn validate(&self) -> Result<(), LabError> {
        let check = |valid: bool, field: String, value: f64, expected: &str| {
            let message = || format!("{value} must be {expected}");
            if valid { Ok(()) } else { Err(LabError::spec(format!("homes.{field}"), message())) }
        };
        if let Some(kwp) = self.pv_kwp {
            let valid = kwp > 0.0 && kwp <= MOST_KWP;
            check(valid, "pv_kwp".to_owned(), kwp, "a size above 0 and at most 10000 kWp")?;
        }
        for (id, &kwp) in &self.pv_measured_kwp {
            let valid = (LEAST_MEASURED_KWP..=MOST_KWP).contains(&kwp);
            let field = format!("pv_measured_kwp.{id}");
            check(valid, field, kwp, "a size from 0.001 to 10000 kWp")?;
        }
        for (id, own) in &self.overrides {
            if let Some(kwp) = own.pv_kwp {
                let field = format!("overrides.{id}.pv_kwp");
                let valid = (0.0..=MOST_KWP).contains(&kwp);
                check(valid, field, kwp, "a size from 0 to 10000 kWp")?;
            }
            if let Some(kw) = own.connection_kw {
                let field = format!("overrides.{id}.connection_kw");
                check(kw > 0.0, field, kw, "a power above 0 kW, or absent for no limit")?;
            }
        }
        let batteries = self.overrides.iter().filter_map(|(id, o)| {
            o.battery.as_ref().map(|b| (format!("overrides.{id}.battery"), b))
        });
        for (field, battery) in
            std::iter::once(("battery".to_owned(), &self.battery)).chain(batteries)
        {
            battery
                .validate()
                .map_err(|e| LabError::spec(format!("homes.{field}.{}", e.field), e.to_string()))?;
        }
        Ok(())
    }

    /// Selects and scales the homes of `data` and returns a setup for each.
    ///
    /// # Errors
    /// A name that the data does not hold; a PV size that is needed and not known.
    pub fn apply(&self, data: &mut Neighbourhood) -> Result<Vec<HomeSetup>, LabError> {
        if !self.include.is_empty() {
            let selected = data.select(&self.include);
            selected.map_err(|e| LabError::spec("homes.include", e.to_string()))?;
        }
        self.check_names(data)?;
        let mut setups = Vec::with_capacity(data.homes.len());
        for index in 0..data.homes.len() {
            let id = data.homes[index].id.clone();
            let own = self.overrides.get(&id).cloned().unwrap_or_default();
            self.size_pv(data, index, &id, own.pv_kwp)?;
            let shared = self.battery_homes.includes(index, &id).then(|| self.battery.clone());
            setups.push(HomeSetup {
                battery: own.battery.or(shared),
                connection_kw: own.connection_kw,
                greedy: self.greedy_homes.includes(index, &id),
            });
        }
        Ok(setups)
    }

    fn size_pv(
        &self,
        data: &mut Neighbourhood,
        index: usize,
        id: &str,
        own: Option<f64>,
    ) -> Result<(), LabError> {
        if own == Some(0.0) || own.is_none() && !self.pv_homes.includes(index, id) {
            return Ok(data.multiply_pv(index, 0.0)?);
        }
        if let Some(&kwp) = self.pv_measured_kwp.get(id) {
            data.set_pv_kwp(index, kwp)?;
        }
        match own.or(self.pv_kwp) {
            Some(kwp) => Ok(data.scale_pv(index, kwp)?),
            None => Ok(()),
        }
    }

    /// Every name in the specification must be a home.
    fn check_names(&self, data: &Neighbourhood) -> Result<(), LabError> {
        let listed = |which: &Which| match which {
            Which::Listed(ids) => ids.clone(),
            Which::Rule(_) => Vec::new(),
        };
        let fields = [
            ("pv_homes", listed(&self.pv_homes)),
            ("battery_homes", listed(&self.battery_homes)),
            ("greedy_homes", listed(&self.greedy_homes)),
            ("overrides", self.overrides.keys().cloned().collect()),
            ("pv_measured_kwp", self.pv_measured_kwp.keys().cloned().collect()),
        ];
        for (field, ids) in fields {
            if let Some(id) = ids.iter().find(|id| data.home(id).is_none()) {
                let known: Vec<_> = data.homes.iter().map(|h| h.id.as_str()).collect();
                let message =
                    format!("there is no home `{id}` in the data; it holds {}", known.join(", "));
                return Err(LabError::spec(format!("homes.{field}"), message));
            }
        }
        Ok(())
    }
}
