//! The store on PostgreSQL.

mod cost;
mod start;
mod trips;
mod upgrade;

use engines::subject::PostgresSubject;
use steps::report::{Report, Stopped};

use super::store;

pub(super) async fn run(report: &mut Report) -> Result<(), Stopped> {
    report.part("PostgreSQL");
    let subject = report.step("a server of its own starts", PostgresSubject::start()).await?;
    let _ = report.step("six nodes start at once, and make the tables once", start::together()).await;
    let _ = report.step("a store is dropped after its runtime", start::dropped_after_its_runtime()).await;
    let _ = report
        .measured("what is asked of the tables, with few and with many sessions", cost::measure())
        .await;
    let _ = report.measured("how often each verb goes to the server and back", trips::count()).await;
    let title = "a later version changes the tables, and nobody notices";
    let _ = report.step(title, upgrade::h24_a_later_version_beside_this_one(&subject)).await;
    store::examine(report, &subject, 5_000).await
}
