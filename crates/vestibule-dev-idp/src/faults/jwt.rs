//! Tokens that are wrong.

use serde_json::{Value, json};

use crate::jwt::{Jwt, Payload, Signer};
use crate::secret::Secret;
use crate::signing_algorithm::SigningAlgorithm;

/// One thing that is wrong with a JSON Web Token. It works alike on ID tokens, logout tokens, access tokens and signed
/// UserInfo answers; what names a claim that the token has no use for leaves the rest of it as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum JwtFault {
    /// `at_hash` ‖ "1".
    AccessTokenHash,
    /// HS256, keyed with the text (PEM) of the provider's public RSA key.
    AlgorithmHmacPublicKey,
    /// HS256, keyed with this text: the client secret, say.
    AlgorithmHmacSecret(Secret),
    /// `alg` is `none`, the signature empty.
    AlgorithmNone,
    /// Signed by a real, published key of another type than the application registered.
    AlgorithmOther,
    /// `aud` ‖ "1".
    Audience,
    /// `aud` names the application and a second party, without `azp`.
    AudienceExtra,
    /// `aud` as a plain string. Allowed.
    AudienceString,
    /// `aud` names the application and a second party; `azp` names the second.
    AuthorizedParty,
    /// This claim with this value.
    Claim(String, Value),
    /// The header marks an extension that nobody knows as critical (`crit`).
    Critical,
    /// `sub` is there twice, first with another subject.
    DuplicateMember,
    /// `events` has the back-channel logout event, in whatever token.
    Events,
    /// `events` has only `http://schemas.openid.net/event/foobar`.
    EventsForeign,
    /// `exp` lay 6 minutes back when the token was issued.
    Expired,
    /// `exp` lay this many seconds back when the token was issued.
    ExpiredSince(u32),
    /// Signed by a key that nobody published, under the `kid` of a real one.
    ForeignKey,
    /// This header parameter with this value.
    Header(String, Value),
    /// `iat`, `exp` and `auth_time` lie this many seconds in the future.
    IssuedInFuture(u32),
    /// `iss` ‖ "1".
    Issuer,
    /// A `kid` that no key has.
    KeyIdUnknown,
    /// No `at_hash`.
    NoAccessTokenHash,
    /// No `aud`.
    NoAudience,
    /// No `events`.
    NoEvents,
    /// No `exp`.
    NoExpiry,
    /// No `iat`.
    NoIssuedAt,
    /// No `iss`.
    NoIssuer,
    /// No `jti`.
    NoJwtId,
    /// No `kid` in the header.
    NoKeyId,
    /// No `nonce`, though one was sent.
    NoNonce,
    /// No `sid`.
    NoSessionId,
    /// No `sub`.
    NoSubject,
    /// Neither `sub` nor `sid`.
    NoSubjectNorSessionId,
    /// No `typ` in the header. Allowed.
    NoType,
    /// `nonce` ‖ "1"; just "1" where none was sent, and so in every logout token.
    Nonce,
    /// The payload is no JSON.
    NotJson,
    /// A claim of a megabyte.
    Oversized,
    /// Each byte of the signature XOR 0x5A.
    Signature,
    /// `sub` ‖ "1".
    Subject,
    /// Another `typ` in the header.
    Type(String),
    /// A claim that nobody knows. Allowed.
    UnknownClaim,
    /// This claim is left out.
    Without(String),
}

