//! Charts drawn to SVG and PNG: structure and errors.

use peergrid_charts::{
    Axis, AxisKind, Band, Chart, ChartError, Dimension, Line, Look, Rgb, Role, Series, Style,
    Theme, stack_to_png, stack_to_svg, to_png, to_svg,
};

fn series(label: &str, role: Role, style: Style, y: &[f64]) -> Series {
    let x = (0..y.len()).map(|i| i as f64).collect();
    Series { label: label.into(), role, x, y: y.to_vec(), style }
}

fn day() -> Chart {
    let wave = |shift: f64| {
        (0..24).map(|h| 4.0 + (f64::from(h) / 3.0 + shift).sin() * 3.0).collect::<Vec<_>>()
    };
    Chart {
        title: Some("Import <from> the grid".into()),
        x: Axis { ticks: AxisKind::HourOfDay, ..Axis::default() },
        y: Axis { label: "kW at the transformer".into(), ..Axis::default() },
        series: vec![
            series("rule-based", Role::RuleBased, Style::Line, &wave(0.0)),
            series("grid-aware", Role::GridAware, Style::Line, &wave(1.0)),
        ],
        bands: vec![Band { from: 15.0, to: 21.0, label: "peak window".into(), axis: Dimension::X }],
        lines: vec![Line { y: 5.0, label: "limit".into(), role: Role::Neutral }],
    }
}

/// The texts of an SVG, in order.
fn texts(svg: &str) -> Vec<String> {
    let pieces = svg.split("<text").skip(1);
    pieces
        .filter_map(|p| Some(p.split_once('>')?.1.split_once("</text>")?.0.trim().to_owned()))
        .collect()
}

fn svg(chart: &Chart) -> String {
    to_svg(chart, 640, 300, &Look::default()).expect("a chart in order is drawn")
}

#[test]
fn an_svg_has_every_label_each_series_and_the_true_size() {
    let svg = svg(&day());
    assert!(
        svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"640\" height=\"300\""),
        "{svg:.120}"
    );
    assert!(svg.contains("<title>Import &lt;from&gt; the grid</title>"));
    let texts = texts(&svg);
    for label in [
        "kW at the transformer",
        "rule-based",
        "grid-aware",
        "peak window",
        "limit",
        "0 h",
        "12 h",
        "24 h",
    ] {
        assert!(texts.iter().any(|t| t == label), "{label} is not among {texts:?}");
    }
    // A line in the plot and one in the legend for each series.
    for role in [Role::RuleBased, Role::GridAware] {
        let color = role.ink(Theme::Light).color;
        let code = format!("stroke=\"#{:02X}{:02X}{:02X}\"", color.0, color.1, color.2);
        assert_eq!(svg.matches(&code).count(), 2, "{role:?}");
    }
    assert!(svg.trim_end().ends_with("</svg>"));
}

#[test]
fn a_small_chart_is_drawn_the_same_every_time() {
    let chart = Chart {
        x: Axis { min: Some(0.0), max: Some(2.0), ..Axis::default() },
        y: Axis { min: Some(0.0), max: Some(10.0), ..Axis::default() },
        series: vec![series("", Role::GridAware, Style::Line, &[0.0, 10.0, 5.0])],
        ..Chart::default()
    };
    let look = Look { transparent: true, ..Look::default() };
    let svg = to_svg(&chart, 200, 100, &look).expect("drawn");
    let path = svg.lines().find(|l| l.starts_with("<polyline")).expect("the series");
    // Left: margin 1, the wider label "10" at 0.62 em of 11.04 px, 8 px; right: margin 1
    // and half of "2.0"; top: 0.45 of a line; bottom: margin 1 and a row of ticks.
    assert!(path.contains("stroke-width=\"25\" points=\"227,780 1065,60 1904,420 \""), "{path}");
}

#[test]
fn a_stack_shares_its_hours_and_labels_its_bands_once() {
    let svg = stack_to_svg(&[day(), day(), day()], 640, 600, &Look::default()).expect("drawn");
    let texts = texts(&svg);
    let count = |label: &str| texts.iter().filter(|t| *t == label).count();
    assert_eq!((count("12 h"), count("peak window"), count("grid-aware")), (1, 1, 3));
}

