//! From a series to paths in pixels: gaps, steps, thinning, clipping, dashes.

use crate::chart::{Series, Style};
use crate::range::{Range, plottable, stepped};

/// A point, CSS px.
pub(crate) type Point = (f64, f64);

/// A rectangle, CSS px.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Frame {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

impl Frame {
    pub fn width(self) -> f64 {
        self.right - self.left
    }

    pub fn height(self) -> f64 {
        self.bottom - self.top
    }

    /// Whether a point lies inside or on the edge.
    pub fn contains(self, at: Point) -> bool {
        (self.left..=self.right).contains(&at.0) && (self.top..=self.bottom).contains(&at.1)
    }
}

/// Maps values to pixels.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plane {
    pub frame: Frame,
    pub x: Range,
    pub y: Range,
}

impl Plane {
    pub fn at_x(&self, value: f64) -> f64 {
        self.frame.left + within_reach(self.x.place(value) * self.frame.width())
    }

    pub fn at_y(&self, value: f64) -> f64 {
        self.frame.bottom - within_reach(self.y.place(value) * self.frame.height())
    }

    /// Where zero lies, or the edge nearest to it.
    pub fn zero(&self) -> f64 {
        self.at_y(0.0_f64.clamp(self.y.lo, self.y.hi))
    }
}

/// A distance in pixels, kept where arithmetic on it stays finite: limits far narrower
/// than the data would send it to infinity.
pub(crate) fn within_reach(pixels: f64) -> f64 {
    pixels.clamp(-1e7, 1e7)
}

/// The unbroken runs of a series in pixels, thinned to what the width can show. They
/// may leave the frame.
pub(crate) fn runs(series: &Series, plane: &Plane) -> Vec<Vec<Point>> {
    let pairs: Vec<Point> = if series.style == Style::Steps {
        stepped(series).collect()
    } else {
        series.x.iter().copied().zip(series.y.iter().copied()).collect()
    };
    let whole = |p: &Point| plottable(p.0) && plottable(p.1);
    let runs = pairs.split(|p| !whole(p)).filter(|run| !run.is_empty());
    runs.map(|run| thinned(run.iter().map(|&(x, y)| (plane.at_x(x), plane.at_y(y))))).collect()
}

/// At most four points for each pixel column: the first, the extremes in their order,
/// the last. What is seen stays the same, spikes included.
fn thinned(points: impl Iterator<Item = Point>) -> Vec<Point> {
    let mut thin: Vec<Point> = Vec::new();
    let mut column: Vec<Point> = Vec::new();
    for point in points {
        if column.first().is_some_and(|first| first.0.floor() != point.0.floor()) {
            flush(&mut column, &mut thin);
        }
        column.push(point);
    }
    flush(&mut column, &mut thin);
    thin
}

fn flush(column: &mut Vec<Point>, thin: &mut Vec<Point>) {
    if column.len() <= 4 {
        thin.append(column);
        return;
    }
    let by_y = |a: &usize, b: &usize| column[*a].1.total_cmp(&column[*b].1);
    let last = column.len() - 1;
    let low = (0..=last).min_by(by_y).unwrap_or(0);
    let high = (0..=last).max_by(by_y).unwrap_or(last);
    let mut keep = [0, low.min(high), low.max(high), last].to_vec();
    keep.dedup();
    thin.extend(keep.into_iter().map(|i| column[i]));
    column.clear();
}

/// The parts of a path inside the frame.
pub(crate) fn clipped(path: &[Point], frame: Frame) -> Vec<Vec<Point>> {
    let mut parts: Vec<Vec<Point>> = Vec::new();
    for pair in path.windows(2) {
        let Some((from, to)) = clip_segment(pair[0], pair[1], frame) else { continue };
        match parts.last_mut() {
            Some(part) if part.last() == Some(&from) => part.push(to),
            _ => parts.push(vec![from, to]),
        }
    }
    parts
}

