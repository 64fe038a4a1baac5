//! A04–A06, A10, A14: what the header may say.

use aws_lc_rs::hmac;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use vestibule::{Algorithm, testing::TestKey};

use crate::{
    Case, Login,
    Refusal::{Algorithm as DisallowedAlgorithm, Header, NotSigned, Signature, Unreadable},
    Setting,
    provider::SECRET,
};

const ALG_NOT_ALLOWED: &str = "jwt.alg_not_allowed";
const ALG_NONE: &str = "jwt.alg_none";
const CRIT: &str = "jwt.crit_unsupported";
const WRONG_TYPE: &str = "id_token.wrong_type";

pub(super) fn cases() -> Vec<Case> {
    let mut cases = algorithms();
    cases.extend(extensions());
    cases.extend(types());
    cases
}

fn algorithms() -> Vec<Case> {
    vec![
        Case::new("A04", "no `alg`", |login| login.without_header("alg")).refused(ALG_NOT_ALLOWED, Unreadable),
        Case::new("A04", "`alg`: `rs256`", |login| login.with_header("alg", "rs256"))
            .refused(ALG_NOT_ALLOWED, Unreadable),
        Case::new("A04", "`alg` is a number", |login| login.with_header("alg", 256))
            .refused(ALG_NOT_ALLOWED, Unreadable),
        Case::new("A04", "ES256 where RS256 is allowed", |login| {
            TestKey::new(Algorithm::Es256, "ec").token(&json!({ "alg": "ES256" }), &login.claims())
        })
        .refused(ALG_NOT_ALLOWED, DisallowedAlgorithm),
        Case::new("A05", "`alg`: `none`, no signature", |login| unsigned(login, "none"))
            .refused(ALG_NONE, NotSigned),
        Case::new("A05", "`alg`: `none`, with a signature", |login| login.with_header("alg", "none"))
            .refused(ALG_NONE, NotSigned),
        Case::new("A05", "`alg`: `nOnE`", |login| login.with_header("alg", "nOnE"))
            .refused(ALG_NONE, Unreadable),
        Case::new("A05", "RS256 without a signature", |login| unsigned(login, "RS256"))
            .refused(ALG_NONE, Signature),
        Case::new("A06", "HS256 keyed with the public key", |login| {
            symmetric(login, login.key().jwk().to_string().as_bytes())
        })
        .refused(ALG_NOT_ALLOWED, DisallowedAlgorithm),
        Case::new("A06", "HS256 keyed with the client secret, listed by the provider", |login| {
            symmetric(login, SECRET.as_bytes())
        })
        .at(Setting::new().listing("HS256"))
        .refused_by_us(
            ALG_NOT_ALLOWED,
            "Core 3.1.3.7 (8) permits it; whoever can check such a token can make one, so that every copy of the secret could log in as anybody",
        ),
    ]
}

fn extensions() -> Vec<Case> {
    vec![
        Case::new("A10", "`crit` names an extension", |login| login.with_header("crit", json!(["exp"])))
            .refused(CRIT, Header),
        Case::new("A10", "`crit` is empty", |login| login.with_header("crit", json!([]))).refused(CRIT, Header),
        Case::new("A10", "`crit` is no list", |login| login.with_header("crit", "exp"))
            .refused(CRIT, Unreadable),
        Case::new("A10", "`crit` is null", |login| login.with_header("crit", Value::Null)).refused_by_us(
            CRIT,
            "RFC 7515 4.1.11: where it stands, it is a list; a null is not an absent one",
        ),
        Case::new("A10", "`b64`: false", |login| login.with_header("b64", false)).refused_by_us(
            CRIT,
            "RFC 7797 3: the payload would be signed as it is, not encoded; the other does not look",
        ),
        Case::new("+", "`cty`: `JWT`", |login| login.with_header("cty", "JWT")).refused_by_them(
            Header,
            "RFC 7519 5.2: it announces a nested token; what is inside are claims, and they are checked as such",
        ),
    ]
}

fn types() -> Vec<Case> {
    let typed =
        |token, typ: Value| Case::new("A14", token, move |login| login.with_header("typ", typ.clone()));
    vec![
        typed("`typ` of a logout token", json!("logout+jwt")).refused(WRONG_TYPE, Header),
        typed("`typ` of an access token", json!("at+jwt")).refused(WRONG_TYPE, Header),
        typed("`typ` is a number", json!(1)).refused(WRONG_TYPE, Unreadable),
        typed("`typ` is null", Value::Null)
            .refused_by_us(WRONG_TYPE, "RFC 7515 4.1.9: where it stands, it is a string"),
        typed("`typ`: `JOSE`", json!("JOSE")).refused_by_us(
            WRONG_TYPE,
            "RFC 8725 3.11: the type is told, so it has to be the right one: `JWT`",
        ),
    ]
}

fn unsigned(login: &Login, alg: &str) -> String {
    let input = signed_input(&json!({ "alg": alg, "kid": login.key().kid() }), login);
    format!("{input}.")
}

fn symmetric(login: &Login, secret: &[u8]) -> String {
    let input = signed_input(&json!({ "alg": "HS256" }), login);
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), input.as_bytes());
    format!("{input}.{}", BASE64_URL_SAFE_NO_PAD.encode(tag))
}

fn signed_input(header: &Value, login: &Login) -> String {
    let text = |json: &Value| BASE64_URL_SAFE_NO_PAD.encode(json.to_string());
    format!("{}.{}", text(header), text(&login.claims()))
}
