//! Terms and credits on a street of two homes.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use jiff::civil::date;
use peergrid_data::{Home, Neighbourhood, Provenance, ProvenanceKind};
use peergrid_env::{Checked, Community, HomeSetup, Microgrids, Scenario, Settled, Tariff};
use peergrid_guard::Action;
use peergrid_physics::Battery;
use peergrid_reward::{Credit, RewardSettings, Term, Terms, Tracker, Weights};

/// A home with 3 kW of surplus and a battery, a neighbour with 2 kW of load; flat 0.30 $/kWh.
fn microgrids() -> Microgrids {
    let home = |id: &str, load: f32, pv: f32| Home {
        id: id.to_owned(),
        pv_kwp: None,
        postcode: None,
        load_kw: vec![load; 48],
        pv_kw: vec![pv; 48],
    };
    let data = Neighbourhood {
        name: "test".to_owned(),
        provenance: Provenance {
            kind: ProvenanceKind::Synthetic,
            source: "made for a test".to_owned(),
            licence: "none".to_owned(),
        },
        step_minutes: 60,
        dates: vec![date(2026, 1, 1), date(2026, 1, 2)],
        homes: vec![home("a", 1.0, 4.0), home("b", 2.0, 0.0)],
    };
    let battery = HomeSetup { battery: Some(Battery::default()), ..HomeSetup::default() };
    let tariff = Tariff::flat("flat", 0.30, 0.05);
    let scenario = Scenario::new(vec![battery, HomeSetup::default()], tariff);
    let community = Community::new(&data, &scenario).unwrap();
    let mut microgrids = Microgrids::new(community.into(), 1).with_counterfactuals(true);
    microgrids.reset(&[1]).unwrap();
    microgrids
}

/// Home a charges 2 kW, so 1 of the neighbour's 2 kWh must come from the grid.
fn terms(credit: Credit) -> Terms {
    let mut microgrids = microgrids();
    let actions = [
        Action { battery_kw: 2.0, grid_request_kw: 0.0, price_bid: 0.06 },
        Action { battery_kw: 0.0, grid_request_kw: 0.0, price_bid: 0.29 },
    ];
    let (mut checked, mut settled) = (Checked::default(), Settled::default());
    microgrids.check(&actions, &mut checked);
    microgrids.step(&checked, &mut settled).unwrap();
    let settings = RewardSettings { credit, weights: Weights::GRID_AWARE, ..Default::default() };
    let (mut terms, mut tracker) = (Terms::default(), Tracker::default());
    tracker.reset(1, 2);
    terms.compute(&settings, microgrids.community(), &settled, &mut tracker);
    terms
}

fn close(values: &[f64], expected: &[f64]) {
    assert!(values.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12), "{values:?}");
}

#[test]
fn own_terms_are_the_homes_own() {
    let terms = terms(Credit::Own);
    // The scarce side is the seller's, so the bid of 0.29 sets the price.
    close(terms.values(Term::Profit), &[0.29, -0.29 - 0.30]);
    close(terms.values(Term::GridImport), &[0.0, 1.0]);
    close(terms.values(Term::PeakImport), &[0.0, 0.0]);
    close(terms.values(Term::Throughput), &[2.0, 0.0]);
    close(&terms.reward, &[0.29, -0.59 - 0.5]);
}

#[test]
fn the_community_shares_its_mean() {
    let terms = terms(Credit::Community);
    close(terms.values(Term::Profit), &[-0.15, -0.15]);
    close(&terms.reward, &[-0.15 - 0.25, -0.15 - 0.25]);
}

#[test]
fn the_difference_is_what_the_battery_changed() {
    let terms = terms(Credit::Difference);
    // Without it the street would export 1 kWh for 0.05 $ instead of importing 1 for 0.30 $.
    close(terms.values(Term::Profit), &[-0.35, 0.0]);
    close(terms.values(Term::GridImport), &[1.0, 0.0]);
    close(&terms.reward, &[-0.35 - 0.5, 0.0]);
}

#[test]
fn what_is_left_is_worth_its_sale_and_the_import_it_saves() {
    let microgrids = microgrids();
    let settings = RewardSettings { credit: Credit::Own, ..RewardSettings::default() };
    let mut rewards = [0.0; 2];
    settings.add_end_value(microgrids.community(), &[3.0, 0.0], &mut rewards);
    close(&rewards, &[2.0 * 0.9_f64.sqrt() * (0.05 + 0.5), 0.0]);
}
