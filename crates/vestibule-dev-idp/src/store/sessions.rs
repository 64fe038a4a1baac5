//! The provider's own sessions: one for each browser, shared by the applications.

use std::collections::BTreeMap;

use crate::random;
use crate::sid::SidMode;
use crate::user::User;

/// A user logged in with one browser.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    /// The value of the browser's cookie.
    pub(crate) key: String,
    pub(crate) login: String,
    pub(crate) subject: String,
    pub(crate) auth_time: i64,
    pub(crate) acr: Option<String>,
    sid: String,
    ends: i64,
    /// The applications that took part, each with the `sid` it was told last.
    pub(crate) clients: BTreeMap<String, Option<String>>,
}

impl Session {
    fn sid_for(&self, client_id: &str, mode: SidMode) -> Option<String> {
        match mode {
            SidMode::Absent => None,
            SidMode::PerClient => Some(format!("{}-{client_id}", self.sid)),
            SidMode::ReusedAfterLogout => Some(format!("sid-of-{}", self.subject)),
            SidMode::ChangedAtRefresh | SidMode::Shared => Some(self.sid.clone()),
        }
    }

    fn has_sid(&self, sid: &str) -> bool {
        self.sid == sid || self.clients.values().any(|told| told.as_deref() == Some(sid))
    }
}

/// All sessions that have not been ended.
#[derive(Debug, Default)]
pub(crate) struct Sessions(Vec<Session>);

impl Sessions {
    pub(crate) fn begin(&mut self, user: &User, acr: Option<&str>, now: i64, lifetime: i64) -> String {
        let key = random::name("");
        self.0.push(Session {
            key: key.clone(),
            login: user.login.clone(),
            subject: user.subject.clone(),
            auth_time: now,
            acr: acr.map(str::to_owned),
            sid: random::name("ses_"),
            ends: now.saturating_add(lifetime),
            clients: BTreeMap::new(),
        });
        key
    }

    pub(crate) fn with_key(&self, key: &str) -> Option<&Session> {
        self.0.iter().find(|session| session.key == key)
    }

    /// Notes that the user authenticated once more.
    pub(crate) fn authenticated_again(&mut self, key: &str, acr: Option<&str>, now: i64) {
        if let Some(session) = self.find(key) {
            session.auth_time = now;
            session.acr = acr.map(str::to_owned);
        }
    }

    /// Lets an application take part. Answers the `sid` to tell it.
    pub(crate) fn join(&mut self, key: &str, client_id: &str, mode: SidMode) -> Option<String> {
        let session = self.find(key)?;
        let sid = session.sid_for(client_id, mode);
        session.clients.insert(client_id.to_owned(), sid.clone());
        sid
    }

    /// The `sid` to tell an application with its refreshed ID token.
    pub(crate) fn sid_at_refresh(&mut self, key: &str, client_id: &str, mode: SidMode) -> Option<String> {
        let session = self.find(key)?;
        if mode == SidMode::ChangedAtRefresh {
            session.sid = random::name("ses_");
        }
        self.join(key, client_id, mode)
    }

    pub(crate) fn end(&mut self, key: &str) -> Option<Session> {
        let at = self.0.iter().position(|session| session.key == key)?;
        Some(self.0.swap_remove(at))
    }

    pub(crate) fn expired(&self, now: i64) -> Vec<String> {
        self.0.iter().filter(|session| now >= session.ends).map(|session| session.key.clone()).collect()
    }

    pub(crate) fn of_user(&self, login: &str) -> Vec<String> {
        self.0.iter().filter(|session| session.login == login).map(|session| session.key.clone()).collect()
    }

    pub(crate) fn with_sid(&self, sid: &str) -> Vec<String> {
        self.0.iter().filter(|session| session.has_sid(sid)).map(|session| session.key.clone()).collect()
    }

    /// The session that began last among those in which the application took part.
    pub(crate) fn latest_of_client(&self, client_id: &str) -> Option<&Session> {
        self.0.iter().rev().find(|session| session.clients.contains_key(client_id))
    }

    fn find(&mut self, key: &str) -> Option<&mut Session> {
        self.0.iter_mut().find(|session| session.key == key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sids(mode: SidMode) -> (Option<String>, Option<String>, Option<String>, Option<String>) {
        let mut sessions = Sessions::default();
        let alice = User::new("alice");
        let first = sessions.begin(&alice, None, 0, 100);
        let a = sessions.join(&first, "a", mode);
        let b = sessions.join(&first, "b", mode);
        let refreshed = sessions.sid_at_refresh(&first, "a", mode);
        sessions.end(&first);
        let second = sessions.begin(&alice, None, 0, 100);
        (a, b, refreshed, sessions.join(&second, "a", mode))
    }

    #[test]
    fn each_sid_mode_does_what_it_says() {
        let (a, b, refreshed, later) = sids(SidMode::Shared);
        assert!(a.is_some() && a == b && a == refreshed && a != later);
        let (a, b, refreshed, later) = sids(SidMode::PerClient);
        assert!(a.is_some() && a != b && a == refreshed && a != later);
        let (a, b, refreshed, later) = sids(SidMode::ReusedAfterLogout);
        assert!(a.is_some() && a == b && a == refreshed && a == later);
        let (a, b, refreshed, later) = sids(SidMode::ChangedAtRefresh);
        assert!(a.is_some() && a == b && a != refreshed && refreshed.is_some() && a != later);
        assert_eq!(sids(SidMode::Absent), (None, None, None, None));
    }

    #[test]
    fn a_session_expires() {
        let mut sessions = Sessions::default();
        let key = sessions.begin(&User::new("alice"), None, 1_000, 100);
        assert!(sessions.expired(1_099).is_empty());
        assert_eq!(sessions.expired(1_100), [key]);
    }
}
