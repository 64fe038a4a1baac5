//! Everything that the provider knows and forgets when it stops.

mod grants;
mod sessions;

use std::collections::BTreeMap;

pub(crate) use self::grants::{AccessToken, CodeRefusal, Grant, GrantId, Grants, NewCode, RefreshRefusal};
pub(crate) use self::sessions::{Session, Sessions};
use crate::application::Application;
use crate::error::SigningError;
use crate::faults::{Faults, Misbehaviour};
use crate::keys::KeyRing;
use crate::sid::{LogoutTokenContent, SidMode};
use crate::user::User;

/// One environment: users and applications, and one session that the applications share for each browser.
#[derive(Debug)]
pub(crate) struct Environment {
    pub(crate) users: BTreeMap<String, User>,
    pub(crate) applications: BTreeMap<String, Application>,
    pub(crate) sessions: Sessions,
    pub(crate) grants: Grants,
    pub(crate) keys: KeyRing,
    pub(crate) faults: Faults,
    pub(crate) sid_mode: SidMode,
    pub(crate) logout_token_content: LogoutTokenContent,
    pub(crate) earlier_callback: Vec<(String, String)>,
}

impl Environment {
    /// With new keys.
    pub(crate) fn new(
        users: BTreeMap<String, User>,
        applications: BTreeMap<String, Application>,
    ) -> Result<Self, SigningError> {
        Ok(Self {
            users,
            applications,
            sessions: Sessions::default(),
            grants: Grants::default(),
            keys: KeyRing::generate()?,
            faults: Faults::default(),
            sid_mode: SidMode::default(),
            logout_token_content: LogoutTokenContent::default(),
            earlier_callback: Vec::new(),
        })
    }
    /// Ends the sessions whose time is over, and everything that was issued in them. Nobody is told.
    pub(crate) fn end_expired_sessions(&mut self, now: i64) {
        for key in self.sessions.expired(now) {
            self.sessions.end(&key);
            self.grants.revoke_session(&key, false, false);
        }
    }

    /// Ends a session and everything that was issued in it.
    pub(crate) fn end_session(&mut self, key: &str) -> Option<Session> {
        let session = self.sessions.end(key)?;
        let codes_survive = self.faults.is_on(&Misbehaviour::CodesSurviveLogout);
        let refresh_tokens_survive = self.faults.is_on(&Misbehaviour::RefreshTokensSurviveLogout);
        self.grants.revoke_session(key, codes_survive, refresh_tokens_survive);
        Some(session)
    }
}
