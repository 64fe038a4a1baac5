use std::sync::Arc;

use sqlx::Row;
use vestibule_web::store::{
    HolderId, LeaseHolder, PublicId, RefreshHash, Scope, SessionKey, SessionRecord, SessionSummary, StoreTime,
};

use crate::{
    error::Failure,
    millis::store_time,
    pack::{exact, unpack_attempts},
};

/// The format of the records that this version writes, and the latest that it reads.
pub(crate) const FORMAT: i64 = 1;

/// A row of either engine.
pub(crate) trait Columns {
    fn flag(&self, column: &str) -> Result<bool, Failure>;
    fn integer(&self, column: &str) -> Result<i64, Failure>;
    fn integer_if_any(&self, column: &str) -> Result<Option<i64>, Failure>;
    #[cfg(feature = "postgres")]
    fn text(&self, column: &str) -> Result<String, Failure>;
    fn bytes(&self, column: &str) -> Result<Vec<u8>, Failure>;
    fn bytes_if_any(&self, column: &str) -> Result<Option<Vec<u8>>, Failure>;
    /// What the record listens to: each engine has its own way to store a list.
    fn scopes(&self) -> Result<Vec<Scope>, Failure>;

    fn moment(&self, column: &str) -> Result<StoreTime, Failure> {
        Ok(store_time(self.integer(column)?))
    }

    fn fixed<const LENGTH: usize>(&self, column: &str) -> Result<[u8; LENGTH], Failure> {
        exact(&self.bytes(column)?)
    }
}

macro_rules! columns_of {
    ($row:ty, $scopes:expr) => {
        impl Columns for $row {
            fn flag(&self, column: &str) -> Result<bool, Failure> {
                Ok(self.try_get(column)?)
            }

            fn integer(&self, column: &str) -> Result<i64, Failure> {
                Ok(self.try_get(column)?)
            }

            fn integer_if_any(&self, column: &str) -> Result<Option<i64>, Failure> {
                Ok(self.try_get(column)?)
            }

            #[cfg(feature = "postgres")]
            fn text(&self, column: &str) -> Result<String, Failure> {
                Ok(self.try_get(column)?)
            }

            fn bytes(&self, column: &str) -> Result<Vec<u8>, Failure> {
                Ok(self.try_get(column)?)
            }

            fn bytes_if_any(&self, column: &str) -> Result<Option<Vec<u8>>, Failure> {
                Ok(self.try_get(column)?)
            }

            fn scopes(&self) -> Result<Vec<Scope>, Failure> {
                $scopes(self.try_get("scopes")?)
            }
        }
    };
}

#[cfg(feature = "postgres")]
columns_of!(sqlx::postgres::PgRow, |scopes: Vec<Vec<u8>>| {
    scopes.iter().map(|scope| Ok(Scope::from_bytes(exact(scope)?))).collect()
});

#[cfg(feature = "sqlite")]
columns_of!(sqlx::sqlite::SqliteRow, |scopes: Vec<u8>| crate::pack::unpack_scopes(&scopes));

/// A record whose columns are all there.
pub(crate) fn record(row: &impl Columns) -> Result<Arc<SessionRecord>, Failure> {
    if row.integer("format")? > FORMAT {
        return Err(Failure::Corrupt);
    }
    let lease = match (row.bytes_if_any("lease_holder")?, row.integer_if_any("lease_until")?) {
        (Some(holder), Some(until)) => {
            Some(LeaseHolder { holder: HolderId::from_bytes(exact(&holder)?), until: store_time(until) })
        }
        _ => None,
    };
    let refresh = row.bytes_if_any("refresh")?.map(|hash| exact(&hash)).transpose()?;
    Ok(Arc::new(SessionRecord {
        key: SessionKey::from_bytes(row.fixed("key")?),
        public_id: PublicId::from_bytes(row.fixed("public_id")?),
        subject: Scope::from_bytes(row.fixed("subject")?),
        scopes: row.scopes()?,
        began: row.moment("began")?,
        created: row.moment("created")?,
        last_seen: row.moment("last_seen")?,
        idle_end: row.moment("idle_end")?,
        absolute_end: row.moment("absolute_end")?,
        label: row.bytes("label")?.into(),
        grant: row.bytes("tokens")?.into(),
        refresh: refresh.map(RefreshHash::from_bytes),
        grant_version: count(row.integer("grant_version")?)?,
        data: row.bytes("data")?.into(),
        version: count(row.integer("version")?)?,
        lease,
        attempts: unpack_attempts(&row.bytes("attempts")?)?,
    }))
}

/// What a list shows of a record.
pub(crate) fn summary(row: &impl Columns) -> Result<SessionSummary, Failure> {
    Ok(SessionSummary {
        id: PublicId::from_bytes(row.fixed("public_id")?),
        created: row.moment("created")?,
        last_seen: row.moment("last_seen")?,
        absolute_end: row.moment("absolute_end")?,
        label: row.bytes("label")?.into(),
    })
}

fn count(column: i64) -> Result<u64, Failure> {
    u64::try_from(column).map_err(|_| Failure::Corrupt)
}
