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
fn every_silent_mistake_is_warned_of_and_only_it() {
    type Change = fn(&mut PpoSettings);
    let cases: [(&str, Change); 11] = [
        ("3576 of them are left out", |s| s.batch_size = 5_250),
        ("more than half", |s| s.batch_size = 20_000),
        ("ten iterations", |s| s.total_timesteps = 100_000),
        ("learning_rate", |s| s.learning_rate = 0.1),
        ("above 0.5", |s| s.log_std_init = vec![-1.0, 1.0]),
        ("below -4", |s| s.log_std_init = vec![-1.0, -5.0]),
        ("very often", |s| s.n_epochs = 40),
        ("no effect", |s| (s.n_epochs, s.target_kl) = (1, Some(0.01))),
        ("clip_range", |s| s.clip_range = 0.6),
        ("critic", |s| s.vf_coef = 0.0),
        ("outweigh", |s| s.ent_coef = 0.2),
    ];
    for (hint, change) in cases {
        let mut settings = PpoSettings::default();
        change(&mut settings);
        assert_eq!(settings.validate(), Ok(()), "{hint}");
        let warnings = settings.warnings(1024);
        assert!(warnings.len() == 1 && warnings[0].contains(hint), "{hint}: {warnings:?}");
    }
}

#[test]
fn the_defaults_of_stable_baselines3_are_valid_and_warn_of_nothing() {
    let settings = PpoSettings::sb3_defaults();
    assert_eq!(settings.validate(), Ok(()));
    for streams in [1, 4, 8] {
        assert_eq!(settings.warnings(streams), Vec::<String>::new());
    }
    let own = PpoSettings::default();
    assert_eq!(settings.total_timesteps, own.total_timesteps, "the length is the experiment's");
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
