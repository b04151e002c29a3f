//! Where ticks stand and what they say.

use crate::chart::AxisKind;
use crate::range::Range;

/// One tick.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tick {
    pub value: f64,
    pub label: String,
}

/// Hours that divide a day or make up days and weeks.
const HOURS: [f64; 11] = [0.25, 0.5, 1.0, 2.0, 3.0, 6.0, 12.0, 24.0, 48.0, 72.0, 168.0];

/// The smallest round step that covers `span` in at most `intervals` steps.
pub(crate) fn nice_step(span: f64, intervals: usize, kind: AxisKind) -> f64 {
    let least = span / intervals.max(1) as f64;
    match kind {
        AxisKind::Number => round_up(least),
        AxisKind::Count | AxisKind::Category => round_up(least.max(1.0)).ceil(),
        AxisKind::HourOfDay => {
            let hours = HOURS.iter().copied().find(|h| *h >= least * (1.0 - 1e-9));
            hours.unwrap_or_else(|| 168.0 * round_up(least / 168.0))
        }
    }
}

/// The next number of the form 1, 2, 2.5 or 5 times a power of ten.
fn round_up(value: f64) -> f64 {
    let power = 10f64.powf(value.log10().floor());
    let lead = value / power;
    let steps = [1.0, 2.0, 2.5, 5.0];
    steps.into_iter().find(|s| *s >= lead * (1.0 - 1e-9)).unwrap_or(10.0) * power
}

/// The ticks of a range, in at most `intervals` steps.
pub(crate) fn ticks(range: Range, intervals: usize, kind: AxisKind) -> Vec<Tick> {
    let step = nice_step(range.span(), intervals, kind);
    let first = (range.lo / step - 1e-6).ceil();
    let last = (range.hi / step + 1e-6).floor();
    // A range far from zero and narrower than its own precision would have none; the
    // cap is never met otherwise.
    let count = (last - first + 1.0).clamp(0.0, 64.0) as usize;
    let format = Format::new(range, step, kind);
    let values = (0..count).map(|i| (first + i as f64) * step);
    values.map(|value| Tick { value, label: format.write(value) }).collect()
}

/// How the numbers of one axis are written: all with the same suffix and decimals.
struct Format {
    divisor: f64,
    suffix: &'static str,
    decimals: usize,
    scientific: bool,
}

impl Format {
    fn new(range: Range, step: f64, kind: AxisKind) -> Self {
        let size = range.lo.abs().max(range.hi.abs());
        // Measured values keep their digits longer than counts do.
        let short_from = if kind == AxisKind::Count { 1e3 } else { 1e5 };
        let (divisor, suffix) = match kind {
            AxisKind::HourOfDay => (1.0, " h"),
            _ if size < short_from => (1.0, ""),
            _ if size < 1e6 => (1e3, " k"),
            _ if size < 1e9 => (1e6, " M"),
            _ => (1e9, " G"),
        };
        let scientific = size >= 1e12 || step < 1e-4;
        Self { divisor, suffix, decimals: decimals(step / divisor), scientific }
    }

    fn write(&self, value: f64) -> String {
        let text = if value == 0.0 && self.suffix != " h" {
            return "0".to_owned();
        } else if self.scientific {
            scientific(value.abs())
        } else {
            grouped(format!("{:.*}", self.decimals, value.abs() / self.divisor)) + self.suffix
        };
        // A true minus sign is as wide as a digit; a hyphen is not.
        if value < 0.0 { format!("−{text}") } else { text }
    }
}

/// How many decimals a multiple of `step` needs.
fn decimals(step: f64) -> usize {
    let whole = |d: &usize| {
        let scaled = step * [1.0, 1e1, 1e2, 1e3, 1e4, 1e5][*d];
        (scaled - scaled.round()).abs() < 1e-6 * scaled
    };
    (0..6).find(whole).unwrap_or(6)
}

/// Powers of ten in the short form `2.5e−5`.
fn scientific(value: f64) -> String {
    let text = format!("{value:.2e}");
    let (lead, power) = text.split_once('e').unwrap_or((&text, "0"));
    let lead = lead.trim_end_matches('0').trim_end_matches('.');
    format!("{lead}e{}", power.replace('-', "−"))
}

/// Thin spaces between thousands, from five digits on.
fn grouped(number: String) -> String {
    let digits = number.find('.').unwrap_or(number.len());
    if digits < 5 {
        return number;
    }
    let mut text = String::with_capacity(number.len() + 4);
    for (i, c) in number.char_indices() {
        if i > 0 && i < digits && (digits - i).is_multiple_of(3) {
            text.push('\u{2009}');
        }
        text.push(c);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(lo: f64, hi: f64, intervals: usize, kind: AxisKind) -> Vec<String> {
        ticks(Range { lo, hi }, intervals, kind).into_iter().map(|t| t.label).collect()
    }

    #[test]
    fn numbers_are_round_and_alike() {
        assert_eq!(labels(0.0, 10.0, 4, AxisKind::Number), ["0", "2.5", "5.0", "7.5", "10.0"]);
        assert_eq!(labels(-4.0, 4.0, 4, AxisKind::Number), ["−4", "−2", "0", "2", "4"]);
        assert_eq!(labels(0.0, 0.6, 3, AxisKind::Number), ["0", "0.2", "0.4", "0.6"]);
        assert_eq!(
            labels(0.0, 20_000.0, 2, AxisKind::Number),
            ["0", "10\u{2009}000", "20\u{2009}000"]
        );
        assert_eq!(labels(0.0, 6e5, 3, AxisKind::Number), ["0", "200 k", "400 k", "600 k"]);
        assert_eq!(labels(0.0, 5e-5, 2, AxisKind::Number), ["0", "2.5e−5", "5e−5"]);
    }

    #[test]
    fn counts_are_whole_and_short() {
        assert_eq!(labels(0.0, 3.0, 8, AxisKind::Count), ["0", "1", "2", "3"]);
        assert_eq!(
            labels(0.0, 2.5e6, 5, AxisKind::Count),
            ["0", "0.5 M", "1.0 M", "1.5 M", "2.0 M", "2.5 M"]
        );
        assert_eq!(labels(0.0, 4000.0, 2, AxisKind::Count), ["0", "2 k", "4 k"]);
    }

    #[test]
    fn hours_divide_the_day() {
        assert_eq!(
            labels(0.0, 24.0, 4, AxisKind::HourOfDay),
            ["0 h", "6 h", "12 h", "18 h", "24 h"]
        );
        assert_eq!(labels(0.0, 168.0, 7, AxisKind::HourOfDay).len(), 8);
        assert_eq!(
            labels(0.0, 8760.0, 4, AxisKind::HourOfDay).last().map(String::as_str),
            Some("6720 h")
        );
    }

    #[test]
    fn every_range_has_ticks_inside_it() {
        for (lo, hi) in [(0.0, 1e99), (-1e-90, 1e-90), (1e15, 1e15 + 2e6), (-7.3, -7.1)] {
            let found = ticks(Range { lo, hi }, 4, AxisKind::Number);
            assert!((1..=5).contains(&found.len()), "{lo} to {hi}: {found:?}");
        }
    }
}
