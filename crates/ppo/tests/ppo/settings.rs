//! Settings: ranges, names in errors, warnings.

use peergrid_ppo::{LearningRateSchedule, PpoSettings};

#[test]
fn the_defaults_are_valid_and_warn_of_nothing() {
    let settings = PpoSettings::default();
    assert_eq!(settings.validate(), Ok(()));
    // 1,024 streams of 24 steps make twelve whole minibatches of 2,048.
    assert_eq!(settings.warnings(1024), Vec::<String>::new());
}

#[test]
fn every_field_out_of_range_is_named() {
    type Change = fn(&mut PpoSettings);
    let cases: [(&str, Change); 16] = [
        ("learning_rate", |s| s.learning_rate = 0.0),
        ("learning_rate", |s| s.learning_rate = f64::NAN),
        ("n_steps", |s| s.n_steps = 0),
        ("batch_size", |s| s.batch_size = 1),
        ("n_epochs", |s| s.n_epochs = 0),
        ("gamma", |s| s.gamma = 1.01),
        ("gae_lambda", |s| s.gae_lambda = -0.1),
        ("clip_range", |s| s.clip_range = 0.0),
        ("ent_coef", |s| s.ent_coef = -1.0),
        ("vf_coef", |s| s.vf_coef = f64::INFINITY),
        ("max_grad_norm", |s| s.max_grad_norm = 0.0),
        ("target_kl", |s| s.target_kl = Some(0.0)),
        ("log_std_init", |s| s.log_std_init = vec![]),
        ("log_std_init", |s| s.log_std_init = vec![f32::NAN]),
        ("net_arch", |s| s.net_arch = vec![64, 0]),
        ("total_timesteps", |s| s.total_timesteps = 0),
    ];
    for (field, change) in cases {
        let mut settings = PpoSettings::default();
        change(&mut settings);
        let error = settings.validate().unwrap_err().to_string();
        assert!(error.starts_with(&format!("PPO setting `{field}` is ")), "{field}: {error}");
    }
}

#[test]
fn unknown_fields_are_errors_and_missing_ones_take_their_defaults() {
    let error = serde_json::from_str::<PpoSettings>(r#"{"learning_rte": 1}"#).unwrap_err();
    assert!(error.to_string().contains("learning_rte"), "{error}");
    let settings: PpoSettings = serde_json::from_str(r#"{"activation_fn": "tanh"}"#).unwrap();
    assert_eq!(settings.n_epochs, PpoSettings::default().n_epochs);
    let text = serde_json::to_string(&settings).unwrap();
    assert_eq!(serde_json::from_str::<PpoSettings>(&text).unwrap(), settings);
}

#[test]
fn silent_mistakes_are_warned_of() {
    let settings = PpoSettings { batch_size: 1000, ..PpoSettings::default() };
    let warnings = settings.warnings(100);
    assert!(warnings.iter().any(|text| text.contains("400 of them are left out")), "{warnings:?}");
    let settings = PpoSettings { total_timesteps: 1000, ..PpoSettings::default() };
    let warnings = settings.warnings(1024);
    assert!(warnings.iter().any(|text| text.contains("ten iterations")), "{warnings:?}");
}

#[test]
fn the_learning_rate_follows_its_schedule() {
    let linear = PpoSettings { learning_rate: 0.1, total_timesteps: 100, ..PpoSettings::default() };
    assert!((linear.learning_rate_at(25) - 0.075).abs() < 1e-12);
    assert_eq!(linear.learning_rate_at(200), 0.0);
    let schedule = LearningRateSchedule::Constant;
    let constant = PpoSettings { learning_rate_schedule: schedule, ..linear };
    assert_eq!(constant.learning_rate_at(99), 0.1);
}
