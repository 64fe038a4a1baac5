//! Random steps beside the model, for as long as anybody likes.

use anyhow::{Context as _, Result};
use engines::subject::{Memory, PostgresSubject, RedisSubject};
use steps::report::{Report, Stopped};
use vestibule_web::conformance::model::any_seed;

use super::store;

/// How many steps, from which seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Length {
    steps: usize,
    seed: Option<u64>,
}

impl Default for Length {
    fn default() -> Self {
        Self { steps: 20_000, seed: None }
    }
}

impl Length {
    pub(super) fn set(&mut self, option: &str, value: &str) -> Result<()> {
        let number: u64 = value.parse().with_context(|| format!("{option} takes a number"))?;
        match option {
            "--steps" => self.steps = number.try_into()?,
            _ => self.seed = Some(number),
        }
        Ok(())
    }
}

pub(super) async fn run(report: &mut Report, length: Length) -> Result<(), Stopped> {
    let seed = length.seed.unwrap_or_else(any_seed);
    report.part("The model beside memory");
    let memory = store::model(report, &Memory::default(), seed, length.steps).await;
    report.part("The model beside Redis");
    let redis = report.step("a server of the test's own", RedisSubject::start()).await?;
    let redis = store::model(report, &redis, seed, length.steps).await;
    report.part("The model beside PostgreSQL");
    let postgres = report.step("a server of the test's own", PostgresSubject::start()).await?;
    let postgres = store::model(report, &postgres, seed, length.steps).await;
    memory.and(redis).and(postgres)
}
