//! The memory store, as the measure of the others.

use engines::subject::Memory;
use steps::report::{Report, Stopped};

use super::store;

pub(super) async fn run(report: &mut Report) -> Result<(), Stopped> {
    report.part("memory");
    store::keeps_its_promises(report, &Memory::default()).await
}
