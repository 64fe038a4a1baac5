//! How much room a session takes: on an engine, and on a node that has it at hand.

use std::sync::Arc;

use anyhow::{Result, ensure};
use vestibule_web::NearCache;

use super::{Engines, Kind};
use crate::{memory, of_its_own, server::Server, stores};

const SESSIONS: usize = 100_000;

/// The table that [`near`] prints in a process of its own.
pub const NEAR: &str = "near";

/// Prints the bytes of a session everywhere.
pub(super) fn table(server: &Server, engines: &Engines) -> Result<()> {
    let model = server.block_on(stores::model())?;
    for kind in Kind::ENGINES {
        let name = "size";
        let none = server.block_on(engines.filled(kind, "size_of_none", 1, &model))?;
        let before = engines.used(kind, "size_of_none")?;
        drop(none);
        server.block_on(engines.filled(kind, name, SESSIONS, &model))?;
        let each = engines.used(kind, name)?.saturating_sub(before) / SESSIONS;
        println!("{kind}: {SESSIONS} sessions, {each} bytes each");
        engines.clear(kind, name)?;
    }
    of_its_own("memory")?;
    of_its_own(NEAR)
}

/// Prints how much memory a session takes in a near cache, whichever engine is behind it.
///
/// # Errors
/// When it is not kept at hand.
pub fn near() -> Result<()> {
    const ROOM: u64 = 4 * 1024 * 1024 * 1024;
    let server = Server::start()?;
    let engines = server.block_on(Engines::start())?;
    let model = server.block_on(stores::model())?;
    let through = server.block_on(engines.filled(Kind::Redis, "near", SESSIONS, &model))?;
    let store = engines.store(Kind::Redis, "near")?;
    let cache = NearCache::builder(Arc::clone(&store)).max_sessions(2 * SESSIONS).max_bytes(ROOM).build();
    let near = through.seen_through(&cache);
    // Connections and the room that an answer takes once are no part of it.
    server.block_on(through.load_all())?;
    let before = memory::resident()?;
    // What is read before the cache has caught up with the log is not kept.
    for _ in 0..3 {
        server.block_on(near.load_all())?;
    }
    let each = memory::resident()?.saturating_sub(before) / SESSIONS;
    let asked = engines.redis_calls()?;
    server.block_on(near.load_all())?;
    let missing = engines.redis_calls()? - asked;
    ensure!(missing < SESSIONS as u64 / 100, "{missing} of {SESSIONS} were not at hand");
    println!("a near cache on a node: {SESSIONS} sessions, {each} bytes each\n");
    Ok(())
}
