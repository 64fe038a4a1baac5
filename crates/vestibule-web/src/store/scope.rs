use std::fmt;

use sha2::{Digest, Sha256};

/// One application at one provider: the (issuer, client) pair that sessions, cutoffs and logout tokens belong to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Realm {
    issuer: String,
    client_id: String,
}

impl Realm {
    /// The realm of `client_id` at `issuer`, both exactly as configured.
    pub fn new(issuer: impl Into<String>, client_id: impl Into<String>) -> Self {
        Self { issuer: issuer.into(), client_id: client_id.into() }
    }

    /// The issuer.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The client.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// Everything of this application.
    pub fn everything(&self) -> Scope {
        self.scope("client", &[])
    }

    /// Every session of a subject.
    pub fn subject(&self, sub: &str) -> Scope {
        self.scope("sub", &[sub.as_bytes()])
    }

    /// Every session of a provider session.
    pub fn sid(&self, sid: &str) -> Scope {
        self.scope("sid", &[sid.as_bytes()])
    }

    /// Every session of a provider session that belongs to this subject: a `sid` sent with another `sub` strikes nobody.
    pub fn sid_of_subject(&self, sid: &str, sub: &str) -> Scope {
        self.scope("sidsub", &[sid.as_bytes(), sub.as_bytes()])
    }

    /// The sessions of a subject whose provider never told a `sid`.
    pub fn subject_without_sid(&self, sub: &str) -> Scope {
        self.scope("subnosid", &[sub.as_bytes()])
    }

    /// The sessions of a subject, for "end all others".
    pub fn others_of_subject(&self, sub: &str) -> Scope {
        self.scope("others", &[sub.as_bytes()])
    }

    /// One session, by the key it is stored under.
    pub fn session(&self, key: &super::SessionKey) -> Scope {
        self.scope("session", &[key.as_bytes()])
    }

    /// The identity of a logout token, for replay detection.
    pub fn logout_id(&self, jti: &str) -> super::LogoutId {
        super::LogoutId::from_bytes(self.scope("jti", &[jti.as_bytes()]).0)
    }

    fn scope(&self, kind: &str, parts: &[&[u8]]) -> Scope {
        let mut hash = Sha256::new();
        let head: [&[u8]; 4] =
            [b"vestibule scope v1", kind.as_bytes(), self.issuer.as_bytes(), self.client_id.as_bytes()];
        for part in head.iter().chain(parts) {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        Scope(hash.finalize().into())
    }
}

/// What a session listens to and a logout strikes: a hash over length-framed parts that always include issuer and client.
///
/// The hash is stable for ever: it must outlive every rotation of the application's keys, or a rotation would make
/// old sessions deaf.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scope([u8; 32]);

impl Scope {
    /// Wraps bytes that a store kept.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes, for a store to keep.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, ..] = self.0;
        write!(f, "Scope({a:02x}{b:02x}{c:02x}..)")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{super::SessionKey, *};

    #[test]
    fn no_two_scopes_are_the_same() {
        let mut scopes = Vec::new();
        for (issuer, client) in
            [("https://a.example", "b"), ("https://a.example", "c"), ("https://a.exampl", "eb")]
        {
            let realm = Realm::new(issuer, client);
            scopes.extend([realm.everything(), realm.subject("b"), realm.sid("b"), realm.subject("")]);
            scopes.extend([realm.sid_of_subject("ab", "c"), realm.sid_of_subject("a", "bc")]);
            scopes.extend([realm.subject_without_sid("b"), realm.others_of_subject("b")]);
            scopes.push(realm.session(&SessionKey::from_bytes([7; 32])));
            scopes.push(Scope(*realm.logout_id("b").as_bytes()));
        }
        let distinct: HashSet<_> = scopes.iter().collect();
        assert_eq!(distinct.len(), scopes.len());
    }

    /// Stores outlive releases: what a session listened to yesterday must be struck today.
    #[test]
    fn a_scope_is_the_same_for_ever() {
        let scope = Realm::new("https://acme.example", "dashboard").sid_of_subject("s1", "alice");
        let hex: String = scope.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "753a642e9118fdfe9b7dbbd6d301b0483e971def899a9ea7b9cac4fe746e181a");
    }
}
