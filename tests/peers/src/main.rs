//! The same protected page, served by Vestibule and by its peers, beside each framework's own bare page.
//!
//! `cargo run --release` builds, starts, signs in to and measures every contestant, and prints the table of
//! `docs/performance.md`; with names it does so for those alone.

mod apache;
mod browser;
mod cpu;
mod express;
mod load;
mod measure;
mod process;
mod proof;
mod provider;
mod roster;
mod stage;
mod table;

use std::env;

use anyhow::{Result, ensure};
use tokio::runtime;

use crate::{
    measure::{Plan, measure},
    provider::Provider,
    roster::Contestant,
    stage::OnStage,
};

fn main() -> Result<()> {
    let contestants = asked(&env::args().skip(1).collect::<Vec<_>>())?;
    stage::build(&contestants)?;
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    let provider = Provider::start()?;
    let mut on_stage = Vec::new();
    for contestant in contestants {
        eprintln!("starting {} and signing in to it", contestant.name);
        on_stage.push(runtime.block_on(OnStage::start(contestant, &provider))?);
    }
    let measured = runtime.block_on(measure(Plan::default(), &on_stage))?;
    println!("{}", table::of(&measured));
    Ok(())
}

fn asked(names: &[String]) -> Result<Vec<&'static Contestant>> {
    let known: Vec<&str> = roster::CONTESTANTS.iter().map(|contestant| contestant.name).collect();
    for name in names {
        ensure!(
            known.contains(&name.as_str()),
            "`{name}` is no contestant. Usage: cargo run --release -- [{}]...",
            known.join(" | ")
        );
    }
    let wanted =
        |contestant: &&Contestant| names.is_empty() || names.iter().any(|name| name == contestant.name);
    Ok(roster::CONTESTANTS.iter().filter(wanted).collect())
}
