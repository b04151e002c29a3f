//! What a market period looks like: supply and demand, and what each home saves.

use peergrid_charts::{
    Axis, AxisKind, Band, Chart, Dimension, Line, Look, Role, Series, Style, stack_to_png,
    stack_to_svg,
};
use peergrid_lab::clearing::{Comparison, Outcome};
use peergrid_market::MechanismKind;

use crate::{error::CliError, output::OutDir};

/// Width of the pictures, px.
const WIDTH: u32 = 1200;
/// Room beyond the highest price and saving, and beyond the last order, as a share.
const HEADROOM: f64 = 1.12;
const ELBOWROOM: f64 = 1.04;

/// Writes the curves, with what `chosen` makes of them, and the savings of each home under every
/// mechanism, `chosen` standing out: as PNG and SVG.
pub fn write(out: &OutDir, comparison: &Comparison, chosen: MechanismKind) -> Result<(), CliError> {
    let outcome = comparison.outcomes.iter().find(|outcome| outcome.mechanism == chosen);
    let curves = [curves(comparison, outcome)];
    let savings = savings(comparison, chosen);
    for (name, charts, height) in
        [("market_curves", &curves[..], 600), ("market_savings", &savings[..], 1200)]
    {
        let look = Look { scale: 1.5, ..Look::default() };
        out.write(&format!("{name}.png"), stack_to_png(charts, WIDTH, height, &look)?)?;
        out.write(&format!("{name}.svg"), stack_to_svg(charts, WIDTH, height, &look)?)?;
    }
    Ok(())
}

fn axis(label: &str, min: f64, max: f64) -> Axis {
    Axis { label: label.to_owned(), min: Some(min), max: Some(max), ..Axis::default() }
}

/// Supply and demand, the grid's prices, and where the mechanism clears them.
fn curves(comparison: &Comparison, outcome: Option<&Outcome>) -> Chart {
    let &Comparison { retail, feed_in, ref demand, ref supply, .. } = comparison;
    let prices = || demand.iter().chain(supply).map(|corner| corner.1).chain([retail, feed_in]);
    let bottom = prices().fold(0.0, f64::min);
    let top = prices().fold(0.01, f64::max) * HEADROOM;
    let ends = [demand, supply].into_iter().filter_map(|corners| corners.last());
    let ordered = ends.map(|corner| corner.0).fold(0.0, f64::max);
    let cleared = outcome.map(|outcome| &outcome.cleared);
    let interval = cleared.and_then(|cleared| cleared.interval).filter(|(lo, hi)| lo < hi);
    let price = cleared.and_then(|cleared| Some((cleared.quantity_kwh, cleared.price?)));
    let line = |y, label: &str, role| Line { y, label: label.to_owned(), role };
    let curves =
        [curve("demand", Role::Demand, demand, bottom), curve("supply", Role::Supply, supply, top)];
    Chart {
        title: Some("Supply and demand".to_owned()),
        x: axis("kWh", 0.0, if ordered > 0.0 { ordered * ELBOWROOM } else { 1.0 }),
        y: axis("$/kWh", bottom, top),
        series: curves.into_iter().chain(price.map(point)).collect(),
        bands: interval.map(band).into_iter().collect(),
        lines: vec![
            line(retail, "grid retail", Role::Import),
            line(feed_in, "grid feed-in", Role::Export),
        ],
    }
}

/// One side's orders; the curve ends in a vertical line to `then`.
fn curve(label: &str, role: Role, corners: &[(f64, f64)], then: f64) -> Series {
    let end = corners.last().map(|corner| (corner.0, then));
    let (x, y) = corners.iter().copied().chain(end).unzip();
    Series { label: label.to_owned(), role, x, y, style: Style::Line }
}

fn point((kwh, price): (f64, f64)) -> Series {
    Series {
        label: format!("cleared at {price:.3}"),
        role: Role::Price,
        x: vec![kwh],
        y: vec![price],
        style: Style::Points,
    }
}

fn band((from, to): (f64, f64)) -> Band {
    Band { from, to, label: "price interval".to_owned(), axis: Dimension::Y }
}

/// One small chart for each mechanism, all on one scale, so that a home is compared down its
/// column.
fn savings(comparison: &Comparison, chosen: MechanismKind) -> Vec<Chart> {
    let all = || comparison.outcomes.iter().flat_map(|outcome| outcome.savings.values().copied());
    let (low, high) = (all().fold(0.0, f64::min), all().fold(0.0, f64::max));
    let (low, high) = if low < high { (low * HEADROOM, high * HEADROOM) } else { (0.0, 0.01) };
    let homes = &comparison.homes;
    let panel = |(index, outcome): (usize, &Outcome)| Chart {
        title: Some(outcome.label.to_owned()),
        x: Axis {
            label: "home".to_owned(),
            ticks: AxisKind::Category,
            labels: homes.clone(),
            ..Axis::default()
        },
        y: axis(if index == 0 { "$ saved" } else { "" }, low, high),
        series: vec![Series {
            role: if outcome.mechanism == chosen { Role::Accent } else { Role::Neutral },
            x: (0..homes.len()).map(|home| home as f64).collect(),
            y: homes.iter().map(|home| outcome.savings[home]).collect(),
            style: Style::Bars,
            ..Series::default()
        }],
        ..Chart::default()
    };
    comparison.outcomes.iter().enumerate().map(panel).collect()
}
