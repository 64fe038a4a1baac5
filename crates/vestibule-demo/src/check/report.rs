use std::{fmt::Display, process::ExitCode};

use anyhow::Result;
use tokio::time::Instant;
use vestibule_dev_idp::Events;

use crate::{live_log, paint::Paint};

/// The steps as they are printed, and their sum.
#[derive(Debug)]
pub(crate) struct Report {
    paint: Paint,
    passed: u32,
    failed: u32,
}

/// A step failed and was reported. Those after it build on it: none is tried.
#[derive(Debug)]
pub(crate) struct Stopped;

impl Report {
    pub(crate) fn new(paint: Paint) -> Self {
        Self { paint, passed: 0, failed: 0 }
    }

    /// Runs one step, and prints its title with a tick or a cross, and its time.
    pub(crate) async fn step<T>(
        &mut self,
        title: &str,
        step: impl Future<Output = Result<T>>,
    ) -> Result<T, Stopped> {
        let start = Instant::now();
        let outcome = step.await;
        let milliseconds = start.elapsed().as_secs_f64() * 1000.0;
        let time = self.paint.faint(&format!("{milliseconds:>7.1} ms"));
        match outcome {
            Ok(value) => {
                println!("  {} {title:<82} {time}", self.paint.green("✓"));
                self.passed += 1;
                Ok(value)
            }
            Err(error) => {
                println!(
                    "  {} {title:<82} {time}\n      {}",
                    self.paint.red("✗"),
                    self.paint.red(&format!("{error:#}"))
                );
                self.failed += 1;
                Err(Stopped)
            }
        }
    }

    /// Prints a remark on the last step.
    pub(crate) fn note(&self, remark: impl Display) {
        println!("      {}", self.paint.faint(&remark.to_string()));
    }

    /// Prints all that happened at the provider.
    pub(crate) fn tell_events(&self, events: &mut Events) {
        println!("\n  At the provider");
        while let Some(event) = events.try_next() {
            println!("{}", live_log::line(self.paint, event.at, "provider", &event.kind.to_string()));
        }
    }

    /// Prints the sum; success if there was no failure.
    pub(crate) fn close(self) -> ExitCode {
        println!("\n{} passed, {} failed", self.passed, self.failed);
        if self.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}
