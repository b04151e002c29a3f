//! A scene is the day that is judged, to the last home, line and trade.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use peergrid_lab::{PolicyKind, Replay, Run, Scene, Setting, Spec, evaluate, record};
use serde_json::{Value, json};

/// A street of six homes with what `changes` adds.
fn setting(changes: &Value) -> Setting {
    let mut spec = json!({ "data": { "source": "synthetic", "homes": 6, "days": 60 } });
    spec.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    let spec = Spec::from_json(&spec.to_string()).unwrap();
    let data = spec.data.without_file().unwrap();
    Setting::new(spec, data).unwrap()
}

/// The held-out day on which homes without batteries trade most.
fn busiest(setting: &Setting) -> usize {
    let mut policy = PolicyKind::NoBattery.fixed().unwrap();
    let run = evaluate(policy.as_mut(), setting, &setting.held_out).unwrap();
    let traded = |day: &usize| run.trace.p2p_kwh[run.episode(*day)].iter().sum::<f64>();
    (0..run.days.len()).max_by(|a, b| traded(a).total_cmp(&traded(b))).unwrap()
}

fn played(setting: &Setting, kind: PolicyKind, index: usize) -> (Scene, Run) {
    let day = setting.held_out[index];
    let scene = Scene::play(kind.for_setting(setting).unwrap().as_mut(), setting, day).unwrap();
    let run = evaluate(kind.for_setting(setting).unwrap().as_mut(), setting, &[day]).unwrap();
    (scene, run)
}

fn close(a: f64, b: f64) {
    assert!((a - b).abs() < 1e-9, "{a} is not {b}");
}

/// Sums over the homes of each step.
fn sums(scene: &Scene, values: &[f64]) -> Vec<f64> {
    values.chunks_exact(scene.homes.len()).map(|step| step.iter().sum()).collect()
}

fn agrees(scene: &Scene, run: &Run) {
    let (trace, dt) = (&run.trace, run.dt);
    let per_hour = |values: &[f64]| values.iter().map(|v| v / dt).collect::<Vec<_>>();
    let both = [
        (sums(scene, &scene.load_kw), trace.load_kw.clone()),
        (sums(scene, &scene.pv_kw), trace.pv_kw.clone()),
        (sums(scene, &scene.battery_kw), trace.battery_kw.clone()),
        (sums(scene, &scene.soc_kwh), trace.soc_kwh.clone()),
        (sums(scene, &scene.curtailed_kw), per_hour(&trace.curtailed_kwh)),
        (sums(scene, &scene.unserved_kw), per_hour(&trace.unserved_kwh)),
        (sums(scene, &scene.bill), trace.bill.clone()),
        (scene.import_kw.clone(), per_hour(&trace.import_kwh)),
        (scene.export_kw.clone(), per_hour(&trace.export_kwh)),
        (scene.loss_kw.clone(), per_hour(&trace.loss_kwh)),
        (scene.cost.clone(), (0..scene.cost.len()).map(|step| run.cost(step)).collect()),
        (scene.retail.clone(), trace.retail.clone()),
        (scene.feed_in.clone(), trace.feed_in.clone()),
    ];
    for (seen, judged) in &both {
        assert_eq!(seen.len(), judged.len());
        seen.iter().zip(judged).for_each(|(&a, &b)| close(a, b));
    }
    assert_eq!(scene.peak, trace.peak);
    for (seen, judged) in scene.price.iter().zip(&trace.price) {
        assert_eq!(*seen, Some(*judged).filter(|p| p.is_finite()));
    }
    let reward = scene.reward.iter().flat_map(|r| &r.values).sum::<f64>();
    close(reward, trace.reward.iter().sum());
    assert_eq!(scene.reasons.len() as u64, run.interventions.iter().flatten().sum::<u64>());
}

/// Energy of every home and step, and trades against what the homes exchange.
fn balances(scene: &Scene, volumes: &[f64]) {
    let homes = scene.homes.len();
    for i in 0..scene.load_kw.len() {
        let served = scene.load_kw[i] - scene.unserved_kw[i];
        let net = served - (scene.pv_kw[i] - scene.curtailed_kw[i]) + scene.battery_kw[i];
        close(net, scene.peer_kw[i] + scene.grid_kw[i]);
        assert_eq!(scene.order_kwh[i].is_some(), scene.order_price[i].is_some());
    }
    let mut traded = vec![0.0; scene.load_kw.len()];
    let mut volume = vec![0.0; volumes.len()];
    for trade in &scene.trades {
        assert!(trade.kwh >= 0.0);
        traded[trade.step * homes + trade.buyer] += trade.kwh;
        traded[trade.step * homes + trade.seller] -= trade.kwh;
        volume[trade.step] += trade.kwh;
    }
    for (traded, peer) in traded.iter().zip(&scene.peer_kw) {
        close(*traded, peer * scene.step_hours);
    }
    volume.iter().zip(volumes).for_each(|(&a, &b)| close(a, b));
}

#[test]
fn the_scene_is_the_judged_day_under_every_mechanism() {
    for mechanism in
        ["uniform", "discriminatory", "grid_backed", "mcafee", "mid_market_rate", "bill_sharing"]
    {
        let setting = setting(&json!({
            "market": { "mechanism": mechanism, "network_fee": 0.02 },
            "reward": { "weights": { "profit": 1, "grid": 0.5, "fairness": 0.1 } },
        }));
        let (scene, run) = played(&setting, PolicyKind::RuleBased, busiest(&setting));
        agrees(&scene, &run);
        balances(&scene, &run.trace.p2p_kwh);
        // Where sellers are few, McAfee's leaves all of them out.
        let enough = mechanism == "mcafee" || scene.trades.len() > 10;
        assert!(enough, "{mechanism}: {} trades say little", scene.trades.len());
        let terms: Vec<_> = scene.reward.iter().map(|r| (r.term, r.weight)).collect();
        let expected = [
            ("profit", 1.0),
            ("grid_import", -0.5),
            ("gini", -0.1),
            ("limits", -1.0),
            ("end_value", 1.0),
        ];
        assert_eq!(terms, expected);
    }
}

