//! What holds for every feeder: random trees, homes at some of their buses, loads and surpluses.

use peergrid_physics::{
    Cable, Feeder, FeederSpec, LineSpec, PowerFlow, PowerFlowMethod, PowerFlows, Service,
    TransformerSpec,
};
use proptest::prelude::*;

/// A tree of buses `0` to `n`, lines in order, and what is drawn at the homes.
#[derive(Debug, Clone)]
struct Case {
    spec: FeederSpec,
    /// Of the line into bus `i + 1`.
    parent: Vec<usize>,
    /// One conductor's, Ω.
    impedance: Vec<(f64, f64)>,
    home_at: Vec<usize>,
    net_kw: Vec<f64>,
}

impl Case {
    fn feeder(&self, method: PowerFlowMethod) -> Feeder {
        let ids: Vec<String> = self.home_at.iter().map(ToString::to_string).collect();
        Feeder::build(&FeederSpec { method, ..self.spec.clone() }, &ids).unwrap()
    }

    fn solved(&self, method: PowerFlowMethod, net_kw: &[f64]) -> PowerFlow {
        let mut flow = PowerFlow::default();
        self.feeder(method).solve(net_kw, &mut flow).unwrap();
        flow
    }
}

fn any_line() -> impl Strategy<Value = (prop::sample::Index, f64, Option<Cable>, f64, f64)> {
    let cable = prop::option::of(prop::sample::select(vec![Cable::Nayy4x50, Cable::Nayy4x150]));
    (any::<prop::sample::Index>(), 1.0..25.0f64, cable, 0.0..0.8f64, 0.0..0.4f64)
}

prop_compose! {
    /// Up to 30 buses; all homes together draw or feed in at most 6 kW.
    fn any_case()(
        lines in prop::collection::vec(any_line(), 1..30),
        picks in prop::collection::vec((any::<bool>(), -1.0..1.0f64), 30),
        single in any::<bool>(),
        transformed in any::<bool>(),
    ) -> Case {
        let parent: Vec<usize> = lines.iter().enumerate().map(|(i, l)| l.0.index(i + 1)).collect();
        let spec = |i: usize, &(_, length_m, cable, r, x): &(_, f64, Option<Cable>, f64, f64)| {
            let own = |value: f64| if cable.is_none() { Some(value) } else { None };
            LineSpec {
                from: parent[i].to_string(),
                to: (i + 1).to_string(),
                length_m,
                cable,
                r_ohm_per_km: own(r),
                x_ohm_per_km: own(x),
                ampacity_a: None,
            }
        };
        let ohms = |&(_, length_m, cable, r, x): &(_, f64, Option<Cable>, f64, f64)| {
            let (r, x) = cable.map_or((r, x), |c| (c.parameters().0, c.parameters().1));
            (r * length_m / 1000.0, x * length_m / 1000.0)
        };
        // The last bus always has a home.
        let home_at: Vec<usize> =
            (1..=lines.len()).filter(|&bus| bus == lines.len() || picks[bus].0).collect();
        let share = 6.0 / home_at.len() as f64;
        Case {
            spec: FeederSpec {
                lines: lines.iter().enumerate().map(|(i, line)| spec(i, line)).collect(),
                service: if single { Service::SinglePhase } else { Service::ThreePhase },
                transformer: transformed.then(TransformerSpec::default),
                ..FeederSpec::default()
            },
            impedance: lines.iter().map(ohms).collect(),
            net_kw: home_at.iter().map(|&bus| picks[bus].1 * share).collect(),
            parent,
            home_at,
        }
    }
}

/// Complex numbers of the independent solver.
type C = (f64, f64);

fn mul(a: C, b: C) -> C {
    (a.0 * b.0 - a.1 * b.1, a.0 * b.1 + a.1 * b.0)
}

fn conj_div(s: C, v: C) -> C {
    // conj(s / v)
    let d = v.0 * v.0 + v.1 * v.1;
    ((s.0 * v.0 + s.1 * v.1) / d, -(s.1 * v.0 - s.0 * v.1) / d)
}

