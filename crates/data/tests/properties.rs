//! Properties that hold for any file, any chunks, any bytes.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::ausgrid_text::{Dates, Layout, Row, home, text};
use jiff::civil::{Date, date};
use peergrid_data::daylight::{changeover, even_out};
use peergrid_data::{
    Changeover, DataError, Format, Neighbourhood, QualityReport, Reader, Split, SplitUnit, read,
};
use proptest::prelude::*;

type Outcome = Result<(Neighbourhood, QualityReport), DataError>;

fn whole(bytes: &[u8]) -> Outcome {
    read("f.csv", Format::Auto, bytes)
}

fn chunked(mut bytes: &[u8], sizes: &[usize]) -> Outcome {
    let mut reader = Reader::new("f.csv", Format::Auto);
    for size in sizes.iter().cycle() {
        if bytes.is_empty() {
            break;
        }
        let (chunk, rest) = bytes.split_at((*size).min(bytes.len()));
        reader.push(chunk)?;
        bytes = rest;
    }
    reader.finish()
}

prop_compose! {
    fn layouts()(
        title: bool,
        row_quality: bool,
        byte_order_mark: bool,
        dates in prop_oneof![
            Just(Dates::ShortYear), Just(Dates::DayFirst), Just(Dates::Packed)
        ],
        newline in prop_oneof![Just("\n"), Just("\r\n"), Just("\r")],
    ) -> Layout {
        Layout { title, row_quality, dates, newline, byte_order_mark }
    }
}

/// A first day around the changeovers of 2012 and 2013, or any other.
fn first_days() -> impl Strategy<Value = Date> {
    prop_oneof![
        (3i8..9).prop_map(|day| date(2012, 10, day)),
        (3i8..9).prop_map(|day| date(2013, 4, day)),
        (1i8..28, 1i8..13).prop_map(|(day, month)| date(2011, month, day)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn chunks_do_not_matter(
        layout in layouts(),
        wh in prop::collection::vec(0u32..3000, 1..200),
        sizes in prop::collection::vec(1usize..300, 1..8),
        controlled: bool,
    ) {
        let mut rows = home(12, date(2012, 7, 1), 3, controlled, &wh);
        rows.extend(home(3, date(2012, 7, 1), 3, false, &wh));
        let text = text(&layout, &rows);
        let expected = whole(text.as_bytes());
        prop_assert!(expected.is_ok());
        prop_assert_eq!(chunked(text.as_bytes(), &sizes), expected.clone());
        prop_assert_eq!(chunked(text.as_bytes(), &[1]), expected);
    }

    #[test]
    fn errors_do_not_depend_on_chunks(
        layout in layouts(),
        sizes in prop::collection::vec(1usize..300, 1..8),
        place in 0.0..1.0f64,
        byte: u8,
    ) {
        let mut bytes = text(&layout, &home(1, date(2012, 7, 1), 2, true, &[55, 1200])).into_bytes();
        let place = (place * bytes.len() as f64) as usize;
        bytes[place] = byte;
        prop_assert_eq!(chunked(&bytes, &sizes), whole(&bytes));
    }

    #[test]
    fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let _ = whole(&bytes);
        for header in ["hour,a_pv_kw,a_demand_kw\n", "hour_start_local,c1_gc_kwh\n", "\"Customer"] {
            let mut file = header.as_bytes().to_vec();
            file.extend(&bytes);
            let _ = whole(&file);
        }
    }

    #[test]
    fn csv_like_text_is_survived(body in "[-0-9,.:\"\r\n TeE/GCL]{0,400}") {
        for header in ["hour,a_pv_kw,a_demand_kw\n", "hour_start_local,c1_gc_kwh\n"] {
            let _ = whole(format!("{header}{body}").as_bytes());
        }
        let mut file = text(&Layout::default(), &[]);
        file.push_str(&body);
        let _ = whole(file.as_bytes());
    }

    #[test]
    fn energy_is_conserved_whatever_the_day(
        first in first_days(),
        wh in prop::collection::vec(1u32..3000, 1..150),
        controlled: bool,
        follows_clock: bool,
    ) {
        let mut rows = home(5, first, 4, controlled, &wh);
        for row in &mut rows {
            if follows_clock && changeover(row.date) == Some(Changeover::Spring) {
                row.wh[4..6].fill(0);
            }
        }
        let (n, _) = whole(text(&Layout::default(), &rows).as_bytes()).unwrap();
        let sum = |pv: bool| -> f64 {
            rows.iter().filter(|row| (row.category == "GG") == pv).map(Row::kwh).sum()
        };
        let kept = |series: &[f32]| series.iter().map(|kw| f64::from(*kw)).sum::<f64>() * 0.5;
        let (load, pv) = (&n.homes[0].load_kw, &n.homes[0].pv_kw);
        // f32 carries seven digits.
        prop_assert!((kept(load) - sum(false)).abs() <= 1e-6 * sum(false));
        prop_assert!((kept(pv) - sum(true)).abs() <= 1e-6 * sum(true));
    }

    #[test]
    fn evening_out_keeps_energy_to_1e_9(
        mut day in prop::collection::vec(0.0..5.0f64, 48),
        autumn: bool,
        hourly: bool,
    ) {
        let changeover = if autumn { Changeover::Autumn } else { Changeover::Spring };
        day.truncate(if hourly { 24 } else { 48 });
        let per_hour = day.len() / 24;
        if !autumn {
            day[2 * per_hour..3 * per_hour].fill(0.0);
        }
        let before = day.clone();
        prop_assert!(even_out(changeover, &mut day));
        let (a, b) = (before.iter().sum::<f64>(), day.iter().sum::<f64>());
        prop_assert!((a - b).abs() <= 1e-9 * a);
        prop_assert!(day.iter().all(|kwh| kwh.is_finite() && *kwh >= 0.0));
        prop_assert_eq!(&day[5 * per_hour..], &before[5 * per_hour..]);
    }

    #[test]
    fn a_split_is_a_partition(days in 3usize..800, seed: u64, weeks: bool) {
        let (unit, length) = if weeks { (SplitUnit::Week, 7) } else { (SplitUnit::Day, 1) };
        let Ok(split) = Split::new(days, unit, seed) else {
            prop_assert!(days < 3 * length);
            return Ok(());
        };
        for part in [&split.train, &split.validation, &split.held_out] {
            prop_assert!(!part.is_empty());
            prop_assert!(part.windows(2).all(|pair| pair[0] < pair[1]));
        }
        let mut all = [split.train.clone(), split.validation.clone(), split.held_out.clone()].concat();
        all.sort_unstable();
        let expected: Vec<usize> = (0..days / length).map(|unit| unit * length).collect();
        prop_assert_eq!(all, expected);
        for block in 0..days / length / 7 {
            let span = block * 7 * length..(block + 1) * 7 * length;
            let inside = |part: &[usize]| part.iter().filter(|day| span.contains(day)).count();
            prop_assert_eq!(inside(&split.held_out), 1);
            prop_assert_eq!(inside(&split.validation), usize::from(weeks || block % 2 == 0));
        }
        prop_assert_eq!(Split::new(days, unit, seed), Ok(split));
    }
}

#[test]
fn changeovers_are_the_first_sundays() {
    assert_eq!(changeover(date(2012, 10, 7)), Some(Changeover::Spring));
    assert_eq!(changeover(date(2013, 4, 7)), Some(Changeover::Autumn));
    assert_eq!(changeover(date(2012, 10, 14)), None);
    assert_eq!(changeover(date(2012, 10, 6)), None);
    assert_eq!(changeover(date(2012, 7, 1)), None);
}
