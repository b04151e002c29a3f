"""Writes updates.json: updates of a tiny actor and critic, as a reference for the learner.

An implementation apart from the project's: JAX differentiates, in double precision; the loss is
that of Stable-Baselines3's `PPO.train`; the clip is `torch.nn.utils.clip_grad_norm_` and the step
`torch.optim.Adam` (both as their documentation states them, and Adam checked against optax's).

    pip install jax optax && python updates.py
"""

import json
import pathlib

import jax
import jax.numpy as jnp
import numpy as np
import optax

jax.config.update("jax_enable_x64", True)

ROWS, OBSERVATIONS, ACTIONS, HIDDEN = 12, 3, 2, [4, 3]
SETTINGS = {
    "batch_size": ROWS,
    "n_epochs": 3,
    "clip_range": 0.2,
    "ent_coef": 0.01,
    "vf_coef": 0.5,
    "net_arch": HIDDEN,
    "activation_fn": "tanh",
    "normalise_observations": False,
    "normalise_returns": False,
}
LEARNING_RATES = [0.02, 0.015, 0.01, 0.005]
# Always clipped; sometimes clipped; never clipped.
MAX_GRAD_NORMS = {"always": 0.05, "sometimes": 1.4, "never": 1000.0}
BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-5


def draw():
    """Weights and a batch, rounded to what single precision holds exactly."""
    rng = np.random.default_rng(20)
    exact = lambda a: np.asarray(a, dtype=np.float32).astype(np.float64)
    weights = {}
    for network, outputs in (("actor", ACTIONS), ("critic", 1)):
        widths = [OBSERVATIONS, *HIDDEN, outputs]
        for layer, (n, m) in enumerate(zip(widths, widths[1:])):
            weights[f"{network}.{layer}.weight"] = exact(rng.normal(size=(n, m)) / np.sqrt(n))
            weights[f"{network}.{layer}.bias"] = exact(rng.normal(size=m) * 0.1)
    weights["log_std"] = exact([-0.5, -0.2])
    observations = exact(rng.normal(size=(ROWS, OBSERVATIONS)))
    means = np.asarray(forward(weights, "actor", observations))
    noise = rng.normal(size=means.shape) * np.exp(weights["log_std"])
    batch = {
        "observations": observations,
        "actions": exact(means + noise),
        "advantages": exact(rng.normal(size=ROWS) * 2.0 + 0.5),
        "returns": exact(rng.normal(size=ROWS)),
    }
    return weights, batch


def forward(weights, network, signal):
    last = len(HIDDEN)
    for layer in range(last + 1):
        signal = signal @ weights[f"{network}.{layer}.weight"] + weights[f"{network}.{layer}.bias"]
        signal = jnp.tanh(signal) if layer < last else signal
    return signal


def log_prob(weights, batch):
    z = (batch["actions"] - forward(weights, "actor", batch["observations"])) / jnp.exp(
        weights["log_std"]
    )
    return jnp.sum(-0.5 * z**2 - weights["log_std"] - 0.5 * jnp.log(2 * jnp.pi), axis=1)


def loss(weights, batch, old):
    clip = SETTINGS["clip_range"]
    a = batch["advantages"]
    a = (a - a.mean()) / (a.std(ddof=1) + 1e-8)
    log_ratio = log_prob(weights, batch) - old
    ratio = jnp.exp(log_ratio)
    policy = -jnp.minimum(a * ratio, a * jnp.clip(ratio, 1 - clip, 1 + clip)).mean()
    values = forward(weights, "critic", batch["observations"])[:, 0]
    value = ((batch["returns"] - values) ** 2).mean()
    entropy = jnp.sum(0.5 + 0.5 * jnp.log(2 * jnp.pi) + weights["log_std"])
    total = policy - SETTINGS["ent_coef"] * entropy + SETTINGS["vf_coef"] * value
    kl = (ratio - 1 - log_ratio).mean()
    outside = (jnp.abs(ratio - 1) > clip).mean()
    return total, (policy, value, kl, outside)


gradient = jax.jit(jax.value_and_grad(loss, has_aux=True))


def clip_joint(grads, max_norm):
    norm = float(np.sqrt(sum((g**2).sum() for g in grads.values())))
    factor = min(max_norm / (norm + 1e-6), 1.0)
    return {k: g * factor for k, g in grads.items()}, norm


def clip_each(grads, max_norm):
    """What a clip per tensor would do: a variant that the test must tell apart."""
    return {k: clip_joint({k: g}, max_norm)[0][k] for k, g in grads.items()}, clip_joint(grads, 1)[1]