#[test]
fn without_data_the_chart_says_so() {
    let mut chart = day();
    chart.series = vec![series("agent", Role::GridAware, Style::Line, &[f64::NAN])];
    let texts = texts(&svg(&chart));
    assert!(texts.iter().any(|t| t == "no data yet") && texts.iter().any(|t| t == "agent"));
}

#[test]
fn reference_lines_alone_are_something_to_see() {
    let chart = Chart { series: Vec::new(), ..day() };
    let texts = texts(&svg(&chart));
    assert!(texts.iter().any(|t| t == "limit") && texts.iter().all(|t| t != "no data yet"));
}

#[test]
fn narrow_charts_shorten_what_does_not_fit() {
    let mut chart = day();
    chart.title =
        Some("A title that is far too long for the screen of a telephone held upright".into());
    let svg = to_svg(&chart, 320, 260, &Look::default()).expect("drawn");
    assert!(
        texts(&svg).iter().any(|t| t.starts_with("A title") && t.ends_with('…')),
        "{:?}",
        texts(&svg)
    );
}

#[test]
fn a_png_has_its_size_and_is_not_blank() {
    for theme in [Theme::Light, Theme::Dark] {
        let bytes = to_png(&day(), 320, 200, &Look { theme, ..Look::default() }).expect("drawn");
        assert_eq!(&bytes[..8], b"\x89PNG\r\n\x1a\n");
        let mut reader =
            png::Decoder::new(std::io::Cursor::new(&bytes)).read_info().expect("a PNG");
        let mut pixels = vec![0; reader.output_buffer_size().expect("a size")];
        let info = reader.next_frame(&mut pixels).expect("a frame");
        assert_eq!((info.width, info.height), (320, 200));
        let ink = Role::GridAware.ink(theme).color;
        let drawn = pixels.chunks_exact(3).filter(|p| *p == [ink.0, ink.1, ink.2]).count();
        assert!(drawn > 100, "only {drawn} pixels in the agent's colour");
        let background = theme.palette().background;
        let empty = pixels
            .chunks_exact(3)
            .filter(|p| *p == [background.0, background.1, background.2])
            .count();
        assert!(empty > 320 * 200 / 2, "only {empty} pixels of background");
    }
}

/// Supply and demand of one step: the curves, a price interval, the price.
fn orders() -> Chart {
    let curve = |label: &str, role, x: &[f64], y: &[f64]| Series {
        label: label.into(),
        role,
        x: x.to_vec(),
        y: y.to_vec(),
        style: Style::Steps,
    };
    let interval =
        |from, to, label: &str| Band { from, to, label: label.into(), axis: Dimension::Y };
    Chart {
        x: Axis { min: Some(0.0), ..Axis::default() },
        y: Axis { min: Some(0.0), max: Some(0.5), ..Axis::default() },
        series: vec![
            curve("demand", Role::Demand, &[0.0, 1.0, 2.5, 2.5], &[0.4, 0.3, 0.0, f64::NAN]),
            curve("supply", Role::Supply, &[0.0, 4.0], &[0.1, f64::NAN]),
            Series { style: Style::Points, ..curve("price", Role::Price, &[2.5], &[0.2]) },
        ],
        bands: vec![interval(0.1, 0.3, "interval"), interval(0.45, 0.45, "a point")],
        ..Chart::default()
    }
}

/// The points of the paths in a role's colour, in tenths of a pixel.
fn paths(svg: &str, role: Role) -> Vec<Vec<(f64, f64)>> {
    let Rgb(r, g, b) = role.ink(Theme::Light).color;
    let stroke = format!("stroke=\"#{r:02X}{g:02X}{b:02X}\"");
    let points = |line: &str| {
        let list = line.split_once("points=\"")?.1.split_once('"')?.0;
        let pair =
            |p: &str| p.split_once(',').and_then(|(x, y)| Some((x.parse().ok()?, y.parse().ok()?)));
        list.split_whitespace().map(pair).collect()
    };
    svg.lines().filter(|l| l.contains(&stroke)).filter_map(points).collect()
}

