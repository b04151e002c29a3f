//! The wide formats: hours in rows, homes in columns.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fmt::Write;

use jiff::civil::date;
use peergrid_data::{DataError, Format, Neighbourhood, QualityReport, read};

fn parse(text: &str) -> Result<(Neighbourhood, QualityReport), DataError> {
    read("wide.csv", Format::Auto, text.as_bytes())
}

/// A `WideKw` file of these hours; demand is 1 kW and PV the hour of the day.
fn kw_text(hours: impl Iterator<Item = String>) -> String {
    let rows = hours.enumerate().map(|(i, hour)| format!("{hour},{},1.0\n", i % 24));
    format!("hour,agent_0_pv_kw,agent_0_demand_kw\n{}", rows.collect::<String>())
}

/// The rows of the hours 0 to 23.
fn day_of(row: impl Fn(usize) -> String) -> String {
    (0..24).map(row).collect()
}

/// A `WideHourly` file: every hour from `first` on for which `keep` gives some number of
/// rows of 0.3 kWh.
fn hourly_text(first: jiff::civil::Date, hours: i64, keep: impl Fn(i8, i8) -> Vec<f64>) -> String {
    let mut text = "hour_start_local,c5_gc_kwh,c5_gg_kwh\n".to_owned();
    for hour in 0..hours {
        let start = first.at(0, 0, 0, 0) + jiff::SignedDuration::from_hours(hour);
        for kwh in keep(start.day(), start.hour()) {
            writeln!(text, "{} {},{kwh},0.0", start.date(), start.time()).unwrap();
        }
    }
    text
}

#[test]
fn hours_may_be_numbers_hours_of_the_day_or_times() {
    let numbered = parse(&kw_text((0..48).map(|h| h.to_string()))).unwrap();
    let (n, report) = &numbered;
    assert_eq!((n.steps(), n.step_minutes, n.homes[0].id.as_str()), (48, 60, "agent_0"));
    assert_eq!(n.dates, [date(2013, 7, 1), date(2013, 7, 2)]);
    assert_eq!((n.homes[0].load_kw[5], n.homes[0].pv_kw[5], n.homes[0].pv_kw[29]), (1.0, 5.0, 5.0));
    assert_eq!((report.format, report.rows, report.days), (Format::WideKw, 48, 2));
    assert!(report.notes[0].contains("2013-07-01"));
    n.validate().unwrap();
    let later = parse(&kw_text((240..288).map(|h| h.to_string()))).unwrap();
    assert_eq!(later, numbered);
    let daily = parse(&kw_text((0..48).map(|h| (h % 24).to_string()))).unwrap();
    assert_eq!(daily, numbered);
    let times = kw_text((0..48).map(|h| format!("2024-02-{:02}T{:02}:00", 28 + h / 24, h % 24)));
    let (n, _) = parse(&times).unwrap();
    assert_eq!(n.dates, [date(2024, 2, 28), date(2024, 2, 29)]);
    assert_eq!(n.homes, numbered.0.homes);
}

#[test]
fn hours_out_of_order_name_the_line() {
    for (hours, line) in [
        (vec!["0", "1", "3"], 4),
        (vec!["0", "1", "1"], 4),
        (vec!["7"], 2),
        (vec!["0", "2012-07-01 01:00"], 3),
        (vec!["2012-07-01 00:30"], 2),
        (vec!["2012-07-01 00:00", "2012-07-01 02:00"], 3),
    ] {
        let error = parse(&kw_text(hours.iter().map(|h| (*h).to_owned()))).unwrap_err();
        assert!(matches!(error, DataError::HourOrder { .. }), "{error}");
        assert_eq!((error.line(), error.field()), (Some(line), Some("hour")), "{error}");
    }
    let error = parse(&kw_text((0..23).map(|h| h.to_string()))).unwrap_err();
    assert!(matches!(error, DataError::HourOrder { line: 24, .. }), "{error}");
    let mut mixed: Vec<String> = (0..48).map(|h| (h % 24).to_string()).collect();
    mixed[47] = "47".to_owned();
    assert_eq!(parse(&kw_text(mixed.into_iter())).unwrap_err().line(), Some(49));
}

