//! An API that is called with access tokens.

mod builder;
mod flights;
mod introspection;
mod token_hash;
mod trusted_issuer;
mod verified_tokens;

use std::{fmt, sync::Arc, time::Duration};

pub use builder::ResourceServerBuilder;
use flights::Flights;
pub use introspection::Introspection;
use token_hash::TokenHash;
use trusted_issuer::TrustedIssuer;
use verified_tokens::{Entry, VerifiedTokens};

use crate::{
    AccessGrant, AccessTokenError, Error, JwtError, Provider, TokenError, Verified,
    jwt::{MAX_TOKEN, UnverifiedJwt},
    observe,
};

/// An API that is called with access tokens (RFC 6750, RFC 9068): it tells which token grants what.
///
/// Clones share everything. A token that was verified is known again by its hash, at a small part of the cost; see
/// [`verify`](Self::verify) for how long.
///
/// ```
/// # use vestibule::{Diagnose, testing::TestProvider};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let op = TestProvider::new("https://op.example")?;
/// # let provider = op.provider();
/// # let raw = op.access_token("https://api.acme.example");
/// let api = provider.resource_server("https://api.acme.example").build()?;
///
/// let grant = api.verify(&raw).await?;
/// println!("{} calls through {:?}", grant.subject(), grant.client_id());
/// assert!(grant.authority().scopes.contains("openid"));
///
/// let refused = api.verify(&op.access_token("https://other.example")).await.unwrap_err();
/// assert_eq!(refused.code(), "rs.audience");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct ResourceServer(Arc<Inner>);

struct Inner {
    identifier: String,
    provider: Provider,
    issuers: Vec<TrustedIssuer>,
    verified: VerifiedTokens,
    flights: Flights,
}

impl ResourceServer {
    /// The identifier of this API: what tokens name in `aud` (RFC 8707 section 2).
    pub fn identifier(&self) -> &str {
        &self.0.identifier
    }

    /// The issuers whose tokens are accepted, the first one first.
    pub fn issuers(&self) -> impl Iterator<Item = &str> {
        self.0.issuers.iter().map(|issuer| issuer.provider.issuer().as_str())
    }

    /// The first issuer's provider.
    pub fn provider(&self) -> &Provider {
        &self.0.provider
    }

    /// How far the clock of this token's issuer may be off, by the policy for it. Zero for an issuer that is not trusted.
    pub fn clock_skew(&self, grant: &AccessGrant) -> Duration {
        let named = |issuer: &&TrustedIssuer| issuer.provider.issuer().keeps_users_of(grant.issuer());
        self.0.issuers.iter().find(named).map_or(Duration::ZERO, |issuer| issuer.policy.jwt.clock_skew)
    }

    /// Verifies an access token.
    ///
    /// A verified token is remembered by its SHA-256 and not verified again, until the first of these: it expires; its
    /// issuer's keys are read again; five minutes pass. A key that the provider withdraws is therefore refused as soon as
    /// this process has read the next key set, and at the latest five minutes after the present one has outlived its time
    /// (`max-age`, ten minutes where the provider does not say; an hour more while the provider is down). What is refused
    /// is not remembered.
    ///
    /// # Errors
    /// [`Error::Token`] for a token that is refused, and for keys that cannot be had; only the latter has the disposition
    /// [`Retry`](crate::Disposition::Retry). No call to the provider is made for a token that is malformed, of the wrong
    /// kind or from another issuer.
    pub async fn verify(&self, raw: &str) -> Result<Arc<Verified<AccessGrant>>, Error> {
        if raw.len() > MAX_TOKEN {
            return observe::access_token(Err(TokenError::from(JwtError::TooLarge).into()));
        }
        let hash = TokenHash::of(raw);
        if let Some(grant) = self.known(&hash) {
            observe::known_access_token();
            return Ok(grant);
        }
        observe::access_token(self.judge(raw, hash).await)
    }

