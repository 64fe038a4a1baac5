//! How many tests passed and failed, read from what their runners print.

use std::fmt;
use std::io::{BufRead as _, BufReader};
use std::ops::AddAssign;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};

/// A number of tests.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

impl Tally {
    /// Reads `test result: ok. 3 passed; 0 failed; …` and `3 passed, 0 failed`.
    fn of_line(line: &str) -> Option<Self> {
        let counts = match line.strip_prefix("test result: ") {
            Some(result) => result.split_once(". ")?.1,
            None => line,
        };
        let (passed, rest) = counts.split_once(" passed")?;
        let (failed, _) = rest.strip_prefix([';', ','])?.trim_start().split_once(" failed")?;
        Some(Self { passed: passed.parse().ok()?, failed: failed.parse().ok()? })
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

/// Runs `command`, passes its output on, and adds the tests that it reports to `tally`.
pub(crate) fn run_counting(command: &mut Command, tally: &mut Tally) -> Result<()> {
    let program = command.get_program().display().to_string();
    let mut child =
        command.stdout(Stdio::piped()).spawn().with_context(|| format!("cannot start {program}"))?;
    for line in BufReader::new(child.stdout.take().context("no output")?).lines() {
        let line = line?;
        println!("{line}");
        if let Some(counted) = Tally::of_line(&line) {
            *tally += counted;
        }
    }
    let status = child.wait()?;
    ensure!(status.success(), "{program} failed ({status})");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summaries_of_both_runners_are_read() {
        let cargo = "test result: FAILED. 12 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out";

        assert_eq!(Tally::of_line(cargo), Some(Tally { passed: 12, failed: 3 }));
        assert_eq!(Tally::of_line("25 passed, 0 failed"), Some(Tally { passed: 25, failed: 0 }));
    }

    #[test]
    fn other_lines_count_nothing() {
        for line in ["", "test a::b ... ok", "the 3 passed; they failed", "x passed, y failed", "3 passed"] {
            assert_eq!(Tally::of_line(line), None, "{line}");
        }
    }
}
