//! The three ways Ausgrid's files write a date, one of them per file.

use jiff::civil::Date;

use crate::DataError;
use crate::error::quoted;
use crate::records::Record;

/// A way of writing a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DateForm {
    /// `1-Jul-10`
    ShortYear,
    /// `1/07/2012`, day first
    DayFirst,
    /// `01JUL2012`
    Packed,
}

impl DateForm {
    fn example(self) -> &'static str {
        match self {
            Self::ShortYear => "1-Jul-10",
            Self::DayFirst => "1/07/2012, day first",
            Self::Packed => "01JUL2012",
        }
    }
}

/// Reads the dates of one file.
#[derive(Debug, Default)]
pub(crate) struct DateReader {
    /// The form of the file's first date and its line.
    form: Option<(DateForm, u64)>,
}

impl DateReader {
    /// The date in field `index` of a record.
    pub fn read(&mut self, file: &str, record: &Record, index: usize) -> Result<Date, DataError> {
        let field = record.get(index).unwrap_or_default();
        let Some((form, date)) = parse(field) else {
            let expected = "a date like 1-Jul-10, 1/07/2012 (day first) or 01JUL2012";
            return Err(record.unexpected(file, "date", index, expected));
        };
        let (first, first_line) = *self.form.get_or_insert((form, record.line));
        if form != first {
            return Err(DataError::MixedDates {
                file: file.to_owned(),
                line: record.line,
                found: quoted(field),
                first_line,
                form: first.example(),
            });
        }
        Ok(date)
    }
}

fn parse(field: &[u8]) -> Option<(DateForm, Date)> {
    let text = std::str::from_utf8(field).ok()?;
    if !text.is_ascii() {
        return None;
    }
    let (form, day, month, year) = if let Some((day, rest)) = text.split_once('-') {
        let (name, year) = rest.split_once('-')?;
        (DateForm::ShortYear, day, month_of(name)?, 2000 + number(year, 2..=2)?)
    } else if let Some((day, rest)) = text.split_once('/') {
        let (month, year) = rest.split_once('/')?;
        (DateForm::DayFirst, day, number(month, 1..=2)?, number(year, 4..=4)?)
    } else {
        let (day, name, year) = (text.get(..2)?, text.get(2..5)?, text.get(5..)?);
        (DateForm::Packed, day, month_of(name)?, number(year, 4..=4)?)
    };
    let day = i8::try_from(number(day, 1..=2)?).ok()?;
    let date = Date::new(year, i8::try_from(month).ok()?, day).ok()?;
    Some((form, date))
}

fn month_of(name: &str) -> Option<i16> {
    const NAMES: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    (1..).zip(NAMES).find(|(_, known)| name.eq_ignore_ascii_case(known)).map(|(month, _)| month)
}

fn number(digits: &str, length: std::ops::RangeInclusive<usize>) -> Option<i16> {
    let plain = length.contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| digits.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn reads_the_three_forms() {
        assert_eq!(parse(b"1-Jul-10"), Some((DateForm::ShortYear, date(2010, 7, 1))));
        assert_eq!(parse(b"31-DEC-10"), Some((DateForm::ShortYear, date(2010, 12, 31))));
        assert_eq!(parse(b"1/07/2012"), Some((DateForm::DayFirst, date(2012, 7, 1))));
        assert_eq!(parse(b"13/1/2013"), Some((DateForm::DayFirst, date(2013, 1, 13))));
        assert_eq!(parse(b"29FEB2012"), Some((DateForm::Packed, date(2012, 2, 29))));
    }

    #[test]
    fn refuses_what_is_no_date() {
        for field in [
            "",
            "1",
            "1-Jul",
            "1-Jul-2010",
            "1-Jly-10",
            "32/07/2012",
            "7/13/2012",
            "29FEB2013",
            "+1/07/2012",
            "1/07/12",
            "01JUL",
            "2012-07-01",
            "é1JUL2012",
        ] {
            assert_eq!(parse(field.as_bytes()), None, "{field}");
        }
    }
}
