//! The tour, taken by a browser without a screen.

mod report;
mod tour;

use std::process::ExitCode;

use vestibule_dev_idp::Clock;

use crate::{
    paint::Paint,
    stage::{ANY_PORTS, Stage},
};
use report::Report;

/// Takes the tour, and prints a line for each step.
pub(crate) async fn run() -> ExitCode {
    let mut report = Report::new(Paint::for_stdout());
    if let Ok(stage) = report
        .step("a provider, a dashboard and a docs portal start", Stage::set(&Clock::system(), ANY_PORTS))
        .await
    {
        let mut events = stage.idp.events();
        if tour::take(&mut report, &stage).await.is_err() {
            report.tell_events(&mut events);
        }
        stage.clear().await;
    }
    report.close()
}