/// Liang and Barsky's clipping of a segment to a rectangle.
fn clip_segment(a: Point, b: Point, frame: Frame) -> Option<(Point, Point)> {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let (mut enter, mut leave) = (0.0_f64, 1.0_f64);
    let edges = [
        (-dx, a.0 - frame.left),
        (dx, frame.right - a.0),
        (-dy, a.1 - frame.top),
        (dy, frame.bottom - a.1),
    ];
    for (towards, room) in edges {
        if towards == 0.0 {
            if room < 0.0 {
                return None;
            }
        } else if towards < 0.0 {
            enter = enter.max(room / towards);
        } else {
            leave = leave.min(room / towards);
        }
    }
    if enter > leave {
        return None;
    }
    // Ends that need no cutting stay exactly as they are, so that parts join.
    let at = |t: f64| (a.0 + t * dx, a.1 + t * dy);
    let start = if enter > 0.0 { at(enter) } else { a };
    let end = if leave < 1.0 { at(leave) } else { b };
    Some((start, end))
}

/// The area between a run and a base line, cut to the frame.
pub(crate) fn area(run: &[Point], base: f64, frame: Frame) -> Vec<Point> {
    let (Some(first), Some(last)) = (run.first(), run.last()) else { return Vec::new() };
    let mut polygon = run.to_vec();
    polygon.extend([(last.0, base), (first.0, base)]);
    within(&polygon, frame)
}

/// The part of a polygon inside the frame (Sutherland and Hodgman).
pub(crate) fn within(polygon: &[Point], frame: Frame) -> Vec<Point> {
    let polygon = cut(polygon, |p| p.0 - frame.left);
    let polygon = cut(&polygon, |p| frame.right - p.0);
    let polygon = cut(&polygon, |p| p.1 - frame.top);
    cut(&polygon, |p| frame.bottom - p.1)
}

/// The part of a polygon where `inside` is not negative; `inside` is linear.
fn cut(polygon: &[Point], inside: impl Fn(Point) -> f64) -> Vec<Point> {
    let mut kept = Vec::with_capacity(polygon.len() + 4);
    let following = polygon.iter().skip(1).chain(polygon.first());
    for (&a, &b) in polygon.iter().zip(following) {
        let (from, to) = (inside(a), inside(b));
        if from >= 0.0 {
            kept.push(a);
        }
        if (from >= 0.0) != (to >= 0.0) {
            let t = from / (from - to);
            kept.push((a.0 + t * (b.0 - a.0), a.1 + t * (b.1 - a.1)));
        }
    }
    kept
}

