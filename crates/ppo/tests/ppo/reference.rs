//! Whole updates of a tiny network against `reference/updates.json`, which another implementation
//! wrote: losses, gradients, the joint clip, Adam with its ε and its bias correction.

use std::collections::BTreeMap;

use peergrid_ppo::{Batch, Compute, Learner, Policy, PpoSettings, UpdateStats};
use pollster::block_on;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use serde::Deserialize;
use serde_json::Value;

/// Largest distance of a weight from the reference, which is in double precision.
const TOLERANCE: f64 = 2e-5;

type Weights = BTreeMap<String, Vec<f64>>;

#[derive(Deserialize)]
struct Reference {
    shape: Value,
    settings: PpoSettings,
    batch: BTreeMap<String, Vec<f32>>,
    weights: Weights,
    shapes: BTreeMap<String, Vec<usize>>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    clipped: String,
    max_grad_norm: f64,
    updates: Vec<Update>,
    /// How far the final weights would be off under a mistake.
    variants: BTreeMap<String, f64>,
}

#[derive(Deserialize)]
struct Update {
    learning_rate: f64,
    weights: Weights,
    policy_loss: f64,
    value_loss: f64,
    approx_kl: f64,
    clip_fraction: f64,
    grad_norm: f64,
}

impl Reference {
    fn policy(&self) -> Policy {
        let bytes: BTreeMap<&String, Vec<u8>> = self
            .weights
            .iter()
            .map(|(name, values)| {
                (name, values.iter().flat_map(|&v| (v as f32).to_le_bytes()).collect())
            })
            .collect();
        let tensors = bytes.iter().map(|(name, bytes)| {
            let shape = self.shapes[*name].clone();
            (*name, TensorView::new(Dtype::F32, shape, bytes).unwrap())
        });
        let metadata = [("peergrid.network".to_owned(), self.shape.to_string())];
        let file = safetensors::serialize(tensors, Some(metadata.into())).unwrap();
        Policy::from_bytes(&file).unwrap().0
    }

    fn batch(&self) -> Batch<'_> {
        Batch {
            observations: &self.batch["observations"],
            actions: &self.batch["actions"],
            advantages: &self.batch["advantages"],
            returns: &self.batch["returns"],
        }
    }
}

fn distance(policy: &Policy, expected: &Weights) -> f64 {
    let bytes = policy.to_bytes(&BTreeMap::new()).unwrap();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let mut largest = 0.0_f64;
    for (name, expected) in expected {
        let found = file.tensor(name).unwrap();
        let found = found.data().as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b));
        assert_eq!(found.len(), expected.len(), "{name}");
        for (found, expected) in found.zip(expected) {
            largest = largest.max((f64::from(found) - expected).abs());
        }
    }
    largest
}

fn measures(stats: &UpdateStats) -> [f64; 5] {
    [stats.policy_loss, stats.value_loss, stats.approx_kl, stats.clip_fraction, stats.grad_norm]
}

#[test]
fn updates_follow_the_reference() {
    let reference: Reference =
        serde_json::from_str(include_str!("reference/updates.json")).unwrap();
    for case in &reference.cases {
        let mut settings = reference.settings.clone();
        settings.max_grad_norm = case.max_grad_norm;
        let mut policy = reference.policy();
        let mut learner = Learner::new(&settings, &policy, &Compute::Cpu).unwrap();
        let mut rng = ChaCha8Rng::seed_from_u64(0);
        for (index, update) in case.updates.iter().enumerate() {
            let at = format!("clipped {}, update {index}", case.clipped);
            let rate = update.learning_rate;
            let done = learner.update(&mut policy, reference.batch(), rate, &mut rng);
            let found = measures(&block_on(done).unwrap());
            let expected = [
                update.policy_loss,
                update.value_loss,
                update.approx_kl,
                update.clip_fraction,
                update.grad_norm,
            ];
            for (found, expected) in found.into_iter().zip(expected) {
                assert!((found - expected).abs() < 5.0 * TOLERANCE, "{at}: {found} {expected}");
            }
            let off = distance(&policy, &update.weights);
            assert!(off < TOLERANCE, "{at}: off by {off}");
        }
        // The comparison would see the mistakes that are easily made.
        assert!(case.variants.len() >= 3);
        for (mistake, distance) in &case.variants {
            assert!(*distance > 10.0 * TOLERANCE, "{mistake} moves the weights by {distance} only");
        }
    }
}
