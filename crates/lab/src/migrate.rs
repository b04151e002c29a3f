//! Older versions of the specification.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::spec::VERSION;

/// What version 3 calls the learner's settings, by their names of versions 1 and 2.
const RENAMED: [(&str, &str); 8] = [
    ("steps", "n_steps"),
    ("epochs", "n_epochs"),
    ("entropy_coefficient", "ent_coef"),
    ("value_coefficient", "vf_coef"),
    ("initial_log_std", "log_std_init"),
    ("hidden", "net_arch"),
    ("activation", "activation_fn"),
    ("total_steps", "total_timesteps"),
];

/// Enough of a document to tell its version.
#[derive(Deserialize)]
struct Versioned {
    version: u32,
}

/// The document as one of the present version, if `text` is one of version 1 or 2.
///
/// Version 2 moved the transformer's limit, `transformer_kw`, among the other limits; in
/// version 1 it was always enforced. Version 3 gave the learner's settings the names that
/// Stable-Baselines3 gives them.
pub(crate) fn to_present(text: &str) -> Option<String> {
    let Versioned { version: version @ 1..=2 } = serde_json::from_str(text).ok()? else {
        return None;
    };
    let mut document: Value = serde_json::from_str(text).ok()?;
    let fields = document.as_object_mut()?;
    fields.insert("version".to_owned(), json!(VERSION));
    if version == 1 {
        move_transformer(fields);
    }
    if let Some(Value::Object(ppo)) = fields.get_mut("ppo") {
        rename(ppo);
    }
    Some(document.to_string())
}

fn move_transformer(fields: &mut Map<String, Value>) {
    match fields.remove("transformer_kw") {
        None | Some(Value::Null) => {}
        Some(kw) => {
            let limits = json!({"transformer": "enforced", "transformer_kw": kw});
            fields.insert("limits".to_owned(), limits);
        }
    }
}

fn rename(ppo: &mut Map<String, Value>) {
    for (old, new) in RENAMED {
        if let Some(value) = ppo.remove(old) {
            ppo.insert(new.to_owned(), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use peergrid_env::LimitMode;

    use super::*;
    use crate::Spec;

    #[test]
    fn version_1_is_migrated() {
        let spec = Spec::from_json(r#"{"version": 1, "seed": 5, "transformer_kw": 40}"#).unwrap();
        assert_eq!((spec.version, spec.seed), (VERSION, 5));
        assert_eq!(spec.limits.transformer_kw, Some(40.0));
        assert_eq!(spec.limits.transformer, LimitMode::Enforced);
        let free = Spec::from_json(r#"{"version": 1, "transformer_kw": null}"#).unwrap();
        assert_eq!(free, Spec::default());
        let typo = Spec::from_json(r#"{"version": 1, "sed": 5}"#).unwrap_err().to_string();
        assert!(typo.contains("sed"), "{typo}");
    }

    #[test]
    fn the_learners_old_names_are_migrated() {
        let ppo = |text: &str| Spec::from_json(text).unwrap().ppo;
        let old = r#"{"version": 2, "ppo": {"steps": 48, "epochs": 3, "entropy_coefficient": 0.01,
            "value_coefficient": 0.7, "initial_log_std": [-2], "hidden": [32],
            "activation": "tanh", "total_steps": 9, "gamma": 0.9}}"#;
        let new = r#"{"version": 3, "ppo": {"n_steps": 48, "n_epochs": 3, "ent_coef": 0.01,
            "vf_coef": 0.7, "log_std_init": [-2], "net_arch": [32],
            "activation_fn": "tanh", "total_timesteps": 9, "gamma": 0.9}}"#;
        assert_eq!(ppo(old), ppo(new));
        assert_eq!(ppo(&old.replace("\"version\": 2", "\"version\": 1")), ppo(new));
        let stale = old.replace("\"version\": 2", "\"version\": 3");
        let message = Spec::from_json(&stale).unwrap_err().to_string();
        assert!(message.contains("ppo.steps") || message.contains("`steps`"), "{message}");
    }
}
