//! The memory store, as the measure of the others.

use engines::subject::Memory;
use steps::report::{Report, Stopped};

use super::store;

pub(super) async fn run(report: &mut Report) -> Result<(), Stopped> {
    report.part("Memory");
    store::examine(report, &Memory::default(), 5_000).await
}
