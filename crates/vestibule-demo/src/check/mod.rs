//! The tour, taken by a browser without a screen.

mod command_line;
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
        let outcome = match tour::take(&mut report, &stage).await {
            Ok(()) => command_line::take(&mut report, &stage).await,
            stopped => stopped,
        };
        if outcome.is_err() {
            report.tell_events(&mut events);
        }
        stage.clear().await;
    }
    report.close()
}
