//! Row A28, end to end: claims about the user who logged in, and about nobody else.

use http::{Method, header};
use serde_json::{Value, json};
use vestibule::{
    Disposition, Error, Identity, UserInfo,
    testing::{TestKey, json_response},
};

use crate::support::{CLIENT, ISSUER, World, html, raw, redirect, verdict, with, without};

async fn ask(world: &World) -> Result<UserInfo, Error> {
    let login = world.log_in().await;
    world.client.user_info(&login.tokens.access_token, login.id_token.identity()).await
}

fn jwt(token: &str) -> http::Response<bytes::Bytes> {
    raw(200, "application/jwt", token.to_owned())
}

/// What becomes of this answer. It is asked for once.
async fn judge(world: &World, answer: http::Response<bytes::Bytes>) -> (&'static str, Disposition) {
    world.op.respond("/userinfo", answer);
    let verdict = verdict(ask(world).await);
    assert_eq!(world.op.heard(), ["/userinfo"]);
    verdict
}

#[tokio::test]
async fn a28_the_access_token_travels_in_the_header_alone() {
    let world = World::new();
    world.op.respond("/userinfo", json_response(200, &json!({ "sub": "alice", "name": "Alice" })));
    let user = ask(&world).await.unwrap();
    assert_eq!((user.subject(), user.claim("name")), ("alice", Some(&json!("Alice"))));
    assert!(!user.is_signed());

    let sent = world.op.take().remove(0);
    assert_eq!(sent.method, Method::GET);
    assert_eq!(sent.header(header::AUTHORIZATION), Some("Bearer at-1"));
    assert!(sent.headers[header::AUTHORIZATION].is_sensitive());
    assert_eq!((sent.query, sent.body.len()), (None, 0));
}

#[tokio::test]
async fn a28_signed_claims_are_verified() {
    let world = World::new();
    world.op.respond("/userinfo", jwt(&world.issuer.sign(&world.issuer.user_info_claims(CLIENT))));
    let user = ask(&world).await.unwrap();
    assert_eq!(user.claim("name"), Some(&json!("Alice")));
    assert!(user.is_signed());
}

#[tokio::test]
async fn a28_plain_claims_are_about_the_same_user() {
    for answer in [
        json!({ "sub": "mallory" }),
        json!({ "sub": "Alice" }),
        json!({ "sub": "aliceinvalid" }),
        json!({ "sub": ["alice"] }),
        json!({ "sub": null }),
        json!({ "name": "Alice" }),
        json!({}),
        json!([{ "sub": "alice" }]),
    ] {
        let verdict = judge(&World::new(), json_response(200, &answer)).await;
        assert_eq!(verdict, ("userinfo.invalid", Disposition::Reject), "{answer}");
    }
    let repeated = raw(200, "application/json", r#"{"sub":"mallory","sub":"alice"}"#);
    assert_eq!(judge(&World::new(), repeated).await.0, "userinfo.invalid");
}

#[tokio::test]
async fn a28_signed_claims_obey_every_rule() {
    let world = World::new();
    let claims = || world.issuer.user_info_claims(CLIENT);
    let other_key = TestKey::numbered(vestibule::Algorithm::Rs256, "rs256", 1);
    let good = world.issuer.sign(&claims());
    let unsigned = format!("eyJhbGciOiJub25lIn0.{}.", good.split('.').nth(1).unwrap());
    for (name, token) in [
        ("another user", world.issuer.sign(&with(claims(), "sub", "mallory"))),
        ("no user", world.issuer.sign(&without(claims(), "sub"))),
        ("another client", world.issuer.sign(&with(claims(), "aud", "other"))),
        ("no client", world.issuer.sign(&without(claims(), "aud"))),
        ("another issuer", world.issuer.sign(&with(claims(), "iss", "https://evil.example"))),
        ("no issuer", world.issuer.sign(&without(claims(), "iss"))),
        ("another key", other_key.token(&other_key.header(), &claims())),
        ("no signature", unsigned),
        ("no JWT", "{\"sub\":\"alice\"}".to_owned()),
    ] {
        let world = World::new();
        assert_eq!(judge(&world, jwt(&token)).await, ("userinfo.invalid", Disposition::Reject), "{name}");
    }
}

#[tokio::test]
async fn a28_another_media_type_is_refused() {
    let body = r#"{"sub":"alice"}"#;
    for media_type in
        ["text/html", "text/plain", "application/jsonp", "application/x-www-form-urlencoded", ""]
    {
        let verdict = judge(&World::new(), raw(200, media_type, body)).await;
        assert_eq!(verdict, ("userinfo.invalid", Disposition::Reject), "{media_type}");
    }
    for media_type in ["application/json;charset=UTF-8", "Application/JSON ; charset=utf-8"] {
        let world = World::new();
        world.op.respond("/userinfo", raw(200, media_type, body));
        ask(&world).await.unwrap();
    }
}

#[tokio::test]
async fn a28_where_signed_claims_are_registered_plain_ones_are_refused() {
    let world = World::new();
    let login = world.log_in().await;
    let client = world.client.clone().with_policy(vestibule::TokenPolicy::default().signed_user_info(true));
    world.op.respond("/userinfo", json_response(200, &json!({ "sub": "alice" })));
    let refused = client.user_info(&login.tokens.access_token, login.id_token.identity()).await;
    assert_eq!(verdict(refused), ("userinfo.invalid", Disposition::Reject));

    world.op.respond("/userinfo", jwt(&world.issuer.sign(&world.issuer.user_info_claims(CLIENT))));
    client.user_info(&login.tokens.access_token, login.id_token.identity()).await.unwrap();
}

#[tokio::test]
async fn a28_other_statuses_bring_no_claims() {
    let world = World::new();
    for (answer, expected) in [
        (json_response(401, &json!({ "sub": "alice" })), ("userinfo.refused", Disposition::Reject)),
        (json_response(403, &json!({ "sub": "alice" })), ("userinfo.refused", Disposition::Reject)),
        (json_response(204, &json!({ "sub": "alice" })), ("userinfo.refused", Disposition::Reject)),
        (html(500), ("userinfo.unavailable", Disposition::Retry)),
        (html(503), ("userinfo.unavailable", Disposition::Retry)),
        (html(429), ("userinfo.unavailable", Disposition::Retry)),
        (redirect(302), ("http.redirect", Disposition::Config)),
    ] {
        assert_eq!(judge(&world, answer).await, expected);
    }
}

#[tokio::test]
async fn a28_a_token_goes_to_no_other_provider_than_its_own() {
    let world = World::new();
    let login = world.log_in().await;
    let identity = serde_json::to_value(login.id_token.identity()).unwrap();
    let foreign: Value = with(identity, "issuer", "https://former.example");
    let foreign: Identity = serde_json::from_value(foreign).unwrap();
    let refused = world.client.user_info(&login.tokens.access_token, &foreign).await;
    assert_eq!(verdict(refused), ("config.foreign_session", Disposition::Config));
    assert!(world.op.heard().is_empty());
}

#[tokio::test]
async fn a28_without_an_endpoint_there_are_no_claims() {
    let world = World::new();
    world.publish(&without(world.metadata(), "userinfo_endpoint"));
    assert_eq!(verdict(ask(&world).await), ("config.no_endpoint", Disposition::Config));
    assert!(world.op.heard().is_empty());
    assert_eq!(world.issuer.issuer(), ISSUER);
}
