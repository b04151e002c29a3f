//! `peergrid schema`: a schema that says no more and no less than the command accepts.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod validator;

use std::{fs, path::Path, process::Command};

use peergrid_lab::{Setting, Spec, sweep::SweepPlan};
use serde_json::{Value, json};
use validator::{complaints, resolve};

/// Numbers without a bound.
const UNBOUNDED: [&str; 2] = [
    // Any price that JSON can write; below the other of the two.
    "price_floor",
    "price_cap",
];

/// Values on which schema and command are known to disagree.
const KNOWN: [&str; 7] = [
    // A day split needs three weeks.
    "/data/days 1",
    // The day that is held out lies in 2026.
    "/data/year 2008",
    "/data/year 2100",
    // At most the lowest retail price.
    "/tariff/feed_in 1000000",
    "/tariff/windows/0/feed_in 1000000",
    // At most vk_percent.
    "/feeder/transformer/vkr_percent 100",
    // The command migrates documents of older versions; the schema describes the present version.
    "/version 2",
];

/// A document with every field that may be absent; a street.
const STREET: &str = r#"{
    "data": {"source": "synthetic", "homes": 2, "days": 42},
    "split": {"held_out": {"from": "2026-01-08", "days": 1}},
    "homes": {
        "pv_measured_kwp": {"s1": 1.0},
        "overrides": {"s1": {"pv_kwp": 3, "connection_kw": 9, "battery": {}}},
        "battery": {"ramp_kw_per_hour": 4, "soc_min": 0}
    },
    "tariff": {
        "name": "own", "base": 0.3, "feed_in": 0,
        "windows": [{
            "name": "peak", "price": 0.5, "feed_in": 0, "from_hour": 0, "to_hour": 24, "months": [1]
        }],
        "export_charge": {
            "price_per_kwh": 0.01, "free_kwh_per_month": 200, "from_hour": 0, "to_hour": 24
        },
        "demand_charge": {"price_per_kw_day": 0.3, "from_hour": 0, "to_hour": 24}
    },
    "market": {"price_floor": 0.1, "price_cap": 0.4},
    "feeder": {
        "transformer": {"vkr_percent": 0},
        "fault": {"bus": "s1", "impedance_factor": 3}
    },
    "limits": {"transformer_kw": 40},
    "stress": {"cloudy": {}, "outage": {"from_hour": 0, "to_hour": 24}},
    "reward": {"soc_comfort_min": 0, "soc_comfort_max": 1},
    "ppo": {"target_kl": 0.1}
}"#;

/// A document with a feeder of one's own.
const TREE: &str = r#"{
    "data": {"source": "synthetic", "homes": 2, "days": 42},
    "feeder": {"lines": [
        {"from": "a", "to": "s1", "length_m": 30, "r_ohm_per_km": 1, "x_ohm_per_km": 1,
         "ampacity_a": 100},
        {"from": "s1", "to": "s2", "length_m": 30, "cable": "NAYY 4x50"}
    ]}
}"#;

fn schema() -> Value {
    printed(&["schema"])
}

fn printed(args: &[&str]) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_peergrid")).args(args).output().unwrap();
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Whether the command would run the document.
fn accepted(document: &Value) -> Result<(), String> {
    let spec = Spec::from_json(&document.to_string()).map_err(|e| e.to_string())?;
    let data = spec.data.without_file().map_err(|e| e.to_string())?;
    Setting::new(spec, data).map(drop).map_err(|e| e.to_string())
}

/// The whole of a document: defaults written out.
fn whole(text: &str) -> Value {
    serde_json::from_str(&Spec::from_json(text).unwrap().to_json().unwrap()).unwrap()
}

