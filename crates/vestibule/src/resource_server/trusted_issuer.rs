use super::{Introspection, verified_tokens::Entry};
use crate::{
    AccessGrant, AccessTokenError, AccessTokenPolicy, AuthorityClaims, Error, Provider, TokenError, Verified,
    jwt::UnverifiedJwt,
    token::{AccessTokenRules, Known, Verifier},
};

/// A provider whose access tokens are accepted, and what is demanded of them.
#[derive(Clone, Debug)]
pub(super) struct TrustedIssuer {
    pub(super) provider: Provider,
    /// What `aud` may name; the identifier of the API first.
    pub(super) audiences: Vec<String>,
    pub(super) policy: AccessTokenPolicy,
    pub(super) authority: AuthorityClaims,
    pub(super) introspection: Option<Introspection>,
}

impl TrustedIssuer {
    pub(super) async fn verify(
        &self,
        raw: &str,
        token: UnverifiedJwt<'_>,
    ) -> Result<Verified<AccessGrant>, TokenError> {
        let verifier = Verifier {
            issuer: self.provider.issuer(),
            client_id: self.audiences.first().map_or("", String::as_str),
            policy: &self.policy.jwt,
            keys: self.provider.keys(),
            signatures: self.provider.signatures(),
            now: self.provider.clock().now(),
        };
        verifier.verify_parsed(raw, token, &self.rules()).await
    }

    /// Asks the provider about an opaque token, or once more about a JWT that was `verified`, which it must then agree with.
    pub(super) async fn introspect(
        &self,
        introspection: &Introspection,
        raw: &str,
        verified: Option<&Verified<AccessGrant>>,
    ) -> Result<Verified<AccessGrant>, Error> {
        let members = introspection.client.introspect(raw).await?;
        let known = match verified {
            Some(_) => Known::Jwt,
            None => Known::Nothing { audience_required: introspection.audience_required },
        };
        let now = self.provider.clock().now();
        let grant = self
            .rules()
            .introspected(members, self.provider.issuer(), known, now)
            .map_err(TokenError::from)?;
        match verified {
            Some(verified) if grant.claim("sub").is_some_and(|stated| stated != verified.subject()) => {
                Err(TokenError::from(AccessTokenError::Claim { claim: "sub" }).into())
            }
            _ => Ok(grant),
        }
    }

    /// Whether verifying the token again would not tell anything new.
    pub(super) fn still_vouches_for(&self, entry: &Entry) -> bool {
        let clock = self.provider.clock();
        let earliest = clock.now().minus(self.policy.jwt.clock_skew);
        entry.generation == self.provider.key_generation()
            && clock.monotonic() < entry.ends_at
            && entry.grant.expires_at().is_none_or(|end| end > earliest)
    }

    fn rules(&self) -> AccessTokenRules<'_> {
        AccessTokenRules { audiences: &self.audiences, policy: &self.policy, authority: &self.authority }
    }
}
