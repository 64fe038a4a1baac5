//! A01–A03, A13: the compact form and its JSON.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::json;

use crate::{Case, Login, Refusal::Unreadable};

const MALFORMED: &str = "jwt.malformed";

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::new("A01", "two parts", |login| parts(login)[..2].join(".")).refused(MALFORMED, Unreadable),
        Case::new("A01", "four parts", |login| login.token() + ".e30").refused(MALFORMED, Unreadable),
        Case::new("A01", "five parts", |login| login.token() + ".e30.e30").refused(MALFORMED, Unreadable),
        Case::new("A01", "padding", |login| login.token() + "==").refused(MALFORMED, Unreadable),
        Case::new("A01", "a line break at the end", |login| login.token() + "\n")
            .refused("token.invalid_response", Unreadable),
        Case::new("A01", "bits left over at the end of the signature", |login| {
            let mut token = login.token();
            // 256 bytes leave four bits of the last character unused; the engine writes them as zeros.
            let last = token.pop().map(|last| char::from(last as u8 + 1));
            token.extend(last);
            token
        })
        .refused_by_us(MALFORMED, "RFC 4648 3.5: one token, one spelling; where it has several, a list of spent tokens can be passed by"),
        Case::new("A01", "the flattened JSON serialization", |login| {
            let parts = parts(login);
            json!({ "protected": parts[0], "payload": parts[1], "signature": parts[2] }).to_string()
        })
        .refused(MALFORMED, Unreadable),
        Case::new("A02", "more than 16 KiB", |login| login.with_claim("filler", "x".repeat(16 * 1024)))
            .refused_by_us("jwt.too_large", "what outsiders can make us parse is bounded before it is parsed"),
        Case::new("A03", "claims in a list", |login| login.with_payload(|claims| format!("[{claims}]")))
            .refused(MALFORMED, Unreadable),
        Case::new("A03", "claims after a byte order mark", |login| {
            login.with_payload(|claims| format!("\u{feff}{claims}"))
        })
        .refused(MALFORMED, Unreadable),
        Case::new("A03", "`sub` twice", |login| {
            login.with_payload(|claims| claims.replacen('{', r#"{"sub":"mallory","#, 1))
        })
        .refused(MALFORMED, Unreadable),
        Case::new("A03", "a claim of the application twice", |login| {
            login.with_payload(|claims| claims.replacen('{', r#"{"role":"user","role":"admin","#, 1))
        })
        .refused_by_us(
            MALFORMED,
            "RFC 7519 4: names are unique, or two readers of one token see two users; the other checks the names it knows",
        ),
        Case::new("A03", "33 levels deep", |login| {
            let deep = format!("{}{}", "[".repeat(32), "]".repeat(32));
            login.with_payload(|claims| claims.replacen('{', &format!(r#"{{"deep":{deep},"#), 1))
        })
        .refused_by_us(MALFORMED, "what outsiders can make us parse is bounded: 32 levels, there 128"),
        Case::new("A13", "encrypted, in five parts", |_| {
            let header = json!({ "alg": "RSA-OAEP-256", "enc": "A256GCM" }).to_string();
            format!("{}.AAAA.AAAA.AAAA.AAAA", BASE64_URL_SAFE_NO_PAD.encode(header))
        })
        .refused("jwt.jwe_refused", Unreadable),
    ]
}

fn parts(login: &Login) -> Vec<String> {
    login.token().split('.').map(str::to_owned).collect()
}
