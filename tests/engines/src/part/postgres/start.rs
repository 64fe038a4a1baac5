//! Nodes that start at once, on a database that has nothing in it.

use anyhow::{Result, anyhow, ensure};
use engines::Postgres;
use tokio::task::JoinSet;
use vestibule_sql::PostgresStore;
use vestibule_web::{
    conformance::model::{RETENTION, realm, session},
    store::{Insert, SessionStore, StoreBackend as _},
};

const NODES: u32 = 6;

pub(super) async fn together() -> Result<()> {
    let server = Postgres::start().await?;
    let mut starting = JoinSet::new();
    for number in 0..NODES {
        let store =
            PostgresStore::builder(&server.url()).max_connections(2).build()?.open(&realm(), RETENTION);
        starting.spawn(async move { log_in(&*store, number).await });
    }
    while let Some(login) = starting.join_next().await {
        let login = login??;
        ensure!(matches!(login, Insert::Stored(_)), "{login:?}");
    }
    let [stores, sessions] = ["vestibule_store", "vestibule_sessions"]
        .map(|table| server.run(&format!("SELECT count(*) FROM {table}")));
    ensure!((stores?.trim(), sessions?.trim()) == ("1", "6"), "one store, and everybody's session in it");
    Ok(())
}

/// A program may end its runtime first, and what it kept beside it later.
pub(super) async fn dropped_after_its_runtime() -> Result<()> {
    let server = Postgres::start().await?;
    let url = server.url();
    let program = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let store = PostgresStore::new(&url)?.open(&realm(), RETENTION);
        runtime.block_on(log_in(&*store, 1))?;
        drop(runtime);
        drop(store);
        anyhow::Ok(())
    });
    program.join().map_err(|_| anyhow!("it panicked"))?
}

async fn log_in(store: &dyn SessionStore, number: u32) -> Result<Insert> {
    let began = store.now().await?;
    Ok(store.insert(session(number, "alice", None, began), None).await?.reply)
}
