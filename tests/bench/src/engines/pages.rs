//! A page of a user whose session is on an engine.

use std::{sync::Arc, time::Duration};

use anyhow::Result;
use axum::Router;
use tokio::runtime::{self, Runtime};

use super::{Engines, Kind, TowerSessions, statements};
use crate::{
    browser::PAGE,
    load::Load,
    paired::{self, Contestant, Measured, Plan},
    server::Server,
    site::Site,
};

const CONNECTIONS: usize = 16;
/// Of how many requests operations are counted.
const COUNTED: u64 = 2_000;
const PLAN: Plan = Plan { rounds: 31, slice: Duration::from_millis(150) };

/// One way to serve the page.
struct Way {
    name: String,
    /// Which engine works for it.
    kind: Kind,
    load: Load,
    /// What the engine is asked for, by the request.
    operations: Option<f64>,
}

/// Prints the table.
pub(super) fn table(server: &Server, engines: &Engines) -> Result<()> {
    let client = runtime::Builder::new_current_thread().enable_all().build()?;
    let contestants = ways(server, &client, engines)?.into_iter().map(|mut way| {
        let (name, client) = (titled(&way), &client);
        Contestant::measured(name, move |requests| {
            let before = engines.cpu(way.kind);
            let cost = client.block_on(way.load.send(requests)).expect("every request is answered");
            paired::Cost { engine: engines.cpu(way.kind).saturating_sub(before), ..cost }
        })
    });
    print(&paired::compare(PLAN, contestants.collect()));
    Ok(())
}

fn ways(server: &Server, client: &Runtime, engines: &Engines) -> Result<Vec<Way>> {
    let way = |name: &str, kind, router: Router, cookie: &str| {
        let load = client.block_on(Load::open(server.serve(router)?, cookie, PAGE, CONNECTIONS))?;
        anyhow::Ok(Way { name: name.to_owned(), kind, load, operations: None })
    };
    let memory = server.block_on(Site::signed_in())?;
    let peer = server.block_on(TowerSessions::on(&engines.redis_url()))?;
    let mut ways = vec![
        way("bare handler", Kind::Memory, memory.bare.clone(), &memory.cookie)?,
        way("memory", Kind::Memory, memory.wrapped.clone(), &memory.cookie)?,
        way("`tower-sessions`, Redis", Kind::Redis, peer.router, &peer.cookie)?,
    ];
    for kind in Kind::ENGINES {
        let site = server.block_on(Site::stored(engines.store(kind, "requests")?))?;
        ways.push(way(&kind.to_string(), kind, site.wrapped, &site.cookie)?);
    }
    for kind in Kind::REMOTE {
        let site = server.block_on(Site::stored(Arc::new(engines.near(kind, "near")?)))?;
        ways.push(way(&format!("{kind}, near cache"), kind, site.wrapped, &site.cookie)?);
    }
    for way in &mut ways {
        way.operations = match way.kind {
            Kind::Memory | Kind::Sqlite => None,
            Kind::Redis => {
                let before = engines.redis_calls()?;
                client.block_on(way.load.send(COUNTED))?;
                Some((engines.redis_calls()? - before) as f64 / COUNTED as f64)
            }
            Kind::Postgres => {
                Some(statements::each(server, client, way.name.ends_with("near cache"), COUNTED)?)
            }
        };
    }
    Ok(ways)
}

/// A name for the process's lifetime.
fn titled(way: &Way) -> &'static str {
    let operations = way.operations.map(|each| format!("{each:.2}")).unwrap_or_default();
    format!("{} | {operations}", way.name).leak()
}

fn print(results: &[Measured]) {
    println!(
        "| a page, axum, over loopback, session in | operations of the engine a request | requests/s | CPU µs \
         | CPU over the first | engine's CPU µs | rate beside the first | quartiles |\n\
         |---|--:|--:|--:|--:|--:|--:|---|"
    );
    for Measured { name, wall, cpu, cpu_over, engine, rate: [low, median, high] } in results {
        let [cpu, over, engine] = [cpu, cpu_over, engine].map(|seconds| seconds * 1e6);
        println!(
            "| {name} | {:.0} | {cpu:.1} | {over:+.1} | {engine:.1} | {median:.2} | {low:.2}–{high:.2} |",
            1.0 / wall
        );
    }
    println!();
}