#[test]
fn headers_are_checked() {
    let missing = parse("hour,agent_0_pv_kw\n0,1\n").unwrap_err();
    let wanted = "agent_0_demand_kw";
    assert!(matches!(&missing, DataError::MissingColumn { column, .. } if column == wanted));
    let none = parse("hour,temperature\n0,1\n").unwrap_err();
    assert!(matches!(&none, DataError::MissingColumn { column, .. } if column == wanted));
    let twice = parse("hour,agent_0_demand_kw,Agent_0_Demand_kW\n0,1,1\n").unwrap_err();
    assert!(matches!(twice, DataError::RepeatedColumn { .. }));
    let missing = parse("hour_start_local,c5_gg_kwh\n0,1\n").unwrap_err();
    assert!(matches!(&missing, DataError::MissingColumn { column, .. } if column == "c5_gc_kwh"));
}

#[test]
fn other_columns_and_missing_pv_are_noted() {
    let rows = day_of(|h| format!("{h},20,1\n"));
    let (n, report) = parse(&format!("hour,temperature,a_demand_kw\n{rows}")).unwrap();
    assert_eq!((n.homes[0].id.as_str(), n.homes[0].pv_kw[12]), ("a", 0.0));
    assert!(report.notes[0].contains("`temperature`"), "{:?}", report.notes);
    assert!(report.notes[1].contains("no PV"), "{:?}", report.notes);
}

#[test]
fn values_are_checked() {
    let text = kw_text((0..24).map(|h| h.to_string()));
    for bad in ["-1.0", "", "NaN", "one"] {
        let error = parse(&text.replace("5,5,1.0", &format!("5,5,{bad}"))).unwrap_err();
        assert_eq!((error.line(), error.field()), (Some(7), Some("agent_0_demand_kw")), "{error}");
    }
    let error = parse(&text.replace("5,5,1.0", "5,5,1.0,9")).unwrap_err();
    assert!(matches!(error, DataError::LongRow { line: 7, .. }), "{error}");
}

#[test]
fn controlled_load_is_added() {
    let rows = day_of(|h| format!("2012-07-01 {h:02}:00:00,0.5,1.5,0.25\n"));
    let header = "hour_start_local,c5_gc_kwh,c5_cl_kwh,c5_gg_kwh";
    let (n, report) = parse(&format!("{header}\n{rows}")).unwrap();
    assert_eq!((n.homes[0].id.as_str(), n.homes[0].load_kw[3]), ("5", 2.0));
    assert!(report.homes[0].has_controlled_load);
}

#[test]
fn spring_may_skip_its_hour_or_hold_zeros() {
    let first = date(2012, 10, 6);
    let zeros =
        hourly_text(first, 72, |day, hour| vec![if (day, hour) == (7, 2) { 0.0 } else { 0.3 }]);
    let skipped =
        hourly_text(first, 72, |day, hour| if (day, hour) == (7, 2) { vec![] } else { vec![0.3] });
    let (a, report) = parse(&zeros).unwrap();
    assert_eq!(a.homes, parse(&skipped).unwrap().0.homes);
    let day = &a.homes[0].load_kw[24..48];
    assert!(day[..5].iter().all(|kw| (kw - 0.24).abs() < 1e-6), "{day:?}");
    assert!(day[5..].iter().all(|kw| *kw == 0.3), "{day:?}");
    assert_eq!(report.daylight_saving.len(), 1);
    let elsewhere =
        hourly_text(first, 72, |day, hour| if (day, hour) == (8, 2) { vec![] } else { vec![0.3] });
    assert!(matches!(parse(&elsewhere).unwrap_err(), DataError::HourOrder { line: 52, .. }));
}

