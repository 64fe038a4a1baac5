//! Measures several ways to do the same, a little of each in turn.
//!
//! Measured one after the other, two equal functions differ by what the machine did meanwhile; on a shared machine that is
//! more than the differences that matter here. So a round measures each contestant for some milliseconds, in an order that
//! rotates, and is compared only with itself. What is told is the median of the rounds.

use std::{fmt::Write, time::Duration};

use crate::clock::{thread_cpu, wall};

/// One way to do it.
pub struct Contestant<'a> {
    name: &'static str,
    run: Box<dyn FnMut(u64) -> Cost + 'a>,
}

/// What some repetitions cost.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// Time that passed.
    pub wall: Duration,
    /// Time that the thread doing the work spent on a processor.
    pub cpu: Duration,
    /// Time that an engine spent on a processor for it.
    pub engine: Duration,
}

/// What one repetition cost, in seconds.
#[derive(Clone, Copy, Debug)]
pub struct Each {
    wall: f64,
    cpu: f64,
    engine: f64,
}

/// How long to measure.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// How many rounds.
    pub rounds: usize,
    /// About how long one contestant runs in a round.
    pub slice: Duration,
}

/// What one contestant cost, by the repetition: the medians over all rounds.
#[derive(Clone, Debug)]
pub struct Measured {
    /// Its name.
    pub name: &'static str,
    /// Seconds that passed.
    pub wall: f64,
    /// Seconds on a processor.
    pub cpu: f64,
    /// Seconds on a processor more than the first contestant in the same round.
    pub cpu_over: f64,
    /// Seconds that an engine was on a processor for it.
    pub engine: f64,
    /// How many times as fast as the first contestant in the same round: 25th, 50th and 75th percentile.
    pub rate: [f64; 3],
}

impl<'a> Contestant<'a> {
    /// Something that this thread does, `operation` once a repetition.
    pub fn new<T>(name: &'static str, mut operation: impl FnMut() -> T + 'a) -> Self {
        Self::measured(name, move |repetitions| {
            timed(|| {
                for _ in 0..repetitions {
                    std::hint::black_box(operation());
                }
            })
        })
    }

    /// Something that tells itself what so many repetitions cost.
    pub fn measured(name: &'static str, run: impl FnMut(u64) -> Cost + 'a) -> Self {
        Self { name, run: Box::new(run) }
    }

    /// Its name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Repeats it so many times.
    pub fn run(&mut self, repetitions: u64) -> Cost {
        (self.run)(repetitions)
    }
}

/// What `work` costs on this thread.
pub fn timed(work: impl FnOnce()) -> Cost {
    let (start, cpu) = (wall(), thread_cpu());
    work();
    let (wall, cpu) = (wall().saturating_sub(start), thread_cpu().saturating_sub(cpu));
    Cost { wall, cpu, engine: Duration::ZERO }
}

/// Measures the contestants beside each other; the first one is the measure of the others.
pub fn compare(plan: Plan, mut contestants: Vec<Contestant<'_>>) -> Vec<Measured> {
    let repetitions: Vec<u64> = contestants.iter_mut().map(|one| one.calibrate(plan.slice)).collect();
    let mut rounds = vec![Vec::with_capacity(plan.rounds); contestants.len()];
    for round in 0..plan.rounds {
        for who in turns(round, contestants.len()) {
            rounds[who].push(contestants[who].run(repetitions[who]).each(repetitions[who]));
        }
    }
    let names: Vec<_> = contestants.iter().map(|one| one.name).collect();
    summarise(&names, &rounds)
}

/// The order of a round, so that each contestant is the first one in turn.
pub fn turns(round: usize, contestants: usize) -> impl Iterator<Item = usize> {
    (0..contestants).map(move |turn| (round + turn) % contestants)
}

/// The medians of rounds that were measured in turn.
pub fn summarise(names: &[&'static str], rounds: &[Vec<Each>]) -> Vec<Measured> {
    let measured = |(name, costs): (&&'static str, &Vec<Each>)| {
        let beside = || costs.iter().zip(&rounds[0]);
        Measured {
            name,
            wall: percentile(costs.iter().map(|cost| cost.wall), 50),
            cpu: percentile(costs.iter().map(|cost| cost.cpu), 50),
            cpu_over: percentile(beside().map(|(cost, first)| cost.cpu - first.cpu), 50),
            engine: percentile(costs.iter().map(|cost| cost.engine), 50),
            rate: [25, 50, 75].map(|at| percentile(beside().map(|(cost, first)| first.wall / cost.wall), at)),
        }
    };
    names.iter().zip(rounds).map(measured).collect()
}

impl Cost {
    /// By the repetition.
    pub fn each(self, repetitions: u64) -> Each {
        let [wall, cpu, engine] =
            [self.wall, self.cpu, self.engine].map(|time| time.as_secs_f64() / repetitions as f64);
        Each { wall, cpu, engine }
    }
}

impl Contestant<'_> {
    /// How many repetitions fill the slice. Warms caches and predictors up on the way.
    fn calibrate(&mut self, slice: Duration) -> u64 {
        let mut repetitions = 1;
        loop {
            let cost = self.run(repetitions);
            if cost.wall >= slice / 2 {
                let fitting = repetitions as f64 * slice.as_secs_f64() / cost.wall.as_secs_f64();
                return (fitting as u64).max(1);
            }
            repetitions *= 2;
        }
    }
}

/// The nearest rank.
pub fn percentile(values: impl Iterator<Item = f64>, percent: usize) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let rank = (values.len() * percent).div_ceil(100).max(1);
    values.get(rank - 1).copied().unwrap_or(f64::NAN)
}

/// The results as a Markdown table, in microseconds.
pub fn table(title: &str, results: &[Measured]) -> String {
    let mut text = format!(
        "| {title} | µs | CPU µs | CPU over the first | rate beside the first | quartiles |\n\
         |---|--:|--:|--:|--:|---|\n"
    );
    for Measured { name, wall, cpu, cpu_over, rate: [low, median, high], .. } in results {
        let [wall, cpu, over] = [wall, cpu, cpu_over].map(|seconds| seconds * 1e6);
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "| {name} | {wall:.2} | {cpu:.2} | {over:+.2} | {median:.2} | {low:.2}–{high:.2} |"
        );
    }
    text
}