/// Voltages (pu, from the busbar on) and what the source delivers (kVA) by current injection
/// with phasors, which shares nothing with the branch-flow equations.
fn phasors(case: &Case) -> (Vec<f64>, C) {
    let (volts, conductors) = match case.spec.service {
        Service::ThreePhase => (400.0, 1.0),
        Service::SinglePhase => (230.0, 2.0),
    };
    let unit = conductors * 1000.0 / (volts * volts);
    let before_busbar = match &case.spec.transformer {
        Some(_) => (0.012 / 250.0, (0.04_f64.powi(2) - 0.012_f64.powi(2)).sqrt() / 250.0),
        None => (0.0, 0.0),
    };
    let buses = case.parent.len() + 1;
    let mut voltage = vec![(1.0, 0.0); buses];
    let mut current = vec![(0.0, 0.0); buses];
    for _ in 0..200 {
        current.fill((0.0, 0.0));
        for (&bus, &kw) in case.home_at.iter().zip(&case.net_kw) {
            current[bus] = conj_div((kw, 0.0), voltage[bus]);
        }
        for bus in (1..buses).rev() {
            let (re, im) = current[bus];
            let above = &mut current[case.parent[bus - 1]];
            *above = (above.0 + re, above.1 + im);
        }
        let drop = mul(before_busbar, current[0]);
        voltage[0] = (1.0 - drop.0, -drop.1);
        for bus in 1..buses {
            let (r, x) = case.impedance[bus - 1];
            let drop = mul((r * unit, x * unit), current[bus]);
            let sending = voltage[case.parent[bus - 1]];
            voltage[bus] = (sending.0 - drop.0, sending.1 - drop.1);
        }
    }
    let magnitudes = voltage.iter().map(|v| v.0.hypot(v.1)).collect();
    (magnitudes, (current[0].0, -current[0].1))
}

