//! Colours, widths and dashes by role and theme.
//!
//! The hues follow Okabe and Ito's set for colour-blind eyes (<https://jfly.uni-koeln.de/color/>),
//! darkened or lightened until each stands out from its background by at least 3 : 1
//! (WCAG 2.2, success criterion 1.4.11) and text by 4.5 : 1 (1.4.3). Policies that are
//! compared in one chart differ in width or dash as well.

use crate::{Role, Theme};

/// A colour: red, green, blue, 0 to 255.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rgb(pub u8, pub u8, pub u8);

impl Rgb {
    const fn hex(code: u32) -> Self {
        Self((code >> 16) as u8, (code >> 8) as u8, code as u8)
    }

    /// Relative luminance, 0 (black) to 1 (white), by WCAG 2.2.
    pub fn luminance(self) -> f64 {
        let linear = |c: u8| {
            let c = f64::from(c) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.0) + 0.7152 * linear(self.1) + 0.0722 * linear(self.2)
    }

    /// Contrast ratio with another colour, 1 to 21, by WCAG 2.2.
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }
}

/// How a role is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ink {
    /// Its colour.
    pub color: Rgb,
    /// Stroke width, CSS px.
    pub width: f64,
    /// Lengths of dash and gap in turn, CSS px; empty for a solid line.
    pub dash: &'static [f64],
}

/// The colours that belong to no series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Palette {
    /// Behind everything.
    pub background: Rgb,
    /// Titles.
    pub text: Rgb,
    /// Labels, ticks, units.
    pub quiet: Rgb,
    /// Grid lines; meant to be barely there.
    pub grid: Rgb,
    /// The base line and the line at zero.
    pub axis: Rgb,
    /// The fill of a band.
    pub band: Rgb,
    /// The label of a band.
    pub band_text: Rgb,
}

const LIGHT: Palette = Palette {
    background: Rgb::hex(0xFF_FF_FF),
    text: Rgb::hex(0x1B_23_30),
    quiet: Rgb::hex(0x5A_62_70),
    grid: Rgb::hex(0xEA_E8_E3),
    axis: Rgb::hex(0xC4_C1_BA),
    band: Rgb::hex(0xFC_EE_E8),
    band_text: Rgb::hex(0xB0_43_18),
};

const DARK: Palette = Palette {
    background: Rgb::hex(0x17_1C_23),
    text: Rgb::hex(0xEC_EF_F3),
    quiet: Rgb::hex(0xA6_AE_BA),
    grid: Rgb::hex(0x2A_31_3A),
    axis: Rgb::hex(0x4C_55_61),
    band: Rgb::hex(0x33_24_20),
    band_text: Rgb::hex(0xF2_A0_7B),
};

const PRINT: Palette = Palette {
    text: Rgb::hex(0x00_00_00),
    quiet: Rgb::hex(0x3C_42_4C),
    grid: Rgb::hex(0xE2_E2_E2),
    axis: Rgb::hex(0x9A_9A_9A),
    ..LIGHT
};

impl Theme {
    /// The colours of this theme that belong to no series.
    pub const fn palette(self) -> &'static Palette {
        match self {
            Theme::Light => &LIGHT,
            Theme::Dark => &DARK,
            Theme::Print => &PRINT,
        }
    }
}

impl Role {
    /// How this role is drawn in a theme.
    pub fn ink(self, theme: Theme) -> Ink {
        let (light, dark) = self.colors();
        let (width, dash) = self.stroke();
        let code = if theme == Theme::Dark { dark } else { light };
        Ink { color: Rgb::hex(code), width, dash }
    }

    /// The role's colour on light and on dark.
    const fn colors(self) -> (u32, u32) {
        match self {
            Role::NoBattery => (0x6B_72_7E, 0x8C_95_A2),
            Role::RuleBased | Role::Import => (0xB9_3F_12, 0xF0_83_4F),
            Role::StreetGreedy => (0x1E_7A_4F, 0x5F_D0_8A),
            Role::TimeOfUse => (0x3B_78_F0, 0x43_75_EA),
            Role::Mpc => (0x6E_1E_E6, 0xE6_D2_1E),
            Role::Phase2 => (0x7F_2A_73, 0xC2_5F_B4),
            Role::GridAware | Role::Accent => (0x14_79_9C, 0x3F_AE_DB),
            Role::Optimum => (0x3B_34_94, 0xCF_CB_FF),
            Role::SelfishOptimum => (0x6B_34_10, 0xFF_D9_C2),
            Role::Kept1 => (0x8F_6A_00, 0xD9_A8_28),
            Role::Kept2 => (0xC2_1E_6A, 0xFF_85_B5),
            Role::Kept3 => (0x0E_7C_72, 0x4F_D6_C6),
            Role::Load | Role::Demand => (0x1B_23_30, 0xE8_EB_F0),
            Role::Pv | Role::Supply => (0xB6_7D_00, 0xF2_BB_3F),
            Role::Battery => (0x1F_7F_5C, 0x57_C7_98),
            Role::Price => (0x8A_2B_62, 0xFF_A6_D6),
            Role::Export => (0x3A_7F_C4, 0x86_BC_F5),
            Role::Peer => (0x0E_86_8C, 0x2F_B3_AD),
            Role::Voltage => (0x5A_3F_C0, 0x9A_86_FF),
            Role::Unserved => (0x9C_0A_20, 0xE6_3E_5C),
            Role::Neutral => (0x70_77_83, 0x97_A0_AD),
        }
    }

    /// The role's stroke width, CSS px, and dash.
    const fn stroke(self) -> (f64, &'static [f64]) {
        match self {
            Role::NoBattery => (1.3, &[]),
            Role::Phase2 => (1.8, &[9.0, 4.0]),
            Role::GridAware | Role::Accent => (2.5, &[]),
            Role::StreetGreedy => (1.8, &[7.0, 3.0, 2.0, 3.0]),
            Role::TimeOfUse => (1.8, &[12.0, 3.0]),
            Role::Mpc => (1.8, &[5.0, 2.5, 1.5, 2.5, 1.5, 2.5]),
            Role::Optimum => (1.8, &[2.0, 3.5]),
            Role::SelfishOptimum => (1.8, &[4.0, 2.5]),
            Role::Kept1 => (2.2, &[10.0, 3.0, 3.0, 3.0]),
            Role::Kept2 => (2.2, &[6.0, 2.0]),
            Role::Kept3 => (2.2, &[14.0, 4.0, 2.0, 4.0]),
            Role::Price => (1.8, &[6.0, 3.0]),
            Role::Load
            | Role::Battery
            | Role::Peer
            | Role::Demand
            | Role::Supply
            | Role::Voltage
            | Role::Unserved => (2.0, &[]),
            Role::RuleBased | Role::Import | Role::Export | Role::Pv => (1.8, &[]),
            Role::Neutral => (1.5, &[]),
        }
    }
}
