//! The kernels natively.
#![allow(missing_docs, reason = "criterion's macros")]

use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use peergrid_bench::KERNELS;

fn kernels(criterion: &mut Criterion) {
    for set_up in KERNELS {
        let mut kernel = set_up();
        let mut group = criterion.benchmark_group(kernel.unit);
        group.throughput(Throughput::Elements(kernel.per_run.into()));
        group.sample_size(10).measurement_time(Duration::from_secs(4));
        group.bench_function(kernel.name, |bencher| bencher.iter(|| kernel.run()));
        group.finish();
    }
}

criterion_group!(benches, kernels);
criterion_main!(benches);
