//! Lists inside one column, in format 1: the parts one after another, each of a fixed length.

#[cfg(feature = "sqlite")]
use vestibule_web::store::Scope;
use vestibule_web::store::{Attempt, HolderId, RefreshHash};

use crate::{
    error::Failure,
    millis::{moment, store_time},
};

const ATTEMPT: usize = 16 + 32 + 8;

/// Bytes of a fixed length from a column.
pub(crate) fn exact<const LENGTH: usize>(bytes: &[u8]) -> Result<[u8; LENGTH], Failure> {
    bytes.try_into().map_err(|_| Failure::Corrupt)
}

#[cfg(feature = "sqlite")]
pub(crate) fn scopes(scopes: &[Scope]) -> Vec<u8> {
    scopes.iter().flat_map(|scope| *scope.as_bytes()).collect()
}

#[cfg(feature = "sqlite")]
pub(crate) fn unpack_scopes(bytes: &[u8]) -> Result<Vec<Scope>, Failure> {
    let (scopes, rest) = bytes.as_chunks();
    whole(rest)?;
    Ok(scopes.iter().copied().map(Scope::from_bytes).collect())
}

pub(crate) fn attempts(attempts: &[Attempt]) -> Vec<u8> {
    let mut packed = Vec::with_capacity(attempts.len() * ATTEMPT);
    for attempt in attempts {
        packed.extend_from_slice(attempt.holder.as_bytes());
        packed.extend_from_slice(attempt.spent.as_bytes());
        packed.extend_from_slice(&moment(attempt.open_until).to_be_bytes());
    }
    packed
}

pub(crate) fn unpack_attempts(bytes: &[u8]) -> Result<Vec<Attempt>, Failure> {
    let (attempts, rest) = bytes.as_chunks::<ATTEMPT>();
    whole(rest)?;
    attempts.iter().map(unpack_attempt).collect()
}

fn unpack_attempt(bytes: &[u8; ATTEMPT]) -> Result<Attempt, Failure> {
    let (holder, rest) = bytes.split_first_chunk().ok_or(Failure::Corrupt)?;
    let (spent, rest) = rest.split_first_chunk().ok_or(Failure::Corrupt)?;
    Ok(Attempt {
        holder: HolderId::from_bytes(*holder),
        spent: RefreshHash::from_bytes(*spent),
        open_until: store_time(i64::from_be_bytes(exact(rest)?)),
    })
}

fn whole(rest: &[u8]) -> Result<(), Failure> {
    if rest.is_empty() { Ok(()) } else { Err(Failure::Corrupt) }
}