#[test]
fn curves_of_orders_end_where_their_last_order_does() {
    let svg = svg(&orders());
    let longest = |role| paths(&svg, role).into_iter().max_by_key(Vec::len).expect("a path");
    let (demand, supply) = (longest(Role::Demand), paths(&svg, Role::Supply));
    // Across, down, across, down to nothing: drops are drawn, and the curve is over.
    assert_eq!(demand.len(), 5, "{demand:?}");
    assert!(demand[1].0 == demand[2].0 && demand[3].0 == demand[4].0, "{demand:?}");
    assert!(demand[0].1 == demand[1].1 && demand[2].1 == demand[3].1, "{demand:?}");
    // Supply ends at the right end of the axis, 4 kWh, demand at 2.5 kWh of its own.
    let (left, right) = (demand[0].0, supply.iter().flatten().map(|p| p.0).fold(0.0, f64::max));
    assert!(
        ((demand[4].0 - left) / (right - left) - 2.5 / 4.0).abs() < 0.002,
        "{demand:?} {right}"
    );
}

#[test]
fn ranges_of_y_are_drawn_across_and_named_even_as_a_point() {
    let svg = svg(&orders());
    let Rgb(r, g, b) = Theme::Light.palette().band;
    let fill = format!("fill=\"#{r:02X}{g:02X}{b:02X}\"");
    let number = |line: &str, name: &str| -> f64 {
        let value = line.split_once(&format!(" {name}=\"")).expect("an attribute").1;
        value.split_once('"').expect("an end").0.parse().expect("a number")
    };
    let bands: Vec<(f64, f64)> = svg
        .lines()
        .filter(|l| l.starts_with("<rect") && l.contains(&fill) && l.contains("opacity=\"1\""))
        .map(|l| (number(l, "width"), number(l, "height")))
        .collect();
    assert_eq!(bands.len(), 2, "{bands:?}");
    assert!(bands[0].0 > 5_000.0 && bands[0].0 == bands[1].0 && bands[0].1 > 500.0, "{bands:?}");
    assert!((20.0..=40.0).contains(&bands[1].1), "a single price is a thin line: {bands:?}");
    let texts = texts(&svg);
    assert!(texts.iter().any(|t| t == "interval") && texts.iter().any(|t| t == "a point"));
}

/// Bars over the given names.
fn by_name(names: &[String]) -> Chart {
    Chart {
        x: Axis { ticks: AxisKind::Category, labels: names.to_vec(), ..Axis::default() },
        series: vec![series("", Role::Peer, Style::Bars, &vec![1.0; names.len()])],
        ..Chart::default()
    }
}

#[test]
fn categories_are_named_as_far_as_they_fit() {
    let named = |names: Vec<String>| {
        let svg = to_svg(&by_name(&names), 360, 240, &Look::default()).expect("drawn");
        texts(&svg).into_iter().filter(|t| t.parse::<f64>().is_err()).collect::<Vec<_>>()
    };
    let letters: Vec<String> = ('A'..='J').map(String::from).collect();
    assert_eq!(named(letters.clone()), letters);
    // Long names are shortened rather than left out, until too little of them is left.
    let long = named((0..4).map(|i| format!("{i} supply–demand ratio")).collect());
    assert!(long.len() == 4 && long.iter().all(|t| t.ends_with('…')), "{long:?}");
    let many = named((1..=100).map(|i| format!("H{i}")).collect());
    assert!((8..=30).contains(&many.len()) && many[0] == "H1", "{many:?}");
}

#[test]
fn bars_of_categories_share_the_width_equally_whatever_has_a_value() {
    let mut chart = by_name(&["A", "B", "C", "D"].map(str::to_owned));
    let width_of = |chart: &Chart| {
        let svg = svg(chart);
        let Rgb(r, g, b) = Role::Peer.ink(Theme::Light).color;
        let fill = format!("fill=\"#{r:02X}{g:02X}{b:02X}\"");
        let bar = svg.lines().find(|l| l.contains(&fill)).expect("a bar").to_owned();
        let width = bar.split_once(" width=\"").expect("a width").1;
        width.split_once('"').expect("an end").0.parse::<f64>().expect("a number")
    };
    let all = width_of(&chart);
    (chart.series[0].x, chart.series[0].y) = (vec![0.0, 3.0], vec![1.0, 1.0]);
    assert!((width_of(&chart) - all).abs() <= 10.0, "a pixel of {all}");
}

