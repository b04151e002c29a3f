//! Writes CSV text in Ausgrid's layout.

use jiff::civil::Date;
use std::fmt::Write;

/// The three ways of writing dates.
#[derive(Debug, Clone, Copy)]
pub enum Dates {
    ShortYear,
    DayFirst,
    Packed,
}

/// The layout of a file.
#[derive(Debug, Clone)]
pub struct Layout {
    pub title: bool,
    pub row_quality: bool,
    pub dates: Dates,
    pub newline: &'static str,
    pub byte_order_mark: bool,
}

impl Default for Layout {
    fn default() -> Self {
        Self {
            title: true,
            row_quality: true,
            dates: Dates::DayFirst,
            newline: "\n",
            byte_order_mark: false,
        }
    }
}

/// A row's content.
#[derive(Debug, Clone)]
pub struct Row {
    pub customer: u32,
    pub kwp: f64,
    pub postcode: u32,
    pub category: &'static str,
    pub date: Date,
    pub wh: [u32; 48],
    pub quality: &'static str,
}

impl Row {
    pub fn new(customer: u32, category: &'static str, date: Date, wh: [u32; 48]) -> Self {
        Self { customer, kwp: 1.5, postcode: 2261, category, date, wh, quality: "" }
    }

    pub fn kwh(&self) -> f64 {
        self.wh.iter().map(|wh| f64::from(*wh)).sum::<f64>() / 1000.0
    }
}

pub fn date_text(date: Date, form: Dates) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (day, month, year) = (date.day(), date.month(), date.year());
    let name = MONTHS[usize::from(month.unsigned_abs()) - 1];
    match form {
        Dates::ShortYear => format!("{day}-{name}-{:02}", year - 2000),
        Dates::DayFirst => format!("{day}/{month:02}/{year}"),
        Dates::Packed => format!("{day:02}{}{year}", name.to_uppercase()),
    }
}

/// The file of these rows.
pub fn text(layout: &Layout, rows: &[Row]) -> String {
    let mut out = String::new();
    let newline = layout.newline;
    if layout.byte_order_mark {
        out.push('\u{feff}');
    }
    if layout.title {
        out.push_str("\"Solar home data, a \"\"title\"\", with commas – and a dash\",,,,");
        out.push_str(newline);
    }
    out.push_str("Customer,Generator Capacity,Postcode,Consumption Category,date");
    for slot in 1..=48 {
        write!(out, ",{}:{:02}", slot / 2 % 24, slot % 2 * 30).unwrap();
    }
    out.push_str(if layout.row_quality { ",Row Quality" } else { "" });
    out.push_str(newline);
    for row in rows {
        let date = date_text(row.date, layout.dates);
        let Row { customer, kwp, postcode, category, .. } = row;
        write!(out, "{customer},{kwp},{postcode},{category},{date}").unwrap();
        for wh in row.wh {
            write!(out, ",{}", f64::from(wh) / 1000.0).unwrap();
        }
        if layout.row_quality {
            write!(out, ",{}", row.quality).unwrap();
        }
        out.push_str(newline);
    }
    out
}

/// GC and GG rows (and CL for `controlled`) of a home on consecutive days.
pub fn home(customer: u32, first: Date, days: usize, controlled: bool, wh: &[u32]) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut date = first;
    for day in 0..days {
        for (place, category) in ["CL", "GC", "GG"].into_iter().enumerate() {
            if category == "CL" && !controlled {
                continue;
            }
            let value = |slot: usize| wh[(day * 144 + place * 48 + slot) % wh.len()];
            rows.push(Row::new(customer, category, date, std::array::from_fn(value)));
        }
        date = date.tomorrow().unwrap();
    }
    rows
}
