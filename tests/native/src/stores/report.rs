use std::{fmt::Display, process::ExitCode};

use tokio::time::Instant;

/// Prints the steps, and counts them.
#[derive(Debug, Default)]
pub struct Report {
    passed: u32,
    failed: u32,
}

/// A step failed, and was told; those after it build on it.
#[derive(Debug)]
pub(super) struct Stopped;

impl Report {
    pub(super) fn part(&self, title: &str) {
        println!("\n{title}");
    }

    pub(super) async fn step<T>(
        &mut self,
        title: &str,
        step: impl Future<Output = anyhow::Result<T>>,
    ) -> Result<T, Stopped> {
        let begun = Instant::now();
        let outcome = step.await;
        let took = begun.elapsed().as_millis();
        match outcome {
            Ok(value) => {
                println!("  ✔ {title:<88} {took:>6} ms");
                self.passed += 1;
                Ok(value)
            }
            Err(error) => {
                println!("  ✘ {title:<88} {took:>6} ms\n      {error:#}");
                self.failed += 1;
                Err(Stopped)
            }
        }
    }

    pub(super) fn figures(&self, figures: &impl Display) {
        println!("    {figures}");
    }

    /// Prints the sum; success if there was no failure.
    pub fn close(self) -> ExitCode {
        println!("\n{} passed, {} failed", self.passed, self.failed);
        if self.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}
