use peergrid_guard::Reason;

use super::{KPIS, by_id};
use crate::run::{HomeCost, HomeTotals, Run, Trace};

/// Two episodes of two steps of half a day: the street imports at the peak, has sun to sell, imports
/// again, and is without a grid.
fn run() -> Run {
    let four = |values: [f64; 4]| values.to_vec();
    let nan = f64::NAN;
    let home = |alone, cost| HomeTotals { cost, alone, ..HomeTotals::default() };
    let paid = |alone, cost| HomeCost { cost, alone };
    let mut interventions = vec![[0; Reason::ALL.len()]; 2];
    (interventions[0][0], interventions[1][1]) = (3, 1);
    Run {
        days: vec![1, 5],
        steps: 2,
        dt: 12.0,
        capacity_kwh: 10.0,
        value_of_lost_load: 0.5,
        carbon_kg_per_kwh: 0.66,
        voltage_band: (0.94, 1.1),
        transformer_kw: 2.0,
        trace: Trace {
            load_kw: four([2.0, 1.0, 3.0, 2.0]),
            pv_kw: four([0.0, 3.0, 0.0, 0.5]),
            curtailed_kwh: four([0.0, 6.0, 0.0, 0.0]),
            unserved_kwh: four([0.0, 0.0, 0.0, 18.0]),
            battery_kw: four([0.0, 1.0, -0.5, 0.0]),
            throughput_kwh: four([0.0, 12.0, 6.0, 0.0]),
            wear: four([0.0, 0.36, 0.18, 0.0]),
            soc_kwh: four([0.0, 10.0, 4.0, 4.0]),
            p2p_kwh: four([0.0, 4.0, 2.0, 0.0]),
            price: four([nan, 0.15, 0.3, nan]),
            fees: four([0.0, 0.04, 0.02, 0.0]),
            surplus: four([0.0, 0.1, 0.0, 0.0]),
            charges: four([0.2, 0.0, 0.0, 0.0]),
            import_kwh: four([25.0, 1.0, 32.0, 0.0]),
            export_kwh: four([0.0, 7.0, 0.0, 0.0]),
            loss_kwh: four([1.0, 0.0, 2.0, 0.0]),
            feeder_kwh: four([25.0, -6.0, 32.0, 0.0]),
            overload_kwh: four([1.0, 0.0, 8.0, 0.0]),
            voltage_min: four([0.93, 1.0, 0.95, nan]),
            voltage_max: four([1.0, 1.11, 1.0, nan]),
            loading: four([0.5, 0.2, 0.8, 0.0]),
            retail: four([0.5, 0.2, 0.2, 0.2]),
            feed_in: four([0.05, 0.05, 0.1, 0.1]),
            peak: vec![true, false, false, false],
            bill: four([12.5, -0.1, 6.4, 0.2]),
            end_value: four([0.0, 0.25, 0.0, 0.5]),
            alone: four([13.0, 1.0, 20.0, 16.0]),
            reward: four([0.0; 4]),
        },
        homes: vec![home(30.0, 10.0), home(20.0, 17.25)],
        home_costs: vec![paid(10.0, 8.0), paid(5.0, 4.25), paid(20.0, 2.0), paid(15.0, 13.0)],
        interventions,
        note: None,
    }
}

fn value(id: &str, run: &Run) -> Option<f64> {
    by_id(id).unwrap().of(run)
}

