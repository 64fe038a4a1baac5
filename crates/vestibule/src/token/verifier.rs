use super::{
    claims::Claims, clock_skew::ClockSkew, error::TokenError, policy::TokenPolicy, verified::Verified,
};
use crate::{
    Algorithm, Issuer, JwtError, ProviderTime, SignatureVerifier,
    jwt::{Header, KeyId, SignatureJob, UnverifiedJwt},
    keys::{Candidates, KeySet, KeySource},
    observe,
};

/// Verifies the tokens that one issuer makes for one client or API, at one moment.
#[derive(Clone, Copy)]
pub(crate) struct Verifier<'a, K> {
    pub(crate) issuer: &'a Issuer,
    pub(crate) client_id: &'a str,
    pub(crate) policy: &'a TokenPolicy,
    pub(crate) keys: K,
    pub(crate) signatures: &'a dyn SignatureVerifier,
    pub(crate) now: ProviderTime,
}

/// What a kind of token must be, beyond a JWT. Pure: everything it judges by is given.
pub(crate) trait RuleSet {
    type Token;

    /// Judges kind and issuer, which decide whose keys are asked for. The claims are not to be believed yet.
    fn admit(&self, token: &Unchecked<'_>) -> Result<(), TokenError>;

    /// Whether the issuer made the token for the answer that brought it, a moment ago.
    fn is_just_made(&self) -> bool {
        false
    }

    /// Judges everything else, once the signature is known to be the issuer's.
    fn judge(&self, token: Signed<'_>) -> Result<Self::Token, TokenError>;
}

/// A token before its signature was checked.
pub(crate) struct Unchecked<'a> {
    pub(crate) header: &'a Header,
    pub(crate) claims: &'a Claims,
    pub(crate) issuer: &'a Issuer,
    pub(crate) policy: &'a TokenPolicy,
}

/// A token whose signature is the issuer's.
pub(crate) struct Signed<'a> {
    pub(crate) raw: &'a str,
    pub(crate) algorithm: Algorithm,
    pub(crate) claims: Claims,
    pub(crate) issuer: &'a Issuer,
    pub(crate) client_id: &'a str,
    pub(crate) policy: &'a TokenPolicy,
    pub(crate) now: ProviderTime,
}

impl Unchecked<'_> {
    /// The name of the issuer, if it is the one that is asked for.
    pub(crate) fn maker(&self) -> Option<&str> {
        self.issuer.maker_of(self.claims.as_map())
    }
}

impl Signed<'_> {
    /// The name of the issuer.
    pub(crate) fn maker(&self) -> &str {
        self.issuer.maker_of(self.claims.as_map()).unwrap_or(self.issuer.as_str())
    }
}

impl<K: KeySource> Verifier<'_, K> {
    /// Form, kind and issuer, algorithm, key, signature, rules: in this order, so that a token which is refused early
    /// causes no call to the provider.
    pub(crate) async fn verify<R: RuleSet>(
        &self,
        raw: &str,
        rules: &R,
    ) -> Result<Verified<R::Token>, TokenError> {
        self.verify_parsed(raw, UnverifiedJwt::parse(raw)?, rules).await
    }

    /// As [`verify`](Self::verify), for a token that was looked into to choose this verifier.
    pub(crate) async fn verify_parsed<R: RuleSet>(
        &self,
        raw: &str,
        token: UnverifiedJwt<'_>,
        rules: &R,
    ) -> Result<Verified<R::Token>, TokenError> {
        let UnverifiedJwt { header, claims, signed, signature } = token;
        let claims = Claims::new(claims);
        let (issuer, policy) = (self.issuer, self.policy);
        rules.admit(&Unchecked { header: &header, claims: &claims, issuer, policy })?;
        let algorithm = header
            .algorithm
            .filter(|algorithm| policy.algorithms.contains(*algorithm))
            .ok_or(JwtError::AlgNotAllowed)?;
        let signature = Presented {
            kid: &header.kid,
            algorithm,
            input: signed,
            signature: &signature,
            maker: issuer.maker_of(claims.as_map()),
        };
        self.check_signature(&signature).await?;
        let (client_id, now) = (self.client_id, self.now);
        let skew = ClockSkew::suspected(&claims, now, rules.is_just_made());
        let judged = rules.judge(Signed { raw, algorithm, claims, issuer, client_id, policy, now });
        if let Some(skew) = skew {
            observe::clock_skew(skew, &judged);
        }
        judged.map(Verified::new)
    }

    async fn check_signature(&self, presented: &Presented<'_>) -> Result<(), TokenError> {
        let current = self.keys.current().await?;
        let refused = match self.try_keys(&current.keys, presented).await {
            Ok(()) => return Ok(()),
            Err(refused) if refused.newer_keys_may_help => refused,
            Err(refused) => return Err(refused.error.into()),
        };
        let Some(newer) = self.keys.after_miss(&current).await? else { return Err(refused.error.into()) };
        self.try_keys(&newer, presented).await.map_err(|refused| refused.error.into())
    }

    async fn try_keys(&self, keys: &KeySet, presented: &Presented<'_>) -> Result<(), Refused> {
        let &Presented { kid, algorithm, input, signature, maker } = presented;
        let (error, newer_keys_may_help) = match keys.candidates(kid, algorithm) {
            Candidates::Keys(candidates) => {
                for key in candidates {
                    if self.issuer.lends_key_to(key.owner(), maker)
                        && self.is_valid(SignatureJob { algorithm, key, input, signature }).await
                    {
                        return Ok(());
                    }
                }
                // Without a `kid`, a rotated key looks like a forgery.
                (JwtError::BadSignature, *kid == KeyId::Absent)
            }
            Candidates::Unknown => (JwtError::KeyNotFound, true),
            Candidates::Never => (JwtError::KeyNotFound, false),
            Candidates::Unsuitable => (JwtError::KeyUnsuitable, false),
        };
        Err(Refused { error, newer_keys_may_help })
    }

    async fn is_valid(&self, job: SignatureJob<'_>) -> bool {
        job.is_well_formed() && self.signatures.is_valid(job).await
    }
}

/// A signature, and what a token says about it.
struct Presented<'a> {
    kid: &'a KeyId,
    algorithm: Algorithm,
    input: &'a [u8],
    signature: &'a [u8],
    maker: Option<&'a str>,
}

struct Refused {
    error: JwtError,
    newer_keys_may_help: bool,
}
