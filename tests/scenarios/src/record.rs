//! What lies in the store, past the engine.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use sha2::{Digest, Sha256};
use vestibule_web::store::{
    BeginAttempt, CommitRefresh, HolderId, Lease, Load, Realm, Retention, SessionKey, SessionRecord,
    SessionStore, StoreBackend,
};

use crate::{Browser, DASHBOARD, World, provider::ISSUER};

impl World {
    /// The record of the browser's session.
    ///
    /// # Panics
    /// When there is none.
    pub async fn record(&self, browser: &Browser) -> Arc<SessionRecord> {
        match self.raw_store().load(&self.key(browser)).await.expect("memory answers").reply {
            Load::Live(record) => record,
            other => panic!("no session: {other:?}"),
        }
    }

    /// Puts other bytes where the browser's session keeps who it belongs to and its tokens.
    ///
    /// # Panics
    /// When there is no session, or one without a refresh token.
    pub async fn write_grant(&self, browser: &Browser, grant: Bytes) {
        const A_WHILE: Duration = Duration::from_secs(1);
        let (store, key) = (self.raw_store(), self.key(browser));
        let holder = HolderId::from_bytes([7; 16]);
        let spent = self.record(browser).await.refresh.expect("a refresh token");
        let leased = store.lease(&key, &holder, A_WHILE).await.expect("memory answers").reply;
        assert!(matches!(leased, Lease::Leased(_)), "{leased:?}");
        let begun = store.begin_attempt(&key, &holder, &spent, A_WHILE).await.expect("memory answers").reply;
        assert!(matches!(begun, BeginAttempt::Begun { .. }), "{begun:?}");
        let commit = CommitRefresh { holder, spent, refresh: Some(spent), grant, listen: Vec::new() };
        store.commit_refresh(&key, commit).await.expect("memory answers");
    }

    /// Under which key the browser's session is stored: the digest of its cookie.
    fn key(&self, browser: &Browser) -> SessionKey {
        let handle = browser.session_cookie(self).expect("a session cookie").value;
        SessionKey::from_bytes(Sha256::digest(handle).into())
    }

    fn raw_store(&self) -> Arc<dyn SessionStore> {
        const AS_IT_IS: Retention = Retention { cutoffs: Duration::ZERO, logout_ids: Duration::ZERO };
        self.store().open(&Realm::new(ISSUER, DASHBOARD), AS_IT_IS)
    }
}