#[test]
fn the_schema_of_a_sweep_takes_plans_and_nothing_else() {
    let schema = printed(&["schema", "--sweep"]);
    let plan = include_str!("../../../data/examples/sweep-small.json");
    let plan: Value = serde_json::from_str(plan).unwrap();
    assert_eq!(complaints(&schema, &plan), Vec::<String>::new());
    let with = |pointer: &str, value: Value| {
        let mut other = plan.clone();
        match pointer.rsplit_once('/') {
            Some((parent, name)) if other.pointer(pointer).is_none() => {
                other.pointer_mut(parent).unwrap()[name] = value;
            }
            _ => *other.pointer_mut(pointer).unwrap() = value,
        }
        other
    };
    let fields = &plan["fields"];
    for other in [
        with("/fields", json!([])),
        with("/fields", json!([fields[0], fields[1], fields[0], fields[1]])),
        with("/fields/0", json!({"name": "market.k"})),
        with("/fields/0/values", json!([])),
        with("/seeds", json!([])),
        with("/seeds/0", json!(1_u64 << 53)),
        with("/version", json!(2)),
        with("/spec/market", json!({"k": 2})),
        json!({"fields": fields}),
    ] {
        assert!(!complaints(&schema, &other).is_empty(), "{other}");
        assert!(SweepPlan::from_json(&other.to_string()).is_err(), "{other}");
    }
}

#[test]
fn what_ships_is_valid() {
    let (schema, sweep) = (schema(), printed(&["schema", "--sweep"]));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data");
    let mut documents = vec![
        ("default".to_owned(), whole("{}")),
        ("street".to_owned(), serde_json::from_str(STREET).unwrap()),
        ("tree".to_owned(), whole(TREE)),
    ];
    for path in
        ["specs", "examples"].iter().flat_map(|name| fs::read_dir(folder.join(name)).unwrap())
    {
        let path = path.unwrap().path();
        if path.extension().is_some_and(|e| e == "json") {
            let document = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
            documents.push((path.display().to_string(), document));
        }
    }
    assert!(documents.len() > 10);
    for (name, document) in documents {
        // Documents of other commands lie among the examples.
        if document.get("version").is_some() || !name.contains("examples") {
            let is_sweep = document.get("fields").is_some();
            let errors = complaints(if is_sweep { &sweep } else { &schema }, &document);
            assert!(errors.is_empty(), "{name}: {errors:?}");
        }
    }
}

#[test]
fn what_the_command_refuses_is_invalid() {
    let schema = schema();
    for document in [
        json!({"sed": 1}),
        json!({"data": {"source": "synthetic", "path": "x"}}),
        json!({"data": {"source": "file"}}),
        json!({"homes": {"battery": {"capacity": 3}}}),
        json!({"homes": {"pv_homes": "some"}}),
        json!({"tariff": "free-lunch"}),
        json!({"tariff": {"name": "own", "base": 0.3}}),
        json!({"market": {"mechanism": "auction"}}),
        json!({"feeder": {"cable": "NAYY"}}),
        json!({"stress": {"cloudy": {"from": "May"}}}),
        json!({"version": 4}),
    ] {
        assert!(Spec::from_json(&document.to_string()).is_err(), "{document}");
        assert!(!complaints(&schema, &document).is_empty(), "{document}");
    }
    for document in
        [json!({"tariff": "sydney-2024"}), json!({"stress": {"cloudy": {"from": "2026-05-01"}}})]
    {
        assert!(Spec::from_json(&document.to_string()).is_ok(), "{document}");
        assert_eq!(complaints(&schema, &document), Vec::<String>::new(), "{document}");
    }
}

#[test]
fn every_number_has_a_description_and_a_range() {
    let mut numbers = 0;
    for_each_number(&schema(), "", false, &mut |path, leaf, described| {
        numbers += 1;
        assert!(described, "{path} has no description");
        let bounded = BOUNDS.iter().any(|(key, ..)| leaf.get(key).is_some());
        let chosen = leaf.get("enum").is_some() || leaf.get("const").is_some();
        let excused = UNBOUNDED.iter().any(|name| path.ends_with(name));
        assert!((bounded || chosen) != excused, "{path}: {leaf}");
    });
    assert!(numbers > 60, "{numbers}");
}

/// Visits every schema of a number: its path, itself, and whether a reader is told what it is.
fn for_each_number(
    schema: &Value,
    path: &str,
    described: bool,
    visit: &mut dyn FnMut(&str, &Value, bool),
) {
    let described = described || schema.get("description").is_some();
    if is_number(schema) {
        visit(path, schema, described);
    }
    for key in ["properties", "$defs"] {
        for (name, inner) in schema.get(key).and_then(Value::as_object).into_iter().flatten() {
            for_each_number(inner, &format!("{path}/{name}"), false, visit);
        }
    }
    for key in ["items", "additionalProperties"] {
        if let Some(inner) = schema.get(key) {
            for_each_number(inner, path, described, visit);
        }
    }
    for key in ["anyOf", "oneOf"] {
        for inner in schema.get(key).and_then(Value::as_array).into_iter().flatten() {
            for_each_number(inner, path, described, visit);
        }
    }
}

