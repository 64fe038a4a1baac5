use sha2::{Digest, Sha256};

use crate::store::{LogoutId, Revocation, Scope, SessionKey, StoreTime};

/// A logout that the store has not taken: what was verified about it, and never the token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Queued {
    pub(crate) scopes: Vec<Scope>,
    /// When it was first heard.
    pub(crate) heard: StoreTime,
    pub(crate) logout: Option<LogoutId>,
    pub(crate) spare: Option<SessionKey>,
}

/// What a queued logout is known by: a logout token by its identity, any other by whom it strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Name([u8; 32]);

impl Queued {
    pub(super) fn name(&self) -> Name {
        if let Some(logout) = &self.logout {
            return Name::of_token(logout);
        }
        let mut hash = Sha256::new_with_prefix(b"vestibule queued logout");
        hash.update([u8::from(self.spare.is_some())]);
        hash.update(self.spare.map_or([0; 32], |key| *key.as_bytes()));
        for scope in &self.scopes {
            hash.update(scope.as_bytes());
        }
        Name(hash.finalize().into())
    }

    pub(crate) fn to_revocation(&self) -> Revocation {
        let Self { scopes, heard, logout, spare } = self.clone();
        Revocation { scopes, heard: Some(heard), logout, spare }
    }
}

impl Name {
    pub(super) fn of_token(logout: &LogoutId) -> Self {
        Self(
            Sha256::new_with_prefix(b"vestibule queued token")
                .chain_update(logout.as_bytes())
                .finalize()
                .into(),
        )
    }

    pub(super) fn to_hex(self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}
