//! Wide files: a row per hour, a column per home and channel.

use jiff::civil::Date;

use crate::daylight::{self, Changeover};
use crate::numbers::reading;
use crate::quality::{self, repairs};
use crate::records::Record;
use crate::wide_clock::{Clock, Place};
use crate::{
    DataError, Format, Home, HomeQuality, Neighbourhood, Provenance, ProvenanceKind, QualityReport,
};

/// Steps in a day.
const HOURS: usize = 24;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Channel {
    Load,
    /// Added to the load.
    Controlled,
    Pv,
}

/// Endings of column names and what they mean. kWh of an hour are kW.
const KW_COLUMNS: &[(&str, Channel)] = &[("_demand_kw", Channel::Load), ("_pv_kw", Channel::Pv)];
const HOURLY_COLUMNS: &[(&str, Channel)] =
    &[("_gc_kwh", Channel::Load), ("_cl_kwh", Channel::Controlled), ("_gg_kwh", Channel::Pv)];

/// A column of readings.
struct Column {
    /// Place in the row.
    index: usize,
    name: String,
    home: usize,
    channel: Channel,
    /// kW of each hour so far.
    kw: Vec<f32>,
}

/// A file under way.
pub(crate) struct Wide {
    format: Format,
    clock: Clock,
    columns: Vec<Column>,
    /// Ids in the order of the header.
    homes: Vec<String>,
    fields: usize,
    notes: Vec<String>,
}

impl Wide {
    /// Finds the homes' columns by the names in the header.
    pub fn new(file: &str, format: Format, header: &Record) -> Result<Self, DataError> {
        let hourly = format == Format::WideHourly;
        let (time, endings) =
            if hourly { ("hour_start_local", HOURLY_COLUMNS) } else { ("hour", KW_COLUMNS) };
        let mut wide = Self {
            format,
            clock: Clock::new(time, hourly),
            columns: Vec::new(),
            homes: Vec::new(),
            fields: header.len(),
            notes: Vec::new(),
        };
        for (index, field) in header.fields().enumerate().skip(1) {
            let name = String::from_utf8_lossy(field).into_owned();
            if !name.is_empty() {
                wide.column(file, header.line, index, name, endings)?;
            }
        }
        wide.check_homes(file, header.line, endings[0].0)?;
        Ok(wide)
    }

    fn column(
        &mut self,
        file: &str,
        line: u64,
        index: usize,
        name: String,
        endings: &[(&str, Channel)],
    ) -> Result<(), DataError> {
        let lower = name.to_ascii_lowercase();
        let Some((id, channel)) = endings
            .iter()
            .find_map(|(ending, channel)| Some((lower.strip_suffix(ending)?, *channel)))
            .filter(|(id, _)| !id.is_empty())
        else {
            self.notes.push(format!("The column `{name}` (line {line}) is not used."));
            return Ok(());
        };
        let id = home_id(id, self.format);
        let home = self.homes.iter().position(|known| *known == id).unwrap_or_else(|| {
            self.homes.push(id);
            self.homes.len() - 1
        });
        if self.columns.iter().any(|other| other.home == home && other.channel == channel) {
            return Err(DataError::RepeatedColumn { file: file.to_owned(), line, column: name });
        }
        self.columns.push(Column { index, name, home, channel, kw: Vec::new() });
        Ok(())
    }

    /// Every home needs its load; one without PV columns has no PV.
    fn check_homes(&mut self, file: &str, line: u64, ending: &str) -> Result<(), DataError> {
        let missing = |column| DataError::MissingColumn { file: file.to_owned(), line, column };
        let prefix = if self.format == Format::WideHourly { "c" } else { "" };
        if self.homes.is_empty() {
            let example = if self.format == Format::WideHourly { "c1" } else { "agent_0" };
            return Err(missing(format!("{example}{ending}")));
        }
        for (home, id) in self.homes.iter().enumerate() {
            let has = |channel| {
                self.columns.iter().any(|column| column.home == home && column.channel == channel)
            };
            if !has(Channel::Load) {
                return Err(missing(format!("{prefix}{id}{ending}")));
            }
            if !has(Channel::Pv) {
                self.notes.push(format!("Home {id} has no PV column; its PV is 0."));
            }
        }
        Ok(())
    }

    /// Takes a row.
    pub fn row(&mut self, file: &str, record: &Record) -> Result<(), DataError> {
        if record.fields().skip(self.fields).any(|field| !field.is_empty()) {
            return Err(DataError::LongRow {
                file: file.to_owned(),
                line: record.line,
                found: record.len(),
                expected: self.fields,
            });
        }
        let place = self.clock.advance(file, record)?;
        for column in &mut self.columns {
            let kw = reading(file, record, column.index, &column.name)? as f32;
            match (place, column.kw.last_mut()) {
                (Place::SecondPass, Some(last)) => *last += kw,
                (Place::AfterSkipped, _) => column.kw.extend([0.0, kw]),
                _ => column.kw.push(kw),
            }
        }
        Ok(())
    }

