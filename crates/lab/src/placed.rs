//! The orders that homes really place in one step of an episode.

use peergrid_agents::Policy;
use peergrid_env::{Checked, Community, Microgrids, Settled};
use peergrid_guard::Action;
use peergrid_market::{Order, OrderBook};

use crate::{LabError, Setting, clearing::MarketPeriod};

/// Runs `policy` in the episode that starts on `day` up to `step`, counted from 0, and reads the
/// orders that pass the guard there. What a home asks of the grid directly is no order; while the
/// grid is down there is no market, and so there are none.
///
/// # Errors
/// A day or a step outside the data; a feeder that cannot carry the load on the way.
pub fn placed(
    policy: &mut dyn Policy,
    setting: &Setting,
    day: usize,
    step: usize,
) -> Result<MarketPeriod, LabError> {
    let community = &setting.community;
    let mut microgrids = Microgrids::new(community.clone(), setting.spec.episode.length.days());
    microgrids.reset(&[day])?;
    let steps = microgrids.episode_steps();
    if step >= steps {
        let message = format!("there is no step {step}; an episode has steps 0 to {}", steps - 1);
        return Err(LabError::Missing(message));
    }
    let mut proposed = vec![Action::default(); community.homes()];
    let (mut checked, mut settled) = (Checked::default(), Settled::default());
    loop {
        policy.propose(&microgrids, &mut proposed);
        microgrids.check(&proposed, &mut checked);
        if microgrids.step_in_episode() == step {
            break;
        }
        microgrids.step(&checked, &mut settled)?;
    }
    let t = microgrids.t(0);
    Ok(MarketPeriod {
        homes: community.ids.clone(),
        book: book(community, &checked, t),
        grid: community.grid_prices(t),
        settings: setting.spec.market,
    })
}

/// The orders of one microgrid's homes in step `t` of the data; none while the grid is down.
pub(crate) fn book(community: &Community, checked: &Checked, t: usize) -> OrderBook {
    let mut book = OrderBook::default();
    if community.is_outage(t) {
        return book;
    }
    for (home, feasible) in checked.feasible().iter().enumerate() {
        let Action { grid_request_kw, price_bid: price, .. } = feasible.action();
        let kwh = (feasible.net_kw() - grid_request_kw) * community.dt;
        if kwh > 0.0 {
            book.bids.push(Order { home, kwh, price });
        } else if kwh < 0.0 {
            book.asks.push(Order { home, kwh: -kwh, price });
        }
    }
    book
}

#[cfg(test)]
mod tests {
    use peergrid_agents::StreetGreedy;

    use super::*;
    use crate::{evaluate, presets::PRESETS};

    fn setting() -> Setting {
        let spec = PRESETS[0].spec().expect("a preset is in order");
        let data = spec.data.without_file().expect("the preset needs no file");
        Setting::new(spec, data).expect("a preset is in order")
    }

    #[test]
    fn the_orders_clear_to_what_the_run_traded() {
        let setting = setting();
        let day = setting.held_out[1];
        let run = evaluate(&mut StreetGreedy, &setting, &[day]).expect("it runs");
        let mut traded = 0;
        for step in 0..run.steps {
            let period = placed(&mut StreetGreedy, &setting, day, step).expect("it runs");
            let cleared = period.clear().expect("in order");
            assert!((cleared.quantity_kwh - run.trace.p2p_kwh[step]).abs() < 1e-9, "step {step}");
            assert_eq!(period.grid.retail, run.trace.retail[step], "step {step}");
            traded += usize::from(cleared.quantity_kwh > 0.0);
        }
        assert!(traded > 3, "only {traded} steps with trades say little");
    }

    #[test]
    fn a_step_beyond_the_day_is_refused() {
        let setting = setting();
        let steps = setting.community.steps_per_day;
        let refused = placed(&mut StreetGreedy, &setting, setting.held_out[0], steps);
        let message = refused.expect_err("no such step").to_string();
        assert_eq!(
            message,
            format!("there is no step {steps}; an episode has steps 0 to {}", steps - 1)
        );
    }
}
