//! A15–A18, A26: who made the token, for whom, and of which kind it is.

use serde_json::{Value, json};

use crate::{
    Case,
    Refusal::{Audience, Issuer, Nonce, Unreadable},
    Setting,
    provider::CLIENT,
};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = issuers();
    cases.extend(audiences());
    cases.extend(kinds());
    cases
}

fn issuers() -> Vec<Case> {
    const MISMATCH: &str = "id_token.issuer_mismatch";
    let issued_by =
        |token, issuer: Value| Case::new("A15", token, move |login| login.with_claim("iss", issuer.clone()));
    vec![
        issued_by("another issuer", json!("https://evil.example")).refused(MISMATCH, Issuer),
        issued_by("`iss` with a slash at the end", json!("https://op.example/")).refused(MISMATCH, Issuer),
        issued_by("`iss` in capitals", json!("https://OP.example")).refused(MISMATCH, Issuer),
        issued_by("`iss` with the default port", json!("https://op.example:443")).refused(MISMATCH, Issuer),
        issued_by("`iss` in a list", json!(["https://op.example"])).refused(MISMATCH, Unreadable),
        Case::new("A15", "no `iss`", |login| login.without_claim("iss")).refused(MISMATCH, Unreadable),
    ]
}

fn audiences() -> Vec<Case> {
    const MISMATCH: &str = "id_token.audience_mismatch";
    const AZP: &str = "id_token.azp_mismatch";
    let meant_for = |rule, token, audience: Value| {
        Case::new(rule, token, move |login| login.with_claim("aud", audience.clone()))
    };
    let both = || json!([CLIENT, "project"]);
    vec![
        meant_for("A16", "`aud` is a list of the client alone", json!([CLIENT])),
        meant_for("A17", "`aud` is the client and another that is trusted", both())
            .at(Setting::new().trusting("project")),
        meant_for("A17", "`aud` is the client and another", both())
            .refused("id_token.untrusted_audience", Audience),
        meant_for("A16", "another client", json!("docs-portal")).refused(MISMATCH, Audience),
        meant_for("A16", "the client in capitals", json!("DASHBOARD")).refused(MISMATCH, Audience),
        meant_for("A16", "`aud` is empty", json!([])).refused(MISMATCH, Audience),
        meant_for("A16", "`aud` has the client and a number", json!([CLIENT, 1])).refused(MISMATCH, Unreadable),
        Case::new("A16", "no `aud`", |login| login.without_claim("aud")).refused(MISMATCH, Audience),
        Case::new("A18", "`azp` is the client", |login| login.with_claim("azp", CLIENT)),
        Case::new("A18", "`azp` is another client", |login| login.with_claim("azp", "docs-portal")).refused_by_us(
            AZP,
            "Core 3.1.3.7 (5) says SHOULD; the token was made for another client. The other leaves `azp` alone, and so does ours with `AzpCheck::Ignore`",
        ),
        Case::new("A18", "`azp` is a number", |login| login.with_claim("azp", 1)).refused(AZP, Unreadable),
    ]
}

fn kinds() -> Vec<Case> {
    const WRONG_KIND: &str = "id_token.wrong_kind";
    let event = || json!({ "http://schemas.openid.net/event/backchannel-logout": {} });
    vec![
        Case::new("A26", "a logout token", move |login| {
            let mut claims = login.claims();
            claims["events"] = event();
            claims["nonce"].take();
            login.key().token(&login.key().header(), &claims)
        })
        .refused(WRONG_KIND, Nonce),
        Case::new("A26", "a logout token with a nonce", move |login| login.with_claim("events", event()))
            .refused_by_us(
                WRONG_KIND,
                "RFC 8725 3.12: one kind of token must not pass for another, whatever else it has",
            ),
        Case::new("A26", "an access token (RFC 9068) whose `typ` was left out", |login| {
            let mut claims = login.claims();
            claims["client_id"] = json!(CLIENT);
            claims["jti"] = json!("at-1");
            if let Some(claims) = claims.as_object_mut() {
                claims.remove("nonce");
            }
            login.key().token(&login.key().header(), &claims)
        })
        .refused(WRONG_KIND, Nonce),
        Case::new("A26", "an access token that calls itself one", |login| {
            login.with_claim("token_use", "access")
        })
        .refused_by_us(WRONG_KIND, "RFC 8725 3.12; Amazon Cognito marks its access tokens so"),
    ]
}
