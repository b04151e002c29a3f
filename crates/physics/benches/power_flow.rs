//! How fast a street's power flow is, by method and number of homes.
#![allow(missing_docs, clippy::unwrap_used, reason = "criterion's macros; a benchmark may stop")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use peergrid_physics::{Feeder, FeederSpec, PowerFlow, PowerFlowMethod, PowerFlows};

/// Power flows side by side.
const ROWS: usize = 64;

/// An evening with two homes of surplus.
fn net_kw(homes: usize) -> Vec<f64> {
    (0..homes).map(|h| if h % 5 == 3 { -2.5 } else { 1.5 + 0.2 * (h % 7) as f64 }).collect()
}

fn power_flow(c: &mut Criterion) {
    for (name, method) in [("exact", PowerFlowMethod::Exact), ("linear", PowerFlowMethod::Linear)] {
        for homes in [10, 100] {
            let ids: Vec<String> = (0..homes).map(|h| format!("home {h}")).collect();
            let spec = FeederSpec { method, ..FeederSpec::default() };
            let feeder = Feeder::build(&spec, &ids).unwrap();
            let (net_kw, mut flow) = (net_kw(homes), PowerFlow::default());
            c.bench_function(&format!("power flow, {name}, {homes} homes"), |b| {
                b.iter(|| feeder.solve(black_box(&net_kw), black_box(&mut flow)).unwrap());
            });
            let rows = net_kw.repeat(ROWS);
            let mut flows = PowerFlows::default();
            c.bench_function(&format!("{ROWS} power flows, {name}, {homes} homes"), |b| {
                b.iter(|| feeder.solve_rows(black_box(&rows), black_box(&mut flows)).unwrap());
            });
            let mut shares = vec![0.0; rows.len()];
            c.bench_function(&format!("{ROWS} rows of loss shares, {name}, {homes} homes"), |b| {
                b.iter(|| feeder.loss_shares(black_box(&rows), &mut flows, &mut shares));
            });
        }
    }
}

criterion_group!(benches, power_flow);
criterion_main!(benches);
