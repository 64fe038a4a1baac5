//! Stores with many sessions, and logouts that strike them.

use std::{ops::Range, sync::Arc, time::Duration};

use anyhow::{Context as _, Result, bail};
use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _};
use sha2::{Digest, Sha256};
use vestibule_web::{
    MemoryStore,
    store::{
        Insert, Load, NewSession, PublicId, Realm, RefreshHash, Retention, Revocation, Revoke, SessionKey,
        SessionRecord, SessionStore, StoreBackend, StoreTime,
    },
};

use crate::{
    provider::{CLIENT, ISSUER},
    site::Site,
};

/// A store that holds so many sessions, each of a user and a `sid` of its own.
#[derive(Debug)]
pub struct Filled {
    realm: Realm,
    store: Arc<dyn SessionStore>,
    sessions: usize,
}

/// How many calls are made at a time.
const AT_ONCE: usize = 64;

impl Filled {
    /// Fills a memory store with copies of a session that a login made.
    ///
    /// # Errors
    /// When the store does not take them.
    pub async fn new(sessions: usize, model: &SessionRecord) -> Result<Self> {
        let backend = MemoryStore::builder().max_sessions(sessions).build();
        let filled = Self::empty(&backend, sessions);
        let began = filled.store.now().await?;
        for number in 0..sessions {
            filled.insert(number, began, model).await?;
        }
        Ok(filled)
    }

    /// Fills any store, with many calls at a time.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub async fn in_store(
        backend: &dyn StoreBackend,
        sessions: usize,
        model: &SessionRecord,
    ) -> Result<Self> {
        let filled = Self::empty(backend, sessions);
        let began = filled.store.now().await?;
        let inserts =
            futures_util::stream::iter(0..sessions).map(|number| filled.insert(number, began, model));
        inserts.buffer_unordered(AT_ONCE).try_collect::<()>().await?;
        Ok(filled)
    }

    fn empty(backend: &dyn StoreBackend, sessions: usize) -> Self {
        let realm = Realm::new(ISSUER, CLIENT);
        Self { store: backend.open(&realm, RETENTION), realm, sessions }
    }

    /// The same sessions, as another store sees them that reads from this one.
    #[must_use]
    pub fn seen_through(&self, backend: &dyn StoreBackend) -> Self {
        Self::empty(backend, self.sessions)
    }

    async fn insert(&self, number: usize, began: StoreTime, model: &SessionRecord) -> Result<()> {
        let (sub, sid) = (format!("usr_{number}"), sid(number));
        let realm = &self.realm;
        let key = key(number);
        let session = NewSession {
            key,
            public_id: PublicId::from_bytes((number as u128).to_be_bytes()),
            subject: realm.subject(&sub),
            scopes: vec![
                realm.everything(),
                realm.session(&key),
                realm.subject(&sub),
                realm.others_of_subject(&sub),
                realm.sid(&sid),
                realm.sid_of_subject(&sid, &sub),
            ],
            began,
            idle: Duration::from_secs(30 * 60),
            absolute: Duration::from_secs(12 * 60 * 60),
            label: Bytes::copy_from_slice(&model.label),
            grant: Bytes::copy_from_slice(&model.grant),
            refresh: Some(RefreshHash::from_bytes(Sha256::digest(format!("token {number}")).into())),
            data: Bytes::copy_from_slice(&model.data),
        };
        match self.store.insert(session, None).await?.reply {
            Insert::Stored(_) => Ok(()),
            other => bail!("a session was not stored: {other:?}"),
        }
    }

    /// Logouts of these sessions, as logout tokens bring them.
    pub fn logouts(&self, numbers: Range<usize>) -> Vec<Revocation> {
        let revocation = |number| Revocation {
            scopes: vec![self.realm.sid(&sid(number))],
            heard: None,
            logout: Some(self.realm.logout_id(&format!("jti {number}"))),
            spare: None,
        };
        numbers.map(revocation).collect()
    }

    /// Makes the logouts true.
    ///
    /// # Errors
    /// When one was not new.
    pub async fn revoke(&self, logouts: Vec<Revocation>) -> Result<()> {
        for logout in logouts {
            let Revoke::Revoked { .. } = self.store.revoke(logout).await?.reply else {
                bail!("the logout was not new");
            };
        }
        Ok(())
    }

    /// Reads every session.
    ///
    /// # Errors
    /// When one is not there.
    pub async fn load_all(&self) -> Result<()> {
        let loads = futures_util::stream::iter(0..self.sessions).map(|number| self.load(number));
        loads.buffer_unordered(AT_ONCE).try_collect().await
    }

    async fn load(&self, number: usize) -> Result<()> {
        match self.store.load(&key(number)).await?.reply {
            Load::Live(_) => Ok(()),
            other => bail!("session {number} is not there: {other:?}"),
        }
    }

    /// Deletes what has ended, and tells how many sessions that were.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn reap(&self) -> Result<usize> {
        Ok(self.store.reap(usize::MAX).await?.reply.removed)
    }
}

/// The session that a real login made.
///
/// # Errors
/// When it is not there.
pub async fn model() -> Result<Arc<SessionRecord>> {
    let site = Site::signed_in().await?;
    let (_, handle) = site.cookie.split_once('=').context("a cookie")?;
    let key = SessionKey::from_bytes(Sha256::digest(handle).into());
    match site.store.open(&Realm::new(ISSUER, CLIENT), RETENTION).load(&key).await?.reply {
        Load::Live(record) => Ok(record),
        other => bail!("the session is not there: {other:?}"),
    }
}

/// As relying parties choose it.
const RETENTION: Retention =
    Retention { cutoffs: Duration::from_secs(13 * 60 * 60), logout_ids: Duration::from_secs(30 * 60) };

fn key(number: usize) -> SessionKey {
    SessionKey::from_bytes(Sha256::digest(format!("key {number}")).into())
}

fn sid(number: usize) -> String {
    format!("ses_{number}")
}