    async fn judge(&self, raw: &str, hash: TokenHash) -> Result<Arc<Verified<AccessGrant>>, Error> {
        match self.introspector() {
            Some((position, issuer, introspection)) if !looks_like_jwt(raw) => {
                let asked = Asked { position, issuer, introspection, raw, verified: None };
                self.introspect(hash, asked).await
            }
            _ => self.verify_jwt(raw, hash).await,
        }
    }

    fn introspector(&self) -> Option<(usize, &TrustedIssuer, &Introspection)> {
        let mut issuers = self.0.issuers.iter().enumerate();
        issuers.find_map(|(position, issuer)| Some((position, issuer, issuer.introspection.as_ref()?)))
    }

    fn known(&self, hash: &TokenHash) -> Option<Arc<Verified<AccessGrant>>> {
        let entry = self.0.verified.find(hash)?;
        self.0
            .issuers
            .get(entry.issuer)
            .filter(|issuer| issuer.still_vouches_for(&entry))
            .map(|_| entry.grant)
    }

    async fn verify_jwt(&self, raw: &str, hash: TokenHash) -> Result<Arc<Verified<AccessGrant>>, Error> {
        let token = UnverifiedJwt::parse(raw).map_err(TokenError::from)?;
        let (position, issuer) = self.issuer_of(&token).map_err(TokenError::from)?;
        let generation = issuer.provider.key_generation();
        let grant = Arc::new(issuer.verify(raw, token).await?);
        if let Some(introspection) = issuer.introspection.as_ref().filter(|settings| settings.also_jwts) {
            let asked = Asked { position, issuer, introspection, raw, verified: Some(grant) };
            return self.introspect(hash, asked).await;
        }
        let entry = Entry {
            grant: Arc::clone(&grant),
            issuer: position,
            generation,
            ends_at: issuer.provider.clock().monotonic().saturating_add(verified_tokens::LONGEST),
        };
        self.0.verified.keep(hash, entry);
        Ok(grant)
    }

    /// Asks the provider, once for all who bring the token at the same time.
    async fn introspect(
        &self,
        hash: TokenHash,
        asked: Asked<'_>,
    ) -> Result<Arc<Verified<AccessGrant>>, Error> {
        let Asked { position, issuer, introspection, raw, verified } = asked;
        let ask = async || {
            if let Some(grant) = self.known(&hash) {
                return Ok(grant);
            }
            let generation = issuer.provider.key_generation();
            let ends_at = issuer.provider.clock().monotonic().saturating_add(introspection.remembered_for);
            let answer = issuer.introspect(introspection, raw, verified.as_deref()).await;
            let answer = observe::introspected(answer)?;
            let grant = verified.clone().unwrap_or_else(|| Arc::new(answer));
            let entry = Entry { grant: Arc::clone(&grant), issuer: position, generation, ends_at };
            self.0.verified.keep(hash, entry);
            Ok(grant)
        };
        self.0.flights.join(hash, ask).await
    }

    /// What the token says of its issuer is not to be believed: it only chooses from the list, and with that whose keys are
    /// asked (checklist G12).
    fn issuer_of(&self, token: &UnverifiedJwt<'_>) -> Result<(usize, &TrustedIssuer), AccessTokenError> {
        let made_it = |issuer: &TrustedIssuer| issuer.provider.issuer().maker_of(&token.claims).is_some();
        let found = self.0.issuers.iter().enumerate().find(|(_, issuer)| made_it(issuer));
        found.ok_or(AccessTokenError::IssuerMismatch)
    }
}

/// A token that the provider is asked about.
struct Asked<'a> {
    position: usize,
    issuer: &'a TrustedIssuer,
    introspection: &'a Introspection,
    raw: &'a str,
    /// What it grants by its own word, if it is a JWT.
    verified: Option<Arc<Verified<AccessGrant>>>,
}

/// Whether the token begins like base64url of `{`, and has parts (RFC 7519 section 3). It is never asked about then unless it
/// passes as a JWT.
fn looks_like_jwt(raw: &str) -> bool {
    raw.starts_with('e') && raw.contains('.')
}

impl fmt::Debug for ResourceServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResourceServer")
            .field("identifier", &self.0.identifier)
            .field("issuers", &self.issuers().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}
