//! From the rows of Ausgrid's homes to a neighbourhood: which homes are complete, and
//! their series.

use jiff::civil::Date;

use crate::ausgrid::{Category, RawHome, RowKey, SLOTS};
use crate::daylight::{self, Changeover};
use crate::quality::{self, repairs};
use crate::{
    DataError, Format, Home, HomeQuality, LeftOut, Neighbourhood, Provenance, ProvenanceKind,
    QualityReport,
};

/// kW of a half hour per kWh.
const KW_PER_KWH: f64 = 2.0;

/// A complete home's rows: places in [`RawHome::keys`] by day.
struct Sorted {
    general: Vec<usize>,
    /// Empty for a home without controlled load.
    controlled: Vec<usize>,
    generation: Vec<usize>,
}

/// Makes the neighbourhood of the homes that have all days of the file.
pub(crate) fn build(
    file: String,
    rows: usize,
    raw: Vec<RawHome>,
) -> Result<(Neighbourhood, QualityReport), DataError> {
    let keys = || raw.iter().flat_map(|home| &home.keys);
    let dates = keys().map(|key| key.date);
    let (Some(first), Some(last)) = (dates.clone().min(), dates.max()) else {
        return Err(DataError::Empty { file });
    };
    let days = days_between(first, last);
    let changes_clock = changes_clock(&raw);
    let mut neighbourhood = Neighbourhood {
        name: file.clone(),
        provenance: Provenance {
            kind: ProvenanceKind::Measured,
            source: "Ausgrid, Solar Home Electricity Data (2010–2013)".to_owned(),
            licence: "CC BY 3.0 AU".to_owned(),
        },
        step_minutes: 30,
        dates: Vec::new(),
        homes: Vec::new(),
    };
    let mut report = QualityReport {
        format: Format::Ausgrid,
        rows,
        homes: Vec::new(),
        left_out: Vec::new(),
        first_date: first,
        last_date: last,
        days,
        missing_days: 0,
        daylight_saving: Vec::new(),
        notes: Vec::new(),
    };
    // Home by home, so that a home's rows are gone before the next one's series are made.
    for home in raw {
        match sort(&file, &home, first, days)? {
            Ok(sorted) => {
                if neighbourhood.dates.is_empty() {
                    neighbourhood.dates =
                        sorted.general.iter().map(|&i| home.keys[i].date).collect();
                }
                add(&mut neighbourhood, &mut report, &home, &sorted, changes_clock);
            }
            Err((missing, reason)) => {
                report.missing_days += missing;
                report.left_out.push(LeftOut { id: home.id.to_string(), reason });
            }
        }
    }
    if neighbourhood.homes.is_empty() {
        return Err(no_homes(file, report.left_out));
    }
    report.daylight_saving = repairs(&neighbourhood.dates, changes_clock);
    if !changes_clock {
        report.notes.push(quality::NO_DAYLIGHT_SAVING.to_owned());
    }
    Ok((neighbourhood, report))
}

fn no_homes(file: String, left_out: Vec<LeftOut>) -> DataError {
    let count = left_out.len();
    match left_out.into_iter().next() {
        Some(LeftOut { id, reason }) => DataError::NoHomes { file, left_out: count, id, reason },
        None => DataError::Empty { file },
    }
}

fn days_between(first: Date, last: Date) -> usize {
    (last.duration_since(first).as_hours() / 24 + 1) as usize
}

/// Whether the file's clock knows daylight saving: on the days in question most rows of
/// general consumption are empty in the hour that does not exist. Yes, where no such
/// day is in the file.
fn changes_clock(raw: &[RawHome]) -> bool {
    let (mut empty, mut full) = (0, 0);
    for home in raw {
        for (key, kwh) in home.keys.iter().zip(home.kwh.chunks_exact(SLOTS)) {
            let general = key.category == Category::General;
            if general && daylight::changeover(key.date) == Some(Changeover::Spring) {
                let hour = &kwh[daylight::changed_slots(SLOTS / 24)];
                *(if hour.iter().all(|v| *v == 0.0) { &mut empty } else { &mut full }) += 1;
            }
        }
    }
    empty >= full
}

