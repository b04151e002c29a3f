//! What a home can see when it acts.
//!
//! Own meters, the tariff, the calendar, yesterday's profile, and what a community meter would
//! broadcast: the street's load less PV of this step and the batteries' mean state of charge.
//! Nothing from later steps is used; on the data's first day yesterday's figures are 0. Values are roughly of size one; a learner normalises them
//! further.

use crate::{community::Community, microgrids::Microgrids, tariff::is_weekend};

/// Names of the features, in order. Energies kWh, powers kW, prices $/kWh.
pub const FEATURES: [&str; 29] = [
    "load",
    "pv",
    "state of charge",
    "battery capacity / 10 kWh",
    "battery power / 5 kW",
    "retail price",
    "feed-in tariff",
    "retail price of the next step",
    "time to the next peak / 24 h",
    "time left in the peak / 24 h",
    "sine of the hour",
    "cosine of the hour",
    "sine of the year",
    "cosine of the year",
    "weekend",
    "own load yesterday / 24 kWh",
    "own pv yesterday / 24 kWh",
    "own pv today / 24 kWh",
    "own peak-window deficit yesterday / 24 kWh",
    "import today / 24 kWh",
    "export today / 24 kWh",
    "street: load less pv, per home",
    "street: mean state of charge",
    "street yesterday: load less pv of the next step, per home",
    "street yesterday: peak-window deficit still to come / 24 kWh, per home",
    "street yesterday: surplus still to come / 24 kWh, per home",
    "street: pv today / 24 kWh, per home",
    "last local price",
    "last local volume, per home",
];

/// Numbers per home in an observation.
pub const OBSERVATION_SIZE: usize = FEATURES.len();

/// One day's energy at 1 kW: brings daily sums to size one.
const DAY: f64 = 24.0;

/// What all homes of one microgrid see alike.
struct Shared {
    retail: f64,
    next_retail: f64,
    to_peak: f64,
    left_in_peak: f64,
    hour: (f64, f64),
    year: (f64, f64),
    weekend: f64,
    next_street: f64,
    peak_ahead: f64,
    surplus_ahead: f64,
    street_pv: f64,
}

impl Microgrids {
    /// Writes the observations of all homes, shape `[homes of all microgrids, OBSERVATION_SIZE]`.
    ///
    /// # Panics
    /// If `out` has another size.
    pub fn observe(&self, out: &mut [f32]) {
        let homes = self.community().homes();
        assert_eq!(out.len(), self.soc.len() * OBSERVATION_SIZE, "one row per home");
        for (m, rows) in out.chunks_exact_mut(homes * OBSERVATION_SIZE).enumerate() {
            let shared = self.shared(m);
            for (h, row) in rows.chunks_exact_mut(OBSERVATION_SIZE).enumerate() {
                self.observe_home(m, h, &shared, row);
            }
        }
    }

    fn shared(&self, m: usize) -> Shared {
        let c = self.community();
        let t = self.t(m);
        let (day, step) = (t / c.steps_per_day, t % c.steps_per_day);
        let date = c.dates[day];
        let yesterday = t.checked_sub(c.steps_per_day);
        let past =
            |table: &[f32], ahead: usize| yesterday.map_or(0.0, |t| f64::from(table[t + ahead]));
        let turn = |share: f64| libm::sincos(share * std::f64::consts::TAU);
        let homes = c.homes() as f64;
        let range = m * c.homes()..(m + 1) * c.homes();
        let (to_peak, left_in_peak) = peak_times(c, t);
        Shared {
            retail: c.retail(t),
            next_retail: c.retail(tariff_step(c, t + 1)),
            to_peak,
            left_in_peak,
            hour: turn(step as f64 / c.steps_per_day as f64),
            year: turn(f64::from(date.day_of_year()) / 365.25),
            weekend: f64::from(u8::from(is_weekend(date))),
            next_street: past(&c.hindsight.street_net, 1),
            peak_ahead: past(&c.hindsight.peak_deficit_ahead, 0) / DAY,
            surplus_ahead: past(&c.hindsight.surplus_ahead, 0) / DAY,
            street_pv: self.meters.pv_kwh[range].iter().sum::<f64>() / homes / DAY,
        }
    }

    fn observe_home(&self, m: usize, h: usize, shared: &Shared, row: &mut [f32]) {
        let c = self.community();
        let homes = c.homes();
        let (i, t) = (m * homes + h, self.t(m));
        let battery = c.battery_step(h);
        let yesterday = (t / c.steps_per_day).checked_sub(1).map(|day| day * homes + h);
        let day_of = |table: &[f32]| yesterday.map_or(0.0, |i| f64::from(table[i]) / DAY);
        let filled = if battery.soc_max > 0.0 { self.soc[i] / battery.soc_max } else { 0.0 };
        let street = &self.street[m];
        let features: [f64; OBSERVATION_SIZE] = [
            f64::from(c.loads(t)[h]),
            f64::from(c.pvs(t)[h]),
            filled,
            battery.soc_max / 10.0,
            battery.power / 5.0,
            shared.retail,
            c.feed_in(t),
            shared.next_retail,
            shared.to_peak,
            shared.left_in_peak,
            shared.hour.0,
            shared.hour.1,
            shared.year.0,
            shared.year.1,
            shared.weekend,
            day_of(&c.hindsight.load_day),
            day_of(&c.hindsight.pv_day),
            self.meters.pv_kwh[i] / DAY,
            day_of(&c.hindsight.peak_day),
            self.meters.import_kwh[i] / DAY,
            self.meters.export_kwh[i] / DAY,
            street.base_kw / homes as f64,
            street.soc,
            shared.next_street,
            shared.peak_ahead,
            shared.surplus_ahead,
            shared.street_pv,
            self.last_price[m],
            self.last_volume[m] / homes as f64,
        ];
        for (out, value) in row.iter_mut().zip(features) {
            *out = value as f32;
        }
    }
}

/// The step whose tariff stands for step `t`: itself, or a day earlier beyond the data's end (the
/// tariff is published ahead; the data's last midnight has no calendar after it).
fn tariff_step(c: &Community, t: usize) -> usize {
    if t < c.days() * c.steps_per_day { t } else { t - c.steps_per_day }
}

/// Time to the next peak window and time left in the present one, in days; 1 where there is none
/// within a day.
fn peak_times(c: &Community, t: usize) -> (f64, f64) {
    let day = c.steps_per_day;
    let first = |wanted: bool| {
        let ahead = (0..day).position(|s| c.is_peak(tariff_step(c, t + s)) == wanted);
        ahead.map_or(1.0, |s| s as f64 / day as f64)
    };
    (first(true), if c.is_peak(t) { first(false) } else { 0.0 })
}
