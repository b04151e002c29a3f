//! Writes a gallery of charts to look at: every theme, wide and narrow, one chart and a
//! stack, as PNG and SVG.
//!
//!     cargo run -p peergrid-charts --features svg,png --example gallery -- FOLDER

use std::error::Error;
use std::f64::consts::PI;
use std::fs;
use std::path::PathBuf;

use peergrid_charts::{
    Axis, AxisKind, Band, Chart, Dimension, Line, Look, Role, Series, Style, Theme, stack_to_png,
    stack_to_svg, to_png, to_svg,
};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("give the folder to write to")?);
    fs::create_dir_all(&folder)?;
    for (theme, name) in [(Theme::Light, "light"), (Theme::Dark, "dark"), (Theme::Print, "print")] {
        for (width, height) in [(900, 360), (340, 260)] {
            let look = Look { theme, ..Look::default() };
            for (chart, what) in [
                (import(), "import"),
                (training(), "training"),
                (bars(), "bars"),
                (orders(), "orders"),
                (homes(), "homes"),
                (dots(), "dots"),
                (voltage(), "voltage"),
                (empty(), "empty"),
            ] {
                let file = folder.join(format!("{what}-{name}-{width}"));
                fs::write(file.with_extension("png"), to_png(&chart, width, height, &look)?)?;
                fs::write(file.with_extension("svg"), to_svg(&chart, width, height, &look)?)?;
            }
            let file = folder.join(format!("day-{name}-{width}"));
            let height = if width < 500 { 560 } else { 640 };
            fs::write(file.with_extension("png"), stack_to_png(&day(), width, height, &look)?)?;
            fs::write(file.with_extension("svg"), stack_to_svg(&day(), width, height, &look)?)?;
            let file = folder.join(format!("savings-{name}-{width}"));
            fs::write(file.with_extension("png"), stack_to_png(&savings(), width, 620, &look)?)?;
            fs::write(file.with_extension("svg"), stack_to_svg(&savings(), width, 620, &look)?)?;
        }
        let look = Look { theme, scale: 2.0, ..Look::default() };
        fs::write(
            folder.join(format!("import-{name}-2x.png")),
            to_png(&import(), 1800, 720, &look)?,
        )?;
    }
    let look = Look { transparent: true, ..Look::default() };
    fs::write(folder.join("day-light-small.png"), stack_to_png(&day()[..3], 340, 260, &look)?)?;
    Ok(())
}

fn hours() -> Vec<f64> {
    (0..48).map(|i| f64::from(i) / 2.0).collect()
}

/// A bump of the given height and width around an hour.
fn bump(hour: f64, centre: f64, width: f64, height: f64) -> f64 {
    height * (-((hour - centre) / width).powi(2)).exp()
}

fn series(label: &str, role: Role, style: Style, value: impl Fn(f64) -> f64) -> Series {
    let x = hours();
    let y = x.iter().map(|h| value(*h)).collect();
    Series { label: label.into(), role, x, y, style }
}

fn day_axis() -> Axis {
    Axis { ticks: AxisKind::HourOfDay, ..Axis::default() }
}

fn axis(label: &str) -> Axis {
    Axis { label: label.into(), ..Axis::default() }
}

fn peak() -> Vec<Band> {
    vec![Band { from: 15.0, to: 21.0, label: "peak window".into(), axis: Dimension::X }]
}

fn import() -> Chart {
    let base = |h: f64| 2.4 + bump(h, 7.3, 1.6, 2.0);
    let sun = |h: f64| bump(h, 12.0, 3.2, 7.5);
    let none = move |h: f64| (base(h) + bump(h, 18.9, 2.4, 6.4) - sun(h)).max(0.0);
    let rule = move |h: f64| (base(h) + bump(h, 19.5, 2.3, 4.7) - sun(h) * 1.2).max(0.0);
    let agent = move |h: f64| {
        (base(h) + bump(h, 19.3, 2.0, 0.9) + bump(h, 22.3, 1.0, 1.4) - sun(h)).max(0.0)
    };
    let best = move |h: f64| {
        (base(h) + bump(h, 19.5, 1.8, 0.5) + bump(h, 22.2, 1.0, 1.6) - sun(h) * 0.95).max(0.0)
    };
    Chart {
        title: Some("Import from the grid, this day".into()),
        x: day_axis(),
        y: axis("kW at the transformer"),
        series: vec![
            series("no battery", Role::NoBattery, Style::Line, none),
            series("rule-based", Role::RuleBased, Style::Line, rule),
            series("phase 2", Role::Phase2, Style::Line, move |h| rule(h) * 0.8 + 0.2),
            series("grid-aware", Role::GridAware, Style::Line, agent),
            series("optimum", Role::Optimum, Style::Line, best),
        ],
        bands: peak(),
        lines: vec![],
    }
}

