//! Who causes the losses, and how much a home's power moves a voltage.

use super::{
    Feeder, PowerFlowMethod, PowerFlows,
    flow::{Branch, MAX_SWEEPS, State, TOLERANCE, larger},
    flows::LANES,
};

/// Lagrange multipliers of a bus and the branch into it, by lane: what one more unit of the
/// branch's active power, of its reactive power, or of the bus's squared voltage adds to the losses.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Multiplier<const L: usize> {
    p: [f64; L],
    q: [f64; L],
    v: [f64; L],
}

impl<const L: usize> Multiplier<L> {
    const NONE: Self = Self { p: [0.0; L], q: [0.0; L], v: [0.0; L] };

    /// What one more unit of the squared current of a branch from here adds to the losses, but for
    /// its effect on the voltage.
    #[inline]
    fn of_current(&self, branch: &Branch, lane: usize) -> f64 {
        branch.r * (1.0 + self.p[lane]) + branch.x * self.q[lane]
    }
}

impl Branch {
    #[inline]
    fn power_multiplier<const L: usize>(
        &self,
        s: &State<L>,
        above: &Multiplier<L>,
        below: &mut Multiplier<L>,
        last_change: &[f64; L],
        largest: &mut [f64; L],
    ) {
        for i in 0..L {
            // The current follows from the power at the receiving end.
            let (l, v) = (s.l[i], below.v[i]);
            let current = 2.0 * (above.of_current(self, i) - self.z2 * v) / s.v[i];
            let (received_p, received_q) = (s.p[i] - self.r * l, s.q[i] - self.x * l);
            let p = above.p[i] + current * received_p - 2.0 * self.r * v;
            let q = above.q[i] + current * received_q - 2.0 * self.x * v;
            largest[i] = larger(largest[i], (p - below.p[i]).abs());
            below.p[i] = if last_change[i] < TOLERANCE { below.p[i] } else { p };
            below.q[i] = if last_change[i] < TOLERANCE { below.q[i] } else { q };
        }
    }

    #[inline]
    fn voltage_multiplier<const L: usize>(
        &self,
        s: &State<L>,
        above: &mut Multiplier<L>,
        below: &mut Multiplier<L>,
    ) {
        for i in 0..L {
            // Those below have added theirs. The branch's own current depends on the result.
            let rest = below.v[i] * s.v[i] - above.of_current(self, i) * s.l[i];
            let v = rest / (s.v[i] - self.z2 * s.l[i]);
            below.v[i] = v;
            above.v[i] += v;
        }
    }
}

impl Feeder {
    /// Shares of the losses by marginal loss into `shares`, by row and home:
    /// `share_h ∝ p_h · ∂loss/∂p_h`. Those of a row add up to 1; a home that relieves the cable has a
    /// negative one. All are 0 where there is no loss.
    ///
    /// `net_kw` are the first rows for which `flows` was solved, or all; the derivatives are those of
    /// the method that solved it.
    pub fn loss_shares(&self, net_kw: &[f64], flows: &mut PowerFlows, shares: &mut [f64]) {
        let (homes, buses) = (self.homes(), self.buses());
        assert!(net_kw.len() <= flows.rows() * homes, "the net powers that were solved");
        assert_eq!(shares.len(), net_kw.len(), "one share per net power");
        let rows = net_kw.chunks(LANES * homes).zip(shares.chunks_mut(LANES * homes));
        for ((net_kw, shares), states) in rows.zip(flows.states.chunks_exact(buses)) {
            let multipliers = &mut flows.multipliers;
            multipliers.clear();
            multipliers.resize(buses, Multiplier::NONE);
            match self.method {
                PowerFlowMethod::Exact => self.exact_marginals(states, multipliers),
                PowerFlowMethod::Linear => self.linear_marginals(states, multipliers),
            }
            let rows = net_kw.chunks_exact(homes).zip(shares.chunks_exact_mut(homes));
            for (lane, (net_kw, shares)) in rows.enumerate() {
                let mut total = 0.0;
                let homes = self.home_bus.iter().zip(net_kw);
                for (share, (&bus, kw)) in shares.iter_mut().zip(homes) {
                    *share = kw * multipliers[bus].p[lane];
                    total += *share;
                }
                let scale = if total > 0.0 { 1.0 / total } else { 0.0 };
                for share in shares {
                    *share *= scale;
                }
            }
        }
    }

    /// The adjoint of the branch-flow equations, by sweeps that mirror those of the solution:
    /// the powers' multipliers from the source, the voltages' from the leaves. A lane stays as it
    /// is once no marginal loss of it changes any more.
    fn exact_marginals<const L: usize>(&self, states: &[State<L>], at: &mut [Multiplier<L>]) {
        let mut change = [f64::INFINITY; L];
        for _ in 0..MAX_SWEEPS {
            change = self.power_multipliers(states, &change, at);
            if change.iter().all(|&change| change < TOLERANCE) {
                break;
            }
            self.voltage_multipliers(states, at);
        }
    }

    /// Returns the largest changes of a marginal loss.
    fn power_multipliers<const L: usize>(
        &self,
        states: &[State<L>],
        last_change: &[f64; L],
        at: &mut [Multiplier<L>],
    ) -> [f64; L] {
        let mut largest = [0.0; L];
        for ((b, branch), s) in self.branches.iter().enumerate().zip(&states[1..]) {
            let (above, below) = branch.ends(b, at);
            branch.power_multiplier(s, above, below, last_change, &mut largest);
        }
        largest
    }

    fn voltage_multipliers<const L: usize>(&self, states: &[State<L>], at: &mut [Multiplier<L>]) {
        for multiplier in &mut *at {
            multiplier.v = [0.0; L];
        }
        for ((b, branch), s) in self.branches.iter().enumerate().zip(&states[1..]).rev() {
            let (above, below) = branch.ends(b, at);
            branch.voltage_multiplier(s, above, below);
        }
    }

    /// Losses are `Σ r·(P² + Q²)`: a home's marginal loss is `2·r·P` summed along its path.
    fn linear_marginals<const L: usize>(&self, states: &[State<L>], at: &mut [Multiplier<L>]) {
        for ((b, branch), s) in self.branches.iter().enumerate().zip(&states[1..]) {
            let (above, below) = branch.ends(b, at);
            for i in 0..L {
                below.p[i] = above.p[i] + 2.0 * branch.r * s.p[i];
            }
        }
    }

    /// How far a kW drawn by `home` lowers the voltage at `bus`, per unit per kW, ≥ 0:
    /// `−∂v[bus]/∂p[home]` by `LinDistFlow` on the unloaded feeder, which is the resistance that
    /// the two paths to the source share. Costs a walk up those paths.
    pub fn sensitivity(&self, bus: usize, home: usize) -> f64 {
        let (mut a, mut b) = (bus, self.home_bus[home]);
        // A bus always comes after the one that feeds it, so the later one moves up.
        while a != b {
            if a > b {
                a = self.branches[a - 1].parent;
            } else {
                b = self.branches[b - 1].parent;
            }
        }
        self.path_resistance[a] / self.source_pu
    }
}
