use std::{collections::BTreeSet, sync::Arc};

use super::{
    Inner, Introspection, ResourceServer, flights::Flights, trusted_issuer::TrustedIssuer,
    verified_tokens::VerifiedTokens,
};
use crate::{AccessTokenPolicy, AuthorityClaims, ConfigError, Provider};

/// Settings of a [`ResourceServer`].
///
/// # Defaults
/// No audience besides the identifier, [`AccessTokenPolicy::rfc9068`], [`AuthorityClaims::default`], no introspection, 10,000
/// remembered tokens.
#[derive(Clone, Debug)]
#[must_use]
pub struct ResourceServerBuilder {
    first: TrustedIssuer,
    others: Vec<TrustedIssuer>,
    remembered_tokens: usize,
}

const REMEMBERED_TOKENS: usize = 10_000;

impl ResourceServerBuilder {
    pub(crate) fn new(provider: Provider, identifier: String) -> Self {
        let first = TrustedIssuer {
            provider,
            audiences: vec![identifier],
            policy: AccessTokenPolicy::default(),
            authority: AuthorityClaims::default(),
            introspection: None,
        };
        Self { first, others: Vec::new(), remembered_tokens: REMEMBERED_TOKENS }
    }

    /// Further audiences that a token of this issuer may name instead of this API (RFC 9068 section 4, checklist G03).
    ///
    /// Providers that do not know APIs name the client that asked: list the client ids whose users this API serves. Every
    /// token that one of those clients was given is accepted then, whatever it was meant for.
    pub fn audiences(mut self, audiences: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.first.audiences.extend(audiences.into_iter().map(Into::into));
        self
    }

    /// What is demanded of tokens of this issuer.
    pub fn policy(mut self, policy: AccessTokenPolicy) -> Self {
        self.first.policy = policy;
        self
    }

    /// In which claims this issuer tells what the caller may do.
    pub fn authority(mut self, claims: AuthorityClaims) -> Self {
        self.first.authority = claims;
        self
    }

    /// Asks this issuer about access tokens that are no JWT (RFC 7662); see [`Introspection`] for JWTs. Default: they are
    /// refused.
    ///
    /// One call for each token, whoever brings it at the same time; at most 64 at a time, beyond which callers are told to
    /// come back ([`IntrospectionError::Busy`](crate::IntrospectionError::Busy)). What is refused is not remembered.
    ///
    /// ```
    /// # fn main() -> Result<(), vestibule::ConfigError> {
    /// use vestibule::{ClientSecret, Provider};
    ///
    /// let provider = Provider::new("https://acme.example")?;
    /// let client = provider.web_app("orders", ClientSecret::new("from your configuration"));
    /// let api = provider.resource_server("https://api.acme.example").introspection(client).build()?;
    /// # let _ = api; Ok(())
    /// # }
    /// ```
    pub fn introspection(mut self, introspection: impl Into<Introspection>) -> Self {
        self.first.introspection = Some(introspection.into());
        self
    }

    /// Accepts the tokens of another issuer too, by that one's own settings (checklist G12). Its identifier becomes one of
    /// the audiences of its tokens; this API keeps its own.
    ///
    /// ```
    /// # fn main() -> Result<(), vestibule::ConfigError> {
    /// use vestibule::{AccessTokenPolicy, Provider};
    ///
    /// let id = "https://api.acme.example";
    /// let partners = Provider::new("https://partners.example")?;
    /// let api = Provider::new("https://acme.example")?
    ///     .resource_server(id)
    ///     .also(partners.resource_server(id).policy(AccessTokenPolicy::untyped()))
    ///     .build()?;
    /// assert_eq!(api.issuers().count(), 2);
    /// # Ok(())
    /// # }
    /// ```
    pub fn also(mut self, other: Self) -> Self {
        self.others.push(other.first);
        self.others.extend(other.others);
        self
    }

    /// How many verified tokens are remembered, lest they be verified at every request. Zero: none. Default: 10,000, at
    /// about two kilobytes each.
    pub fn remembered_tokens(mut self, count: usize) -> Self {
        self.remembered_tokens = count;
        self
    }

    /// Makes the resource server. Touches no network.
    ///
    /// # Errors
    /// - [`ConfigError::Audience`] when the identifier or an audience is empty.
    /// - [`ConfigError::IssuerTwice`] when two of the issuers are the same.
    /// - [`ConfigError::Introspection`] when an issuer's tokens are asked about as a client of another one, or two issuers
    ///   are asked.
    pub fn build(self) -> Result<ResourceServer, ConfigError> {
        let identifier = self.first.audiences.first().cloned().unwrap_or_default();
        let provider = self.first.provider.clone();
        let issuers: Vec<_> = std::iter::once(self.first).chain(self.others).collect();
        if issuers.iter().flat_map(|issuer| &issuer.audiences).any(String::is_empty) {
            return Err(ConfigError::Audience);
        }
        let names: BTreeSet<_> = issuers.iter().map(|issuer| issuer.provider.issuer().as_str()).collect();
        if names.len() < issuers.len() {
            return Err(ConfigError::IssuerTwice);
        }
        let mut asked = issuers.iter().filter_map(|issuer| issuer.introspection.as_ref().zip(Some(issuer)));
        let is_elsewhere = |(asked, issuer): (&Introspection, &TrustedIssuer)| {
            asked.client.provider().issuer() != issuer.provider.issuer()
        };
        if asked.clone().count() > 1 || asked.any(is_elsewhere) {
            return Err(ConfigError::Introspection);
        }
        let (verified, flights) = (VerifiedTokens::new(self.remembered_tokens), Flights::default());
        Ok(ResourceServer(Arc::new(Inner { identifier, provider, issuers, verified, flights })))
    }
}
