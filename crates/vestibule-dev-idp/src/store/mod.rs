//! Everything that the provider knows and forgets when it stops.

mod device_codes;
mod grants;
mod sessions;

use std::collections::{BTreeMap, BTreeSet};

pub(crate) use self::device_codes::{Asked, DeviceCodes, DeviceRefusal};
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
    pub(crate) device_codes: DeviceCodes,
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
            device_codes: DeviceCodes::default(),
            keys: KeyRing::generate()?,
            faults: Faults::default(),
            sid_mode: SidMode::default(),
            logout_token_content: LogoutTokenContent::default(),
            earlier_callback: Vec::new(),
        })
    }

    /// The user who signs in as `login`. One whom nobody seeded is made up, where that is allowed.
    pub(crate) fn user_named(&mut self, login: &str, typed_users: bool) -> Result<User, &'static str> {
        let login = login.trim();
        if let Some(user) = self.users.get(login) {
            return Ok(user.clone());
        }
        if login.is_empty() {
            return Err("Pick a user, or type a name.");
        }
        if !typed_users {
            return Err("No user has this name.");
        }
        if login.chars().count() > LONGEST_LOGIN || login.chars().any(char::is_control) {
            return Err("A name has at most 64 characters.");
        }
        let user = User::typed(login);
        self.users.insert(login.to_owned(), user.clone());
        Ok(user)
    }

    /// Lets an application take part in a session.
    pub(crate) fn join(
        &mut self,
        key: &str,
        client_id: &str,
        scope: &BTreeSet<String>,
        nonce: Option<&str>,
    ) -> Option<Grant> {
        let sid = self.sessions.join(key, client_id, self.sid_mode);
        let session = self.sessions.with_key(key)?;
        Some(Grant {
            client_id: client_id.to_owned(),
            session: session.key.clone(),
            login: session.login.clone(),
            subject: session.subject.clone(),
            scope: scope.clone(),
            nonce: nonce.map(str::to_owned),
            auth_time: Some(session.auth_time),
            acr: session.acr.clone(),
            sid,
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

/// Characters.
const LONGEST_LOGIN: usize = 64;
