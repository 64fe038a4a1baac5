//! A07, A11: which key may check the token.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use vestibule::{Algorithm, testing::TestKey};

use crate::{
    Case, Login,
    Refusal::{Key, ManyKeys, NoKey, Signature, Unreadable},
    Setting,
};

const KEY_UNSUITABLE: &str = "jwt.key_unsuitable";
const KEY_NOT_FOUND: &str = "jwt.key_not_found";

pub(super) fn cases() -> Vec<Case> {
    let published = |token, member: &str, value: Value| {
        Case::new("A07", token, Login::token).at(Setting::new().publishing_with(member, value))
    };
    let short_modulus = json!(BASE64_URL_SAFE_NO_PAD.encode([0xc5; 128]));
    vec![
        published("the key is for encryption", "use", json!("enc")).refused(KEY_UNSUITABLE, NoKey),
        published("the key is for PS256", "alg", json!("PS256")).refused(KEY_UNSUITABLE, NoKey),
        published("the key has 1024 bits", "n", short_modulus).refused(KEY_UNSUITABLE, Signature),
        published("the key is not for verifying", "key_ops", json!(["encrypt"])).refused_by_us(
            KEY_UNSUITABLE,
            "RFC 7517 4.3: `key_ops` says what a key is for, as `use` does; the other does not look",
        ),
        published("the key's private half is published, too", "d", json!("AQAB"))
            .refused_by_us(KEY_UNSUITABLE, "everybody has that key: its signatures prove nothing"),
        Case::new("A07", "ES256, the key is on P-384", |login| login.with_header("alg", "ES256"))
            .at(Setting::signing(Algorithm::Es384).publishing_bare_keys().listing("ES256"))
            .refused(KEY_UNSUITABLE, Key),
        Case::new("A11", "an unknown `kid`", |login| login.with_header("kid", "unknown"))
            .refused(KEY_NOT_FOUND, NoKey),
        Case::new("A11", "`kid` is a number", |login| login.with_header("kid", 1))
            .refused(KEY_NOT_FOUND, Unreadable),
        Case::new("A11", "`kid` is null", |login| login.with_header("kid", Value::Null))
            .refused_by_us(KEY_NOT_FOUND, "RFC 7515 4.1.4: where it stands, it is a string"),
        Case::new("A11", "no `kid`, five keys of the right type", |login| login.without_header("kid"))
            .at(Setting::with_keys((0..5).map(|n| TestKey::numbered(Algorithm::Rs256, n.to_string(), n))))
            .refused(KEY_NOT_FOUND, ManyKeys),
    ]
}