#[test]
fn errors_name_what_is_wrong() {
    let mut unequal = day();
    unequal.series[1].y.pop();
    let message = |chart: &Chart| {
        to_svg(chart, 640, 300, &Look::default()).expect_err("not in order").to_string()
    };
    assert_eq!(
        message(&unequal),
        "series \"grid-aware\" has 24 x values and 23 y values; it needs one y for each x"
    );
    let mut reversed = day();
    (reversed.y.min, reversed.y.max) = (Some(3.0), Some(3.0));
    assert_eq!(
        message(&reversed),
        "the y axis runs from 3 to 3; both must be finite, min below max"
    );
    let mut nowhere = day();
    nowhere.bands[0].to = f64::NAN;
    assert_eq!(
        message(&nowhere),
        "band \"peak window\" is placed at NaN; it must be a finite number"
    );
    let mut nameless = by_name(&["A".to_owned()]);
    nameless.x.labels.clear();
    assert_eq!(
        message(&nameless),
        "the categories of an axis have no names; `labels` needs one for each"
    );
    let mut numbered = by_name(&["A".to_owned()]);
    numbered.x.ticks = AxisKind::Number;
    assert_eq!(
        message(&numbered),
        "the categories of an axis have names, but `ticks` is not `category`"
    );
    let mut upright = by_name(&["A".to_owned()]);
    (upright.y.ticks, upright.y.labels) = (AxisKind::Category, vec!["B".to_owned()]);
    assert_eq!(message(&upright), "the categories of an axis stand on the y axis; only x has them");
    let look = Look { scale: 0.0, ..Look::default() };
    assert!(matches!(
        to_svg(&day(), 640, 300, &look),
        Err(ChartError::Look { field: "scale", .. })
    ));
    assert!(matches!(to_svg(&day(), 60, 40, &Look::default()), Err(ChartError::TooSmall { .. })));
    assert!(matches!(to_png(&day(), 5000, 40, &Look::default()), Err(ChartError::TooLarge { .. })));
    assert_eq!(stack_to_png(&[], 300, 300, &Look::default()), Err(ChartError::NoCharts));
}

#[test]
fn json_has_null_for_gaps_and_refuses_what_it_does_not_know() {
    let text = r#"{"series": [{"role": "grid_aware", "x": [0, 1, 2], "y": [1, null, 3], "style": "steps"}]}"#;
    let chart: Chart = serde_json::from_str(text).expect("in order");
    assert!(chart.series[0].y[1].is_nan() && chart.series[0].style == Style::Steps);
    assert!(serde_json::to_string(&chart).expect("written").contains("[1.0,null,3.0]"));
    let error = serde_json::from_str::<Chart>(r#"{"serie": []}"#).expect_err("unknown").to_string();
    assert!(error.contains("unknown field `serie`"), "{error}");
}

#[test]
fn a_shape_is_filled_between_its_edges_and_has_no_outline() {
    // Up along 3 and back along 1, from 0 to 4.
    let chart = Chart {
        series: vec![Series {
            x: vec![0.0, 4.0, 4.0, 0.0],
            ..series("range", Role::GridAware, Style::Shape, &[3.0, 3.0, 1.0, 1.0])
        }],
        y: Axis { min: Some(0.0), max: Some(2.0), ..Axis::default() },
        ..Chart::default()
    };
    let svg = svg(&chart);
    assert!(texts(&svg).contains(&"range".to_owned()));
    let shape = svg.split("<polygon").nth(1).expect("a filled shape");
    let points = shape.split_once("points=\"").and_then(|(_, rest)| rest.split_once('"'));
    let heights: Vec<i32> = points
        .map_or("", |(points, _)| points)
        .split_whitespace()
        .filter_map(|point| point.split_once(',')?.1.parse().ok())
        .collect();
    let (top, bottom) = (heights.iter().min().copied(), heights.iter().max().copied());
    let (Some(top), Some(bottom)) = (top, bottom) else { panic!("no points: {shape:.200}") };
    // What lies above the frame is cut: from 2, its upper edge, to 1, the middle of a frame that is
    // between 150 and 300 px high; in tenths of a pixel.
    assert!((750..1500).contains(&(bottom - top)), "from {top} to {bottom}");
    let color = Role::GridAware.ink(Theme::Light).color;
    let hex = format!("#{:02X}{:02X}{:02X}", color.0, color.1, color.2);
    let strokes = svg.split("<polyline").skip(1).filter(|path| {
        path.split_once("/>").is_some_and(|(line, _)| line.to_uppercase().contains(&hex))
    });
    assert_eq!(strokes.count(), 0, "an outline");
}