/// Cuts a path into dashes: lengths of dash and gap in turn, px.
pub(crate) fn dashed(path: &[Point], dash: &[f64]) -> Vec<Vec<Point>> {
    if dash.is_empty() {
        return vec![path.to_vec()];
    }
    let mut pieces: Vec<Vec<Point>> = Vec::new();
    let mut open: Vec<Point> = path.first().map(|p| vec![*p]).unwrap_or_default();
    let (mut turn, mut left) = (0, dash[0]);
    for pair in path.windows(2) {
        let ((ax, ay), (bx, by)) = (pair[0], pair[1]);
        let length = (bx - ax).hypot(by - ay);
        let mut done = 0.0;
        while length - done > left {
            done += left;
            let at = (ax + (bx - ax) * done / length, ay + (by - ay) * done / length);
            if turn % 2 == 0 {
                open.push(at);
                pieces.push(std::mem::take(&mut open));
            } else {
                open = vec![at];
            }
            turn += 1;
            left = dash[turn % dash.len()];
        }
        left -= length - done;
        if turn % 2 == 0 {
            open.push((bx, by));
        }
    }
    if open.len() > 1 {
        pieces.push(open);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: Frame = Frame { left: 0.0, top: 0.0, right: 100.0, bottom: 100.0 };
    const PLANE: Plane =
        Plane { frame: FRAME, x: Range { lo: 0.0, hi: 100.0 }, y: Range { lo: 0.0, hi: 100.0 } };

    fn series(x: Vec<f64>, y: Vec<f64>, style: Style) -> Series {
        Series { x, y, style, ..Series::default() }
    }

    #[test]
    fn limits_far_narrower_than_the_data_keep_pixels_finite() {
        let narrow = Plane { y: Range { lo: 0.0, hi: f64::MIN_POSITIVE }, ..PLANE };
        let steep = series(vec![0.0, 50.0], vec![-1e99, 1e99], Style::Line);
        for run in runs(&steep, &narrow) {
            for part in clipped(&run, FRAME) {
                assert!(
                    part.iter().all(|p| p.0.is_finite() && (-1e-6..=100.0 + 1e-6).contains(&p.1)),
                    "{part:?}"
                );
            }
        }
    }

    #[test]
    fn a_gap_splits_a_series() {
        let gap = series(
            vec![0.0, 1.0, 2.0, 3.0, 4.0],
            vec![1.0, 2.0, f64::NAN, 4.0, f64::INFINITY],
            Style::Line,
        );
        let lengths: Vec<usize> = runs(&gap, &PLANE).iter().map(Vec::len).collect();
        assert_eq!(lengths, [2, 1]);
    }

    #[test]
    fn thinning_keeps_spikes() {
        let x: Vec<f64> = (0..10_000).map(|i| f64::from(i) / 100.0).collect();
        let mut y = vec![10.0; 10_000];
        y[5_055] = 90.0;
        let run = &runs(&series(x, y, Style::Line), &PLANE)[0];
        assert!(run.len() <= 404, "{} points", run.len());
        assert!(run.iter().any(|p| p.1 == 10.0), "the spike to 90 is 10 px from the top");
    }

    #[test]
    fn steps_hold_their_value_to_the_next() {
        let run = &runs(&series(vec![0.0, 10.0], vec![50.0, 20.0], Style::Steps), &PLANE)[0];
        assert_eq!(run, &[(0.0, 50.0), (10.0, 50.0), (10.0, 80.0), (20.0, 80.0)]);
    }

    #[test]
    fn a_gap_ends_a_stepped_curve_where_it_stands() {
        // Orders of 10 and 60 kWh at 50 and 20 $/kWh, then a drop to nothing.
        let curve =
            series(vec![0.0, 10.0, 70.0, 70.0], vec![50.0, 20.0, 0.0, f64::NAN], Style::Steps);
        let found = runs(&curve, &PLANE);
        let mut corners = found[0].clone();
        corners.dedup();
        assert_eq!(found.len(), 1);
        assert_eq!(corners, [(0.0, 50.0), (10.0, 50.0), (10.0, 80.0), (70.0, 80.0), (70.0, 100.0)]);
    }

    #[test]
    fn clipping_cuts_at_the_frame_and_joins_what_is_inside() {
        let path =
            [(-50.0, 50.0), (50.0, 50.0), (60.0, 60.0), (60.0, 200.0), (80.0, 200.0), (80.0, 90.0)];
        let parts = clipped(&path, FRAME);
        assert_eq!(parts.len(), 2);
        assert_eq!(parts[0], [(0.0, 50.0), (50.0, 50.0), (60.0, 60.0), (60.0, 100.0)]);
        assert_eq!(parts[1], [(80.0, 100.0), (80.0, 90.0)]);
    }

    #[test]
    fn an_area_is_cut_to_the_frame() {
        let polygon = area(&[(20.0, 150.0), (50.0, -50.0), (80.0, 150.0)], 120.0, FRAME);
        assert!(polygon.len() >= 4);
        assert!(polygon.iter().all(|p| (-1e-9..=100.0 + 1e-9).contains(&p.1)));
        assert_eq!(area(&[], 0.0, FRAME), []);
    }

    #[test]
    fn dashes_have_their_lengths_and_turn_corners() {
        let pieces = dashed(&[(0.0, 0.0), (10.0, 0.0), (10.0, 10.0)], &[6.0, 2.0]);
        assert_eq!(pieces[0], [(0.0, 0.0), (6.0, 0.0)]);
        assert_eq!(pieces[1], [(8.0, 0.0), (10.0, 0.0), (10.0, 4.0)]);
        let drawn: f64 = pieces
            .iter()
            .flat_map(|p| p.windows(2))
            .map(|w| (w[1].0 - w[0].0).hypot(w[1].1 - w[0].1))
            .sum();
        assert!((drawn - 16.0).abs() < 1e-9, "6 + 6 + 4 of 20, not {drawn}");
    }
}
