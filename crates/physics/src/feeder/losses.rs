//! Who causes the losses, and how much a home's power moves a voltage.

use super::{
    Feeder, PowerFlow, PowerFlowMethod,
    flow::{Branch, MAX_SWEEPS, State, TOLERANCE},
};

/// Lagrange multipliers of a bus and the branch into it: what one more unit of the branch's
/// active power, of its reactive power, or of the bus's squared voltage adds to the losses.
struct Multipliers<'a> {
    p: &'a mut [f64],
    q: &'a mut [f64],
    v: &'a mut [f64],
}

impl Multipliers<'_> {
    /// What one more unit of a branch's squared current adds to the losses, but for its effect on
    /// the voltage.
    fn at_voltage(&self, branch: &Branch) -> f64 {
        branch.r * (1.0 + self.p[branch.parent]) + branch.x * self.q[branch.parent]
    }
}

impl Feeder {
    /// Shares of the losses by marginal loss into `shares`, one per home:
    /// `share_h ∝ p_h · ∂loss/∂p_h`. They add up to 1; a home that relieves the cable has a
    /// negative one. All are 0 where there is no loss.
    ///
    /// `flow` is this feeder's solution for `net_kw`; the derivatives are those of the method
    /// that found it. Allocates nothing once `shares` has been through a call.
    pub fn loss_shares(&self, net_kw: &[f64], flow: &PowerFlow, shares: &mut Vec<f64>) {
        assert_eq!(net_kw.len(), self.homes(), "one net power per home");
        assert_eq!(flow.states.len(), self.buses(), "a solution of this feeder");
        // The caller's buffer serves as working memory: three numbers per bus.
        let buses = self.buses();
        shares.clear();
        shares.resize(3 * buses, 0.0);
        let (p, rest) = shares.split_at_mut(buses);
        let (q, v) = rest.split_at_mut(buses);
        match self.method {
            PowerFlowMethod::Exact => self.exact_marginals(flow, &mut Multipliers { p, q, v }),
            PowerFlowMethod::Linear => self.linear_marginals(flow, p),
        }
        let (marginal, parts) = shares.split_at_mut(buses);
        let mut total = 0.0;
        for (part, (&bus, kw)) in parts.iter_mut().zip(self.home_bus.iter().zip(net_kw)) {
            *part = kw * marginal[bus];
            total += *part;
        }
        shares.drain(..buses);
        shares.truncate(self.homes());
        let scale = if total > 0.0 { 1.0 / total } else { 0.0 };
        for share in shares.iter_mut() {
            *share *= scale;
        }
    }

    /// The adjoint of the branch-flow equations, by sweeps that mirror those of the solution:
    /// the powers' multipliers from the source, the voltages' from the leaves.
    fn exact_marginals(&self, flow: &PowerFlow, at: &mut Multipliers) {
        for _ in 0..MAX_SWEEPS {
            if self.power_multipliers(flow, at) < TOLERANCE {
                break;
            }
            self.voltage_multipliers(flow, at);
        }
    }

    /// Returns the largest change of a marginal loss.
    fn power_multipliers(&self, flow: &PowerFlow, at: &mut Multipliers) -> f64 {
        let mut largest: f64 = 0.0;
        for (b, branch) in self.branches.iter().enumerate() {
            let (i, j) = (branch.parent, b + 1);
            let s = &flow.states[j];
            // The current follows from the power at the receiving end.
            let current = 2.0 * (at.at_voltage(branch) - branch.z2 * at.v[j]) / s.v;
            let (received_p, received_q) = (s.p - branch.r * s.l, s.q - branch.x * s.l);
            let p = at.p[i] + current * received_p - 2.0 * branch.r * at.v[j];
            largest = largest.max((p - at.p[j]).abs());
            at.p[j] = p;
            at.q[j] = at.q[i] + current * received_q - 2.0 * branch.x * at.v[j];
        }
        largest
    }

    fn voltage_multipliers(&self, flow: &PowerFlow, at: &mut Multipliers) {
        at.v.fill(0.0);
        for (b, branch) in self.branches.iter().enumerate().rev() {
            let (i, j) = (branch.parent, b + 1);
            let State { l, v, .. } = flow.states[j];
            // Those below have added theirs. The branch's own current depends on the result.
            at.v[j] = (at.v[j] * v - at.at_voltage(branch) * l) / (v - branch.z2 * l);
            at.v[i] += at.v[j];
        }
    }

    /// Losses are `Σ r·(P² + Q²)`: a home's marginal loss is `2·r·P` summed along its path.
    fn linear_marginals(&self, flow: &PowerFlow, marginal: &mut [f64]) {
        for (b, branch) in self.branches.iter().enumerate() {
            marginal[b + 1] = marginal[branch.parent] + 2.0 * branch.r * flow.states[b + 1].p;
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
