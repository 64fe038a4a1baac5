use std::fmt;

use chrono::DateTime;
use openidconnect::{
    ClaimsVerificationError, ClientId, ClientSecret, IssuerUrl, Nonce, SignatureVerificationError,
    core::{CoreIdToken, CoreIdTokenVerifier, CoreJsonWebKeySet, CoreJwsSigningAlgorithm},
};
use serde_json::{from_value, json};

use crate::{
    Case, Login, Setting,
    provider::{CLIENT, ISSUER, NOW, SECRET},
};

/// The nonce of the other verifier's login.
const NONCE: &str = "n-0S6_WzA2Mj";

/// Why `openidconnect` refuses a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It does not parse.
    Unreadable,
    /// A header that is not supported.
    Header,
    /// `iss`.
    Issuer,
    /// `aud`.
    Audience,
    /// `exp`.
    Expired,
    /// `nonce`.
    Nonce,
    /// `none`.
    NotSigned,
    /// The algorithm is not among the allowed ones.
    Algorithm,
    /// No key fits.
    NoKey,
    /// More than one key fits.
    ManyKeys,
    /// The key cannot be used.
    Key,
    /// The signature is not the key's.
    Signature,
}

/// What `openidconnect` makes of the token: its verifier as it comes, told the algorithms that the provider lists, and
/// the audience that the client trusts.
///
/// # Panics
/// When it refuses for a reason that the corpus does not know.
pub fn judge(case: &Case) -> Result<(), Refusal> {
    let raw = case.make(&Login { issuer: case.setting.issuer.clone(), nonce: NONCE.to_owned() });
    let token: CoreIdToken = raw.parse().map_err(|_| Refusal::Unreadable)?;
    match token.claims(&verifier(&case.setting), &Nonce::new(NONCE.to_owned())) {
        Ok(_) => Ok(()),
        Err(error) => Err(refusal(&error)),
    }
}

fn verifier(setting: &Setting) -> CoreIdTokenVerifier<'_> {
    let keys: CoreJsonWebKeySet = from_value(setting.jwks.clone()).expect("a key set");
    let algorithms = setting.algorithms.iter().filter_map(|name| from_value(json!(name)).ok());
    CoreIdTokenVerifier::new_confidential_client(
        ClientId::new(CLIENT.to_owned()),
        ClientSecret::new(SECRET.to_owned()),
        IssuerUrl::new(ISSUER.to_owned()).expect("an issuer"),
        keys,
    )
    .set_allowed_algs(algorithms.collect::<Vec<CoreJwsSigningAlgorithm>>())
    .set_other_audience_verifier_fn(|audience| Some(audience.as_str()) == setting.trusted_audience)
    .set_time_fn(|| DateTime::from_timestamp(NOW.cast_signed(), 0).expect("a moment"))
}

fn refusal(error: &ClaimsVerificationError) -> Refusal {
    use ClaimsVerificationError as Claims;
    use SignatureVerificationError as Signature;
    match error {
        Claims::Unsupported(_) => Refusal::Header,
        Claims::InvalidIssuer(_) => Refusal::Issuer,
        Claims::InvalidAudience(_) => Refusal::Audience,
        Claims::Expired(_) => Refusal::Expired,
        Claims::InvalidNonce(_) => Refusal::Nonce,
        Claims::SignatureVerification(error) => match error {
            Signature::NoSignature => Refusal::NotSigned,
            Signature::DisallowedAlg(_) => Refusal::Algorithm,
            Signature::NoMatchingKey => Refusal::NoKey,
            Signature::AmbiguousKeyId(_) => Refusal::ManyKeys,
            Signature::InvalidKey(_) => Refusal::Key,
            Signature::CryptoError(_) => Refusal::Signature,
            other => panic!("unknown to the corpus: {other}"),
        },
        other => panic!("unknown to the corpus: {other}"),
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unreadable => "unreadable",
            Self::Header => "unsupported header",
            Self::Issuer => "issuer",
            Self::Audience => "audience",
            Self::Expired => "expired",
            Self::Nonce => "nonce",
            Self::NotSigned => "not signed",
            Self::Algorithm => "algorithm",
            Self::NoKey => "no matching key",
            Self::ManyKeys => "ambiguous key",
            Self::Key => "unfit key",
            Self::Signature => "bad signature",
        })
    }
}
