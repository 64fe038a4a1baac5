//! Redis: what every store must do, and what only a server does.

use engines::subject::RedisSubject;
use steps::report::{Report, Stopped};

use super::store;

pub(super) async fn run(report: &mut Report) -> Result<(), Stopped> {
    report.part("Redis");
    let subject = report.step("a server of the test's own", RedisSubject::start()).await?;
    store::examine(report, &subject, 5_000).await
}
