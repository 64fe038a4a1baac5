//! The demo's own tour, with three nodes of each application.

use anyhow::Result;
use engines::{postgres::Postgres, redis::Redis};
use steps::{
    process::{build_folder, run_to_end},
    report::{Report, Stopped},
};
use tokio::process::Command;

pub(super) async fn run(report: &mut Report) -> Result<(), Stopped> {
    report.part("demo");
    report.step("it is built", build()).await?;
    report.step("its tour with three nodes over Redis", over_redis()).await?;
    report.step("its tour with three nodes over PostgreSQL", over_postgres()).await?;
    report.step("its tour with three nodes over SQLite", over_sqlite()).await
}

async fn build() -> Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    run_to_end("demo-build", Command::new(cargo).args(["build", "--quiet", "-p", "vestibule-demo"])).await
}

async fn over_redis() -> Result<()> {
    let redis = Redis::start().await?;
    tour("demo-redis", &redis.url()).await
}

async fn over_postgres() -> Result<()> {
    let postgres = Postgres::start().await?;
    tour("demo-postgres", &postgres.url()).await
}

async fn over_sqlite() -> Result<()> {
    let folder = tempfile::tempdir()?;
    tour("demo-sqlite", &format!("sqlite:{}", folder.path().join("sessions.db").display())).await
}

async fn tour(log: &'static str, store: &str) -> Result<()> {
    let mut demo = Command::new(build_folder().join("vestibule-demo"));
    run_to_end(log, demo.args(["--check", "--nodes", "3", "--store", store])).await
}
