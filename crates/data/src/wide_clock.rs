//! The time column of a wide file: hours that follow each other.

use jiff::civil::{Date, DateTime, date};

use crate::DataError;
use crate::daylight::{Changeover, changeover};
use crate::error::quoted;
use crate::records::Record;

/// The first day of a file that only numbers its hours: a Monday, 365 days before the
/// next 1 July.
const FIRST_DAY: Date = date(2013, 7, 1);
/// The hour that is skipped in spring and passed twice in autumn.
const CHANGED_HOUR: i8 = 2;

/// What to do with a row's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// The next hour.
    Next,
    /// The next hour but one: the hour in between does not exist.
    AfterSkipped,
    /// The same hour as the row before: the clock's second pass.
    SecondPass,
}

/// The hour that should come next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    /// Nothing was read yet.
    Unknown,
    /// A running number.
    Number(u64),
    /// 24 or 0: the first day does not tell running numbers from hours of the day.
    NumberOrMidnight,
    /// The hour of the day.
    HourOfDay(u64),
    /// A time; `repeats`: the hour before it came once, and may come again.
    Time { time: DateTime, repeats: bool },
}

/// Follows the time column.
#[derive(Debug)]
pub(crate) struct Clock {
    column: &'static str,
    first: Date,
    next: Next,
    /// The file may leave out and repeat hours as daylight saving does.
    changes: bool,
    last_line: u64,
}

impl Clock {
    pub fn new(column: &'static str, changes: bool) -> Self {
        Self { column, first: FIRST_DAY, next: Next::Unknown, changes, last_line: 1 }
    }

    /// Date of the first row.
    pub fn first_date(&self) -> Date {
        self.first
    }

    /// Whether the file says its times, not only numbers of hours.
    pub fn tells_dates(&self) -> bool {
        matches!(self.next, Next::Time { .. })
    }

    /// Takes the time of a row, which is its first field.
    pub fn advance(&mut self, file: &str, record: &Record) -> Result<Place, DataError> {
        self.last_line = record.line;
        let field = record.get(0).unwrap_or_default();
        let text = std::str::from_utf8(field).unwrap_or_default();
        let found = match (text.parse::<u64>(), text.parse::<DateTime>()) {
            (Ok(number), _) => Found::Number(number),
            (_, Ok(time)) => Found::Time(time),
            _ => {
                let expected = "an hour's number or a time like 2012-07-01 00:00:00";
                return Err(record.unexpected(file, self.column, 0, expected));
            }
        };
        let Some((place, next)) = self.step(found) else {
            return Err(self.out_of_order(file, record.line, quoted(field)));
        };
        if let (Next::Unknown, Found::Time(time)) = (self.next, found) {
            self.first = time.date();
        }
        self.next = next;
        Ok(place)
    }

    /// Checks that the last day is whole.
    pub fn finish(&self, file: &str) -> Result<(), DataError> {
        let whole = match self.next {
            Next::Number(next) => next % 24 == 0,
            Next::HourOfDay(next) => next == 0,
            Next::Time { time, .. } => time.hour() == 0,
            Next::Unknown | Next::NumberOrMidnight => true,
        };
        if whole {
            return Ok(());
        }
        Err(self.out_of_order(file, self.last_line, "the end of the file after it".to_owned()))
    }

    fn step(&self, found: Found) -> Option<(Place, Next)> {
        let next = match (self.next, found) {
            (Next::Unknown, Found::Number(n)) => (n % 24 == 0).then(|| after_number(n, n == 0))?,
            (Next::Number(expected), Found::Number(n)) if n == expected => after_number(n, n < 24),
            (Next::NumberOrMidnight, Found::Number(0)) => Next::HourOfDay(1),
            (Next::NumberOrMidnight, Found::Number(24)) => Next::Number(25),
            (Next::HourOfDay(expected), Found::Number(n)) if n == expected => {
                Next::HourOfDay((n + 1) % 24)
            }
            (Next::Unknown, Found::Time(time)) if time.time() == jiff::civil::Time::midnight() => {
                return Some((Place::Next, self.after_time(time)?));
            }
            (Next::Time { time: expected, repeats }, Found::Time(time)) => {
                return self.step_time(expected, repeats, time);
            }
            _ => return None,
        };
        Some((Place::Next, next))
    }

    fn step_time(
        &self,
        expected: DateTime,
        repeats: bool,
        time: DateTime,
    ) -> Option<(Place, Next)> {
        if time == expected {
            return Some((Place::Next, self.after_time(time)?));
        }
        if repeats && Some(expected) == hour_after(time) {
            return Some((Place::SecondPass, Next::Time { time: expected, repeats: false }));
        }
        let skips = self.changes
            && expected.hour() == CHANGED_HOUR
            && changeover(expected.date()) == Some(Changeover::Spring)
            && Some(time) == hour_after(expected);
        skips.then(|| Some((Place::AfterSkipped, self.after_time(time)?)))?
    }

    fn after_time(&self, time: DateTime) -> Option<Next> {
        let repeats = self.changes
            && time.hour() == CHANGED_HOUR
            && changeover(time.date()) == Some(Changeover::Autumn);
        Some(Next::Time { time: hour_after(time)?, repeats })
    }

    fn out_of_order(&self, file: &str, line: u64, found: String) -> DataError {
        let expected = match self.next {
            Next::Unknown => "an hour that starts a day".to_owned(),
            Next::Number(next) | Next::HourOfDay(next) => format!("hour {next}"),
            Next::NumberOrMidnight => "hour 24, or hour 0 of the next day".to_owned(),
            Next::Time { time, .. } => format!("{} {}", time.date(), time.time()),
        };
        let (file, column) = (file.to_owned(), self.column.to_owned());
        DataError::HourOrder { file, line, column, found, expected }
    }
}

#[derive(Debug, Clone, Copy)]
enum Found {
    Number(u64),
    Time(DateTime),
}

/// What follows hour `n`; `first_day` while hours of the day are still possible.
fn after_number(n: u64, first_day: bool) -> Next {
    if first_day && n == 23 { Next::NumberOrMidnight } else { Next::Number(n.saturating_add(1)) }
}

fn hour_after(time: DateTime) -> Option<DateTime> {
    time.checked_add(jiff::SignedDuration::from_hours(1)).ok()
}
