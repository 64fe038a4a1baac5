//! The steps as they are printed, and their sum.

use std::any::Any;
use std::fmt::Display;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::process::ExitCode;
use std::task::Poll;
use std::time::Instant;

use anyhow::anyhow;

/// Counts the steps.
#[derive(Debug, Default)]
pub struct Report {
    passed: u32,
    failed: u32,
}

/// A step failed and was reported; those after it build on it, so none is tried.
#[derive(Debug)]
pub struct Stopped;

impl Report {
    /// Begins a part of the run.
    pub fn part(&self, title: &str) {
        println!("\n{title}");
    }

    /// Runs one step, and prints its title with a tick or a cross, and its time.
    pub async fn step<T>(
        &mut self,
        title: impl Display,
        step: impl Future<Output = anyhow::Result<T>>,
    ) -> Result<T, Stopped> {
        let start = now();
        let outcome = caught(step).await;
        let elapsed = now().duration_since(start).as_millis();
        match outcome {
            Ok(value) => {
                println!("  ✔ {title:<88} {elapsed:>6} ms");
                self.passed += 1;
                Ok(value)
            }
            Err(error) => {
                println!("  ✘ {title:<88} {elapsed:>6} ms\n      {error:#}");
                self.failed += 1;
                Err(Stopped)
            }
        }
    }

    /// The same for a step that measures something: what it found is printed below.
    pub async fn measured(
        &mut self,
        title: impl Display,
        step: impl Future<Output = anyhow::Result<String>>,
    ) -> Result<(), Stopped> {
        let found = self.step(title, step).await?;
        println!("      {found}");
        Ok(())
    }

    /// Counts a signal as a failure.
    pub fn interrupted(&mut self) {
        println!("  ✘ interrupted");
        self.failed += 1;
    }

    /// Prints the sum; success if there was no failure.
    pub fn close(self) -> ExitCode {
        println!("\n{} passed, {} failed", self.passed, self.failed);
        if self.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

/// A panic of a step is a failure of that step.
async fn caught<T>(step: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    let mut step = pin!(step);
    poll_fn(|context| {
        catch_unwind(AssertUnwindSafe(|| step.as_mut().poll(context)))
            .unwrap_or_else(|panic| Poll::Ready(Err(anyhow!("it panicked: {}", said(&*panic)))))
    })
    .await
}

fn said(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("without a word")
}

#[expect(clippy::disallowed_methods, reason = "only printed; no outcome depends on it")]
fn now() -> Instant {
    Instant::now()
}