#[test]
fn autumn_may_hold_the_sum_or_both_passes() {
    let first = date(2013, 4, 6);
    let sum =
        hourly_text(first, 72, |day, hour| vec![if (day, hour) == (7, 2) { 0.6 } else { 0.3 }]);
    let both =
        hourly_text(
            first,
            72,
            |day, hour| {
                if (day, hour) == (7, 2) { vec![0.3, 0.3] } else { vec![0.3] }
            },
        );
    let (a, _) = parse(&sum).unwrap();
    assert_eq!(a.homes, parse(&both).unwrap().0.homes);
    let day = &a.homes[0].load_kw[24..48];
    assert!(day[..5].iter().all(|kw| (kw - 0.36).abs() < 1e-6), "{day:?}");
    assert!(day[5..].iter().all(|kw| *kw == 0.3), "{day:?}");
    let thrice =
        hourly_text(
            first,
            72,
            |day, hour| {
                if (day, hour) == (7, 2) { vec![0.3; 3] } else { vec![0.3] }
            },
        );
    assert!(matches!(parse(&thrice).unwrap_err(), DataError::HourOrder { line: 30, .. }));
}

#[test]
fn a_file_says_what_it_is_before_its_header() {
    let about = "# name,Our street\n# source,\"Meters, 2024\"\n#licence,CC BY 4.0\n\
                 # pv_kwp,agent_0,4.5\n# left_out,agent_7,its meter stood still\n\
                 # note,One sentence.\n";
    // More lines than titles may have before a header, and a comment that nobody asked for.
    let about = format!("{}# just so\n{about}", "# note,Again.\n".repeat(12));
    let plain = kw_text((0..24).map(|h| h.to_string()));
    let (n, report) = parse(&(about + &plain)).unwrap();
    assert_eq!(n.name, "Our street");
    assert_eq!(
        (n.provenance.source.as_str(), n.provenance.licence.as_str()),
        ("Meters, 2024", "CC BY 4.0")
    );
    assert_eq!((n.homes[0].pv_kwp, report.homes[0].pv_kwp), (Some(4.5), Some(4.5)));
    assert_eq!((report.left_out[0].id.as_str(), report.left_out.len()), ("agent_7", 1));
    assert_eq!(report.notes.iter().filter(|note| *note == "Again.").count(), 12);
    assert_eq!(report.notes.last().unwrap(), "One sentence.");
    assert_eq!((report.rows, n.homes[0].pv_kw[5]), (24, 5.0));
    n.validate().unwrap();
}

#[test]
fn what_a_file_says_of_itself_is_checked() {
    let plain = kw_text((0..24).map(|h| h.to_string()));
    for (line, column) in [
        ("# name,", "# name"),
        ("# left_out,agent_7", "# left_out"),
        ("# pv_kwp,agent_0,large", "# pv_kwp"),
        ("# pv_kwp,agent_0,0", "# pv_kwp"),
        ("# pv_kwp,agent_9,4.5", "# pv_kwp"),
    ] {
        let error = parse(&format!("\n{line}\n{plain}")).unwrap_err();
        assert_eq!((error.line(), error.field()), (Some(2), Some(column)), "{error}");
    }
    // A home that is left out has a size as well.
    let left_out = "# left_out,agent_9,its meter stood still\n# pv_kwp,agent_9,4.5\n";
    assert!(parse(&format!("{left_out}{plain}")).is_ok());
    // Others may say more.
    let (n, report) = parse(&format!("# license,MIT\n# station,Bondi\n{plain}")).unwrap();
    assert_eq!(n.provenance.licence, "MIT");
    assert!(report.notes.iter().any(|note| note.contains("`# station,Bondi`")), "{report:?}");
    // Behind the header such a line is a row that is none.
    let error = parse(&format!("{plain}# note,Late.\n")).unwrap_err();
    assert!(matches!(error, DataError::Value { line: 26, .. }), "{error}");
}
