//! A logout of one session among many.

use std::env;

use anyhow::{Context as _, Result};

use super::{Engines, Kind};
use crate::{
    clock::wall,
    paired::{self, Measured, timed},
    server::Server,
    stores::{self, Filled},
};

const SIZES: [usize; 4] = [1_000, 10_000, 100_000, 1_000_000];
const ROUNDS: usize = 40;
const LOGOUTS: usize = 25;
/// How much more a logout may cost among the most sessions than among the fewest.
const BUDGET: f64 = 1.2;

/// Prints a table for each engine. The variable `LARGEST` leaves out larger sizes.
pub(super) fn table(server: &Server, engines: &Engines) -> Result<()> {
    let largest = match env::var("LARGEST") {
        Ok(number) => number.parse().context("LARGEST is a number of sessions")?,
        Err(_) => usize::MAX,
    };
    let sizes: Vec<usize> = SIZES.into_iter().filter(|sessions| *sessions <= largest).collect();
    for kind in Kind::ALL {
        let stores = sizes.iter().map(|sessions| fill(server, engines, kind, *sessions));
        let stores: Vec<Filled> = stores.collect::<Result<_>>()?;
        let results = measure(server, &sizes, &stores)?;
        println!("\n{}", paired::table(&format!("revoke one `sid`, {kind}"), &results));
        if let Some(Measured { name, rate: [_, median, _], .. }) = results.last() {
            let cost = 1.0 / median;
            let verdict = if cost <= BUDGET { "met" } else { "MISSED" };
            println!("{kind}: {name} it costs {cost:.2} times as much (budget {BUDGET:.2}: {verdict})\n");
        }
        drop(stores);
        for sessions in &sizes {
            engines.clear(kind, &name_of(*sessions))?;
        }
    }
    Ok(())
}

fn fill(server: &Server, engines: &Engines, kind: Kind, sessions: usize) -> Result<Filled> {
    let model = server.block_on(stores::model())?;
    let start = wall();
    let filled = server.block_on(engines.filled(kind, &name_of(sessions), sessions, &model))?;
    println!("{kind}: {sessions} sessions in {:.1} s", wall().saturating_sub(start).as_secs_f64());
    Ok(filled)
}

fn measure(server: &Server, sizes: &[usize], stores: &[Filled]) -> Result<Vec<Measured>> {
    let mut rounds = vec![Vec::with_capacity(ROUNDS); stores.len()];
    for round in 0..ROUNDS {
        for who in paired::turns(round, stores.len()) {
            let logouts = stores[who].logouts(round * LOGOUTS..(round + 1) * LOGOUTS);
            let mut done = Ok(());
            let cost = timed(|| done = server.block_on(stores[who].revoke(logouts)));
            done?;
            rounds[who].push(cost.each(LOGOUTS as u64));
        }
    }
    let names: Vec<&'static str> =
        sizes.iter().map(|sessions| &*format!("among {sessions}").leak()).collect();
    Ok(paired::summarise(&names, &rounds))
}

fn name_of(sessions: usize) -> String {
    format!("revoke_{sessions}")
}
