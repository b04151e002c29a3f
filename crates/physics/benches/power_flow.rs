//! How fast a street's power flow is, by method and number of homes.
#![allow(missing_docs, clippy::unwrap_used, reason = "criterion's macros; a benchmark may stop")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use peergrid_physics::{Feeder, FeederSpec, PowerFlow, PowerFlowMethod};

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
            let mut shares = Vec::new();
            c.bench_function(&format!("loss shares, {name}, {homes} homes"), |b| {
                b.iter(|| feeder.loss_shares(black_box(&net_kw), &flow, black_box(&mut shares)));
            });
        }
    }
}

criterion_group!(benches, power_flow);
criterion_main!(benches);