    /// Makes the neighbourhood.
    pub fn finish(
        self,
        file: String,
        rows: usize,
    ) -> Result<(Neighbourhood, QualityReport), DataError> {
        let hours = self.columns.first().map_or(0, |column| column.kw.len());
        if hours == 0 {
            return Err(DataError::Empty { file });
        }
        self.clock.finish(&file)?;
        let dates: Vec<Date> =
            std::iter::successors(Some(self.clock.first_date()), |date| date.tomorrow().ok())
                .take(hours / HOURS)
                .collect();
        let hourly = self.format == Format::WideHourly;
        let changes_clock = hourly && self.clock.tells_dates() && self.changes_clock(&dates);
        let mut report = QualityReport {
            format: self.format,
            rows,
            homes: Vec::new(),
            left_out: Vec::new(),
            first_date: dates[0],
            last_date: dates[dates.len() - 1],
            days: dates.len(),
            missing_days: 0,
            daylight_saving: repairs(&dates, changes_clock),
            notes: self.notes.clone(),
        };
        if !self.clock.tells_dates() {
            let first = self.clock.first_date();
            report.notes.push(format!("The file has no dates; its first day is called {first}."));
        } else if hourly && !changes_clock {
            report.notes.push(quality::NO_DAYLIGHT_SAVING.to_owned());
        }
        let mut neighbourhood = Neighbourhood {
            name: file.clone(),
            provenance: provenance(&file, self.format),
            step_minutes: 60,
            dates,
            homes: Vec::new(),
        };
        for (index, id) in self.homes.iter().enumerate() {
            let home = self.home(index, id, &neighbourhood.dates, changes_clock, &mut report.notes);
            let controlled = self.series(index, Channel::Controlled).is_some();
            report.homes.push(HomeQuality::measure(&home, &neighbourhood, controlled, 0));
            neighbourhood.homes.push(home);
        }
        Ok((neighbourhood, report))
    }

    fn series(&self, home: usize, channel: Channel) -> Option<&[f32]> {
        let column = self.columns.iter().find(|c| c.home == home && c.channel == channel)?;
        Some(&column.kw)
    }

    /// As for Ausgrid's own files: on spring's day most homes have nothing in the hour
    /// that does not exist.
    fn changes_clock(&self, dates: &[Date]) -> bool {
        let (mut empty, mut full) = (0, 0);
        for (day, date) in dates.iter().enumerate() {
            if daylight::changeover(*date) == Some(Changeover::Spring) {
                let hour = day * HOURS + daylight::changed_slots(1).start;
                for column in self.columns.iter().filter(|c| c.channel == Channel::Load) {
                    *(if column.kw[hour] == 0.0 { &mut empty } else { &mut full }) += 1;
                }
            }
        }
        empty >= full
    }

    fn home(
        &self,
        index: usize,
        id: &str,
        dates: &[Date],
        changes_clock: bool,
        notes: &mut Vec<String>,
    ) -> Home {
        let hours = dates.len() * HOURS;
        let sum = |channels: &[Channel]| {
            let mut total = vec![0.0; hours];
            for series in channels.iter().filter_map(|channel| self.series(index, *channel)) {
                total.iter_mut().zip(series).for_each(|(sum, kw)| *sum += f64::from(*kw));
            }
            total
        };
        let mut load = sum(&[Channel::Load, Channel::Controlled]);
        let mut pv = sum(&[Channel::Pv]);
        for (day, &date) in dates.iter().enumerate().filter(|_| changes_clock) {
            let Some(changeover) = daylight::changeover(date) else { continue };
            let slots = day * HOURS..(day + 1) * HOURS;
            if !daylight::even_out(changeover, &mut load[slots.clone()]) {
                notes.push(quality::odd_spring(id, date));
            }
            daylight::even_out(changeover, &mut pv[slots]);
        }
        let narrow = |series: Vec<f64>| series.into_iter().map(|kw| kw as f32).collect();
        let id = id.to_owned();
        Home { id, pv_kwp: None, postcode: None, load_kw: narrow(load), pv_kw: narrow(pv) }
    }
}

/// The id of a home: the customer number behind `c` in hourly files, else what stands
/// before the ending.
fn home_id(prefix: &str, format: Format) -> String {
    let number = prefix.strip_prefix('c').filter(|rest| rest.bytes().all(|b| b.is_ascii_digit()));
    match (format, number) {
        (Format::WideHourly, Some(number)) if !number.is_empty() => number.to_owned(),
        _ => prefix.to_owned(),
    }
}

fn provenance(file: &str, format: Format) -> Provenance {
    let source = match format {
        Format::WideHourly => "Hourly meter readings in the layout of extracts from Ausgrid",
        _ => "Hourly values per agent",
    };
    Provenance {
        kind: ProvenanceKind::Measured,
        source: format!("{source}, from {file}; the file does not say by whom"),
        licence: "not stated".to_owned(),
    }
}
