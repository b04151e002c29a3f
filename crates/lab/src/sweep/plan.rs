//! What a sweep runs: a specification, fields with their values, seeds.

use std::collections::BTreeMap;

use peergrid_env::json;
use serde::{
    Deserialize, Serialize,
    de::{DeserializeOwned, IgnoredAny},
};
use serde_json::{Number, Value};

use super::{SweepError, fields};
use crate::{LabError, Spec};

/// The version of the document this build reads and writes.
const VERSION: u32 = 1;
/// Most fields that a sweep varies.
pub const MOST_FIELDS: usize = 3;
/// Most runs of a sweep.
pub const MOST_RUNS: usize = 10_000;
/// Fields of a specification that a sweep does not vary, and why.
const FIXED: [(&str, &str); 2] = [
    ("seed", "seeds are given beside the fields, as `seeds`"),
    ("version", "it is the form of the document"),
];

/// A sweep: every combination of the fields' values, each with every seed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SweepPlan {
    /// Version of this document, 1.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 1)))]
    #[serde(default = "version")]
    pub version: u32,
    /// What all runs have in common; fields that are left out have their defaults.
    #[serde(default)]
    pub spec: Spec,
    /// What differs, 1 to 3 fields; the values of the first change slowest from run to run.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 3)))]
    pub fields: Vec<SweepField>,
    /// Seeds of learning, each below 2^53 and given once; they change fastest.
    #[cfg_attr(
        feature = "schema",
        schemars(length(min = 1), inner(range(max = 9_007_199_254_740_991_u64)))
    )]
    pub seeds: Vec<u64>,
}

/// A field that a sweep varies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SweepField {
    /// Its dotted name in the specification, such as `reward.weights.grid`.
    pub name: String,
    /// The values it takes, each once: numbers, words, or whatever else the field can be.
    #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
    pub values: Vec<Value>,
}

/// One training with its evaluation.
#[derive(Debug, Clone, PartialEq)]
pub struct SweepRun {
    /// Its number in the sweep, counted from 1.
    pub run: usize,
    /// What it gives the swept fields.
    pub values: BTreeMap<String, Value>,
    /// The specification, with these values and its seed.
    pub spec: Spec,
}

/// A finished sweep, as far as its plan goes.
#[derive(Deserialize)]
struct Finished<P> {
    plan: P,
}

/// A document, or why and where it is none.
fn read<T: DeserializeOwned>(text: &str) -> Result<T, SweepError> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let plan = json::read(&mut reader).map_err(|e| {
        let known = !e.path.contains('?') && e.path != ".";
        SweepError::Plan { path: known.then_some(e.path), message: e.error.to_string() }
    })?;
    reader.end().map_err(|e| {
        let message = format!("something follows the document: {e}");
        SweepError::Plan { path: None, message }
    })?;
    Ok(plan)
}

fn version() -> u32 {
    VERSION
}

impl SweepPlan {
    /// A sweep of `spec`, checked as far as that needs no data.
    ///
    /// # Errors
    /// As [`SweepPlan::runs`].
    pub fn new(spec: Spec, fields: Vec<SweepField>, seeds: Vec<u64>) -> Result<Self, SweepError> {
        let mut plan = Self { version: VERSION, spec, fields, seeds };
        plan.fields.iter_mut().flat_map(|field| &mut field.values).for_each(whole);
        plan.runs()?;
        Ok(plan)
    }

    /// Reads a plan from JSON and checks it; a finished sweep, which holds its plan as `plan`, is read
    /// for it.
    ///
    /// # Errors
    /// A document of another form, with line and field; what [`SweepPlan::runs`] refuses.
    pub fn from_json(text: &str) -> Result<Self, SweepError> {
        let finished = serde_json::from_str::<Finished<IgnoredAny>>(text).is_ok();
        let (plan, within) = if finished {
            (read::<Finished<Self>>(text)?.plan, "plan.")
        } else {
            (read::<Self>(text)?, "")
        };
        plan.checked().map_err(|error| error.within(within))
    }

    /// The plan, if a sweep can be made of it.
    fn checked(self) -> Result<Self, SweepError> {
        if self.version != VERSION {
            let message = format!("version {} is not known to this build", self.version);
            return Err(SweepError::plan("version", message));
        }
        self.spec.validate().map_err(|error| SweepError::of_spec(&error))?;
        Self::new(self.spec, self.fields, self.seeds)
    }

    /// The plan as JSON.
    ///
    /// # Errors
    /// Numbers that JSON cannot hold.
    pub fn to_json(&self) -> Result<String, LabError> {
        serde_json::to_string_pretty(self).map_err(|e| LabError::Results(e.to_string()))
    }

