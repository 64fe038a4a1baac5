use std::{
    fmt,
    hash::{Hash, Hasher},
    sync::Arc,
};

use sha2::{Digest, Sha256};

/// One application at one provider: the (issuer, client) pair that sessions, cutoffs and logout tokens belong to.
#[derive(Clone)]
pub struct Realm(Arc<Inner>);

struct Inner {
    issuer: String,
    client_id: String,
    everything: Scope,
    subject: Kind,
    sid: Kind,
    sid_of_subject: Kind,
    subject_without_sid: Kind,
    others_of_subject: Kind,
    session: Kind,
    logout_id: Kind,
}

impl Realm {
    /// The realm of `client_id` at `issuer`, both exactly as configured.
    pub fn new(issuer: impl Into<String>, client_id: impl Into<String>) -> Self {
        let (issuer, client_id) = (issuer.into(), client_id.into());
        let kind = |name| Kind::new(name, &issuer, &client_id);
        Self(Arc::new(Inner {
            everything: kind("client").scope(&[]),
            subject: kind("sub"),
            sid: kind("sid"),
            sid_of_subject: kind("sidsub"),
            subject_without_sid: kind("subnosid"),
            others_of_subject: kind("others"),
            session: kind("session"),
            logout_id: kind("jti"),
            issuer,
            client_id,
        }))
    }

    /// The issuer.
    pub fn issuer(&self) -> &str {
        &self.0.issuer
    }

    /// The client.
    pub fn client_id(&self) -> &str {
        &self.0.client_id
    }

    /// Everything of this application.
    pub fn everything(&self) -> Scope {
        self.0.everything
    }

    /// Every session of a subject.
    pub fn subject(&self, sub: &str) -> Scope {
        self.0.subject.scope(&[sub.as_bytes()])
    }

    /// Every session of a provider session.
    pub fn sid(&self, sid: &str) -> Scope {
        self.0.sid.scope(&[sid.as_bytes()])
    }

    /// Every session of a provider session that belongs to this subject: a `sid` sent with another `sub` strikes nobody.
    pub fn sid_of_subject(&self, sid: &str, sub: &str) -> Scope {
        self.0.sid_of_subject.scope(&[sid.as_bytes(), sub.as_bytes()])
    }

    /// The sessions of a subject whose provider never told a `sid`.
    pub fn subject_without_sid(&self, sub: &str) -> Scope {
        self.0.subject_without_sid.scope(&[sub.as_bytes()])
    }

    /// The sessions of a subject, for "end all others".
    pub fn others_of_subject(&self, sub: &str) -> Scope {
        self.0.others_of_subject.scope(&[sub.as_bytes()])
    }

    /// One session, by the key it is stored under.
    pub fn session(&self, key: &super::SessionKey) -> Scope {
        self.0.session.scope(&[key.as_bytes()])
    }

    /// The identity of a logout token, for replay detection.
    pub fn logout_id(&self, jti: &str) -> super::LogoutId {
        super::LogoutId::from_bytes(self.0.logout_id.scope(&[jti.as_bytes()]).0)
    }
}

impl PartialEq for Realm {
    fn eq(&self, other: &Self) -> bool {
        (self.issuer(), self.client_id()) == (other.issuer(), other.client_id())
    }
}

impl Eq for Realm {}

impl Hash for Realm {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.issuer(), self.client_id()).hash(state);
    }
}

impl fmt::Debug for Realm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Realm").field("issuer", &self.issuer()).field("client_id", &self.client_id()).finish()
    }
}

/// A kind of scope: the hash of all that is the same in every scope of that kind, which is half of the work.
struct Kind(Sha256);

impl Kind {
    fn new(name: &str, issuer: &str, client_id: &str) -> Self {
        let mut hash = Sha256::new();
        for part in ["vestibule scope v1", name, issuer, client_id] {
            frame(&mut hash, part.as_bytes());
        }
        Self(hash)
    }

    fn scope(&self, parts: &[&[u8]]) -> Scope {
        let mut hash = self.0.clone();
        for part in parts {
            frame(&mut hash, part);
        }
        Scope(hash.finalize().into())
    }
}

fn frame(hash: &mut Sha256, part: &[u8]) {
    hash.update((part.len() as u64).to_be_bytes());
    hash.update(part);
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
