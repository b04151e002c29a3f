//! The readers on extracts of Ausgrid's data, which the project does not ship.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::PathBuf;

use peergrid_data::{Format, Neighbourhood, QualityReport, read};

/// Reads an extract; `None`, and a line saying so, where it is absent.
fn extract(name: &str) -> Option<(Neighbourhood, QualityReport)> {
    let folder = std::env::var_os("PEERGRID_SHARED").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    let path = folder.join("data/ausgrid").join(name);
    let Ok(file) = std::fs::File::open(&path) else {
        println!("skipped: {name} is not there");
        return None;
    };
    Some(read(name, Format::Auto, file).unwrap())
}

fn kwh(n: &Neighbourhood, series: &[f32]) -> f64 {
    series.iter().map(|kw| f64::from(*kw)).sum::<f64>() * n.step_hours()
}

#[test]
fn customer_1_has_its_three_days() {
    let Some((n, report)) = extract("customer1_3days_2012-07_ausgrid_layout.csv") else { return };
    assert_eq!((report.format, report.rows, n.days()), (Format::Ausgrid, 9, 3));
    let home = n.home("1").unwrap();
    assert_eq!((home.pv_kwp, home.postcode), (Some(3.78), Some(2076)));
    // Sums of the file's CL, GC and GG rows.
    assert!((kwh(&n, &home.load_kw) - 76.935).abs() < 1e-5);
    assert!((kwh(&n, &home.pv_kw) - 29.775).abs() < 1e-5);
    // 0:30 on 1 July: GC 0.855 and CL 1.25 kWh.
    assert!((home.load_kw[0] - 4.21).abs() < 1e-6);
    assert!(report.homes[0].has_controlled_load);
    n.validate().unwrap();
}

#[test]
fn eight_homes_have_their_year() {
    let Some((n, report)) = extract("eight_homes_pc2261_hourly_2012-2013.csv") else { return };
    assert_eq!((report.format, report.rows, n.days()), (Format::WideHourly, 8760, 365));
    // Mean daily kWh of load and PV, summed from the file by other means.
    let measured = [
        ("5", 10.946_057, 3.458_332),
        ("13", 11.745_219, 7.973_296),
        ("50", 7.293_367, 3.594_170),
        ("58", 26.669_855, 4.124_608),
        ("158", 19.176_595, 8.384_164),
        ("286", 19.331_836, 4.165_033),
        ("292", 7.906_641, 3.340_701),
        ("297", 11.842_756, 5.468_077),
    ];
    for ((id, load, pv), (home, quality)) in measured.iter().zip(n.homes.iter().zip(&report.homes))
    {
        assert_eq!(home.id, *id);
        assert!((kwh(&n, &home.load_kw) / 365.0 - load).abs() < 1e-5 * load, "{id}");
        assert!((quality.mean_daily_pv_kwh - pv).abs() < 1e-5 * pv, "{id}");
    }
    let repaired: Vec<String> = report.daylight_saving.iter().map(|r| r.date.to_string()).collect();
    assert_eq!(repaired, ["2012-10-07", "2013-04-07"]);
    assert!(report.notes.is_empty(), "{:?}", report.notes);
    n.validate().unwrap();
}
