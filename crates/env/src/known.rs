//! What can be known of a step before it comes: the calendar, the published tariff, and what was
//! metered a day earlier. Tables over every step of the data, made once.
//!
//! The last 24 hours stand for the next 24: what is summed over the steps from `t` to `t + n` was
//! metered from `t − day` to `t − day + n`, which lies before `t` for every `n` up to a day.

use std::ops::Range;

use peergrid_data::Home;

use crate::{community::Community, tariff::is_weekend};

/// Numbers that all homes of a street see alike.
pub(crate) const SHARED: usize = 17;
/// Numbers that describe a home.
pub(crate) const DESCRIPTORS: usize = 3;
/// Numbers of a home's own last 24 hours, summed over what lies ahead.
pub(crate) const AHEAD: usize = 3;

/// One day's energy at 1 kW: brings daily sums to size one.
pub(crate) const DAY_KWH: f64 = 24.0;

/// The tables. What they hold, feature by feature, stands in [`crate::observation`].
#[derive(Debug, Clone, Default)]
pub(crate) struct Known {
    /// Calendar, tariff and the street's last 24 hours, by step.
    pub shared: Vec<[f32; SHARED]>,
    /// Load, PV and peak deficit ahead, by step and home, in days at 1 kW.
    pub ahead: Vec<[f32; AHEAD]>,
    /// By home.
    pub descriptors: Vec<[f32; DESCRIPTORS]>,
}

impl Known {
    /// The tables of a community; `data` are its homes.
    pub fn new(c: &Community, data: &[Home]) -> Self {
        let tariff = TariffAhead::new(c);
        Self {
            shared: shared(c, &tariff),
            ahead: ahead(c, &tariff),
            descriptors: (0..c.homes()).map(|h| descriptors(c, h, data[h].pv_kwp)).collect(),
        }
    }
}

fn descriptors(c: &Community, home: usize, pv_kwp: Option<f64>) -> [f32; DESCRIPTORS] {
    let battery = c.battery_step(home);
    [battery.soc_max / 10.0, battery.power / 5.0, pv_kwp.unwrap_or(0.0) / 5.0].map(|v| v as f32)
}

/// Every step's distance to the tariff's next changes, in steps; a day where there is none within
/// a day.
struct TariffAhead {
    /// To the next step inside a peak window, 0 inside one.
    peak: Vec<usize>,
    /// To the end of that window; a day where there is none.
    peak_end: Vec<usize>,
    /// To the next step with a higher retail price than the step before it.
    rise: Vec<usize>,
    /// To the next step with a lower retail price than the step before it.
    fall: Vec<usize>,
}

impl TariffAhead {
    fn new(c: &Community) -> Self {
        let day = c.steps_per_day;
        let steps = c.days() * day;
        let price = |t| c.retail(tariff_step(c, t));
        let to = |is: &dyn Fn(usize) -> bool| distances(steps + day, day, is);
        let peak = to(&|t| c.is_peak(tariff_step(c, t)));
        let off_peak = to(&|t| !c.is_peak(tariff_step(c, t)));
        let rise = to(&|t| t > 0 && price(t) > price(t - 1));
        let fall = to(&|t| t > 0 && price(t) < price(t - 1));
        let peak_end = |t: usize| match peak[t] {
            far if far == day => day,
            near => day.min(near + off_peak[t + near]),
        };
        let later = |to: &[usize]| (0..steps).map(|t| day.min(1 + to[t + 1])).collect();
        Self {
            peak_end: (0..steps).map(peak_end).collect(),
            rise: later(&rise),
            fall: later(&fall),
            peak,
        }
    }

    /// Steps of the day before that stand for those from `t` to the next peak's end.
    fn to_peak_end(&self, t: usize, day: usize) -> Range<usize> {
        t - day..t - day + self.peak_end[t]
    }

    /// Steps of the day before that stand for the next peak, or what is left of the present one.
    fn in_peak(&self, t: usize, day: usize) -> Range<usize> {
        t - day + self.peak[t]..t - day + self.peak_end[t]
    }
}

/// Distance of each of `steps` steps to the next for which `is` holds, itself included; at most
/// `most`.
fn distances(steps: usize, most: usize, is: &dyn Fn(usize) -> bool) -> Vec<usize> {
    let mut distances = vec![most; steps];
    let mut distance = most;
    for t in (0..steps).rev() {
        distance = if is(t) { 0 } else { most.min(distance + 1) };
        distances[t] = distance;
    }
    distances
}

