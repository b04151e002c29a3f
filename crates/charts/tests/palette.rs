//! The palette by numbers: contrast, and colours told apart by colour-blind eyes.

use peergrid_charts::{Rgb, Role, Theme};

const THEMES: [Theme; 3] = [Theme::Light, Theme::Dark, Theme::Print];

#[test]
fn contrast_is_that_of_the_standard() {
    let (black, white, grey) = (Rgb(0, 0, 0), Rgb(255, 255, 255), Rgb(0x76, 0x76, 0x76));
    assert!((black.contrast(white) - 21.0).abs() < 1e-9);
    assert!((grey.contrast(white) - 4.54).abs() < 0.005);
}

#[test]
fn every_role_stands_out_from_the_background_and_from_a_band() {
    for theme in THEMES {
        let palette = theme.palette();
        for role in Role::ALL {
            let ink = role.ink(theme).color;
            for (behind, name) in [(palette.background, "background"), (palette.band, "band")] {
                let contrast = ink.contrast(behind);
                assert!(contrast >= 3.0, "{role:?} on the {name} of {theme:?}: {contrast:.2}");
            }
        }
    }
}

#[test]
fn every_text_can_be_read() {
    for theme in THEMES {
        let p = theme.palette();
        let texts = [
            (p.text, p.background),
            (p.quiet, p.background),
            (p.quiet, p.band),
            (p.band_text, p.band),
        ];
        for (text, behind) in texts {
            let contrast = text.contrast(behind);
            assert!(contrast >= 4.5, "{text:?} on {behind:?} in {theme:?}: {contrast:.2}");
        }
    }
}

/// What is compared in one chart: the policies, the flows of a day, and a market.
const TOGETHER: [&[Role]; 3] = [
    &[
        Role::NoBattery,
        Role::RuleBased,
        Role::StreetGreedy,
        Role::TimeOfUse,
        Role::Mpc,
        Role::Phase2,
        Role::GridAware,
        Role::Optimum,
        Role::SelfishOptimum,
    ],
    &[
        Role::Load,
        Role::Pv,
        Role::Battery,
        Role::Price,
        Role::Import,
        Role::Export,
        Role::Peer,
        Role::Voltage,
        Role::Unserved,
    ],
    &[Role::Demand, Role::Supply, Role::Price, Role::Import, Role::Export],
];

#[test]
fn policies_differ_in_more_than_colour() {
    for (i, a) in TOGETHER[0].iter().enumerate() {
        for b in &TOGETHER[0][..i] {
            let (ink, other) = (a.ink(Theme::Light), b.ink(Theme::Light));
            assert!(
                ink.dash != other.dash || (ink.width - other.width).abs() >= 0.4,
                "{a:?} and {b:?}"
            );
        }
    }
}

/// Simulated vision in linear RGB (Machado, Oliveira and Fernandes 2009, severity 1).
const VISION: [(&str, [[f64; 3]; 3]); 3] = [
    ("usual", [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
    (
        "protanope",
        [
            [0.152_286, 1.052_583, -0.204_868],
            [0.114_503, 0.786_281, 0.099_216],
            [-0.003_882, -0.048_116, 1.051_998],
        ],
    ),
    (
        "deuteranope",
        [
            [0.367_322, 0.860_646, -0.227_968],
            [0.280_085, 0.672_501, 0.047_413],
            [-0.011_820, 0.042_940, 0.968_881],
        ],
    ),
];

fn linear(c: u8) -> f64 {
    let c = f64::from(c) / 255.0;
    if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
}

/// CIE L*a*b* (D65) of a colour as an eye sees it.
fn lab(color: Rgb, vision: &[[f64; 3]; 3]) -> [f64; 3] {
    let rgb = [linear(color.0), linear(color.1), linear(color.2)];
    let dot = |row: &[f64; 3], v: &[f64; 3]| row.iter().zip(v).map(|(a, b)| a * b).sum::<f64>();
    let seen: [f64; 3] = std::array::from_fn(|i| dot(&vision[i], &rgb).clamp(0.0, 1.0));
    let to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]];
    let white = [0.9505, 1.0, 1.089];
    let f = |t: f64| if t > 0.008_856 { t.cbrt() } else { 7.787 * t + 16.0 / 116.0 };
    let [x, y, z]: [f64; 3] = std::array::from_fn(|i| f(dot(&to_xyz[i], &seen) / white[i]));
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

#[test]
fn colours_shown_together_are_told_apart_by_colour_blind_eyes() {
    for theme in THEMES {
        for (eye, vision) in VISION {
            for group in TOGETHER {
                for (i, a) in group.iter().enumerate() {
                    for b in &group[..i] {
                        let (p, q) =
                            (lab(a.ink(theme).color, &vision), lab(b.ink(theme).color, &vision));
                        let apart =
                            p.iter().zip(q).map(|(p, q)| (p - q).powi(2)).sum::<f64>().sqrt();
                        // 2.3 is just noticeable side by side; curves need far more.
                        assert!(
                            apart >= 12.0,
                            "{a:?} and {b:?} to a {eye} in {theme:?}: {apart:.1}"
                        );
                    }
                }
            }
        }
    }
}