proptest! {
    /// The exact method finds what phasors find; what the source delivers is what the homes draw
    /// plus what the feeder burns.
    #[test]
    fn exact_is_exact_and_balances(case in any_case()) {
        let feeder = case.feeder(PowerFlowMethod::Exact);
        let flow = case.solved(PowerFlowMethod::Exact, &case.net_kw);
        let (voltages, (kw, kvar)) = phasors(&case);
        for (bus, expected) in voltages.iter().enumerate() {
            // Lines come in an order of their own here; names tell the buses.
            let found = (0..feeder.buses()).find(|&b| feeder.bus_name(b) == bus.to_string());
            let found = flow.voltage_pu[found.unwrap()];
            prop_assert!((found - expected).abs() < 1e-11, "{found} {expected}");
        }
        prop_assert!((flow.slack_kw - kw).abs() < 1e-9, "{} {kw}", flow.slack_kw);
        prop_assert!((flow.slack_kvar - kvar).abs() < 1e-9, "{} {kvar}", flow.slack_kvar);
        prop_assert!((kw - case.net_kw.iter().sum::<f64>() - flow.loss_kw).abs() < 1e-9);
        prop_assert!(flow.loss_kw >= 0.0);
    }

    /// Under load, what the linear method leaves out lowers voltages and adds losses; it matters
    /// the less, the smaller the loads: a tenth of them, about a hundredth of the error.
    #[test]
    fn linear_bounds_exact_and_meets_it(case in any_case()) {
        let error = |scale: f64| -> f64 {
            let net: Vec<f64> = case.net_kw.iter().map(|kw| kw.abs() * scale).collect();
            let exact = case.solved(PowerFlowMethod::Exact, &net);
            let linear = case.solved(PowerFlowMethod::Linear, &net);
            let differences = linear.voltage_pu.iter().zip(&exact.voltage_pu).map(|(a, b)| a - b);
            let worst = differences.clone().fold(0.0, f64::max);
            assert!(differences.fold(0.0, f64::min) > -1e-12, "a linear voltage below the exact");
            assert!(linear.loss_kw <= exact.loss_kw + 1e-12);
            worst
        };
        let (full, tenth) = (error(1.0), error(0.1));
        prop_assert!(tenth <= full / 80.0 + 1e-12, "{full} {tenth}");
    }

    /// Sensitivities are what the linear solution does when a home draws a little more.
    #[test]
    fn sensitivities_are_derivatives(case in any_case()) {
        let feeder = case.feeder(PowerFlowMethod::Linear);
        let step = 1e-3;
        for home in 0..feeder.homes() {
            let at = |kw: f64| {
                let mut net = vec![0.0; feeder.homes()];
                net[home] = kw;
                case.solved(PowerFlowMethod::Linear, &net).voltage_pu
            };
            let (more, less) = (at(step), at(-step));
            for bus in 0..feeder.buses() {
                let slope = (less[bus] - more[bus]) / (2.0 * step);
                let found = feeder.sensitivity(bus, home);
                prop_assert!(found >= 0.0 && (slope - found).abs() < 1e-9 + 1e-6 * found);
            }
        }
    }

    /// Marginal loss shares are what the losses do when a home draws a little more.
    #[test]
    fn loss_shares_are_marginal(case in any_case(), linear in any::<bool>()) {
        let method = if linear { PowerFlowMethod::Linear } else { PowerFlowMethod::Exact };
        let feeder = case.feeder(method);
        // Beside the case a quiet street, which has no losses to share.
        let quiet = vec![0.0; feeder.homes()];
        let rows = [&quiet[..], &case.net_kw].concat();
        let mut flows = PowerFlows::default();
        feeder.solve_rows(&rows, &mut flows).unwrap();
        let mut shares = vec![f64::NAN; rows.len()];
        feeder.loss_shares(&rows, &mut flows, &mut shares);
        let shares_of_quiet: Vec<f64> = shares.drain(..feeder.homes()).collect();
        prop_assert!(shares_of_quiet.iter().all(|&share| share == 0.0));
        let step = 1e-2;
        let parts: Vec<f64> = (0..feeder.homes())
            .map(|home| {
                let loss = |change: f64| {
                    let mut net = case.net_kw.clone();
                    net[home] += change;
                    case.solved(method, &net).loss_kw
                };
                case.net_kw[home] * (loss(step) - loss(-step)) / (2.0 * step)
            })
            .collect();
        let (total, size): (f64, f64) = (parts.iter().sum(), parts.iter().map(|p| p.abs()).sum());
        for (share, part) in shares.iter().zip(&parts) {
            prop_assert!((share * total - part).abs() < 1e-5 * size + 1e-9, "{share} {part} {total}");
        }
        let sum: f64 = shares.iter().sum();
        prop_assert!((sum - 1.0).abs() < 1e-9 || total.abs() < 1e-9, "{sum}");
    }

    /// Side by side every power flow is, to the last bit, what it is alone.
    #[test]
    fn rows_do_not_know_of_each_other(
        case in any_case(), linear in any::<bool>(), factors in prop::collection::vec(-1.5..1.5f64, 1..20),
    ) {
        let method = if linear { PowerFlowMethod::Linear } else { PowerFlowMethod::Exact };
        let feeder = case.feeder(method);
        let scaled = |factor: &f64| case.net_kw.iter().map(|kw| factor * kw).collect::<Vec<f64>>();
        let rows: Vec<Vec<f64>> = factors.iter().map(scaled).collect();
        let mut flows = PowerFlows::default();
        feeder.solve_rows(&rows.concat(), &mut flows).unwrap();
        prop_assert_eq!(flows.rows(), rows.len());
        let mut shares = vec![f64::NAN; rows.concat().len()];
        feeder.loss_shares(&rows.concat(), &mut flows, &mut shares);
        let mut alone = PowerFlows::default();
        for (row, net_kw) in rows.iter().enumerate() {
            let flow = case.solved(method, net_kw);
            prop_assert_eq!(flows.loss_kw(row), flow.loss_kw);
            prop_assert_eq!(flows.slack(row), (flow.slack_kw, flow.slack_kvar));
            let range = flow.voltage_pu.iter().fold((2.0, 0.0), |(lo, hi): (f64, f64), &v| (lo.min(v), hi.max(v)));
            prop_assert_eq!(flows.voltage_range(row), range);
            for (bus, &voltage) in flow.voltage_pu.iter().enumerate() {
                prop_assert_eq!(flows.voltage_pu(row, bus), voltage);
            }
            let loading = feeder.loading(&flow);
            prop_assert!((feeder.loading_of(&flows, row) - loading).abs() <= 1e-14 * loading);
            let mut own = vec![f64::NAN; net_kw.len()];
            feeder.solve_rows(net_kw, &mut alone).unwrap();
            feeder.loss_shares(net_kw, &mut alone, &mut own);
            prop_assert_eq!(&shares[row * own.len()..(row + 1) * own.len()], &own);
        }
    }

    /// Neither the order of the lines nor the names of the buses matter.
    #[test]
    fn order_and_names_change_nothing(
        case in any_case(),
        order in Just((0..30).collect::<Vec<usize>>()).prop_shuffle(),
    ) {
        let before = case.solved(PowerFlowMethod::Exact, &case.net_kw);
        let first = case.feeder(PowerFlowMethod::Exact);
        let name = |bus: &str| format!("bus {}", 1000 - bus.parse::<i32>().unwrap());
        let mut spec = case.spec.clone();
        spec.lines = order
            .iter()
            .filter_map(|&i| case.spec.lines.get(i))
            .map(|l| LineSpec { from: name(&l.from), to: name(&l.to), ..l.clone() })
            .collect();
        let ids: Vec<String> = case.home_at.iter().map(|bus| name(&bus.to_string())).collect();
        let second = Feeder::build(&spec, &ids).unwrap();
        let mut after = PowerFlow::default();
        second.solve(&case.net_kw, &mut after).unwrap();
        prop_assert!((before.loss_kw - after.loss_kw).abs() < 1e-12);
        for home in 0..first.homes() {
            let a = before.voltage_pu[first.home_bus(home)];
            let b = after.voltage_pu[second.home_bus(home)];
            prop_assert!((a - b).abs() < 1e-13, "{a} {b}");
        }
    }
}
