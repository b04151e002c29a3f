//! A small sweep, run anew and held against what it found when it was written down.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::collections::BTreeMap;

use peergrid_lab::{
    DataSpec, parallel,
    sweep::{Row, Sweep, SweepPlan, check, run},
};

const PLAN: &str = include_str!("../../../data/examples/sweep-small.json");
/// The sweep.json of `peergrid sweep --plan data/examples/sweep-small.json`, which a browser's test
/// holds the page against.
const FOUND: &str = include_str!("reference/sweep-small.json");

/// How far a measure may be off, absolutely and as a share of it.
///
/// The rule-based homes are the same in WebAssembly to the last bit. Optimisation changes no number
/// on one processor, since Rust contracts no arithmetic. Processors differ in the networks' matrix
/// products, which add up in another order and may round once less per term (fused multiply-add), and
/// learning makes such a difference grow: six updates to at most 2.5e-7 kWh and 1.3e-7 $ between
/// x86-64 with AVX2 and WebAssembly. Another seed changes the cost by more than 1e-4 $.
const TOLERANCE: f64 = 1e-5;

fn assert_close(
    found: &BTreeMap<String, Option<f64>>,
    expected: &BTreeMap<String, Option<f64>>,
    tolerance: f64,
    of: &str,
) {
    assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>(), "{of}");
    for (id, value) in expected {
        let close = match (found[id], value) {
            (Some(a), Some(b)) => (a - b).abs() <= tolerance * (1.0 + b.abs()),
            (a, b) => a == *b,
        };
        assert!(close, "{of}: {id} is {:?}, was {value:?}", found[id]);
    }
}

#[test]
fn the_small_sweep_finds_what_it_found() {
    let plan = SweepPlan::from_json(PLAN).unwrap();
    let runs = plan.runs().unwrap();
    check(&plan, &runs.iter().collect::<Vec<_>>(), 2, &DataSpec::without_file).unwrap();
    let train = |job: &_| Ok::<Row, String>(run(job, &DataSpec::without_file, &|_| {}));
    let rows = parallel::map(&runs, parallel::cores(), train).unwrap();
    let found = serde_json::from_str::<Sweep>(FOUND).unwrap();
    assert_eq!((rows.len(), &found.plan), (18, &plan));
    for ((row, expected), run) in rows.iter().zip(&found.rows).zip(&runs) {
        let of = format!("run {}", run.run);
        assert!(row.is_of(run) && expected.is_of(run), "{of}");
        assert_eq!((&row.error, &expected.error), (&None, &None), "{of}");
        assert_close(&row.kpis, &expected.kpis, TOLERANCE, &of);
        assert_close(&row.reference, &expected.reference, 1e-12, &of);
    }
    // What was written down can tell a seed from another.
    let cost = |row: &Row| row.kpis["cost"].unwrap();
    let differ = found.rows.chunks(2).map(|pair| (cost(&pair[0]) - cost(&pair[1])).abs());
    assert!(differ.fold(f64::INFINITY, f64::min) > 10.0 * TOLERANCE);
}