/// Every measure of that run, which lasts two days. The bills come to 19 $, what was missed to 9 $,
/// what is left is worth 0.75 $: 27.25 $ instead of 50 $.
#[test]
fn measures_by_hand() {
    let expect = [
        ("cost", 27.25 / 2.0),
        ("savings", 22.75 / 2.0),
        ("savings_percent", 45.5),
        // 4 kWh at 0.15 $, 2 at 0.30 $ and 7 at the step's feed-in tariff of 0.05 $.
        ("sale_price", 1.55 / 13.0),
        ("fees", 0.03),
        ("charges", 0.1),
        ("surplus", 0.05),
        ("peak_import", 12.5),
        ("grid_import", 29.0),
        ("grid_export", 3.5),
        ("p2p", 3.0),
        ("p2p_share", 100.0 * 6.0 / 64.0),
        // Of 96 kWh, 58 come from the grid and 18 from nowhere.
        ("self_sufficiency", 100.0 * 20.0 / 96.0),
        // Of 42 kWh, 7 are exported and 6 held back.
        ("self_consumption", 100.0 * 29.0 / 42.0),
        ("curtailed", 3.0),
        ("unserved", 9.0),
        ("carbon", 0.66 * 29.0),
        ("feeder_import", 28.5),
        ("feeder_peak", 32.0 / 12.0),
        ("peak_to_average", 32.0 * 4.0 / 57.0),
        ("load_factor", 100.0 * 57.0 / (32.0 * 4.0)),
        // Net power is 2 and −0.5 kW in one episode, 2.5 and 0 kW in the other.
        ("ramping", 2.5),
        ("losses", 1.5),
        ("voltage_hours", 12.0),
        ("voltage_min", 0.93),
        ("voltage_max", 1.11),
        ("overload", 4.5),
        ("loading", 80.0),
        ("cycles", 18.0 / 20.0 / 2.0),
        ("wear", 0.27),
        ("interventions", 2.0),
        // Savings of 20 $ and 2.75 $.
        ("gini", 17.25 / 45.5),
        ("jain", 22.75 * 22.75 / (2.0 * 407.5625)),
    ];
    assert_eq!(expect.map(|(id, _)| id), KPIS.map(|kpi| kpi.id));
    for (id, expected) in expect {
        let found = value(id, &run()).unwrap();
        assert!((found - expected).abs() < 1e-9, "{id}: {found}, not {expected}");
    }
}

/// A change to the run, and the measures that it leaves without a meaning.
type Case = (fn(&mut Run), &'static [&'static str]);

#[test]
fn what_is_not_defined_is_not_a_number() {
    let cases: [Case; 10] = [
        (|_| {}, &[]),
        (|run| run.trace.load_kw.fill(0.0), &["self_sufficiency"]),
        (|run| run.trace.pv_kw.fill(0.0), &["self_consumption"]),
        (|run| run.trace.alone.fill(0.0), &["savings_percent"]),
        (|run| run.capacity_kwh = 0.0, &["cycles"]),
        (
            |run| {
                run.trace.p2p_kwh.fill(0.0);
                run.trace.export_kwh.fill(0.0);
                run.trace.import_kwh.fill(0.0);
            },
            &["sale_price", "p2p_share"],
        ),
        (|run| run.trace.feeder_kwh.fill(-1.0), &["peak_to_average", "load_factor"]),
        (
            |run| {
                run.trace.voltage_min.fill(f64::NAN);
                run.trace.voltage_max.fill(f64::NAN);
                run.trace.loading.fill(0.0);
                run.transformer_kw = f64::INFINITY;
            },
            &["voltage_hours", "voltage_min", "voltage_max", "overload", "loading"],
        ),
        // One home loses more than the other saves.
        (|run| run.home_costs[3].cost = 50.0, &["gini"]),
        // What is left of a difference of two bills is no saving.
        (|run| run.home_costs.iter_mut().for_each(|h| h.cost = h.alone + 1e-14), &["gini", "jain"]),
    ];
    for (change, undefined) in cases {
        let mut run = run();
        change(&mut run);
        let found: Vec<_> = KPIS.iter().filter(|kpi| kpi.of(&run).is_none()).collect();
        assert_eq!(found.iter().map(|kpi| kpi.id).collect::<Vec<_>>(), undefined);
        assert!(found.iter().all(|kpi| kpi.definition.contains("ot defined")), "{undefined:?}");
    }
}

/// A voltage that the guard holds at its limit is within the band.
#[test]
fn the_band_includes_its_limits() {
    let mut run = run();
    run.trace.voltage_min[0] = 0.94 - 1e-7;
    run.trace.voltage_max[1] = 1.1 + 1e-7;
    assert_eq!(value("voltage_hours", &run), Some(0.0));
}

#[test]
fn groups_stay_together_and_values_in_their_range() {
    let mut groups: Vec<_> = KPIS.iter().map(|kpi| kpi.group).collect();
    groups.dedup();
    assert_eq!(groups, ["Money", "Energy", "Grid", "Batteries and guard", "Fairness"]);
    for kpi in KPIS {
        let (low, high) = match kpi.range {
            "any" => (f64::NEG_INFINITY, f64::INFINITY),
            "0 or more" => (0.0, f64::INFINITY),
            "1 or more" => (1.0, f64::INFINITY),
            "100 or less" => (f64::NEG_INFINITY, 100.0),
            between => {
                let (low, high) = between.split_once(" to ").unwrap();
                (low.parse().unwrap(), high.parse().unwrap())
            }
        };
        assert!((low..=high).contains(&kpi.of(&run()).unwrap()), "{}", kpi.id);
    }
}
