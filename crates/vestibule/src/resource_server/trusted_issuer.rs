use super::verified_tokens::Entry;
use crate::{
    AccessGrant, AccessTokenPolicy, AuthorityClaims, Provider, TokenError, Verified,
    jwt::UnverifiedJwt,
    token::{AccessTokenRules, Verifier},
};

/// A provider whose access tokens are accepted, and what is demanded of them.
#[derive(Clone, Debug)]
pub(super) struct TrustedIssuer {
    pub(super) provider: Provider,
    /// What `aud` may name; the identifier of the API first.
    pub(super) audiences: Vec<String>,
    pub(super) policy: AccessTokenPolicy,
    pub(super) authority: AuthorityClaims,
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
