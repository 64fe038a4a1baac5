use sqlx::Row;
use vestibule_web::store::StoreError;

use crate::error::Failure;

use super::database::Database;

/// Whether the server is the one that knows, may be written, and says how much it may lose.
pub(super) async fn check(database: &Database) -> Result<(), StoreError> {
    let settings = settings(database).await?;
    if settings.standby {
        return Err(Failure::Standby.into());
    }
    if settings.read_only {
        return Err(StoreError::Unavailable(
            "the database may only be read (default_transaction_read_only)".into(),
        ));
    }
    if settings.may_lose {
        tracing::warn!(
            "a crash of the database server may lose logouts that were confirmed: \
             fsync, full_page_writes or synchronous_commit is off"
        );
    }
    Ok(())
}

struct Settings {
    standby: bool,
    read_only: bool,
    may_lose: bool,
}

async fn settings(database: &Database) -> Result<Settings, Failure> {
    let asked = || {
        sqlx::query(
            "SELECT pg_is_in_recovery() AS standby, current_setting('transaction_read_only') = 'on' AS read_only,
                'off' IN (current_setting('fsync'), current_setting('full_page_writes'),
                    current_setting('synchronous_commit')) AS may_lose",
        )
    };
    let rows = database.rows(asked).await?;
    let row = rows.first().ok_or(Failure::Lost)?;
    Ok(Settings {
        standby: row.try_get("standby")?,
        read_only: row.try_get("read_only")?,
        may_lose: row.try_get("may_lose")?,
    })
}
