use sqlx::error::DatabaseError;
use vestibule::{Diagnose, Diagnosis, Disposition};
use vestibule_web::store::StoreError;

/// A store on SQL cannot be set up as asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SqlConfigError {
    /// The URL is not one of this engine, or one of its parameters is wrong. The URL, which may hold a password, is not told.
    #[error("the URL of the session store cannot be used")]
    Url,
}

impl Diagnose for SqlConfigError {
    fn diagnosis(&self) -> Diagnosis {
        match self {
            Self::Url => Diagnosis::new(
                "config.store_url",
                Disposition::Config,
                "give a URL such as postgres://user@host/database or sqlite:sessions.db",
            ),
        }
    }
}

/// Why a verb came to nothing.
#[derive(Debug)]
pub(crate) enum Failure {
    Sql(sqlx::Error),
    /// The tables, or the rows that every store has, are gone.
    Lost,
    /// The server may only be read, so it is not the one that knows.
    #[cfg(feature = "postgres")]
    Standby,
    Corrupt,
}

impl Failure {
    /// Whether the tables must be made anew.
    pub(crate) fn is_lost(&self) -> bool {
        match self {
            Self::Lost => true,
            Self::Sql(error) => no_such_table(error),
            _ => false,
        }
    }
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => Self::Corrupt,
            error => Self::Sql(error),
        }
    }
}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Corrupt => Self::Corrupt,
            Failure::Lost => Self::Unavailable("the tables of the session store are missing".into()),
            #[cfg(feature = "postgres")]
            Failure::Standby => Self::Unavailable("the database server is a standby".into()),
            Failure::Sql(error) => match kind(&error) {
                Kind::Full => Self::Full,
                Kind::TooSlow => Self::TimedOut,
                Kind::Torn => Self::Corrupt,
                Kind::Other => Self::Unavailable(error.into()),
            },
        }
    }
}

/// What a database means, as far as it makes a difference.
enum Kind {
    Full,
    TooSlow,
    Torn,
    Other,
}

fn kind(error: &sqlx::Error) -> Kind {
    let Some(code) = error.as_database_error().and_then(DatabaseError::code) else {
        return Kind::Other;
    };
    match (&*code, sqlite(&code)) {
        // disk_full; SQLITE_FULL
        ("53100", _) | (_, Some(13)) => Kind::Full,
        // query_canceled, by statement_timeout, and lock_not_available; SQLITE_BUSY, SQLITE_LOCKED
        ("57014" | "55P03", _) | (_, Some(5 | 6)) => Kind::TooSlow,
        // data_corrupted, index_corrupted; SQLITE_CORRUPT, SQLITE_NOTADB
        ("XX001" | "XX002", _) | (_, Some(11 | 26)) => Kind::Torn,
        _ => Kind::Other,
    }
}

/// The primary result code of SQLite; nothing for a SQLSTATE, which has five characters.
fn sqlite(code: &str) -> Option<u32> {
    code.parse::<u32>().ok().filter(|_| code.len() < 5).map(|code| code & 0xff)
}

/// Nor a function, which is made with the tables.
fn no_such_table(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|error| {
        matches!(error.code().as_deref(), Some("42P01" | "3F000" | "42883"))
            // SQLite has one code for every mistake in a statement.
            || error.message().starts_with("no such table")
    })
}
