//! Axis limits: asked for, or from the data.

use crate::chart::{AxisKind, Chart, Dimension, Series, Style};
use crate::ticks::nice_step;

/// The limits of an axis; `lo < hi`, both finite.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Range {
    pub lo: f64,
    pub hi: f64,
}

impl Range {
    pub fn span(self) -> f64 {
        self.hi - self.lo
    }

    /// Where a value lies: 0 at the lower limit, 1 at the upper.
    pub fn place(self, value: f64) -> f64 {
        (value - self.lo) / self.span()
    }

    pub fn contains(self, value: f64) -> bool {
        (self.lo..=self.hi).contains(&value)
    }
}

/// Whether a value can be drawn. The bound keeps differences and squares finite.
pub(crate) fn plottable(value: f64) -> bool {
    value.abs() <= 1e100
}

/// The least and the greatest of the values that can be drawn.
fn extent(values: impl Iterator<Item = f64>) -> Option<Range> {
    values.filter(|v| plottable(*v)).fold(None, |range, v| {
        let range = range.unwrap_or(Range { lo: v, hi: v });
        Some(Range { lo: range.lo.min(v), hi: range.hi.max(v) })
    })
}

/// The points of a series that can be drawn.
pub(crate) fn points(series: &Series) -> impl Iterator<Item = (f64, f64)> {
    let pairs = series.x.iter().copied().zip(series.y.iter().copied());
    pairs.filter(|(x, y)| plottable(*x) && plottable(*y))
}

/// How much x one point of a series stands for: the smallest step between its points.
pub(crate) fn slot(series: &Series) -> f64 {
    let steps = series.x.windows(2).map(|w| (w[1] - w[0]).abs());
    let least = steps.filter(|s| plottable(*s) && *s > 0.0).fold(f64::INFINITY, f64::min);
    if least.is_finite() { least } else { 1.0 }
}

/// Both ends of each value of a stepped series, values and gaps alike: a value holds to
/// the next x, or for a slot where there is none.
pub(crate) fn stepped(series: &Series) -> impl Iterator<Item = (f64, f64)> {
    let slot = slot(series);
    let next = |i: usize| series.x.get(i + 1).copied().filter(|x| plottable(*x));
    let pairs = series.x.iter().copied().zip(series.y.iter().copied()).enumerate();
    pairs.flat_map(move |(i, (x, y))| [(x, y), (next(i).unwrap_or(x + slot), y)])
}

/// The x range that charts drawn above one another share.
pub(crate) fn shared_x(charts: &[Chart]) -> Range {
    let axis = charts.first().map(|c| &c.x);
    let min = charts.iter().find_map(|c| c.x.min);
    let max = charts.iter().find_map(|c| c.x.max);
    if let Some(axis) = axis.filter(|a| a.ticks == AxisKind::Category) {
        let each = Range { lo: -0.5, hi: axis.labels.len() as f64 - 0.5 };
        return limit(each, min, max);
    }
    let series = || charts.iter().flat_map(|c| &c.series);
    let hours = axis.is_some_and(|a| a.ticks == AxisKind::HourOfDay);
    let data = extent(series().flat_map(|s| bounds(s, hours)));
    let day = Range { lo: 0.0, hi: 24.0 };
    let range = match data {
        None if hours => day,
        None => Range { lo: 0.0, hi: 1.0 },
        // A day is shown whole, so that its hours are always in the same place.
        Some(data) if hours && data.lo >= 0.0 && data.hi <= 24.0 => day,
        Some(data) => widen(data),
    };
    limit(range, min, max)
}

/// The places between which the drawing of a series lies.
fn bounds(series: &Series, hours: bool) -> Vec<f64> {
    let slot = slot(series);
    let (before, after) = match series.style {
        Style::Steps => {
            return stepped(series).filter(|p| plottable(p.1)).map(|p| p.0).collect();
        }
        Style::Bars if hours => (0.0, slot),
        Style::Bars => (slot / 2.0, slot / 2.0),
        Style::Line | Style::Dashed | Style::Area | Style::Points | Style::Shape => (0.0, 0.0),
    };
    points(series).flat_map(|(x, _)| [x - before, x + after]).collect()
}

/// The y range of one chart, with about `intervals` tick intervals.
pub(crate) fn y_range(chart: &Chart, x: Range, intervals: usize) -> Range {
    let values =
        chart.series.iter().flat_map(points).filter(|(at, _)| x.contains(*at)).map(|p| p.1);
    let lines = chart.lines.iter().map(|l| l.y);
    let bands = chart.bands.iter().filter(|b| b.axis == Dimension::Y);
    let places = lines.chain(bands.flat_map(|b| [b.from, b.to]));
    let range = match extent(values.chain(places)) {
        None => Range { lo: 0.0, hi: 1.0 },
        Some(data) => padded(with_zero(data, chart), intervals, chart.y.ticks),
    };
    limit(range, chart.y.min, chart.y.max)
}