impl JwtFault {
    pub(crate) fn apply(self, jwt: &mut Jwt) {
        match self {
            Self::AccessTokenHash => suffix(jwt, "at_hash"),
            Self::AlgorithmHmacPublicKey => resign(jwt, "HS256", Signer::HmacPublicKey),
            Self::AlgorithmHmacSecret(secret) => resign(jwt, "HS256", Signer::HmacSecret(secret)),
            Self::AlgorithmNone => resign(jwt, "none", Signer::Unsigned),
            Self::AlgorithmOther => {
                let other = registered(jwt).of_another_key_type();
                resign(jwt, other.as_str(), Signer::Provider(other));
            }
            Self::Audience => {
                let wrong = format!("{}1", jwt.text("aud"));
                let is_list = jwt.claims.get("aud").is_some_and(Value::is_array);
                jwt.set("aud", if is_list { json!([wrong]) } else { json!(wrong) });
            }
            Self::AudienceExtra => {
                let (own, second) = (jwt.text("aud"), format!("{}1", jwt.text("aud")));
                jwt.set("aud", json!([own, second]));
                jwt.remove("azp");
            }
            Self::AudienceString => {
                let own = jwt.text("aud");
                jwt.set("aud", own);
            }
            Self::AuthorizedParty => {
                let (own, second) = (jwt.text("aud"), format!("{}1", jwt.text("aud")));
                jwt.set("aud", json!([own, second]));
                jwt.set("azp", second);
            }
            Self::Claim(name, value) => jwt.set(&name, value),
            Self::Critical => {
                jwt.header.insert("crit".to_owned(), json!(["urn:example:unknown"]));
                jwt.header.insert("urn:example:unknown".to_owned(), json!(true));
            }
            Self::DuplicateMember => {
                jwt.payload = Payload::DuplicateMember("sub".to_owned(), json!("usr_somebody_else"));
            }
            Self::Events => jwt.set("events", json!({ BACKCHANNEL_LOGOUT_EVENT: {} })),
            Self::EventsForeign => {
                jwt.set("events", json!({ "http://schemas.openid.net/event/foobar": {} }));
            }
            Self::Expired => expire(jwt, 6 * 60),
            Self::ExpiredSince(seconds) => expire(jwt, i64::from(seconds)),
            Self::ForeignKey => jwt.signer = Signer::Foreign(registered(jwt)),
            Self::Header(name, value) => {
                jwt.header.insert(name, value);
            }
            Self::IssuedInFuture(seconds) => shift(jwt, i64::from(seconds)),
            Self::Issuer => suffix(jwt, "iss"),
            Self::KeyIdUnknown => {
                jwt.header.insert("kid".to_owned(), json!("nobody-has-this-key"));
            }
            Self::NoAccessTokenHash => jwt.remove("at_hash"),
            Self::NoAudience => jwt.remove("aud"),
            Self::NoEvents => jwt.remove("events"),
            Self::NoExpiry => jwt.remove("exp"),
            Self::NoIssuedAt => jwt.remove("iat"),
            Self::NoIssuer => jwt.remove("iss"),
            Self::NoJwtId => jwt.remove("jti"),
            Self::NoKeyId => {
                jwt.header.insert("kid".to_owned(), Value::Null);
            }
            Self::NoNonce => jwt.remove("nonce"),
            Self::NoSessionId => jwt.remove("sid"),
            Self::NoSubject => jwt.remove("sub"),
            Self::NoSubjectNorSessionId => {
                jwt.remove("sub");
                jwt.remove("sid");
            }
            Self::NoType => {
                jwt.header.remove("typ");
            }
            Self::Nonce => {
                let wrong = format!("{}1", jwt.text("nonce"));
                jwt.set("nonce", wrong);
            }
            Self::NotJson => jwt.payload = Payload::NotJson,
            Self::Oversized => jwt.set("padding", "x".repeat(1 << 20)),
            Self::Signature => jwt.spoilt = true,
            Self::Subject => suffix(jwt, "sub"),
            Self::Type(typ) => {
                jwt.header.insert("typ".to_owned(), json!(typ));
            }
            Self::UnknownClaim => jwt.set("ignored_claim", "ignored"),
            Self::Without(name) => jwt.remove(&name),
        }
    }
}

/// Moves every moment that the token states.
pub(crate) fn shift(jwt: &mut Jwt, seconds: i64) {
    for name in ["iat", "exp", "auth_time", "nbf"] {
        if let Some(moment) = jwt.claims.get(name).and_then(Value::as_i64) {
            jwt.set(name, moment.saturating_add(seconds));
        }
    }
}

/// The member of `events` that makes a token a logout token (OpenID Connect Back-Channel Logout 1.0 section 2.4).
pub(crate) const BACKCHANNEL_LOGOUT_EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

fn registered(jwt: &Jwt) -> SigningAlgorithm {
    match jwt.signer {
        Signer::Foreign(algorithm) | Signer::Provider(algorithm) => algorithm,
        Signer::HmacPublicKey | Signer::HmacSecret(_) | Signer::Unsigned => SigningAlgorithm::Rs256,
    }
}

fn resign(jwt: &mut Jwt, algorithm: &str, signer: Signer) {
    jwt.header.insert("alg".to_owned(), json!(algorithm));
    jwt.signer = signer;
}

fn suffix(jwt: &mut Jwt, claim: &str) {
    if jwt.claims.contains_key(claim) {
        let longer = format!("{}1", jwt.text(claim));
        jwt.set(claim, longer);
    }
}

fn expire(jwt: &mut Jwt, seconds: i64) {
    let issued = jwt.claims.get("iat").and_then(Value::as_i64).unwrap_or_default();
    jwt.set("exp", issued.saturating_sub(seconds));
}