    /// All runs in their order: the first field's values outermost, the seeds innermost.
    ///
    /// # Errors
    /// Too few or too many fields, values or seeds, or one of them twice; the first combination with a
    /// field that the specification has not, or with a value out of its range.
    pub fn runs(&self) -> Result<Vec<SweepRun>, SweepError> {
        self.check()?;
        let document = serde_json::to_value(&self.spec)
            .map_err(|e| SweepError::plan("spec", e.to_string()))?;
        let combinations: usize = self.fields.iter().map(|field| field.values.len()).product();
        let mut runs = Vec::with_capacity(combinations * self.seeds.len());
        for number in 0..combinations {
            let choice = self.choice(number);
            let spec = self.spec_of(&document, &choice)?;
            let values = self.fields.iter().zip(&choice);
            let values: BTreeMap<_, _> =
                values.map(|(f, &i)| (f.name.clone(), f.values[i].clone())).collect();
            for &seed in &self.seeds {
                let (run, spec) = (runs.len() + 1, Spec { seed, ..spec.clone() });
                runs.push(SweepRun { run, values: values.clone(), spec });
            }
        }
        Ok(runs)
    }

    /// Whether runs differ in the field of this name, or in something within it.
    pub(super) fn varies(&self, name: &str) -> bool {
        self.fields.iter().any(|field| fields::overlap(&field.name, name))
    }

    /// What is wrong with a run that the specification's ranges do not forbid.
    pub(super) fn blame_run(&self, run: &SweepRun, error: LabError) -> SweepError {
        self.blame(error, &self.choice((run.run - 1) / self.seeds.len()))
    }

    /// Which value each field has in a combination, counted from 0 with the last field fastest.
    fn choice(&self, mut number: usize) -> Vec<usize> {
        let mut choice: Vec<_> = self
            .fields
            .iter()
            .rev()
            .map(|field| {
                let index = number % field.values.len();
                number /= field.values.len();
                index
            })
            .collect();
        choice.reverse();
        choice
    }

    /// The specification of a combination.
    fn spec_of(&self, document: &Value, choice: &[usize]) -> Result<Spec, SweepError> {
        let mut document = document.clone();
        for (place, (field, &index)) in self.fields.iter().zip(choice).enumerate() {
            let value = field.values[index].clone();
            fields::set(&mut document, &field.name, value)
                .map_err(|message| self.refused(place, index, message))?;
        }
        Spec::from_document(&document).map_err(|error| self.blame(error, choice))
    }

    /// What is wrong with a combination; where, if one field alone is at fault.
    fn blame(&self, error: LabError, choice: &[usize]) -> SweepError {
        let at_fault =
            |name: &str| error.field().is_some_and(|field| fields::overlap(name, &field));
        let each = self.fields.iter().zip(choice);
        let mut suspects = each.clone().enumerate().filter(|(_, (field, _))| at_fault(&field.name));
        let path = match (suspects.next(), suspects.next()) {
            (Some((place, (_, value))), None) => Some(format!("fields[{place}].values[{value}]")),
            _ => None,
        };
        let each = each.map(|(field, &i)| format!("`{}` = {}", field.name, field.values[i]));
        let combination = each.collect::<Vec<_>>().join(", ");
        SweepError::Combination { path, combination, source: Box::new(error) }
    }

    fn refused(&self, place: usize, index: usize, message: String) -> SweepError {
        let field = &self.fields[place];
        SweepError::Value {
            path: format!("fields[{place}].values[{index}]"),
            name: field.name.clone(),
            value: field.values[index].to_string(),
            message,
        }
    }

    /// Checks numbers and names, which needs no specification.
    fn check(&self) -> Result<(), SweepError> {
        let count = self.fields.len();
        if !(1..=MOST_FIELDS).contains(&count) {
            let message = format!("a sweep varies 1 to {MOST_FIELDS} fields, not {count}");
            return Err(SweepError::plan("fields", message));
        }
        // First, since looking for what is given twice takes long where there is very much.
        let runs = self.fields.iter().map(|field| field.values.len());
        let runs = runs.fold(self.seeds.len(), usize::saturating_mul);
        if runs > MOST_RUNS {
            let message = format!("these are {runs} runs; a sweep has at most {MOST_RUNS}");
            return Err(SweepError::plan("fields", message));
        }
        for (place, field) in self.fields.iter().enumerate() {
            field.check(place, &self.fields[..place])?;
        }
        self.check_seeds()
    }

    fn check_seeds(&self) -> Result<(), SweepError> {
        if self.seeds.is_empty() {
            return Err(SweepError::plan("seeds", "there must be a seed, such as 1"));
        }
        for (place, seed) in self.seeds.iter().enumerate() {
            let wrong = match seed {
                seed if *seed >= 1 << 53 => "it must be below 2^53",
                seed if self.seeds[..place].contains(seed) => "each seed is given once",
                _ => continue,
            };
            return Err(SweepError::plan(format!("seeds[{place}]"), format!("{seed}: {wrong}")));
        }
        Ok(())
    }
}

