//! Small streets that tests share.

#![allow(dead_code, reason = "not every test needs all of it")]

use jiff::civil::date;
use peergrid_data::{Home, Neighbourhood, Provenance, ProvenanceKind};
use peergrid_env::{Checked, Microgrids, Settled, Tariff, Window};
use peergrid_guard::Action;

/// Steps in a day.
pub const DAY: usize = 24;

pub fn neighbourhood(days: usize, series: &[(Vec<f32>, Vec<f32>)]) -> Neighbourhood {
    let first = date(2026, 1, 5);
    let repeat = |v: &Vec<f32>| {
        if v.len() == days * DAY { v.clone() } else { v.repeat(days * DAY / v.len()) }
    };
    Neighbourhood {
        name: "test".to_owned(),
        provenance: Provenance {
            kind: ProvenanceKind::Synthetic,
            source: "made for a test".to_owned(),
            licence: "none".to_owned(),
        },
        step_minutes: 60,
        dates: first.series(jiff::Span::new().days(1)).take(days).collect(),
        homes: series
            .iter()
            .enumerate()
            .map(|(i, (load, pv))| Home {
                id: format!("h{i}"),
                pv_kwp: None,
                postcode: None,
                load_kw: repeat(load),
                pv_kw: repeat(pv),
            })
            .collect(),
    }
}

pub fn tariff() -> Tariff {
    let peak = Window { price: Some(0.58), peak: true, ..Window::daily("peak", 15.0, 21.0) };
    Tariff { windows: vec![peak], ..Tariff::flat("test", 0.28, 0.05) }
}

pub fn act(microgrids: &mut Microgrids, actions: &[Action]) -> Settled {
    let (mut checked, mut settled) = (Checked::default(), Settled::default());
    microgrids.check(actions, &mut checked);
    microgrids.step(&checked, &mut settled).unwrap();
    settled
}

pub fn action(battery_kw: f64, grid_request_kw: f64, price_bid: f64) -> Action {
    Action { battery_kw, grid_request_kw, price_bid }
}
