//! The Ausgrid reader on files in all its forms, and on broken ones.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::ausgrid_text::{Dates, Layout, Row, home, text};
use jiff::civil::{Date, date};
use peergrid_data::{Changeover, DataError, Format, Neighbourhood, QualityReport, read};

const FIRST: Date = date(2012, 7, 1);
const WH: &[u32] = &[120, 85, 40, 310, 1250, 7, 0, 66, 501];

fn parse(text: &str) -> Result<(Neighbourhood, QualityReport), DataError> {
    read("test.csv", Format::Auto, text.as_bytes())
}

fn parse_rows(rows: &[Row]) -> Result<(Neighbourhood, QualityReport), DataError> {
    parse(&text(&Layout::default(), rows))
}

/// Changes one field of one line (counted from 1).
fn with_field(text: &str, line: usize, field: usize, value: &str) -> String {
    let change = |row: &str| {
        let mut fields: Vec<&str> = row.split(',').collect();
        fields[field] = value;
        fields.join(",")
    };
    let lines = text.lines().enumerate();
    let lines = lines.map(|(i, row)| if i + 1 == line { change(row) } else { row.to_owned() });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn all_forms_of_a_file_hold_the_same_numbers() {
    let rows = home(7, FIRST, 3, true, WH);
    let (expected, _) = parse_rows(&rows).unwrap();
    for dates in [Dates::ShortYear, Dates::DayFirst, Dates::Packed] {
        for (title, row_quality, byte_order_mark) in
            [(true, false, true), (false, true, false), (false, false, true)]
        {
            for newline in ["\n", "\r\n", "\r"] {
                let layout = Layout { title, row_quality, dates, newline, byte_order_mark };
                let (n, report) = parse(&text(&layout, &rows)).unwrap();
                assert_eq!(n, expected, "{layout:?}");
                assert_eq!((report.rows, report.days, report.format), (9, 3, Format::Ausgrid));
            }
        }
    }
}

#[test]
fn load_is_general_plus_controlled_in_kw_of_the_ending_half_hour() {
    let mut wh = [0; 48];
    (wh[0], wh[47]) = (100, 300);
    let rows = [
        Row::new(7, "GC", FIRST, wh),
        Row::new(7, "CL", FIRST, [1000; 48]),
        Row::new(7, "GG", FIRST, [250; 48]),
        Row::new(8, "GC", FIRST, wh),
        Row::new(8, "GG", FIRST, [0; 48]),
    ];
    let (n, report) = parse_rows(&rows).unwrap();
    let seven = n.home("7").unwrap();
    // 0:30 closes the first half hour, 0:00 the last of the same date.
    assert_eq!((seven.load_kw[0], seven.load_kw[1], seven.load_kw[47]), (2.2, 2.0, 2.6));
    assert_eq!(seven.pv_kw, [0.5; 48]);
    assert_eq!((seven.pv_kwp, seven.postcode), (Some(1.5), Some(2261)));
    assert_eq!(n.home("8").unwrap().load_kw[47], 0.6);
    let controlled: Vec<bool> = report.homes.iter().map(|h| h.has_controlled_load).collect();
    assert_eq!(controlled, [true, false]);
    assert!((report.homes[0].mean_daily_load_kwh - 48.4).abs() < 1e-5);
    assert!((report.homes[0].night_pv_kwh - 12.0 * 0.25).abs() < 1e-9);
    n.validate().unwrap();
}

#[test]
fn a_home_with_missing_days_is_left_out_by_name() {
    let mut rows = home(1, FIRST, 5, false, WH);
    let mut gap = home(2, FIRST, 5, false, WH);
    gap.retain(|row| !(row.category == "GG" && row.date == date(2012, 7, 3)));
    rows.extend(gap);
    let mut part = home(3, FIRST, 5, true, WH);
    part.retain(|row| row.category != "CL" || row.date.day() > 2);
    rows.extend(part);
    rows.extend(home(4, FIRST, 5, false, WH).into_iter().filter(|row| row.category == "GC"));
    let (n, report) = parse_rows(&rows).unwrap();
    assert_eq!(n.homes.iter().map(|h| h.id.as_str()).collect::<Vec<_>>(), ["1"]);
    let left: Vec<&str> = report.left_out.iter().map(|l| l.id.as_str()).collect();
    assert_eq!(left, ["2", "3", "4"]);
    let generation = "gross generation (GG) is missing on 1 of 5 days, first on 2012-07-03";
    assert_eq!(report.left_out[0].reason, generation);
    let controlled = "controlled load (CL) is missing on 2 of 5 days, first on 2012-07-01";
    assert_eq!(report.left_out[1].reason, controlled);
    assert_eq!(report.left_out[2].reason, "gross generation (GG) is missing altogether");
    assert_eq!(report.missing_days, 1 + 2 + 5);
}

#[test]
fn no_complete_home_is_an_error() {
    let rows = [Row::new(9, "GC", FIRST, [1; 48])];
    let error = parse_rows(&rows).unwrap_err();
    assert!(matches!(&error, DataError::NoHomes { left_out: 1, id, .. } if id == "9"), "{error}");
}

#[test]
fn estimated_days_are_counted_once() {
    let mut rows = home(1, FIRST, 3, false, WH);
    for row in rows.iter_mut().filter(|row| row.date == FIRST) {
        row.quality = "NA";
    }
    assert_eq!(parse_rows(&rows).unwrap().1.homes[0].estimated_days, 1);
}

/// Three days around a changeover, as the meters write them.
fn around(change: Date, autumn: bool) -> Vec<Row> {
    let mut rows = home(1, change.yesterday().unwrap(), 3, true, &[200]);
    for row in rows.iter_mut().filter(|row| row.date == change) {
        for slot in 4..6 {
            row.wh[slot] = if autumn { 2 * row.wh[slot] } else { 0 };
        }
    }
    rows
}

#[test]
fn changeover_days_keep_their_energy_and_lose_the_artefact() {
    for (change, autumn) in [(date(2012, 10, 7), false), (date(2013, 4, 7), true)] {
        let rows = around(change, autumn);
        let (n, report) = parse_rows(&rows).unwrap();
        let day = &n.homes[0].load_kw[48..96];
        let metered: f64 =
            rows.iter().filter(|r| r.date == change && r.category != "GG").map(Row::kwh).sum();
        let kept: f64 = day.iter().map(|kw| 0.5 * f64::from(*kw)).sum();
        assert!((kept - metered).abs() < 1e-6 * metered, "{kept} {metered}");
        // A flat night stays flat; from 5:00 on everything is as metered.
        assert!(day[..10].iter().all(|kw| (kw - day[0]).abs() < 1e-6), "{day:?}");
        assert!(day[10..].iter().all(|kw| *kw == 0.8), "{day:?}");
        let expected = if autumn { Changeover::Autumn } else { Changeover::Spring };
        assert_eq!(report.daylight_saving.len(), 1);
        assert_eq!(report.daylight_saving[0].changeover, expected);
        assert_eq!(report.daylight_saving[0].date, change);
        // The days around it are as metered.
        assert!(n.homes[0].load_kw[..48].iter().all(|kw| *kw == 0.8));
    }
}

#[test]
fn a_file_without_daylight_saving_is_left_alone() {
    let (n, report) = parse_rows(&home(1, date(2012, 10, 6), 3, false, &[200])).unwrap();
    assert!(n.homes[0].load_kw.iter().all(|kw| *kw == 0.4));
    assert!(report.daylight_saving.is_empty());
    assert!(report.notes[0].contains("daylight saving"));
}

#[test]
fn a_repeated_row_names_both_lines() {
    let mut rows = home(1, FIRST, 2, false, WH);
    rows.push(rows[1].clone());
    let error = parse_rows(&rows).unwrap_err();
    assert!(matches!(error, DataError::RepeatedRow { line: 7, first_line: 4, .. }), "{error}");
    let text = "test.csv, line 7: gross generation (GG) of home 1 on 2012-07-01 stood already \
                on line 4.";
    assert_eq!(error.to_string(), text);
}

#[test]
fn mixed_dates_name_the_line() {
    let text = text(&Layout::default(), &home(1, FIRST, 2, false, WH));
    let error = parse(&with_field(&text, 5, 4, "2-Jul-12")).unwrap_err();
    assert!(matches!(error, DataError::MixedDates { line: 5, first_line: 3, .. }), "{error}");
}

#[test]
fn broken_values_name_line_and_column() {
    let good = text(&Layout::default(), &home(1, FIRST, 2, false, WH));
    for (value, field, column) in [
        ("-0.5", 5, "0:30"),
        ("NaN", 6, "1:00"),
        ("inf", 52, "0:00"),
        ("1e9", 10, "3:00"),
        ("", 10, "3:00"),
        ("0,1", 10, "3:00"),
        ("x", 0, "Customer"),
        ("1.5", 0, "Customer"),
        ("", 1, "Generator Capacity"),
        ("abc", 2, "Postcode"),
        ("XX", 3, "Consumption Category"),
        ("31/02/2012", 4, "date"),
        ("", 4, "date"),
    ] {
        let broken = with_field(&good, 4, field, &format!("\"{value}\""));
        let error = parse(&broken).unwrap_err();
        assert_eq!((error.line(), error.field()), (Some(4), Some(column)), "{error}");
    }
    let error = parse(&with_field(&good, 4, 10, "-0.5")).unwrap_err();
    let text = "test.csv, line 4, column `3:00`: found `-0.5`; expected a number of 0 or more.";
    assert_eq!(error.to_string(), text);
}

#[test]
fn short_and_long_rows_are_errors_and_blank_ones_are_not() {
    let good = text(&Layout::default(), &home(1, FIRST, 2, false, WH));
    let lines: Vec<&str> = good.lines().collect();
    let short = good.replace(lines[3], &lines[3][..lines[3].len() - 20]);
    let error = parse(&short).unwrap_err();
    assert_eq!(error.line(), Some(4), "{error}");
    let long = good.replace(lines[3], &format!("{},,5", lines[3]));
    let error = parse(&long).unwrap_err();
    assert!(matches!(error, DataError::LongRow { line: 4, found: 56, .. }), "{error}");
    let blank = good.replace(lines[3], &format!("\n,,,\n{},,", lines[3]));
    assert_eq!(parse(&blank).unwrap().0, parse(&good).unwrap().0);
}

#[test]
fn headers_are_checked() {
    let good = text(&Layout::default(), &home(1, FIRST, 1, false, WH));
    let error = parse(&good.replace("13:30", "13:31")).unwrap_err();
    assert!(
        matches!(&error, DataError::MissingColumn { line: 2, column, .. } if column == "13:30")
    );
    let error = parse(&good.replace("13:30", "13:00")).unwrap_err();
    assert!(matches!(&error, DataError::RepeatedColumn { column, .. } if column == "13:00"));
    let error = read("x.csv", Format::WideKw, good.as_bytes()).unwrap_err();
    assert!(matches!(error, DataError::UnknownFormat { .. }), "{error}");
    for nothing in ["", "\n\n", "\u{feff}"] {
        assert_eq!(parse(nothing).unwrap_err(), DataError::Empty { file: "test.csv".to_owned() });
    }
    let error = parse("Customer names\n1,2,3\n").unwrap_err();
    assert!(matches!(error, DataError::UnknownFormat { line: 2, .. }), "{error}");
    let header = good.lines().nth(1).unwrap();
    assert!(matches!(parse(header).unwrap_err(), DataError::Empty { .. }));
}

#[test]
fn a_quote_left_open_is_found_before_memory_is_full() {
    let mut text = text(&Layout::default(), &home(1, FIRST, 1, false, WH));
    text.push_str("1,1.5,2261,\"GC");
    text.push_str(&"\n1,2,3,4,5,6,7,8,9".repeat(100_000));
    let error = parse(&text).unwrap_err();
    assert!(matches!(error, DataError::EndlessRow { line: 5, .. }), "{error}");
}

#[test]
fn differing_sizes_are_noted() {
    let mut rows = home(1, FIRST, 1, false, WH);
    rows[1].kwp = 3.0;
    let (n, report) = parse_rows(&rows).unwrap();
    assert_eq!(n.homes[0].pv_kwp, Some(1.5));
    assert!(report.notes[0].contains("Home 1"), "{:?}", report.notes);
}