class Adam:
    def __init__(self, epsilon=EPSILON, corrected=True, inside=False):
        self.t, self.m, self.v = 0, {}, {}
        self.epsilon, self.corrected, self.inside = epsilon, corrected, inside

    def step(self, weights, grads, rate):
        self.t += 1
        result = {}
        for k, g in grads.items():
            m = self.m[k] = BETA1 * self.m.get(k, 0.0) + (1 - BETA1) * g
            v = self.v[k] = BETA2 * self.v.get(k, 0.0) + (1 - BETA2) * g**2
            if self.corrected:
                m, v = m / (1 - BETA1**self.t), v / (1 - BETA2**self.t)
            root = np.sqrt(v + self.epsilon) if self.inside else np.sqrt(v) + self.epsilon
            result[k] = weights[k] - rate * m / root
        return result


class Optax:
    def __init__(self):
        self.rule, self.state = optax.scale_by_adam(BETA1, BETA2, EPSILON, eps_root=0.0), None

    def step(self, weights, grads, rate):
        if self.state is None:
            self.state = self.rule.init(weights)
        steps, self.state = self.rule.update(grads, self.state)
        return {k: weights[k] - rate * np.asarray(steps[k]) for k in weights}


def run(max_norm, adam, clip=clip_joint):
    weights, batch = draw()
    updates = []
    for rate in LEARNING_RATES:
        old = log_prob(weights, batch)
        measures = []
        for _ in range(SETTINGS["n_epochs"]):
            (_, aux), grads = gradient(weights, batch, old)
            grads, norm = clip({k: np.asarray(g) for k, g in grads.items()}, max_norm)
            weights = adam.step(weights, grads, rate)
            measures.append([float(x) for x in aux] + [norm])
        names = ["policy_loss", "value_loss", "approx_kl", "clip_fraction", "grad_norm"]
        means = dict(zip(names, np.mean(measures, axis=0)))
        norms = [row[-1] for row in measures]
        updates.append({"learning_rate": rate, "weights": weights, "norms": norms, **means})
    return updates


def distance(one, other):
    a, b = one[-1]["weights"], other[-1]["weights"]
    return max(float(np.abs(a[k] - b[k]).max()) for k in a)


def plain(value):
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    return np.round(np.asarray(value, dtype=np.float64), 9).ravel().tolist() if np.ndim(value) else value


def main():
    weights, batch = draw()
    cases = []
    for name, max_norm in MAX_GRAD_NORMS.items():
        updates = run(max_norm, Adam())
        assert distance(updates, run(max_norm, Optax())) < 1e-12
        norms = [n for u in updates for n in u.pop("norms")]
        clipped = sum(n > max_norm for n in norms)
        assert {"always": clipped == 12, "sometimes": 0 < clipped < 12, "never": clipped == 0}[name]
        variants = {
            "epsilon 1e-8": run(max_norm, Adam(epsilon=1e-8)),
            "epsilon under the root": run(max_norm, Adam(inside=True)),
            "no bias correction": run(max_norm, Adam(corrected=False)),
        }
        if clipped:
            variants["a clip for each tensor"] = run(max_norm, Adam(), clip_each)
            variants["no clip"] = run(1e9, Adam())
        cases.append({
            "clipped": name,
            "max_grad_norm": max_norm,
            "updates": updates,
            "variants": {k: float(f"{distance(updates, v):.2g}") for k, v in variants.items()},
        })
    shape = {"observation_size": OBSERVATIONS, "action_size": ACTIONS, "hidden": HIDDEN, "activation": "tanh"}
    document = {
        "note": "Written by updates.py, which says how. Matrices are row-major, weights "
        "[inputs, outputs]; `variants` are the distances of the final weights under mistakes.",
        "shape": shape,
        "settings": SETTINGS,
        "batch": batch,
        "weights": weights,
        "shapes": {k: list(v.shape) for k, v in weights.items()},
        "cases": cases,
    }
    # Numbers to nine places, which is more than single precision has; what starts a run exactly.
    text = plain({**document, "batch": None, "weights": None})
    for part in ("batch", "weights"):
        text[part] = {k: v.ravel().tolist() for k, v in document[part].items()}
    lists = json.dumps(text, indent=1)
    pathlib.Path(__file__).with_suffix(".json").write_text(compact(lists) + "\n")
    for case in cases:
        print(case["clipped"], case["variants"], [round(float(u["clip_fraction"]), 2) for u in case["updates"]])


def compact(text):
    """Lists of numbers on one line."""
    import re

    return re.sub(r"\[\s*([-\d.,\se+]+?)\s*\]", lambda m: "[" + re.sub(r"\s+", " ", m[1]) + "]", text)


main()
