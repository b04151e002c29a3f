//! Policies as bytes.

use std::collections::BTreeMap;

use crate::common::Identity;
use peergrid_ppo::{Compute, Policy, PpoError, PpoSettings, Trainer};
use pollster::block_on;

fn trained() -> Policy {
    let mut env = Identity::new(16, 1);
    let settings = PpoSettings { n_steps: 8, batch_size: 64, ..PpoSettings::default() };
    let mut trainer = Trainer::new(settings, &env, Compute::Cpu, 2).unwrap();
    block_on(trainer.iterate(&mut env)).unwrap();
    trainer.policy().clone()
}

fn metadata() -> BTreeMap<String, String> {
    BTreeMap::from([("spec".to_owned(), r#"{"name":"Straße"}"#.to_owned())])
}

#[test]
fn a_policy_survives_the_round_trip() {
    let mut policy = trained();
    let bytes = policy.to_bytes(&metadata()).unwrap();
    let (mut read, found) = Policy::from_bytes(&bytes).unwrap();
    assert_eq!(found, metadata());
    assert_eq!(read.shape(), policy.shape());
    let observations = [-0.9, 0.0, 0.3, 100.0];
    let (mut expected, mut actions) = ([0.0; 4], [0.0; 4]);
    policy.act(&observations, 4, &mut expected);
    read.act(&observations, 4, &mut actions);
    assert_eq!(actions, expected);
    policy.values(&observations, 4, &mut expected);
    read.values(&observations, 4, &mut actions);
    assert_eq!(actions, expected);
    assert_eq!(read.to_bytes(&metadata()).unwrap(), bytes, "the normalisers came along too");
}

fn error(bytes: &[u8]) -> String {
    let error = Policy::from_bytes(bytes).err().unwrap();
    assert!(matches!(error, PpoError::Checkpoint { .. }));
    error.to_string()
}

#[test]
fn broken_files_are_refused_with_a_sentence() {
    let bytes = trained().to_bytes(&metadata()).unwrap();
    for length in [0, 7, 100, bytes.len() / 2, bytes.len() - 1] {
        let error = error(&bytes[..length]);
        assert!(error.contains("cut short"), "{length}: {error}");
    }
    assert!(error(b"PK\x03\x04 this is a zip file, not weights").contains("safetensors"));

    let header = bytes.windows(11).position(|window| window == b"actor.0.wei").unwrap();
    let mut renamed = bytes.clone();
    renamed[header] = b'A';
    assert!(error(&renamed).contains("lacks the tensor `actor.0.weight`"));

    let mut poisoned = bytes.clone();
    let end = poisoned.len();
    poisoned[end - 4..].copy_from_slice(&f32::NAN.to_le_bytes());
    assert!(error(&poisoned).contains("not finite"));
}

#[test]
fn the_reserved_key_is_refused() {
    let metadata = BTreeMap::from([("peergrid.network".to_owned(), String::new())]);
    assert!(trained().to_bytes(&metadata).unwrap_err().to_string().contains("reserved"));
}
