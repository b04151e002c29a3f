//! A whole experiment on a small synthetic street: training, evaluation, results, models.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use peergrid_lab::{
    Iteration, LabError, Model, PolicyKind, Run, Setting, Spec, Training, evaluate,
    kpi::{self, KPIS},
    results::{PolicyResult, Summary, to_csv},
};
use peergrid_ppo::Compute;
use peergrid_reward::Weights;

/// Four homes, two batteries, eight weeks; iterations of 16 microgrids.
fn spec() -> Spec {
    Spec::from_json(
        r#"{
            "data": {"source": "synthetic", "homes": 4, "seed": 3, "days": 56},
            "training": {"microgrids": 16},
            "ppo": {"batch_size": 256, "total_timesteps": 30000}
        }"#,
    )
    .unwrap()
}

fn setting(spec: Spec) -> Setting {
    let data = spec.data.without_file().unwrap();
    Setting::new(spec, data).unwrap()
}

fn fixed_run(kind: PolicyKind, setting: &Setting) -> Run {
    evaluate(kind.for_setting(setting).unwrap().as_mut(), setting, &setting.held_out).unwrap()
}

fn value(id: &str, run: &Run) -> f64 {
    kpi::by_id(id).unwrap().of(run).unwrap()
}

fn train(setting: &Setting, iterations: usize) -> (Training, Vec<Iteration>) {
    let mut training = Training::new(setting.clone(), Compute::Cpu).unwrap();
    let log = (0..iterations).map(|_| pollster::block_on(training.iterate()).unwrap()).collect();
    (training, log)
}

#[test]
fn the_parts_of_the_split_do_not_overlap() {
    let setting = setting(spec());
    let mut all = [&setting.train[..], &setting.validation, &setting.held_out].concat();
    let count = all.len();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), count);
    assert!(setting.held_out.len() >= 7 && setting.validation.len() >= 3);
    assert!(!all.contains(&0), "the first day has no yesterday");
}

#[test]
fn batteries_help_and_netting_the_street_helps_more() {
    let setting = setting(spec());
    let costs = PolicyKind::RULES.map(|kind| value("cost", &fixed_run(kind, &setting)));
    assert!(costs[0] > costs[1] && costs[1] > costs[2], "{costs:?}");
    // Without a battery nothing is stored, nothing cycles and nothing is left at the end.
    let none = fixed_run(PolicyKind::NoBattery, &setting);
    assert_eq!(value("cycles", &none), 0.0);
    assert!(none.trace.end_value.iter().all(|v| *v == 0.0));
}

#[test]
fn learning_beats_where_it_started() {
    let mut spec = spec();
    spec.reward.weights = Weights::PEAK_AWARE;
    spec.training.microgrids = 100;
    spec.ppo.batch_size = 800;
    spec.ppo.learning_rate = 2e-3;
    spec.ppo.total_timesteps = 240_000;
    let setting = setting(spec);
    let (training, log) = train(&setting, 50);
    let mean = |log: &[Iteration]| {
        log.iter().filter_map(|i| i.stats.mean_episode_return).sum::<f64>() / log.len() as f64
    };
    let (first, last) = (mean(&log[..5]), mean(&log[45..]));
    assert!(last > first + 0.5, "return {first} -> {last}");
    // It starts close to the greedy street and ends clearly below its cost and peak.
    let (greedy, agent) = (log[49].validation["street_greedy"], log[49].validation["agent"]);
    assert!(agent.cost < greedy.cost - 0.2, "cost {} against {}", agent.cost, greedy.cost);
    assert!(agent.peak_import_kwh < greedy.peak_import_kwh - 1.0, "{agent:?} {greedy:?}");
    // The best agent, not the last one, is kept.
    let top = log.iter().map(|i| i.validation["agent"].reward).fold(f64::MIN, f64::max);
    let kept = training.best();
    let run = evaluate(&mut kept.policy(&setting), &setting, &setting.validation).unwrap();
    assert!((run.mean_reward() - top).abs() < 1e-9);
}

#[test]
fn the_same_seed_gives_the_same_agent() {
    let setting = setting(spec());
    let models = [(); 2].map(|()| train(&setting, 2).0.last().to_bytes().unwrap());
    assert!(models[0] == models[1]);
    let other = Setting { spec: Spec { seed: 2, ..setting.spec.clone() }, ..setting };
    assert!(train(&other, 2).0.last().to_bytes().unwrap() != models[0]);
}