impl SweepField {
    fn check(&self, place: usize, before: &[Self]) -> Result<(), SweepError> {
        let name = &self.name;
        let misnamed = |message: String| {
            Err(SweepError::plan(format!("fields[{place}].name"), format!("`{name}`: {message}")))
        };
        if let Some((_, reason)) = FIXED.iter().find(|(fixed, _)| name == fixed) {
            return misnamed((*reason).to_owned());
        }
        if let Some(other) = before.iter().find(|other| fields::overlap(name, &other.name)) {
            return misnamed(format!("`{}` is varied already", other.name));
        }
        if self.values.is_empty() {
            let message = format!("`{name}` must have a value, such as `\"values\": [0.5, 1]`");
            return Err(SweepError::plan(format!("fields[{place}].values"), message));
        }
        for (index, value) in self.values.iter().enumerate() {
            if self.values[..index].contains(value) {
                let message = format!("`{name}` = {value} is given twice");
                return Err(SweepError::plan(format!("fields[{place}].values[{index}]"), message));
            }
        }
        Ok(())
    }
}

/// Writes a whole number without a decimal point: 2.0 and 2 are one value, as in a browser, and
/// fields that count read no 2.0.
pub(super) fn whole(value: &mut Value) {
    let Some(number) = value.as_f64().filter(|_| value.is_f64()) else { return };
    if number.fract() == 0.0 && number.abs() < (1_u64 << 53) as f64 {
        *value = Value::Number(Number::from(number as i64));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn plan(fields: &Value, seeds: &[u64]) -> Result<SweepPlan, SweepError> {
        SweepPlan::from_json(&json!({"fields": fields, "seeds": seeds}).to_string())
    }

    fn message(fields: &Value, seeds: &[u64]) -> (String, Option<String>) {
        let error = plan(fields, seeds).unwrap_err();
        (error.to_string(), error.path().map(str::to_owned))
    }

    #[test]
    fn the_first_field_is_the_outer_loop_and_seeds_the_inner() {
        let fields = json!([
            {"name": "market.k", "values": [0.5, 1]},
            {"name": "homes.pv_homes", "values": ["all", "none"]},
            {"name": "data.homes", "values": [4, 6.0]}
        ]);
        let runs = plan(&fields, &[7, 3]).unwrap().runs().unwrap();
        let expected = [
            (0.5, "all", 4, 7),
            (0.5, "all", 4, 3),
            (0.5, "all", 6, 7),
            (0.5, "all", 6, 3),
            (0.5, "none", 4, 7),
            (0.5, "none", 4, 3),
            (0.5, "none", 6, 7),
            (0.5, "none", 6, 3),
            (1.0, "all", 4, 7),
        ];
        assert_eq!(runs.len(), 16);
        for (i, (run, (k, pv, homes, seed))) in runs.iter().zip(expected).enumerate() {
            assert_eq!((run.run, run.spec.seed, run.spec.market.k), (i + 1, seed, k));
            assert_eq!(run.values["homes.pv_homes"], pv);
            assert_eq!(serde_json::to_value(&run.spec.homes.pv_homes).unwrap(), pv);
            assert_eq!(serde_json::to_value(&run.spec.data).unwrap()["homes"], homes);
            assert_eq!(run.values["data.homes"], homes);
        }
    }

    #[test]
    fn too_many_runs_are_refused_before_values_are_compared() {
        let many = vec![1; MOST_RUNS + 1];
        let fields = json!([{"name": "market.k", "values": many}]);
        assert!(message(&fields, &[1]).0.contains("at most 10000"));
    }

    #[test]
    fn what_is_common_stays_and_a_part_that_is_null_can_be_set() {
        let text = json!({
            "spec": {"market": {"network_fee": 0.01}, "feeder": null, "seed": 9},
            "fields": [
                {"name": "tariff", "values": ["flat-2019", "sydney-2024"]},
                {"name": "feeder.spacing_m", "values": [20, 50]}
            ],
            "seeds": [2]
        });
        let runs = SweepPlan::from_json(&text.to_string()).unwrap().runs().unwrap();
        assert!(runs.iter().all(|r| r.spec.market.network_fee == 0.01 && r.spec.seed == 2));
        assert_ne!(runs[0].spec.tariff, runs[2].spec.tariff);
        let feeder = |i: usize| serde_json::to_value(&runs[i].spec.feeder).unwrap();
        assert_eq!(
            (&feeder(0)["spacing_m"], &feeder(1)["spacing_m"]),
            (&20.0.into(), &50.0.into())
        );
    }

    #[test]
    fn a_plan_survives_the_round_trip_also_within_a_finished_sweep() {
        let fields = json!([{"name": "ppo.net_arch", "values": [[64, 64], []]}]);
        let plan = plan(&fields, &[1]).unwrap();
        let text = plan.to_json().unwrap();
        assert_eq!(SweepPlan::from_json(&text).unwrap(), plan);
        let finished = format!(r#"{{"name": "mine", "plan": {text}, "rows": []}}"#);
        assert_eq!(SweepPlan::from_json(&finished).unwrap(), plan);
    }

    #[test]
    fn fields_and_values_that_cannot_be_are_named() {
        let one = |name: &str, values: Value| json!([{"name": name, "values": values}]);
        for (name, values, hint, place) in [
            ("reward.weights.gird", json!([1]), "unknown field `gird`", "fields[0].values[0]"),
            ("homes.batery.power_kw", json!([1]), "unknown field `batery`", "fields[0].values[0]"),
            ("sed", json!([1]), "unknown field `sed`", "fields[0].values[0]"),
            ("data.hoems", json!([1]), "`hoems`", "fields[0].values[0]"),
            ("market.k", json!([0.5, 2]), "`market.k` = 2: ", "fields[0].values[1]"),
            ("market.k", json!([0.5, "high"]), "\"high\"", "fields[0].values[1]"),
            ("data.homes", json!([4.5]), "`data.homes` = 4.5", "fields[0].values[0]"),
            ("homes.pv_homes", json!(["some"]), "every_other", "fields[0].values[0]"),
            ("tariff", json!(["dear"]), "dear", "fields[0].values[0]"),
            ("market.k.x", json!([1]), "`market.k` is 0.5", "fields[0].values[0]"),
            ("market.k", json!([1, 0.5, 1.0]), "given twice", "fields[0].values[2]"),
            ("market.k", json!([]), "must have a value", "fields[0].values"),
            ("seed", json!([1]), "`seeds`", "fields[0].name"),
        ] {
            let (message, path) = message(&one(name, values), &[1]);
            assert!(message.contains(hint) && message.contains(name), "{message}");
            assert_eq!(path.as_deref(), Some(place), "{message}");
            assert!(!message.contains(" at line "), "{message}");
        }
    }

    #[test]
    fn values_that_do_not_go_together_are_named_together() {
        let fields = json!([
            {"name": "homes.battery.soc_min", "values": [0.1, 0.6]},
            {"name": "homes.battery.soc_max", "values": [1, 0.5]}
        ]);
        let (message, _) = message(&fields, &[1]);
        let both = "`homes.battery.soc_min` = 0.6, `homes.battery.soc_max` = 0.5: ";
        assert!(message.starts_with(both), "{message}");
    }

    #[test]
    fn counts_are_checked() {
        let field = |name: &str| json!({"name": name, "values": [1]});
        let four = ["market.k", "data.homes", "data.seed", "split.seed"].map(field);
        let big: Vec<_> = (0..5001).collect();
        for (fields, seeds, hint, place) in [
            (json!([]), &[1][..], "1 to 3 fields, not 0", "fields"),
            (json!(four), &[1], "not 4", "fields"),
            (json!([field("tariff"), field("tariff.base")]), &[1], "already", "fields[1].name"),
            (json!([field("data.seed")]), &[], "a seed", "seeds"),
            (json!([field("data.seed")]), &[4, 4], "once", "seeds[1]"),
            (json!([field("data.seed")]), &[1 << 53], "2^53", "seeds[0]"),
            (json!([{"name": "data.seed", "values": big}]), &[1, 2], "10002 runs", "fields"),
        ] {
            let (message, path) = message(&fields, seeds);
            assert!(message.contains(hint), "{message}");
            assert_eq!(path.as_deref(), Some(place), "{message}");
        }
    }

    #[test]
    fn documents_of_another_form_are_refused_at_their_place() {
        for (text, hint, place) in [
            (r#"{"fields": [], "seeds": [1], "seed": 1}"#, "unknown field `seed`", Some("seed")),
            (r#"{"version": 2, "fields": [], "seeds": [1]}"#, "version 2", Some("version")),
            (r#"{"fields": [{"name": 1}], "seeds": []}"#, "string", Some("fields[0].name")),
            (
                r#"{"spec": {"market": {"k": 3}}, "fields": [], "seeds": []}"#,
                "3",
                Some("spec.market.k"),
            ),
            (
                r#"{"spec": {"market": {"q": 3}}, "fields": [], "seeds": []}"#,
                "`q`",
                Some("spec.market.q"),
            ),
            (r#"{"plan": {"fields": [], "seeds": [1]}}"#, "1 to 3", Some("plan.fields")),
            (r#"{"fields": []}"#, "missing field `seeds`", None),
            ("{", "line 1", None),
        ] {
            let error = SweepPlan::from_json(text).unwrap_err();
            assert!(error.to_string().contains(hint), "{error}");
            assert_eq!(error.path(), place, "{error}");
        }
    }
}
