//! How many statements a page costs PostgreSQL, counted by a server of its own: counting slows it down.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use engines::Postgres;
use tokio::runtime::Runtime;
use vestibule_sql::PostgresStore;
use vestibule_web::NearCache;

use crate::{browser::PAGE, load::Load, server::Server, site::Site};

const COUNTING: &str = "shared_preload_libraries = 'pg_stat_statements'";
const COUNT: &str = "SELECT sum(calls) FROM pg_stat_statements WHERE query NOT LIKE '%pg_stat_statements%'";

/// Statements by the request, of so many requests.
///
/// # Errors
/// When PostgreSQL does not count.
pub(super) fn each(server: &Server, client: &Runtime, near_cache: bool, requests: u64) -> Result<f64> {
    let postgres = server.block_on(Postgres::start_with(COUNTING))?;
    postgres.run("CREATE EXTENSION pg_stat_statements")?;
    let store = PostgresStore::new(&postgres.url())?;
    let site = if near_cache {
        Site::stored(Arc::new(NearCache::over(store)))
    } else {
        Site::stored(Arc::new(store))
    };
    let site = server.block_on(site)?;
    let mut load = client.block_on(Load::open(server.serve(site.wrapped)?, &site.cookie, PAGE, 1))?;
    let count = || postgres.run(COUNT)?.parse::<u64>().context("a count");
    let before = count()?;
    client.block_on(load.send(requests))?;
    Ok((count()? - before) as f64 / requests as f64)
}
