use std::{borrow::Cow, fmt, time::Duration};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use vestibule::{Identity, ProviderTime, TokenResponse};
use zeroize::Zeroizing;

use super::Account;

/// What this release writes, and all that it reads.
const VERSION: u8 = 1;

/// A login as it rests: the tokens, and who it is.
#[derive(Clone)]
pub(crate) struct StoredLogin {
    pub(crate) tokens: TokenResponse,
    pub(crate) identity: Identity,
    /// How people know the account.
    pub(crate) label: String,
    /// What the provider said about the user at the login.
    pub(crate) claims: Map<String, Value>,
    /// Grows with every login and refresh of the account; zero until a store kept it.
    pub(crate) generation: u64,
    /// When the provider last said that the login lives.
    pub(crate) checked_at: ProviderTime,
}

impl StoredLogin {
    /// What a login brought at `now`.
    pub(crate) fn new(
        tokens: TokenResponse,
        identity: Identity,
        label: String,
        claims: Map<String, Value>,
        now: ProviderTime,
    ) -> Self {
        Self { tokens, identity, label, claims, generation: 0, checked_at: now }
    }

    /// What a refresh at `now` makes of it.
    pub(crate) fn refreshed(&self, newer: TokenResponse, now: ProviderTime) -> Self {
        Self { tokens: self.tokens.renewed_by(newer), ..self.clone() }.checked(now)
    }

    /// The provider said at `now` that the login lives.
    pub(crate) fn checked(self, now: ProviderTime) -> Self {
        let generation = if self.generation == 0 { 0 } else { self.generation.saturating_add(1) };
        Self { generation, checked_at: now, ..self }
    }

    /// Whether it is another login than that one, or what became of it. Generations count within one login.
    pub(crate) fn supersedes(&self, other: &Self) -> bool {
        self.identity != other.identity || self.generation > other.generation
    }

    /// Whether the access token lasts for `span` from `now` on. Without an end it lasts.
    pub(crate) fn lasts(&self, span: Duration, now: ProviderTime) -> bool {
        self.tokens.expires_at.is_none_or(|end| end > now.plus(span))
    }

    /// Writes it as the entry of `account`: a line that says what it is, and the tokens. The bytes are secret.
    pub(crate) fn to_bytes(&self, account: &Account) -> Zeroizing<Vec<u8>> {
        let head = Head {
            version: VERSION,
            account: Cow::Borrowed(account),
            identity: Cow::Borrowed(&self.identity),
            label: Cow::Borrowed(&self.label),
            claims: Cow::Borrowed(&self.claims),
            generation: self.generation,
            checked_at: self.checked_at,
        };
        // Strings and numbers always serialise.
        let head = serde_json::to_vec(&head).unwrap_or_default();
        let tokens = self.tokens.to_bytes();
        Zeroizing::new([head.as_slice(), b"\n", tokens.as_slice()].concat())
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote for this very account; `None` for anything else.
    pub(super) fn from_bytes(account: &Account, bytes: &[u8]) -> Option<Self> {
        let (head, tokens) = bytes.split_at_checked(bytes.iter().position(|byte| *byte == b'\n')?)?;
        let head: Head<'_> = serde_json::from_slice(head).ok()?;
        let is_theirs = *head.account == *account && head.identity.subject() == account.subject;
        if head.version != VERSION || !is_theirs {
            return None;
        }
        Some(Self {
            tokens: TokenResponse::from_bytes(tokens)?,
            identity: head.identity.into_owned(),
            label: head.label.into_owned(),
            claims: head.claims.into_owned(),
            generation: head.generation,
            checked_at: head.checked_at,
        })
    }
}

impl fmt::Debug for StoredLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredLogin")
            .field("generation", &self.generation)
            .field("expires_at", &self.tokens.expires_at)
            .field("checked_at", &self.checked_at)
            .finish_non_exhaustive()
    }
}

#[derive(Serialize, Deserialize)]
struct Head<'a> {
    version: u8,
    account: Cow<'a, Account>,
    identity: Cow<'a, Identity>,
    label: Cow<'a, str>,
    claims: Cow<'a, Map<String, Value>>,
    generation: u64,
    checked_at: ProviderTime,
}