#[test]
fn a_model_survives_the_round_trip() {
    let setting = setting(spec());
    let model = train(&setting, 1).0.last();
    let read = Model::from_bytes(&model.to_bytes().unwrap()).unwrap();
    assert_eq!(read.spec, setting.spec);
    let run = |m: &Model| evaluate(&mut m.policy(&setting), &setting, &setting.held_out).unwrap();
    assert_eq!(run(&read).trace.bill, run(&model).trace.bill);
    // Training goes on from a model, too.
    let mut training = Training::new(setting.clone(), Compute::Cpu).unwrap();
    training.resume(&read).unwrap();
    assert_eq!(run(&training.last()).trace.bill, run(&model).trace.bill);
    assert!(matches!(Model::from_bytes(b"not a model"), Err(LabError::Ppo(_))));
}

/// A model sees what it was trained to see; where that is not what a specification shows, there is
/// a sentence, and no panic.
#[test]
fn a_model_keeps_its_eyes() {
    let seeing = |observation: &str| {
        let mut spec = spec();
        spec.observation = serde_json::from_str(observation).unwrap();
        setting(spec)
    };
    let own = seeing(r#"{"profile": "mission"}"#);
    let others = [
        seeing("{}"),
        seeing(r#"{"profile": "mission", "street": "last_step"}"#),
        seeing(r#"{"street": "last_step"}"#),
    ];
    let model = train(&own, 1).0.last();
    let run = |on: &Setting| evaluate(&mut model.policy(on), on, &on.held_out).unwrap();
    assert_eq!(run(&own).note, None);
    for other in &others {
        assert_eq!(run(other).trace.bill, run(&own).trace.bill);
        let note = run(other).note.unwrap();
        assert!(note.contains("profile `mission`, street of `this_step`"), "{note}");
    }
    let error = |result: Result<(), LabError>| result.unwrap_err().to_string();
    let resume = |on: &Setting| Training::new(on.clone(), Compute::Cpu).unwrap().resume(&model);
    let message = error(resume(&others[0]));
    assert!(message.contains("mission, but the specification says extended"), "{message}");
    let message = error(resume(&others[1]));
    assert!(message.contains("this_step, but the specification says last_step"), "{message}");
    resume(&own).unwrap();
    // A file whose specification is not that of its weights.
    let wrong = Model { spec: others[0].spec.clone(), ..model.clone() }.to_bytes().unwrap();
    let message = error(Model::from_bytes(&wrong).map(drop));
    assert!(message.contains("sees 7 numbers") && message.contains("`extended`"), "{message}");
}

#[test]
fn weeks_and_bootstrapped_ends_train_as_well() {
    let mut spec = spec();
    spec.data =
        serde_json::from_str(r#"{"source": "synthetic", "homes": 2, "days": 140}"#).unwrap();
    spec.episode = serde_json::from_str(r#"{"length": "week", "end": "continues"}"#).unwrap();
    spec.ppo.n_steps = 48;
    let setting = setting(spec);
    let (_, log) = train(&setting, 1);
    assert!(log[0].stats.policy_loss.is_finite());
    assert_eq!(fixed_run(PolicyKind::RuleBased, &setting).steps, 7 * 24);
}

/// The CSV's columns add up to the table's figures.
#[test]
fn csv_and_table_agree() {
    let mut spec = spec();
    spec.limits.transformer_kw = Some(2.0);
    let setting = setting(spec);
    let run = fixed_run(PolicyKind::RuleBased, &setting);
    let text = to_csv(&setting, &run).unwrap();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().unwrap().clone();
    let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), setting.held_out.len() * 24);
    let per_day = |column: &str| {
        let i = header.iter().position(|name| name == column).unwrap();
        rows.iter().map(|row| row[i].parse::<f64>().unwrap()).sum::<f64>() / run.total_days()
    };
    for (column, id) in [
        ("cost", "cost"),
        ("grid_import_kwh", "grid_import"),
        ("peak_import_kwh", "peak_import"),
        ("grid_export_kwh", "grid_export"),
        ("p2p_kwh", "p2p"),
        ("loss_kwh", "losses"),
        ("curtailed_kwh", "curtailed"),
        ("unserved_kwh", "unserved"),
        ("overload_kwh", "overload"),
        ("fees", "fees"),
        ("surplus", "surplus"),
        ("charges", "charges"),
        ("wear", "wear"),
    ] {
        assert!((per_day(column) - value(id, &run)).abs() < 1e-9, "{column}");
    }
}

/// Grid, market and tariff with everything that a measure can be about, on a line that is too weak.
#[test]
fn every_measure_of_a_loaded_street() {
    let mut spec = spec();
    spec.market.network_fee = 0.02;
    spec.limits.transformer_kw = Some(2.0);
    let setting = setting(spec);
    let results = PolicyKind::RULES.map(|kind| {
        let run = fixed_run(kind, &setting);
        let homes: f64 = run.homes.iter().map(peergrid_lab::HomeTotals::savings).sum();
        assert!((homes / run.total_days() - value("savings", &run)).abs() < 1e-9);
        assert!((run.homes.iter().map(|h| h.cost).sum::<f64>() - run.total_cost()).abs() < 1e-9);
        for id in ["fees", "p2p_share", "overload", "ramping", "voltage_min", "loading", "carbon"] {
            assert!(value(id, &run) > 0.0, "{id}");
        }
        let (average, factor) = (value("peak_to_average", &run), value("load_factor", &run));
        assert!(average > 1.0 && (average * factor - 100.0).abs() < 1e-9);
        assert!(value("voltage_min", &run) < 1.0 && value("voltage_max", &run) >= 1.0);
        PolicyResult::new(kind.id(), kind.label(), &run)
    });
    let json =
        serde_json::to_value(Summary::new(&setting, results.to_vec(), "rule_based")).unwrap();
    let (none, rule) = (&json["policies"][0], &json["policies"][1]);
    assert_eq!(rule["kpis"].as_object().unwrap().len(), KPIS.len());
    assert_eq!(rule["normalised"]["cost"], 1.0);
    assert!(none["normalised"]["cost"].as_f64().unwrap() > 1.0);
    // There is no optimum to place anything by.
    assert!(none["placed"]["cost"].is_null() && none["regret"].is_null());
    assert!(json["price_of_anarchy"].is_null());
    assert_eq!(none["homes"].as_array().unwrap().len(), 4);
}

/// Community energy balance over a run: load and losses are served from PV, grid and batteries.
#[test]
fn energy_balances_over_a_run() {
    let setting = setting(spec());
    for &kind in PolicyKind::FIXED {
        let run = fixed_run(kind, &setting);
        let t = &run.trace;
        for i in 0..t.bill.len() {
            let drawn = (t.load_kw[i] + t.battery_kw[i]) * run.dt + t.loss_kwh[i];
            let supplied = t.pv_kw[i] * run.dt + t.import_kwh[i] - t.export_kwh[i];
            assert!((drawn - supplied).abs() < 1e-9);
            assert!((t.feeder_kwh[i] - t.import_kwh[i] + t.export_kwh[i]).abs() < 1e-9);
        }
    }
}

#[test]
fn what_does_not_fit_is_named() {
    let fails = |json: &str| {
        let spec = Spec::from_json(json).unwrap();
        let data = spec.data.without_file().unwrap();
        match Setting::new(spec, data) {
            Err(error) => error.to_string(),
            Ok(setting) => match Training::new(setting, Compute::Cpu) {
                Err(error) => error.to_string(),
                Ok(_) => panic!("{json} should not work"),
            },
        }
    };
    let cases = [
        (r#"{"homes": {"battery_homes": ["x9"]}}"#, "no home `x9`"),
        (r#"{"homes": {"battery_homes": "none"}}"#, "nothing to learn"),
        (r#"{"data": {"source": "synthetic", "days": 2}}"#, "day"),
        (r#"{"ppo": {"batch_size": 9000000}}"#, "batch_size"),
        (r#"{"homes": {"overrides": {"x9": {"pv_kwp": 0}}}}"#, "no home `x9`"),
        (r#"{"homes": {"pv_measured_kwp": {"x9": 1}}}"#, "no home `x9`"),
        (r#"{"ppo": {"n_steps": 2000000}}"#, "training.microgrids"),
        (
            r#"{"ppo": {"n_steps": 4294967295}, "training": {"microgrids": 4096}}"#,
            "training.microgrids",
        ),
    ];
    for (json, hint) in cases {
        let message = fails(json);
        assert!(message.contains(hint), "{message}");
    }
}

/// The real eight homes, where they are at hand.
#[test]
fn the_eight_measured_homes() {
    let shared = std::env::var("PEERGRID_SHARED")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared").to_owned());
    let path = format!("{shared}/data/ausgrid/eight_homes_pc2261_hourly_2012-2013.csv");
    let Ok(file) = std::fs::File::open(&path) else {
        println!("skipped: {path} is not there");
        return;
    };
    let spec = Spec::from_json(include_str!("../../../data/specs/eight-homes.json")).unwrap();
    let (data, _) = peergrid_data::read("eight homes", peergrid_data::Format::Auto, file).unwrap();
    let setting = Setting::new(spec, data).unwrap();
    assert_eq!((setting.community.homes(), setting.agents().len()), (8, 4));
    assert_eq!(setting.held_out.len(), 52);
    let peak = PolicyKind::RULES.map(|kind| value("peak_import", &fixed_run(kind, &setting)));
    assert!(peak[0] > peak[1] && peak[1] > peak[2], "{peak:?}");
}
