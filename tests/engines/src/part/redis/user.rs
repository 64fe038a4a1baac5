//! Somebody who signs in and out on a Redis store.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, bail, ensure};
use bytes::Bytes;
use vestibule_web::store::{
    ChangeCursor, Changes, Insert, Load, NewSession, PublicId, Realm, RefreshHash, Retention, Revocation,
    Revoke, SessionKey, SessionStore, StoreBackend, StoreError,
};

pub(super) fn realm() -> Realm {
    Realm::new("https://acme.example", "dashboard")
}

pub(super) fn open(backend: &impl StoreBackend) -> Arc<dyn SessionStore> {
    let retention = Retention { cutoffs: Duration::from_secs(86_400), logout_ids: Duration::from_secs(1800) };
    backend.open(&realm(), retention)
}

pub(super) fn key(number: u8) -> SessionKey {
    SessionKey::from_bytes([number; 32])
}

/// A login of `sub` that began now.
pub(super) async fn login(store: &dyn SessionStore, number: u8, sub: &str) -> Result<NewSession> {
    let (realm, key) = (realm(), key(number));
    let scopes =
        [realm.everything(), realm.subject(sub), realm.session(&key), realm.subject_without_sid(sub)];
    Ok(NewSession {
        key,
        public_id: PublicId::from_bytes([number; 16]),
        subject: realm.subject(sub),
        scopes: scopes.to_vec(),
        began: store.now().await?,
        idle: Duration::from_secs(1800),
        absolute: Duration::from_secs(36_000),
        label: Bytes::from_static(b"Firefox on Linux"),
        grant: Bytes::from(vec![7; 900]),
        refresh: Some(RefreshHash::from_bytes([number; 32])),
        data: Bytes::from_static(b"{}"),
    })
}

pub(super) async fn sign_in(store: &dyn SessionStore, number: u8, sub: &str) -> Result<()> {
    match store.insert(login(store, number, sub).await?, None).await?.reply {
        Insert::Stored(_) => Ok(()),
        other => bail!("a login was {other:?}"),
    }
}

pub(super) fn logout(sub: &str) -> Revocation {
    let logout = Some(realm().logout_id(&format!("jti of {sub}")));
    Revocation { scopes: vec![realm().subject(sub)], heard: None, logout, spare: None }
}

pub(super) async fn sign_out(store: &dyn SessionStore, sub: &str) -> Result<()> {
    let reply = store.revoke(logout(sub)).await?.reply;
    ensure!(matches!(reply, Revoke::Revoked { .. }), "a logout was {reply:?}");
    Ok(())
}

pub(super) async fn is_live(store: &dyn SessionStore, number: u8) -> Result<bool, StoreError> {
    Ok(matches!(store.load(&key(number)).await?.reply, Load::Live(_)))
}

pub(super) async fn log_end(store: &dyn SessionStore) -> Result<ChangeCursor> {
    match store.changes(ChangeCursor::from_position(u64::MAX), Duration::ZERO).await?.reply {
        Changes::Lagged { next } => Ok(next),
        other => bail!("no log reaches that far: {other:?}"),
    }
}
