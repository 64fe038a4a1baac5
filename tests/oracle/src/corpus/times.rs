//! A19–A21, A25: when the token, and the login behind it, were made.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    Case,
    Refusal::{Expired, Unreadable},
    Setting,
    provider::NOW,
};

const EXPIRED: &str = "id_token.expired";
const CLAIM_TYPE: &str = "jwt.claim_type";
const ISSUED_AT: &str = "id_token.issued_at";
const NOT_YET_VALID: &str = "id_token.not_yet_valid";
const AUTH_INSUFFICIENT: &str = "id_token.auth_insufficient";

pub(super) fn cases() -> Vec<Case> {
    let mut cases = expiry();
    cases.extend(issue());
    cases.extend(authentication());
    cases
}

fn expiry() -> Vec<Case> {
    let expiring =
        |token, exp: Value| Case::new("A19", token, move |login| login.with_claim("exp", exp.clone()));
    vec![
        expiring("expired two minutes ago", json!(NOW - 120)).refused(EXPIRED, Expired),
        expiring("expired 30 seconds ago", json!(NOW - 30)).refused_by_them(
            Expired,
            "Core 3.1.3.7 (9) permits some leeway for clocks that differ: a minute, unless set otherwise",
        ),
        expiring("`exp`: 0", json!(0)).refused(EXPIRED, Expired),
        expiring("`exp` is negative", json!(-1)).refused(EXPIRED, Expired),
        expiring("`exp` as text", json!("1780000300")).refused(CLAIM_TYPE, Unreadable),
        expiring("`exp` is null", Value::Null).refused(CLAIM_TYPE, Unreadable),
        Case::new("A19", "no `exp`", |login| login.without_claim("exp"))
            .refused("jwt.claim_missing", Unreadable),
        Case::new("A19", "`exp`: 1e400", |login| {
            login.with_payload(|claims| claims.replace(&(NOW + 300).to_string(), "1e400"))
        })
        .refused("jwt.malformed", Unreadable),
        expiring("`exp`: 1e18", json!(1e18)).refused_by_them(
            Unreadable,
            "a number like any other, though no calendar has that day; `iat` still bounds how old the token may be",
        ),
    ]
}

fn issue() -> Vec<Case> {
    let issued = |token, iat: u64| Case::new("A20", token, move |login| login.with_claim("iat", iat));
    vec![
        issued("issued 30 seconds from now", NOW + 30),
        issued("issued two minutes from now", NOW + 120).refused_by_us(
            ISSUED_AT,
            "no honest clock says so, within a minute's leeway; the other leaves `iat` to a function of the application's",
        ),
        issued("issued a week ago, not expired", NOW - 7 * 24 * 3600).refused_by_us(
            ISSUED_AT,
            "Core 3.1.3.7 (10): a login takes ten minutes at most, so an older token belongs to another one",
        ),
        Case::new("A20", "no `iat`", |login| login.without_claim("iat")).refused(ISSUED_AT, Unreadable),
        Case::new("A21", "`nbf` has passed", |login| login.with_claim("nbf", NOW - 1)),
        Case::new("A21", "`nbf` is two minutes from now", |login| login.with_claim("nbf", NOW + 120))
            .refused_by_us(NOT_YET_VALID, "RFC 7519 4.1.5: MUST NOT be accepted before; the other does not look"),
        Case::new("A21", "`nbf` as text", |login| login.with_claim("nbf", "1780000000"))
            .refused_by_us(NOT_YET_VALID, "RFC 7519 4.1.5: it is a number; the other does not look"),
    ]
}

fn authentication() -> Vec<Case> {
    let five_minutes = || Setting::new().max_age(Duration::from_secs(300));
    let hour_ago = NOW - 3600;
    vec![
        Case::new("A25", "`max_age` was met", |login| login.with_claim("auth_time", NOW - 200))
            .at(five_minutes()),
        Case::new("A25", "`max_age` was sent, the user logged in before", move |login| {
            login.with_claim("auth_time", hour_ago)
        })
        .at(five_minutes())
        .refused_by_us(AUTH_INSUFFICIENT, WHAT_WAS_ASKED),
        Case::new("A25", "`max_age` was sent, no `auth_time` came", |login| login.token())
            .at(five_minutes())
            .refused_by_us(AUTH_INSUFFICIENT, WHAT_WAS_ASKED),
        Case::new("A25", "an `acr` was essential and came", |login| login.with_claim("acr", "mfa"))
            .at(Setting::new().requiring_acr("mfa")),
        Case::new("A25", "an `acr` was essential, another came", |login| login.with_claim("acr", "pwd"))
            .at(Setting::new().requiring_acr("mfa"))
            .refused_by_us(AUTH_INSUFFICIENT, WHAT_WAS_ASKED),
    ]
}

const WHAT_WAS_ASKED: &str = "Core 3.1.3.7 (12, 13): what the login asked for is enforced; the other leaves it to a function of the application's";