/// The rows of a home by category and day, or how many days are missing and the words
/// for it. A repeated row is an error of the file.
fn sort(
    file: &str,
    home: &RawHome,
    first: Date,
    days: usize,
) -> Result<Result<Sorted, (usize, String)>, DataError> {
    let mut order: Vec<usize> = (0..home.keys.len()).collect();
    let key = |index: &usize| &home.keys[*index];
    order.sort_by_key(|index| (key(index).category, key(index).date, key(index).line));
    let same = |a: &RowKey, b: &RowKey| a.category == b.category && a.date == b.date;
    let repeated = order.windows(2).find(|pair| same(key(&pair[0]), key(&pair[1])));
    if let Some([first, second]) = repeated {
        let (first, second) = (key(first), key(second));
        return Err(DataError::RepeatedRow {
            file: file.to_owned(),
            line: second.line,
            first_line: first.line,
            what: format!("{} of home {} on {}", first.category.name(), home.id, first.date),
        });
    }
    let of = |category| -> Vec<usize> {
        order.iter().copied().filter(|index| key(index).category == category).collect()
    };
    let sorted = Sorted {
        general: of(Category::General),
        controlled: of(Category::Controlled),
        generation: of(Category::Generation),
    };
    let (mut missing, mut reasons) = (0, Vec::new());
    for (category, rows) in [
        (Category::General, &sorted.general),
        (Category::Generation, &sorted.generation),
        (Category::Controlled, &sorted.controlled),
    ] {
        let optional = category == Category::Controlled && rows.is_empty();
        if rows.len() == days || optional {
            continue;
        }
        missing += days - rows.len();
        reasons.push(missing_in_words(category, home, rows, first, days));
    }
    if reasons.is_empty() {
        return Ok(Ok(sorted));
    }
    Ok(Err((missing, reasons.join("; "))))
}

fn missing_in_words(
    category: Category,
    home: &RawHome,
    rows: &[usize],
    first: Date,
    days: usize,
) -> String {
    let name = category.name();
    if rows.is_empty() {
        return format!("{name} is missing altogether");
    }
    // Rows are sorted and unique, so the first that is not in step shows the first gap.
    let mut expected = first;
    for &row in rows {
        if home.keys[row].date != expected {
            break;
        }
        expected = expected.tomorrow().unwrap_or(Date::MAX);
    }
    let missing = days - rows.len();
    format!("{name} is missing on {missing} of {days} days, first on {expected}")
}

/// Adds a complete home and its quality.
fn add(
    neighbourhood: &mut Neighbourhood,
    report: &mut QualityReport,
    raw: &RawHome,
    sorted: &Sorted,
    changes_clock: bool,
) {
    let day = |row: usize| &raw.kwh[row * SLOTS..(row + 1) * SLOTS];
    let steps = sorted.general.len() * SLOTS;
    let (mut load_kw, mut pv_kw) = (Vec::with_capacity(steps), Vec::with_capacity(steps));
    let mut kwh = [0.0; SLOTS];
    for (index, (&general, &generation)) in
        sorted.general.iter().zip(&sorted.generation).enumerate()
    {
        let date = raw.keys[general].date;
        let changeover = daylight::changeover(date).filter(|_| changes_clock);
        kwh.iter_mut().zip(day(general)).for_each(|(sum, v)| *sum = f64::from(*v));
        if let Some(&controlled) = sorted.controlled.get(index) {
            kwh.iter_mut().zip(day(controlled)).for_each(|(sum, v)| *sum += f64::from(*v));
        }
        if changeover.is_some_and(|changeover| !daylight::even_out(changeover, &mut kwh)) {
            report.notes.push(quality::odd_spring(&raw.id.to_string(), date));
        }
        load_kw.extend(kwh.iter().map(|v| (v * KW_PER_KWH) as f32));
        kwh.iter_mut().zip(day(generation)).for_each(|(sum, v)| *sum = f64::from(*v));
        if let Some(changeover) = changeover {
            daylight::even_out(changeover, &mut kwh);
        }
        pv_kw.extend(kwh.iter().map(|v| (v * KW_PER_KWH) as f32));
    }
    let id = raw.id.to_string();
    if raw.ambiguous {
        report.notes.push(format!(
            "Home {id}: PV size or postcode differ between rows; the first row's are used."
        ));
    }
    let home = Home { id, pv_kwp: Some(raw.kwp), postcode: Some(raw.postcode), load_kw, pv_kw };
    let mut estimated: Vec<Date> =
        raw.keys.iter().filter(|key| key.estimated).map(|key| key.date).collect();
    estimated.sort_unstable();
    estimated.dedup();
    let controlled = !sorted.controlled.is_empty();
    report.homes.push(HomeQuality::measure(&home, neighbourhood, controlled, estimated.len()));
    neighbourhood.homes.push(home);
}