/// The step whose tariff stands for step `t`: itself, or a day earlier beyond the data's end (the
/// tariff is published ahead; the data's last midnight has no calendar after it).
fn tariff_step(c: &Community, t: usize) -> usize {
    if t < c.days() * c.steps_per_day { t } else { t - c.steps_per_day }
}

/// Energy up to every step, for sums over any range of steps.
struct Sums(Vec<f64>);

impl Sums {
    /// Sums of `kw` over `steps` steps.
    fn new(c: &Community, steps: usize, kw: impl Fn(usize) -> f64) -> Self {
        let mut sums = Vec::with_capacity(steps + 1);
        let mut sum = 0.0;
        sums.push(sum);
        sums.extend((0..steps).map(|t| {
            sum += kw(t) * c.dt;
            sum
        }));
        Self(sums)
    }

    /// Energy in `range`, in days at 1 kW.
    fn days(&self, range: Range<usize>) -> f64 {
        (self.0[range.end] - self.0[range.start]) / DAY_KWH
    }
}

fn shared(c: &Community, tariff: &TariffAhead) -> Vec<[f32; SHARED]> {
    let day = c.steps_per_day;
    let steps = c.days() * day;
    let per_home = |sum: f64| sum / c.homes() as f64;
    let total = |kw: &[f32]| kw.iter().map(|&kw| f64::from(kw)).sum::<f64>();
    let net_kw = |t: usize| per_home(total(c.loads(t)) - total(c.pvs(t)));
    let pv = Sums::new(c, steps, |t| per_home(total(c.pvs(t))));
    let surplus = Sums::new(c, steps, |t| (-net_kw(t)).max(0.0));
    let deficit = Sums::new(c, steps, |t| net_kw(t).max(0.0));
    let hours: Vec<_> = (0..day).map(|step| turn(step as f64 / day as f64)).collect();
    let days = |steps: usize| steps as f64 / day as f64;
    let at = |t: usize| {
        let midnight = t - t % day;
        let date = c.dates[t / day];
        let (hour, year) = (hours[t % day], turn(f64::from(date.day_of_year()) / 365.25));
        let left_in_peak = if c.is_peak(t) { days(tariff.peak_end[t]) } else { 0.0 };
        let yesterday = |value: &dyn Fn() -> f64| if t < day { 0.0 } else { value() };
        [
            c.retail(t),
            c.feed_in(t),
            c.retail(tariff_step(c, t + 1)),
            days(tariff.peak[t]),
            left_in_peak,
            days(tariff.rise[t]),
            days(tariff.fall[t]),
            hour.0,
            hour.1,
            year.0,
            year.1,
            f64::from(u8::from(is_weekend(date))),
            pv.days(midnight..t),
            yesterday(&|| pv.days(midnight - day..t - day)),
            yesterday(&|| net_kw(t - day + 1)),
            yesterday(&|| surplus.days(tariff.to_peak_end(t, day))),
            yesterday(&|| deficit.days(tariff.in_peak(t, day))),
        ]
        .map(|v| v as f32)
    };
    (0..steps).map(at).collect()
}

/// Sine and cosine of a share of a full turn.
fn turn(share: f64) -> (f64, f64) {
    libm::sincos(share * std::f64::consts::TAU)
}

fn ahead(c: &Community, tariff: &TariffAhead) -> Vec<[f32; AHEAD]> {
    let (day, homes) = (c.steps_per_day, c.homes());
    let steps = c.days() * day;
    let mut table = vec![[0.0; AHEAD]; steps * homes];
    for h in 0..homes {
        let kw = |t: usize| (f64::from(c.loads(t)[h]), f64::from(c.pvs(t)[h]));
        let load = Sums::new(c, steps, |t| kw(t).0);
        let pv = Sums::new(c, steps, |t| kw(t).1);
        let deficit = Sums::new(c, steps, |t| (kw(t).0 - kw(t).1).max(0.0));
        for t in day..steps {
            let (to_end, in_peak) = (tariff.to_peak_end(t, day), tariff.in_peak(t, day));
            let sums = [load.days(to_end.clone()), pv.days(to_end), deficit.days(in_peak)];
            table[t * homes + h] = sums.map(|v| v as f32);
        }
    }
    table
}
