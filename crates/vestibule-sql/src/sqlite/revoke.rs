use vestibule_web::store::{Change, Cutoff, Revocation, Revoke, Scope, SessionKey, Stamped, StoreTime};

use crate::error::Failure;

use super::engine::SqliteEngine;

pub(super) async fn revoke(
    engine: &SqliteEngine,
    revocation: Revocation,
) -> Result<Stamped<Revoke>, Failure> {
    let Revocation { mut scopes, heard, logout, spare } = revocation;
    scopes.sort_unstable();
    scopes.dedup();
    let mut step = engine.begin().await?;
    let sight = step.sight;
    if let Some(logout) = &logout
        && let Some(spent) = step.spent(logout).await?
        && sight.at < spent.plus(sight.retention.logout_ids)
    {
        return Ok(Stamped { at: sight.at, reply: Revoke::Replayed });
    }
    let cutoff = heard.map_or(sight.at, |heard| heard.min(sight.at));
    let before = step.cutoffs(&scopes).await?;
    let changed = merge(&scopes, &before, cutoff, spare);
    if !changed.is_empty() {
        step.strike(&changed).await?;
    }
    if let Some(logout) = &logout {
        step.spend(logout, sight.at).await?;
    }
    if !changed.is_empty() {
        step.tell(&Change::Revoked { scopes, cutoff, spared: spare }).await?;
    }
    step.commit().await?;
    Ok(Stamped { at: sight.at, reply: Revoke::Revoked { cutoff } })
}

/// The cutoffs that are not as they were.
fn merge(
    scopes: &[Scope],
    before: &[(Scope, Cutoff)],
    at: StoreTime,
    spare: Option<SessionKey>,
) -> Vec<(Scope, Cutoff)> {
    let strike = |scope: &Scope| {
        let Some((_, cutoff)) = before.iter().find(|(struck, _)| struck == scope) else {
            return Some((*scope, Cutoff::new(at, spare)));
        };
        let mut cutoff = *cutoff;
        cutoff.strike(at, spare).then_some((*scope, cutoff))
    };
    scopes.iter().filter_map(strike).collect()
}
