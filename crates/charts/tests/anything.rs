//! No data makes a chart panic or draw outside of what numbers can say.

use peergrid_charts::{
    Axis, AxisKind, Band, Chart, Dimension, Line, Look, Role, Series, Style, to_png, to_svg,
};
use proptest::prelude::*;

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
        Style::Points,
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
        .prop_map(|(ticks, min, max, label)| Axis { label, min, max, ticks, ..Axis::default() })
}

fn any_x_axis() -> impl Strategy<Value = Axis> {
    let names = prop::collection::vec(".{0,20}", 0..120);
    (any_axis(), names).prop_map(|(axis, labels)| {
        let ticks = if labels.is_empty() { axis.ticks } else { AxisKind::Category };
        Axis { labels, ticks, ..axis }
    })
}

fn any_chart() -> impl Strategy<Value = Chart> {
    let series = prop::collection::vec(any_series(), 0..5);
    let axis = prop::sample::select(vec![Dimension::X, Dimension::Y]);
    let band = (value(), value(), ".{0,9}", axis).prop_map(|(from, to, label, axis)| Band {
        from,
        to,
        label,
        axis,
    });
    let line = (value(), ".{0,9}").prop_map(|(y, label)| Line { y, label, role: Role::Neutral });
    let places = (prop::collection::vec(band, 0..2), prop::collection::vec(line, 0..3));
    (prop::option::of(".{0,40}"), any_x_axis(), any_axis(), series, places).prop_map(
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
