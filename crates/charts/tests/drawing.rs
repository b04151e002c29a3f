//! Charts drawn to SVG and PNG: structure, errors, and that no data makes them panic.

use peergrid_charts::{
    Axis, AxisKind, Band, Chart, ChartError, Line, Look, Role, Series, Style, Theme, stack_to_png,
    stack_to_svg, to_png, to_svg,
};
use proptest::prelude::*;

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
        bands: vec![Band { from: 15.0, to: 21.0, label: "peak window".into() }],
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

fn value() -> impl Strategy<Value = f64> {
    prop_oneof![
        6 => -1e3..1e3,
        2 => any::<f64>(),
        1 => prop::sample::select(vec![0.0, f64::NAN, f64::INFINITY, f64::MAX, f64::MIN_POSITIVE, 1e99, -1e99]),
    ]
}

fn any_series() -> impl Strategy<Value = Series> {
    let style = prop::sample::select(vec![
        Style::Line,
        Style::Dashed,
        Style::Area,
        Style::Steps,
        Style::Bars,
    ]);
    let points = prop::collection::vec((value(), value()), 0..40);
    (prop::sample::select(Role::ALL.to_vec()), style, points, ".{0,20}").prop_map(
        |(role, style, points, label)| {
            let (x, y) = points.into_iter().unzip();
            Series { label, role, x, y, style }
        },
    )
}

fn any_axis() -> impl Strategy<Value = Axis> {
    let kind = prop::sample::select(vec![AxisKind::Number, AxisKind::HourOfDay, AxisKind::Count]);
    (kind, prop::option::of(value()), prop::option::of(value()), ".{0,30}")
        .prop_map(|(ticks, min, max, label)| Axis { label, min, max, ticks })
}

fn any_chart() -> impl Strategy<Value = Chart> {
    let series = prop::collection::vec(any_series(), 0..5);
    let band = (value(), value(), ".{0,9}").prop_map(|(from, to, label)| Band { from, to, label });
    let line = (value(), ".{0,9}").prop_map(|(y, label)| Line { y, label, role: Role::Neutral });
    let places = (prop::collection::vec(band, 0..2), prop::collection::vec(line, 0..3));
    (prop::option::of(".{0,40}"), any_axis(), any_axis(), series, places).prop_map(
        |(title, x, y, series, (bands, lines))| Chart { title, x, y, series, bands, lines },
    )
}

fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn any_chart_is_drawn_or_refused(chart in any_chart(), width in 0_u32..900, height in 0_u32..500) {
        if let Ok(svg) = to_svg(&chart, width, height, &Look::default()) {
            for tag in svg.lines().filter(|l| l.starts_with('<')) {
                prop_assert!(!tag.contains("NaN") && !tag.contains("inf"), "{tag}");
            }
            // i32's ends are where a coordinate that overflowed would be.
            prop_assert!(!svg.contains("2147483647") && !svg.contains("2147483648"));
        }
    }

    #[test]
    fn any_chart_in_order_is_drawn(mut chart in any_chart()) {
        (chart.x.min, chart.x.max, chart.y.min, chart.y.max) = (None, None, None, None);
        chart.bands.retain(|b| b.from.is_finite() && b.to.is_finite());
        chart.lines.retain(|l| l.y.is_finite());
        prop_assert!(to_svg(&chart, 640, 400, &Look::default()).is_ok());
    }
}

proptest! {
    // Each picture takes tens of milliseconds.
    #![proptest_config(cases(24))]

    #[test]
    fn any_chart_is_painted_or_refused(chart in any_chart(), width in 0_u32..400, height in 0_u32..300) {
        if let Ok(bytes) = to_png(&chart, width, height, &Look::default()) {
            prop_assert_eq!(&bytes[1..4], b"PNG");
        }
    }
}
