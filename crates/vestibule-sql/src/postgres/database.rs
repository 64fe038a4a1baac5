use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use sqlx::{
    Postgres,
    postgres::{PgArguments, PgRow},
    query::Query,
};
use tokio::sync::Notify;
use vestibule::Clock;
use vestibule_web::store::{StoreTime, StoreTimeEstimate};

use crate::{columns::Columns, error::Failure, millis::moment};

use super::{
    lending::{Lending, Lent},
    listening::Listening,
    server::Server,
};

pub(super) type Statement = Query<'static, Postgres, PgArguments>;

/// So much the server's time may be behind what this node knows of it before its clock is no longer trusted.
const TOLERATED: i64 = 1000;

/// The server, and what this node knows of its time.
#[derive(Debug)]
pub(super) struct Database {
    server: Server,
    lending: Lending,
    pub(super) listening: Listening,
    pub(super) log_length: u32,
    clock: Arc<dyn Clock>,
    time: StoreTimeEstimate,
    is_behind: AtomicBool,
}

impl Database {
    pub(super) fn new(server: Server, clock: Arc<dyn Clock>, log_length: u32) -> Self {
        Self {
            server,
            lending: Lending::default(),
            listening: Listening::default(),
            log_length,
            clock,
            time: StoreTimeEstimate::default(),
            is_behind: AtomicBool::new(false),
        }
    }

    /// Who is woken when a log may have grown.
    pub(super) fn news(&self) -> &Notify {
        self.listening.news(|| self.server.one_more())
    }

    /// The time before which the server's must not be.
    pub(super) fn floor(&self) -> i64 {
        self.time.at(self.clock.monotonic()).map_or(0, moment)
    }

    /// The time in a row, which also says by how much the server's clock is behind what this node knew.
    pub(super) fn time_in(&self, row: &PgRow) -> Result<StoreTime, Failure> {
        if row.flag("standby")? {
            return Err(Failure::Standby);
        }
        let at = row.moment("now")?;
        if row.integer("behind")? > TOLERATED {
            self.is_behind.store(true, Ordering::Relaxed);
        }
        self.time.observe(at, self.clock.monotonic());
        Ok(at)
    }

    /// Puts the store's time ahead for good if the server's clock went back: no lifetime grows by that.
    pub(super) async fn catch_up(&self) -> Result<(), Failure> {
        if !self.is_behind.swap(false, Ordering::Relaxed) {
            return Ok(());
        }
        const SQL: &str = "UPDATE vestibule_store SET clock_offset = GREATEST(clock_offset,
            $1 - (extract(epoch FROM clock_timestamp()) * 1000)::bigint)";
        let floor = self.floor();
        let caught_up = self.rows(|| sqlx::query(SQL).bind(floor)).await;
        if caught_up.is_err() {
            self.is_behind.store(true, Ordering::Relaxed);
        }
        tracing::warn!("the clock of the database server went back; the time of the session store did not");
        caught_up.map(drop)
    }

    /// A connection for statements that belong together: give it back when the last answer was read.
    pub(super) async fn lend(&self) -> Result<Lent, Failure> {
        Ok(self.lending.lend(self.server.pool(), self.clock.monotonic()).await?)
    }

    /// A connection that stands.
    pub(super) async fn lend_sure(&self) -> Result<Lent, Failure> {
        let (_, lent) = self.rows_and_connection(|| sqlx::query("SELECT 1")).await?;
        Ok(lent)
    }

    pub(super) fn take_back(&self, lent: Lent) {
        if self.server.is_ours() {
            self.lending.take_back(lent, self.clock.monotonic());
        }
    }

    /// The one row of a statement that is sent once, since nobody knows what it did when the connection is lost.
    pub(super) async fn once(&self, statement: Statement) -> Result<PgRow, Failure> {
        let mut lent = self.lend().await?;
        let row = statement.fetch_all(&mut *lent).await?.pop();
        self.take_back(lent);
        row.ok_or(Failure::Lost)
    }

    /// The rows of a statement that may be carried out twice.
    pub(super) async fn rows(&self, statement: impl Fn() -> Statement + Send) -> Result<Vec<PgRow>, Failure> {
        let (rows, lent) = self.rows_and_connection(statement).await?;
        self.take_back(lent);
        Ok(rows)
    }

    /// The rows of a statement that may be carried out twice, and the connection that they came over, which therefore stands.
    /// One that a lost connection cuts off is sent again.
    pub(super) async fn rows_and_connection(
        &self,
        statement: impl Fn() -> Statement + Send,
    ) -> Result<(Vec<PgRow>, Lent), Failure> {
        let mut stale = self.server.pool().size();
        loop {
            let mut lent = self.lend().await?;
            match statement().fetch_all(&mut *lent).await {
                Err(error) if stale > 0 && was_lost(&error) => stale -= 1,
                rows => return Ok((rows?, lent)),
            }
        }
    }
}

/// Whether a connection that stood before is gone, which says nothing about the next one.
fn was_lost(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) => true,
        sqlx::Error::Database(error) => {
            // admin_shutdown, crash_shutdown, idle_session_timeout
            error.code().is_some_and(|code| matches!(&*code, "57P01" | "57P02" | "57P05"))
        }
        _ => false,
    }
}
