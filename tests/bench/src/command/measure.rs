use std::{fmt::Write, process::Command};

use anyhow::{Context, Result, ensure};

use crate::{
    clock::wall,
    paired::{percentile, turns},
};

/// A program that says the same whenever it runs.
pub(super) struct Program {
    name: &'static str,
    command: Command,
    said: Vec<u8>,
}

impl Program {
    pub(super) fn new(name: &'static str, command: Command) -> Self {
        Self { name, command, said: Vec::new() }
    }

    fn run(&mut self) -> Result<Vec<u8>> {
        let output = self.command.output().with_context(|| format!("{} does not start", self.name))?;
        let complaint = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{}: {complaint}", self.name);
        Ok(output.stdout)
    }

    /// Seconds from its start until it has ended.
    fn time(&mut self) -> Result<f64> {
        let start = wall();
        let said = self.run()?;
        let took = wall().saturating_sub(start);
        ensure!(said == self.said, "{} says something else", self.name);
        Ok(took.as_secs_f64())
    }
}

/// Runs each once a round, in an order that rotates; the first one is the measure of the others.
pub(super) fn table(mut programs: Vec<Program>, rounds: usize) -> Result<String> {
    for program in &mut programs {
        program.said = program.run()?;
    }
    let mut times = vec![Vec::with_capacity(rounds); programs.len()];
    for round in 0..rounds {
        for who in turns(round, programs.len()) {
            times[who].push(programs[who].time()?);
        }
    }
    let mut text =
        "| a process that prints a token, from start to end | ms | quartiles | over the first |\n|---|--:|---|--:|\n"
            .to_owned();
    for (program, own) in programs.iter().zip(&times) {
        let [low, median, high] = [25, 50, 75].map(|at| percentile(own.iter().copied(), at) * 1e3);
        let over = percentile(own.iter().zip(&times[0]).map(|(own, first)| own - first), 50) * 1e3;
        writeln!(text, "| {} | {median:.2} | {low:.2}–{high:.2} | {over:+.2} |", program.name)?;
    }
    Ok(text)
}
