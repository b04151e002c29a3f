//! What a home can know of a past day: sums over its remaining hours, computed once.

/// Tables over every step `t` of the data, all of quantities that lie in the past by the time
/// they are read (an observation at `t` reads them at `t − steps_per_day`).
#[derive(Debug, Clone)]
pub(crate) struct Hindsight {
    /// Street's load less PV per home, kW.
    pub street_net: Vec<f32>,
    /// Street's deficit from this step to the day's end inside the peak window, kWh per home.
    pub peak_deficit_ahead: Vec<f32>,
    /// Street's surplus from this step to the day's end, kWh per home.
    pub surplus_ahead: Vec<f32>,
    /// Each home's PV energy of the day, kWh, by day and home.
    pub pv_day: Vec<f32>,
    /// Each home's load of the day, kWh, by day and home.
    pub load_day: Vec<f32>,
    /// Each home's deficit in the day's peak window, kWh, by day and home.
    pub peak_day: Vec<f32>,
}

impl Hindsight {
    pub fn new(
        load: &[f32],
        pv: &[f32],
        peak: &[bool],
        homes: usize,
        steps_per_day: usize,
        dt: f64,
    ) -> Self {
        let steps = peak.len();
        let dt = dt as f32;
        let net = |t: usize, h: usize| load[t * homes + h] - pv[t * homes + h];
        let street_net: Vec<f32> =
            (0..steps).map(|t| (0..homes).map(|h| net(t, h)).sum::<f32>() / homes as f32).collect();
        let mut peak_deficit_ahead = vec![0.0; steps];
        let mut surplus_ahead = vec![0.0; steps];
        for day in (0..steps).step_by(steps_per_day) {
            let (mut deficit, mut surplus) = (0.0, 0.0);
            for t in (day..day + steps_per_day).rev() {
                deficit += if peak[t] { street_net[t].max(0.0) * dt } else { 0.0 };
                surplus += (-street_net[t]).max(0.0) * dt;
                peak_deficit_ahead[t] = deficit;
                surplus_ahead[t] = surplus;
            }
        }
        let per_day = |value: &dyn Fn(usize, usize) -> f32| -> Vec<f32> {
            (0..steps / steps_per_day)
                .flat_map(|day| (0..homes).map(move |h| (day * steps_per_day, h)))
                .map(|(first, h)| (first..first + steps_per_day).map(|t| value(t, h) * dt).sum())
                .collect()
        };
        Self {
            street_net,
            peak_deficit_ahead,
            surplus_ahead,
            pv_day: per_day(&|t, h| pv[t * homes + h]),
            load_day: per_day(&|t, h| load[t * homes + h]),
            peak_day: per_day(&|t, h| if peak[t] { net(t, h).max(0.0) } else { 0.0 }),
        }
    }
}
