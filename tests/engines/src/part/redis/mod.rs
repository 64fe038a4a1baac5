//! Redis: what every store must do, and what only a server of this kind does.

mod cost;
mod failover;
mod fitness;
mod format;
mod replicas;
mod setups;
mod user;

use engines::subject::RedisSubject;
use steps::report::{Report, Stopped};

use super::store;

pub(super) async fn run(report: &mut Report) -> Result<(), Stopped> {
    report.part("Redis");
    let subject = report.step("a server of the test's own", RedisSubject::start()).await?;
    let examined = store::examine(report, &subject, 5_000).await;
    format::run(report, &subject.0).await;
    cost::run(report, &subject.0).await;
    fitness::run(report).await;
    failover::run(report).await;
    replicas::run(report).await;
    setups::run(report).await;
    examined
}