fn day() -> Vec<Chart> {
    let pv =
        |h: f64| (bump(h, 12.2, 3.0, 17.0) - 0.4).max(0.0) * (1.0 - 0.3 * (h * 5.0).sin().abs());
    let load =
        |h: f64| 4.0 + bump(h, 7.5, 1.4, 4.0) + bump(h, 18.7, 2.2, 9.0) + (h * 3.1).sin() * 0.4;
    let battery = |h: f64| bump(h, 11.5, 2.0, 6.0) - bump(h, 18.5, 1.8, 6.5);
    let panel = |title: &str, unit: &str, series: Vec<Series>| Chart {
        title: Some(title.into()),
        x: day_axis(),
        y: axis(unit),
        series,
        bands: peak(),
        lines: vec![],
    };
    let soc =
        |h: f64| 30.0 + 60.0 / (1.0 + (-(h - 11.5)).exp()) - 65.0 / (1.0 + (-(h - 18.5)).exp());
    vec![
        panel(
            "Load and PV",
            "kW",
            vec![
                series("PV", Role::Pv, Style::Area, pv),
                series("load", Role::Load, Style::Line, load),
            ],
        ),
        panel(
            "Batteries",
            "kW, charging up",
            vec![
                series("power", Role::Battery, Style::Steps, battery),
                series("soc, 0 to 10", Role::Neutral, Style::Dashed, move |h| soc(h) / 10.0),
            ],
        ),
        panel(
            "Trades between homes",
            "kWh per half hour",
            vec![series("with peers", Role::Peer, Style::Bars, |h| {
                bump(h, 13.0, 3.0, 3.0) + bump(h, 19.0, 1.5, 2.0)
            })],
        ),
        panel(
            "Import from the grid",
            "kW",
            vec![
                series("rule-based", Role::RuleBased, Style::Line, move |h| {
                    (load(h) - pv(h)).max(0.0)
                }),
                series("grid-aware", Role::GridAware, Style::Line, move |h| {
                    (load(h) - pv(h) + battery(h)).max(0.0)
                }),
            ],
        ),
    ]
}

fn training() -> Chart {
    let steps: Vec<f64> = (0..10_000).map(|i| f64::from(i) * 210.0).collect();
    let value = |s: &f64| {
        42.0 - 24.0 * (1.0 - (-s / 4e5).exp()) + (s / 997.0).sin() * 2.0 + (s / 77_777.0 * PI).cos()
    };
    let y = steps.iter().map(value).collect();
    Chart {
        title: Some("Peak-window import while training".into()),
        x: Axis { label: "environment steps".into(), ticks: AxisKind::Count, ..Axis::default() },
        y: axis("kWh per day"),
        series: vec![Series {
            label: "grid-aware".into(),
            role: Role::GridAware,
            x: steps,
            y,
            style: Style::Line,
        }],
        bands: vec![],
        lines: vec![
            Line { y: 35.2, label: "rule-based".into(), role: Role::RuleBased },
            Line { y: 14.1, label: "optimum".into(), role: Role::Optimum },
        ],
    }
}

fn bars() -> Chart {
    let days: Vec<f64> = (1..=14).map(f64::from).collect();
    let bar = |label: &str, role, shift: f64| Series {
        label: label.into(),
        role,
        x: days.clone(),
        y: days.iter().map(|d| 20.0 + shift + (d * 1.7).sin() * 6.0).collect(),
        style: Style::Bars,
    };
    Chart {
        title: Some("Cost of each held-out day".into()),
        x: axis("held-out day"),
        y: axis("$"),
        series: vec![
            bar("rule-based", Role::RuleBased, 5.0),
            bar("grid-aware", Role::GridAware, -2.0),
        ],
        ..Chart::default()
    }
}

fn empty() -> Chart {
    Chart {
        title: Some("Return per episode".into()),
        x: Axis { label: "environment steps".into(), ticks: AxisKind::Count, ..Axis::default() },
        y: axis("$"),
        series: vec![Series {
            label: "grid-aware".into(),
            role: Role::GridAware,
            ..Series::default()
        }],
        ..Chart::default()
    }
}

/// Orders of one step as a curve: quantity and price of each, best first, and where the
/// curve goes after the last one.
fn curve(label: &str, role: Role, orders: &[(f64, f64)], then: f64) -> Series {
    let mut total = 0.0;
    let (mut x, mut y) = (Vec::new(), Vec::new());
    for (kwh, price) in orders {
        x.push(total);
        y.push(*price);
        total += kwh;
    }
    // The last order ends in a vertical line, then the curve is over.
    x.extend([total, total]);
    y.extend([then, f64::NAN]);
    Series { label: label.into(), role, x, y, style: Style::Steps }
}