fn is_number(schema: &Value) -> bool {
    let types = match schema.get("type") {
        Some(Value::Array(types)) => types.clone(),
        Some(one) => vec![one.clone()],
        None => Vec::new(),
    };
    types.iter().any(|t| t == "number" || t == "integer")
}

/// A bound: its key, which way is out, and whether the bound itself is in.
const BOUNDS: [(&str, f64, bool); 4] = [
    ("minimum", -1.0, true),
    ("maximum", 1.0, true),
    ("exclusiveMinimum", -1.0, false),
    ("exclusiveMaximum", 1.0, false),
];

/// Every bound of the schema is a bound of the command: at it and beyond it they agree.
#[test]
fn bounds_are_those_of_the_command() {
    let schema = schema();
    let (mut tried, mut disagreements) = (0, Vec::new());
    for (text, part) in [(STREET, ""), (TREE, "/feeder/lines/")] {
        let document = whole(text);
        assert_eq!(accepted(&document), Ok(()));
        let mut leaves = Vec::new();
        numbers_in(&schema, &schema, &document, String::new(), &mut leaves);
        for (pointer, leaf) in leaves.into_iter().filter(|(pointer, _)| pointer.starts_with(part)) {
            let integer = leaf["type"].to_string().contains("integer");
            for (value, good) in candidates(leaf, integer) {
                let found = accepted(&changed(&document, &pointer, value, integer));
                let known = KNOWN.contains(&format!("{pointer} {value}").as_str());
                if (found.is_ok() != good) != known {
                    disagreements.push(format!("{pointer} = {value}: {found:?}"));
                }
                tried += 1;
            }
        }
    }
    assert!(disagreements.is_empty(), "{disagreements:#?}");
    assert!(tried > 200, "{tried}");
}

/// Values at a number's bounds and beyond them, and whether they are within.
fn candidates(leaf: &Value, integer: bool) -> Vec<(f64, bool)> {
    let bounds = BOUNDS.iter().filter_map(|(key, out, included)| {
        let bound = leaf.get(key)?.as_f64()?;
        Some([(bound, *included), (bound + out * if integer { 1.0 } else { 1e-3 }, false)])
    });
    bounds.flatten().collect()
}

fn changed(document: &Value, pointer: &str, value: f64, integer: bool) -> Value {
    let mut changed = document.clone();
    let number = if integer { json!(value as i64) } else { json!(value) };
    *changed.pointer_mut(pointer).unwrap() = number;
    changed
}

/// Every number in a document with its schema.
fn numbers_in<'a>(
    root: &'a Value,
    schema: &'a Value,
    value: &Value,
    pointer: String,
    found: &mut Vec<(String, &'a Value)>,
) {
    let schema = resolve(root, schema);
    let variants = ["anyOf", "oneOf"].iter().filter_map(|key| schema.get(key)?.as_array());
    for variant in variants.flatten().filter(|variant| fits(resolve(root, variant), value)) {
        numbers_in(root, variant, value, pointer.clone(), found);
    }
    match value {
        Value::Number(_) if is_number(schema) => found.push((pointer, schema)),
        Value::Object(fields) => {
            for (name, field) in fields {
                let property = schema.get("properties").and_then(|p| p.get(name));
                let inner = property.or_else(|| schema.get("additionalProperties"));
                if let Some(inner) = inner {
                    numbers_in(root, inner, field, format!("{pointer}/{name}"), found);
                }
            }
        }
        Value::Array(items) => {
            for (i, item) in items.iter().enumerate() {
                if let Some(inner) = schema.get("items") {
                    numbers_in(root, inner, item, format!("{pointer}/{i}"), found);
                }
            }
        }
        _ => {}
    }
}

/// Whether a variant is meant for this value: an object with the tag it asks for.
fn fits(variant: &Value, value: &Value) -> bool {
    let tag = variant.pointer("/properties/source/const");
    value.is_object()
        && variant.get("type") == Some(&json!("object"))
        && tag == tag.and(value.get("source"))
}
