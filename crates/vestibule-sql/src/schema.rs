//! How the tables came to be, step by step. A step that was released is never changed.
//!
//! Steps only add, so that nodes of the version before go on while a new one is rolled out.

/// One step.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Migration {
    pub(crate) version: i64,
    pub(crate) sql: &'static str,
}

#[cfg(feature = "postgres")]
pub(crate) const POSTGRES: &[Migration] = &[
    Migration { version: 1, sql: include_str!("../migrations/postgres/0001_sessions.sql") },
    Migration { version: 2, sql: include_str!("../migrations/postgres/0002_verbs.sql") },
];

#[cfg(feature = "sqlite")]
pub(crate) const SQLITE: &[Migration] =
    &[Migration { version: 1, sql: include_str!("../migrations/sqlite/0001_sessions.sql") }];

/// The number of the last step.
#[cfg(feature = "postgres")]
pub(crate) fn latest(migrations: &[Migration]) -> i64 {
    migrations.last().map_or(0, |migration| migration.version)
}