/// Takes zero in where the drawing needs it or where it costs little room.
fn with_zero(data: Range, chart: &Chart) -> Range {
    let filled = chart.series.iter().any(|s| matches!(s.style, Style::Area | Style::Bars));
    let near = (data.lo >= 0.0 && data.lo <= 0.6 * data.hi)
        || (data.hi <= 0.0 && data.hi >= 0.6 * data.lo);
    if filled || near { Range { lo: data.lo.min(0.0), hi: data.hi.max(0.0) } } else { data }
}

/// Out to half tick intervals, so that curves do not touch the frame by accident.
fn padded(data: Range, intervals: usize, kind: AxisKind) -> Range {
    let data = widen(data);
    let half = nice_step(data.span(), intervals, kind) / 2.0;
    let out = |value: f64, round: fn(f64) -> f64| {
        if value == 0.0 { 0.0 } else { round(value / half) * half }
    };
    Range { lo: out(data.lo, |v| (v + 1e-9).floor()), hi: out(data.hi, |v| (v - 1e-9).ceil()) }
}

/// Opens a range that is a point, or so narrow that its ticks could not be told apart.
fn widen(range: Range) -> Range {
    let size = range.lo.abs().max(range.hi.abs());
    if range.span() > size * 1e-9 && range.span() > 1e-100 {
        return range;
    }
    if size <= 1e-90 {
        return Range { lo: 0.0, hi: 1.0 };
    }
    Range { lo: range.lo - size * 0.1, hi: range.hi + size * 0.1 }
}

/// Applies the limits asked for, which [`Chart::check`] has found to be in order.
fn limit(range: Range, min: Option<f64>, max: Option<f64>) -> Range {
    let one = |at: f64| at.abs().max(1.0);
    match (min, max) {
        (Some(lo), Some(hi)) => Range { lo, hi },
        (Some(lo), None) => Range { lo, hi: if range.hi > lo { range.hi } else { lo + one(lo) } },
        (None, Some(hi)) => Range { lo: if range.lo < hi { range.lo } else { hi - one(hi) }, hi },
        (None, None) => range,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(y: &[f64]) -> Chart {
        let x = (0..y.len()).map(|i| i as f64).collect();
        Chart { series: vec![Series { x, y: y.to_vec(), ..Series::default() }], ..Chart::default() }
    }

    fn range(y: &[f64]) -> Range {
        let chart = chart(y);
        y_range(&chart, shared_x(std::slice::from_ref(&chart)), 4)
    }

    #[test]
    fn a_positive_series_stands_on_zero_and_a_far_one_does_not() {
        assert_eq!(range(&[2.0, 8.6]), Range { lo: 0.0, hi: 8.75 });
        let far = range(&[-120.0, -90.0]);
        assert!(far.lo >= -130.0 && far.hi <= -80.0, "{far:?}");
    }

    #[test]
    fn constant_empty_and_absurd_series_still_have_a_range() {
        assert_eq!(range(&[]), Range { lo: 0.0, hi: 1.0 });
        assert_eq!(range(&[0.0, 0.0]), Range { lo: 0.0, hi: 1.0 });
        for y in [
            vec![5.0; 3],
            vec![-1e99, 1e99],
            vec![f64::MAX, 1.0],
            vec![5e-324, 0.0],
            vec![1e15, 1e15 + 1.0],
        ] {
            let r = range(&y);
            assert!(r.lo < r.hi && r.span().is_finite(), "{y:?} gave {r:?}");
        }
    }

    #[test]
    fn a_day_is_shown_whole_and_a_week_from_its_data() {
        let mut day = chart(&[1.0; 20]);
        day.x.ticks = AxisKind::HourOfDay;
        assert_eq!(shared_x(&[day]), Range { lo: 0.0, hi: 24.0 });
        let mut week = chart(&[1.0; 168]);
        week.x.ticks = AxisKind::HourOfDay;
        assert_eq!(shared_x(&[week]), Range { lo: 0.0, hi: 167.0 });
    }

    #[test]
    fn a_single_limit_beyond_the_data_still_gives_a_range() {
        let mut chart = chart(&[1.0, 2.0]);
        chart.y.min = Some(50.0);
        let x = Range { lo: 0.0, hi: 1.0 };
        assert_eq!(y_range(&chart, x, 4), Range { lo: 50.0, hi: 100.0 });
    }
}