fn orders() -> Chart {
    let bids = [(0.4, 0.46), (0.75, 0.44), (0.3, 0.39), (0.9, 0.31), (0.55, 0.22), (0.2, 0.14)];
    let asks = [(0.6, 0.08), (0.5, 0.13), (0.85, 0.21), (0.65, 0.33), (1.1, 0.4)];
    let cleared = Series {
        label: "cleared at 0.26 $/kWh".into(),
        role: Role::Price,
        x: vec![1.95],
        y: vec![0.26],
        style: Style::Points,
    };
    Chart {
        title: Some("Supply and demand, 12:30".into()),
        x: Axis { label: "kWh in the half hour".into(), min: Some(0.0), ..Axis::default() },
        y: axis("$/kWh"),
        series: vec![
            curve("demand", Role::Demand, &bids, 0.0),
            curve("supply", Role::Supply, &asks, 0.55),
            cleared,
        ],
        bands: vec![Band { from: 0.21, to: 0.31, label: "interval".into(), axis: Dimension::Y }],
        lines: vec![
            Line { y: 0.5, label: "retail".into(), role: Role::Import },
            Line { y: 0.05, label: "feed-in".into(), role: Role::Export },
        ],
    }
}

const HOMES: [&str; 10] = ["A", "B", "C", "D", "E", "F", "G", "H", "I", "J"];

fn home_axis() -> Axis {
    let labels = HOMES.map(str::to_owned).to_vec();
    Axis { label: "home".into(), ticks: AxisKind::Category, labels, ..Axis::default() }
}

fn per_home(label: &str, role: Role, style: Style, value: impl Fn(f64) -> f64) -> Series {
    let x: Vec<f64> = (0..10).map(f64::from).collect();
    let y = x.iter().map(|h| value(*h)).collect();
    Series { label: label.into(), role, x, y, style }
}

/// What each home saves under a mechanism that favours some of them by `tilt`.
fn saved(home: f64, tilt: f64) -> f64 {
    (0.12 + 0.1 * (home * 1.9).sin() + tilt * (home * 0.8).cos()).max(-0.04)
}

const MECHANISMS: [(&str, f64); 7] = [
    ("Uniform price", 0.02),
    ("Discriminatory", 0.05),
    ("Grid-backed", 0.08),
    ("McAfee", -0.03),
    ("Mid-market rate", -0.06),
    ("Supply–demand ratio", -0.09),
    ("Bill sharing", 0.0),
];

fn savings() -> Vec<Chart> {
    let panel = |(index, (name, tilt)): (usize, (&str, f64))| Chart {
        title: Some(name.into()),
        x: home_axis(),
        y: Axis {
            label: if index == 0 { "$ saved in the half hour".into() } else { String::new() },
            min: Some(-0.1),
            max: Some(0.3),
            ..Axis::default()
        },
        series: vec![per_home(
            "",
            if index == 2 { Role::Accent } else { Role::Neutral },
            Style::Bars,
            move |home| saved(home, tilt),
        )],
        ..Chart::default()
    };
    MECHANISMS.into_iter().enumerate().map(panel).collect()
}

fn homes() -> Chart {
    Chart {
        title: Some("Savings per home".into()),
        x: home_axis(),
        y: axis("$ per day"),
        series: vec![
            per_home("rule-based", Role::RuleBased, Style::Bars, |h| saved(h, 0.05)),
            per_home("grid-aware", Role::GridAware, Style::Bars, |h| saved(h, -0.03) * 1.4),
            per_home("optimum", Role::Optimum, Style::Bars, |h| saved(h, -0.02) * 1.6),
        ],
        ..Chart::default()
    }
}

fn dots() -> Chart {
    let mut chart = homes();
    chart.title = Some("Savings per home, under every mechanism".into());
    chart.series = MECHANISMS
        .into_iter()
        .enumerate()
        .map(|(i, (name, tilt))| {
            let (role, label) = if i == 2 { (Role::Accent, name) } else { (Role::Neutral, "") };
            per_home(label, role, Style::Points, move |home| saved(home, tilt))
        })
        .collect();
    chart
}

/// A range of y with curves in it, and roles that no other chart here has.
fn voltage() -> Chart {
    Chart {
        title: Some("Voltage at the last home".into()),
        x: day_axis(),
        y: axis("V"),
        series: vec![
            series("voltage", Role::Voltage, Style::Line, |h| 236.0 + bump(h, 12.5, 2.5, 16.0)),
            series("street greedy", Role::StreetGreedy, Style::Line, |h| {
                234.0 + bump(h, 12.5, 2.5, 8.0)
            }),
            series("own optima", Role::SelfishOptimum, Style::Line, |h| {
                232.0 + bump(h, 12.5, 2.5, 4.0)
            }),
            series("optimum", Role::Optimum, Style::Line, |h| 230.0 + bump(h, 12.5, 2.5, 2.0)),
            series("unserved", Role::Unserved, Style::Steps, |h| 222.0 + bump(h, 19.0, 2.5, 4.0)),
        ],
        bands: vec![Band { from: 216.0, to: 253.0, label: "allowed".into(), axis: Dimension::Y }],
        lines: vec![],
    }
}