#[test]
fn money_adds_up() {
    // No cable and no charges: what a home pays is what it exchanges at the prices shown.
    let setting = setting(&json!({ "feeder": null, "market": { "network_fee": 0.02 } }));
    let (scene, _) = played(&setting, PolicyKind::RuleBased, busiest(&setting));
    assert!(scene.trades.len() > 10, "{} trades say little", scene.trades.len());
    let homes = scene.homes.len();
    let mut owed: Vec<f64> = scene
        .grid_kw
        .iter()
        .enumerate()
        .map(|(i, kw)| {
            let step = i / homes;
            let price = if *kw > 0.0 { scene.retail[step] } else { scene.feed_in[step] };
            kw * scene.step_hours * price
        })
        .collect();
    for trade in &scene.trades {
        owed[trade.step * homes + trade.buyer] += trade.kwh * (trade.price + 0.02);
        owed[trade.step * homes + trade.seller] -= trade.kwh * trade.price;
    }
    owed.iter().zip(&scene.bill).for_each(|(&a, &b)| close(a, b));
    // Without a feeder each home hangs on a line of its own.
    assert_eq!(scene.parents, vec![0; homes]);
    assert!(scene.homes.iter().enumerate().all(|(h, home)| home.bus == h + 1));
    assert!(scene.voltage.is_empty() && scene.line_loading.iter().all(Option::is_none));
    let net = scene.peer_kw.iter().zip(&scene.grid_kw);
    scene.line_kw.iter().zip(net).for_each(|(&line, (&peer, &grid))| close(line, peer + grid));
}

#[test]
fn lines_carry_what_the_street_draws() {
    let transformer = json!({ "rated_kva": 50, "vk_percent": 4, "vkr_percent": 1.2 });
    for feeder in [json!({}), json!({ "transformer": transformer, "homes_per_cable": 4 })] {
        let with_transformer = feeder.get("transformer").is_some();
        let setting = setting(&json!({ "feeder": feeder }));
        let (scene, run) = played(&setting, PolicyKind::RuleBased, busiest(&setting));
        let (lines, steps) = (scene.parents.len(), scene.hours.len());
        assert_eq!(scene.voltage.len(), steps * (lines + 1));
        assert_eq!(scene.line_kw.len(), steps * lines);
        assert_eq!(scene.line_loading.len(), steps * lines);
        assert_eq!(
            scene.parents.iter().filter(|bus| **bus == 0).count(),
            1 + usize::from(with_transformer)
        );
        assert_eq!(scene.transformer_kw.is_some(), with_transformer);
        for step in 0..steps {
            let from_busbar = (0..lines).filter(|line| scene.parents[*line] == 0);
            let drawn: f64 = from_busbar.map(|line| scene.line_kw[step * lines + line]).sum();
            let through = run.trace.feeder_kwh[step] / run.dt;
            // The transformer's own loss is on no line.
            let loss = if with_transformer { 0.05 } else { 0.0 };
            let lost = -1e-9..=loss + 1e-9;
            assert!(lost.contains(&(through - drawn)), "{through} {drawn}");
            let voltages = &scene.voltage[step * (lines + 1)..(step + 1) * (lines + 1)];
            let lowest = voltages.iter().copied().map(Option::unwrap).fold(f64::MAX, f64::min);
            let expected = run.trace.voltage_min[step];
            assert!((lowest - expected).abs() < 1e-9 || with_transformer);
            assert!(lowest >= expected - 1e-9, "{lowest} {expected}");
        }
    }
}

#[test]
fn in_the_dark_neighbours_share_and_nothing_flows_from_the_grid() {
    let setting = setting(&json!({
        "split": { "held_out": { "from": "2026-02-01", "days": 4 } },
        "stress": { "outage": { "from": "2026-02-02", "from_hour": 8, "to_hour": 20 } },
    }));
    let (scene, run) = played(&setting, PolicyKind::RuleBased, 1);
    agrees(&scene, &run);
    balances(&scene, &run.trace.p2p_kwh);
    let (homes, lines) = (scene.homes.len(), scene.parents.len());
    let dark: Vec<_> = (0..scene.hours.len()).filter(|step| scene.outage[*step]).collect();
    assert_eq!(dark.len(), 12);
    for step in dark {
        assert!(scene.grid_kw[step * homes..(step + 1) * homes].iter().all(|kw| *kw == 0.0));
        assert!(scene.order_kwh[step * homes..(step + 1) * homes].iter().all(Option::is_none));
        assert!(
            scene.voltage[step * (lines + 1)..(step + 1) * (lines + 1)].iter().all(Option::is_none)
        );
        // The street feeds itself.
        close(scene.line_kw[step * lines], 0.0);
    }
    assert!(scene.reasons.iter().any(|change| change.reason == "grid outage"));
}

#[test]
fn a_recorded_policy_is_seen_as_it_acted() {
    let setting = setting(&json!({}));
    let (acted, _) = played(&setting, PolicyKind::StreetGreedy, 1);
    let mut policy = PolicyKind::StreetGreedy.fixed().unwrap();
    let numbers = record(policy.as_mut(), &setting, &setting.held_out).unwrap();
    let mut replay = Replay::new(&numbers, &setting, setting.held_out.len(), 1).unwrap();
    assert_eq!(Scene::play(&mut replay, &setting, setting.held_out[1]).unwrap(), acted);
}
