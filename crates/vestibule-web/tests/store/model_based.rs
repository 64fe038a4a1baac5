//! Random commands to the memory store and to its model, on a clock that also steps back.
//!
//! `MODEL_SEED` and `MODEL_STEPS` repeat a run, or make it longer.

use std::env;

use vestibule_web::conformance::model::{agrees, any_seed, withstands};

use crate::memory::Memory;

#[tokio::test]
async fn the_store_does_what_its_model_does() {
    if let Err(disagreement) = agrees(&Memory::default(), seed(), steps(100_000)).await {
        panic!("{disagreement}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_do_no_harm() {
    let seed = seed();
    for round in 0..20 {
        let seed = seed.wrapping_add(round);
        if let Err(harm) = withstands(&Memory::default(), seed, steps(2_000)).await {
            panic!("seed {seed}: {harm}");
        }
    }
}

fn seed() -> u64 {
    number("MODEL_SEED").unwrap_or_else(any_seed)
}

fn steps(usually: usize) -> usize {
    number("MODEL_STEPS").and_then(|steps| steps.try_into().ok()).unwrap_or(usually)
}

fn number(variable: &str) -> Option<u64> {
    env::var(variable).ok()?.parse().ok()
}
