use std::time::Duration;

use crate::{AnyKind, Client, Confidential};

/// How access tokens are asked about at the provider (RFC 7662).
///
/// Keycloak calls a token inactive unless it names the asking client in `aud`: give the client that gets the token an
/// audience mapper for the one that asks.
///
/// # Defaults
/// Tokens that are no JWT are asked about; the answer must name this API in `aud`, and is believed for 60 seconds, or until
/// the token expires.
#[derive(Clone, Debug)]
pub struct Introspection {
    pub(super) client: Client<AnyKind>,
    pub(super) also_jwts: bool,
    pub(super) audience_required: bool,
    pub(super) remembered_for: Duration,
}

/// The longest that an answer is believed (checklist G10).
const LONGEST: Duration = Duration::from_secs(60);

impl Introspection {
    /// Asks as this client, which proves itself to the provider as it does at the token endpoint.
    pub fn by<K: Confidential>(client: &Client<K>) -> Self {
        Self {
            client: client.as_introspector(),
            also_jwts: false,
            audience_required: true,
            remembered_for: LONGEST,
        }
    }

    /// Asks about JWTs too, once they have passed every check here: a revoked token is then refused before it expires, as
    /// soon as the last answer is no longer believed. What they grant is what they say themselves.
    #[must_use]
    pub fn also_jwts(mut self) -> Self {
        self.also_jwts = true;
        self
    }

    /// Accepts answers without `aud`, of providers that tell an API of no tokens but its own (RFC 7662 section 4). An `aud`
    /// that is there must still name this API. An answer without `aud` must say in `token_type` (or, as some providers do, in
    /// `token_use` or `typ`) that it is about an access token: refresh tokens are active too.
    #[must_use]
    pub fn audience_optional(mut self) -> Self {
        self.audience_required = false;
        self
    }

    /// How long an answer is believed; at most, and by default, 60 seconds. Zero: the provider is asked at every request.
    #[must_use]
    pub fn remembered_for(mut self, span: Duration) -> Self {
        self.remembered_for = span.min(LONGEST);
        self
    }
}

impl<K: Confidential> From<Client<K>> for Introspection {
    fn from(client: Client<K>) -> Self {
        Self::by(&client)
    }
}
