//! A22–A24: the nonce, the subject, the hashes.

use serde_json::{Value, json};

use crate::{
    Case,
    Refusal::{Nonce, Unreadable},
};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = nonces();
    cases.extend(subjects());
    cases.extend(hashes());
    cases
}

fn nonces() -> Vec<Case> {
    const MISMATCH: &str = "id_token.nonce_mismatch";
    vec![
        Case::new("A22", "the nonce of another login", |login| login.with_claim("nonce", "another"))
            .refused(MISMATCH, Nonce),
        Case::new("A22", "the nonce cut short", |login| {
            let nonce = login.nonce[..login.nonce.len() - 1].to_owned();
            login.with_claim("nonce", nonce)
        })
        .refused(MISMATCH, Nonce),
        Case::new("A22", "the nonce is empty", |login| login.with_claim("nonce", ""))
            .refused(MISMATCH, Nonce),
        Case::new("A22", "no nonce", |login| login.without_claim("nonce")).refused(MISMATCH, Nonce),
        Case::new("A22", "the nonce is a number", |login| login.with_claim("nonce", 1))
            .refused(MISMATCH, Unreadable),
    ]
}

fn subjects() -> Vec<Case> {
    const INVALID: &str = "id_token.subject_invalid";
    let about = |token, subject: Value| {
        Case::new("A23", token, move |login| login.with_claim("sub", subject.clone()))
    };
    vec![
        about("`sub` of 255 characters", json!("s".repeat(255))),
        about("`sub` of 256 characters", json!("s".repeat(256))).refused_by_us(INVALID, SUB),
        about("`sub` is empty", json!(""))
            .refused_by_us(INVALID, "an empty name names every user whose name got lost"),
        about("`sub` with a zero byte", json!("alice\u{0}")).refused_by_us(INVALID, SUB),
        about("`sub` beyond ASCII", json!("zo\u{eb}")).refused_by_us(INVALID, SUB),
        about("`sub` is a number", json!(42)).refused(INVALID, Unreadable),
        Case::new("A23", "no `sub`", |login| login.without_claim("sub")).refused(INVALID, Unreadable),
    ]
}

const SUB: &str = "Core 2: at most 255 ASCII characters; a name that databases cut or fold differently becomes another user's";

fn hashes() -> Vec<Case> {
    const MISMATCH: &str = "id_token.hash_mismatch";
    vec![
        // The left half of the SHA-256 of the access token.
        Case::new("A24", "`at_hash` of the access token", |login| login.with_claim("at_hash", at_hash())),
        Case::new("A24", "`at_hash` of another access token", |login| {
            login.with_claim("at_hash", "77QmUPtjPfzWtF2AnpK9RQ")
        })
        .refused_by_us(
            MISMATCH,
            "Core 3.1.3.8: both tokens come from one answer; the other's verifier is not given the access token, the application compares",
        ),
        Case::new("A24", "`at_hash` is a number", |login| login.with_claim("at_hash", 7))
            .refused(MISMATCH, Unreadable),
    ]
}

fn at_hash() -> String {
    use aws_lc_rs::digest;
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

    let digest = digest::digest(&digest::SHA256, crate::login::ACCESS_TOKEN.as_bytes());
    BASE64_URL_SAFE_NO_PAD.encode(&digest.as_ref()[..16])
}
