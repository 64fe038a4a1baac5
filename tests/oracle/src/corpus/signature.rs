//! A08: the signature itself.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use vestibule::{Algorithm, testing::TestKey};

use crate::{
    Case, Login,
    Refusal::{NoKey, Signature},
    Setting,
};

const BAD_SIGNATURE: &str = "jwt.bad_signature";

pub(super) fn cases() -> Vec<Case> {
    let es256 = || Setting::signing(Algorithm::Es256);
    vec![
        Case::new("A08", "claims exchanged under the signature", |login| {
            let forged = login.with_claim("sub", "mallory");
            let (_, signature) = split(&login.token());
            format!("{}.{signature}", split(&forged).0)
        })
        .refused(BAD_SIGNATURE, Signature),
        Case::new("A08", "a bit of the signature flipped", |login| {
            resigned(login, |signature| signature[100] ^= 1)
        })
        .refused(BAD_SIGNATURE, Signature),
        Case::new("A08", "the signature cut short", |login| {
            resigned(login, |signature| signature.truncate(255))
        })
        .refused(BAD_SIGNATURE, Signature),
        Case::new("A08", "a zero byte before the signature", |login| {
            resigned(login, |signature| signature.insert(0, 0))
        })
        .refused(BAD_SIGNATURE, Signature),
        Case::new("A08", "an ES256 signature in DER", |login| resigned(login, der))
            .at(es256())
            .refused(BAD_SIGNATURE, Signature),
        Case::new("A08", "an ES256 signature of zeros", |login| resigned(login, |signature| signature.fill(0)))
            .at(es256())
            .refused(BAD_SIGNATURE, Signature),
        Case::new("A08", "signed by nobody, for an Ed25519 key of small order", |login| {
            let header = json!({ "alg": "EdDSA", "kid": "weak" });
            let input = split(&login.key().token(&header, &login.claims())).0;
            format!("{input}.{}", BASE64_URL_SAFE_NO_PAD.encode(neutral_signature()))
        })
        .at(Setting::new().listing("EdDSA").publishing([weak_key(), good_key()]))
        .refused_by_us(
            "jwt.key_unsuitable",
            "one signature fits every message under such a key (RFC 8032 5.1.7 leaves it open); it is set aside when the key set is read",
        ),
        Case::new("A12", "signed by another issuer with the same `kid`", |login| {
            let other = TestKey::numbered(Algorithm::Rs256, login.key().kid(), 1);
            other.token(&other.header(), &login.claims())
        })
        .refused(BAD_SIGNATURE, Signature),
        Case::new("A09", "signed with the key that its own header brings", |login| {
            let own = TestKey::numbered(Algorithm::Rs256, "own", 1);
            let mut header = own.header();
            header["jwk"] = own.jwk();
            own.token(&header, &login.claims())
        })
        .refused("jwt.key_not_found", NoKey),
    ]
}

fn split(token: &str) -> (String, String) {
    token
        .rsplit_once('.')
        .map(|(input, signature)| (input.to_owned(), signature.to_owned()))
        .expect("three parts")
}

fn resigned(login: &Login, change: impl FnOnce(&mut Vec<u8>)) -> String {
    let (input, signature) = split(&login.token());
    let mut signature = BASE64_URL_SAFE_NO_PAD.decode(signature).expect("base64url");
    change(&mut signature);
    format!("{input}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
}

/// `SEQUENCE { INTEGER r, INTEGER s }`, as ECDSA signatures look outside of JOSE.
fn der(signature: &mut Vec<u8>) {
    let integer = |number: &[u8]| {
        let mut bytes = vec![0; usize::from(number[0] > 0x7f)];
        bytes.extend_from_slice(number);
        [vec![2, bytes.len() as u8], bytes].concat()
    };
    let (r, s) = signature.split_at(32);
    let body = [integer(r), integer(s)].concat();
    *signature = [vec![0x30, body.len() as u8], body].concat();
}

/// The neutral element as a public key.
fn weak_key() -> Value {
    json!({ "kty": "OKP", "crv": "Ed25519", "kid": "weak", "x": BASE64_URL_SAFE_NO_PAD.encode(neutral()) })
}

fn good_key() -> Value {
    TestKey::new(Algorithm::Rs256, "rs256").jwk()
}

/// The neutral element, and a scalar of zero.
fn neutral_signature() -> Vec<u8> {
    [neutral(), [0; 32]].concat()
}

const fn neutral() -> [u8; 32] {
    let mut point = [0; 32];
    point[0] = 1;
    point
}
