//! The tuned time-of-use rule and model-predictive control on what ships.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use peergrid_env::Tariff;
use peergrid_lab::{PolicyKind, Run, Setting, Spec, evaluate, presets::PRESETS};

const OPPONENTS: [PolicyKind; 2] = [PolicyKind::TimeOfUse, PolicyKind::Mpc];

/// A setting whose training days are few, so that tuning is quick.
fn setting(spec: Spec) -> Setting {
    let data = spec.data.without_file().unwrap();
    let mut setting = Setting::new(spec, data).unwrap();
    setting.train = setting.train.iter().copied().step_by(48).collect();
    setting.held_out.truncate(3);
    setting
}

fn run(kind: PolicyKind, setting: &Setting, days: &[usize]) -> Run {
    evaluate(kind.for_setting(setting).unwrap().as_mut(), setting, days).unwrap()
}

/// Whatever the scenario: no panic, a cost, a note, and on the days it was tuned on the rule is at
/// least as good as those it is made from.
#[test]
fn every_scenario_that_ships_has_its_opponents() {
    for preset in PRESETS {
        let setting = setting(preset.spec().unwrap());
        for kind in OPPONENTS {
            let run = run(kind, &setting, &setting.held_out);
            assert!(run.total_cost().is_finite() && run.note.is_some(), "{}", preset.id);
            assert_eq!(
                run.interventions.iter().flatten().sum::<u64>(),
                0,
                "{}, {kind:?}",
                preset.id
            );
        }
        let cost = |kind| run(kind, &setting, &setting.train).total_cost();
        let tuned = cost(PolicyKind::TimeOfUse);
        for rule in [PolicyKind::RuleBased, PolicyKind::StreetGreedy] {
            assert!(tuned <= cost(rule) + 1e-4, "{}: {tuned} {}", preset.id, cost(rule));
        }
    }
}

/// Any tariff that ships, days and weeks, hours and half hours, limits that are enforced.
#[test]
fn every_tariff_has_its_opponents() {
    for (i, tariff) in Tariff::shipped().iter().enumerate() {
        let mut spec: Spec = Spec::from_json(
            r#"{
                "data": {"source": "synthetic", "homes": 4, "days": 140, "step_minutes": 30},
                "limits": {"transformer": "enforced", "transformer_kw": 9}
            }"#,
        )
        .unwrap();
        spec.tariff = Tariff::by_id(tariff.id).unwrap();
        if i % 2 == 1 {
            spec.episode = serde_json::from_str(r#"{"length": "week"}"#).unwrap();
        }
        let mut setting = setting(spec);
        setting.held_out.truncate(1);
        for kind in OPPONENTS {
            let run = run(kind, &setting, &setting.held_out);
            assert!(run.total_cost().is_finite(), "{}, {kind:?}", tariff.id);
        }
    }
}

/// Where wear counts, both move less energy.
#[test]
fn wear_that_counts_is_spared() {
    let setting = setting(PRESETS[0].spec().unwrap());
    for kind in OPPONENTS {
        let throughput = |wear| {
            let mut policy = kind.counting_wear(&setting, wear).unwrap();
            let run = evaluate(policy.as_mut(), &setting, &setting.train).unwrap();
            run.trace.throughput_kwh.iter().sum::<f64>()
        };
        assert!(throughput(0.2) < 0.95 * throughput(0.0), "{kind:?}");
    }
}
