//! Row F14: a login that is finished on another device, and everything that a provider may answer to it. What is refused
//! is never shown, and an attempt that is over costs no call.

use std::time::Duration;

use bytes::Bytes;
use http::Response;
use serde_json::{Value, json};
use vestibule::{
    Client, Clock, DevicePoll, DeviceRequest, DeviceStart, Disposition, Error, Login, Native,
    testing::json_response,
};

use crate::support::{World, code, html, raw, redirect, retry_later, unreachable, verdict, with, without};

const APP: &str = "acme-cli";
const DEVICE: &str = "/device_authorization";

pub(crate) fn world() -> World {
    let endpoint = json!("https://op.example/device_authorization");
    let world = World::with_metadata(&[("device_authorization_endpoint", endpoint)]);
    world.op.respond(DEVICE, json_response(200, &answer()));
    world
}

/// What a good provider gives out.
pub(crate) fn answer() -> Value {
    json!({
        "device_code": "a secret device code",
        "user_code": "WDJB-MJHT",
        "verification_uri": "https://op.example/device",
        "verification_uri_complete": "https://op.example/device?user_code=WDJB-MJHT",
        "expires_in": 600,
        "interval": 7,
    })
}

pub(crate) fn app(world: &World) -> Client<Native> {
    world.provider.native(APP)
}

pub(crate) async fn begin(world: &World) -> DeviceStart {
    let start = app(world).begin_device_login(&DeviceRequest::new()).await.unwrap();
    world.op.take();
    start
}

/// How a start fails that is answered like this.
async fn start_with(answer: Response<Bytes>) -> Result<DeviceStart, Error> {
    let world = world();
    world.provider.ready().await.unwrap();
    world.op.take();
    world.op.respond(DEVICE, answer);
    let outcome = app(&world).begin_device_login(&DeviceRequest::new()).await;
    assert_eq!(world.op.heard(), [DEVICE], "asked once");
    outcome
}

pub(crate) fn refuse(world: &World, error: &str) {
    world.op.respond("/token", json_response(400, &json!({ "error": error })));
}

/// From now on the user has approved, and gets an ID token with these claims.
fn approve(world: &World, change: impl FnOnce(Value) -> Value) {
    let claims = without(world.issuer.id_token_claims(APP, "", world.clock.now()), "nonce");
    world.issue(&world.issuer.sign(&change(claims)));
}

fn done(outcome: Result<DevicePoll, Error>) -> Login {
    match outcome.unwrap() {
        DevicePoll::Done(login) => *login,
        DevicePoll::Pending => panic!("the login is pending"),
    }
}

#[tokio::test]
async fn f14_a_login_is_begun_shown_and_finished() {
    let world = world();
    let request = DeviceRequest::new().scopes(["profile email", "openid"]).refresh_token();
    let request = request.parameter("audience", "https://api.example").unwrap();
    let start = app(&world).begin_device_login(&request).await.unwrap();
    let sent = world.op.take().pop().unwrap();
    assert_eq!(sent.path, DEVICE);
    assert_eq!(sent.field("client_id").as_deref(), Some(APP));
    assert_eq!(sent.field("scope").as_deref(), Some("openid profile email offline_access"));
    assert_eq!(sent.field("audience").as_deref(), Some("https://api.example"));
    assert_eq!(sent.field("code_challenge_method").as_deref(), Some("S256"));
    assert_eq!((sent.field("client_secret"), sent.header(http::header::AUTHORIZATION)), (None, None));
    let challenge = sent.field("code_challenge").unwrap();

    assert_eq!((start.user_code.to_string().as_str(), start.user_code.as_str()), ("WDJB-MJHT", "WDJB-MJHT"));
    assert_eq!(start.verification_uri.as_str(), "https://op.example/device");
    let complete = start.verification_uri_complete.as_ref().unwrap();
    assert_eq!(complete.as_str(), "https://op.example/device?user_code=WDJB-MJHT");
    assert_eq!((start.expires_in, start.pending.wait()), (Duration::from_secs(600), Duration::from_secs(7)));

    let mut pending = start.pending;
    refuse(&world, "authorization_pending");
    assert!(matches!(app(&world).poll_device_login(&mut pending).await, Ok(DevicePoll::Pending)));
    let sent = world.op.take().remove(0);
    let grant = "urn:ietf:params:oauth:grant-type:device_code";
    assert_eq!(sent.field("grant_type").as_deref(), Some(grant));
    assert_eq!(sent.field("device_code").as_deref(), Some("a secret device code"));
    assert_eq!(sent.field("client_id").as_deref(), Some(APP));
    assert_eq!((sent.field("client_secret"), sent.header(http::header::AUTHORIZATION)), (None, None));
    let verifier = sent.field("code_verifier").unwrap();
    assert_eq!((verifier.len(), verifier == challenge), (43, false));

    approve(&world, |claims| claims);
    let login = done(app(&world).poll_device_login(&mut pending).await);
    assert_eq!((login.id_token.subject(), login.id_token.sid()), ("alice", Some("sid-1")));
    assert_eq!(login.tokens.access_token.expose(), "at-1");
    world.op.take();
    assert_eq!(code(app(&world).poll_device_login(&mut pending).await), "native.device_expired");
    assert!(world.op.heard().is_empty(), "the code is spent");
}

#[tokio::test]
async fn f14_without_an_endpoint_it_is_not_offered() {
    let world = World::new();
    world.provider.ready().await.unwrap();
    world.op.take();
    let refused = app(&world).begin_device_login(&DeviceRequest::new()).await;
    assert_eq!(verdict(refused), ("native.device_not_offered", Disposition::Config));
    assert!(world.op.heard().is_empty());
}

#[tokio::test]
async fn f14_codes_and_addresses_that_must_not_be_shown_are_refused() {
    for (member, value) in [
        ("user_code", json!("\u{1b}]0;pwned\u{7}")),
        ("user_code", json!("WDJB\u{1b}[2J")),
        ("user_code", json!("WD JB")),
        ("user_code", json!("WDJB\nrm -rf")),
        ("user_code", json!("\u{202e}TJHM")),
        ("user_code", json!("W".repeat(65))),
        ("user_code", json!("")),
        ("user_code", json!(1234)),
        ("verification_uri", json!("http://op.example/device")),
        ("verification_uri", json!("http://localhost.evil/device")),
        ("verification_uri", json!("javascript:alert(1)")),
        ("verification_uri", json!("file:///etc/passwd")),
        ("verification_uri", json!("--help")),
        ("verification_uri", json!("https://op.example/\u{1b}[2J")),
        ("verification_uri", json!("https://op.example/de\nvice")),
        ("verification_uri", json!("https://user@op.example/device")),
        ("verification_uri", json!(" https://op.example/device")),
        ("verification_uri", json!("")),
        ("verification_uri", json!(format!("https://op.example/{}", "d".repeat(2048)))),
        ("device_code", json!("")),
        ("device_code", json!("a\r\nb")),
        ("expires_in", json!("600")),
        ("expires_in", json!(-1)),
        ("expires_in", Value::Null),
        ("interval", json!(-5)),
        ("interval", json!(1.5)),
        ("interval", json!("5")),
    ] {
        let refused = start_with(json_response(200, &with(answer(), member, value.clone()))).await;
        assert!(
            refused.as_ref().is_err_and(|error| error.to_string().ends_with(member)),
            "{member}: {value}"
        );
        assert_eq!(verdict(refused), ("native.device_invalid", Disposition::Retry), "{member}: {value}");
    }
    for member in ["device_code", "user_code", "verification_uri", "expires_in"] {
        let refused = start_with(json_response(200, &without(answer(), member))).await;
        assert_eq!(code(refused), "native.device_invalid", "{member}");
    }
    for broken in ["", "[]", "null", r#"{"user_code":"A","user_code":"B"}"#, "<!doctype html>"] {
        assert_eq!(code(start_with(raw(200, "application/json", broken)).await), "native.device_invalid");
    }
}

#[tokio::test]
async fn f14_a_link_with_the_code_leads_where_the_other_leads_or_is_left_out() {
    for complete in [
        json!("https://evil.example/device?user_code=WDJB-MJHT"),
        json!("https://op.example.evil/device"),
        json!("https://op.example:8443/device"),
        json!("http://op.example/device"),
        json!("javascript:alert(1)"),
        json!("https://op.example/\u{1b}[2J"),
        json!("https://op.example@evil.example/"),
        json!(7),
    ] {
        let start =
            start_with(json_response(200, &with(answer(), "verification_uri_complete", complete.clone())));
        assert_eq!(start.await.unwrap().verification_uri_complete, None, "{complete}");
    }
    let start =
        start_with(json_response(200, &without(answer(), "verification_uri_complete"))).await.unwrap();
    assert_eq!(start.verification_uri_complete, None);
    let local = with(answer(), "verification_uri", "http://127.0.0.1:9000/device");
    let start = start_with(json_response(200, &local)).await.unwrap();
    assert_eq!(start.verification_uri_complete, None, "another origin");
}

#[tokio::test]
async fn f14_a_start_that_fails_says_whose_turn_it_is() {
    for (answer, expected) in [
        (html(500), ("native.device_unavailable", Disposition::Retry)),
        (html(503), ("native.device_unavailable", Disposition::Retry)),
        (html(429), ("native.device_unavailable", Disposition::Retry)),
        (html(404), ("native.device_invalid", Disposition::Retry)),
        (
            json_response(400, &json!({ "error": "invalid_scope" })),
            ("native.device_refused", Disposition::Config),
        ),
        (
            json_response(401, &json!({ "error": "invalid_client" })),
            ("native.device_refused", Disposition::Config),
        ),
        (json_response(400, &json!({})), ("native.device_invalid", Disposition::Retry)),
        (redirect(302), ("http.redirect", Disposition::Config)),
    ] {
        let status = answer.status();
        assert_eq!(verdict(start_with(answer).await), expected, "{status}");
    }
    let error = start_with(retry_later(503, "17")).await.unwrap_err();
    assert_eq!(error.retry_after().map(|retry| retry.pause().as_secs()), Some(17));
}

#[tokio::test]
async fn f14_the_providers_word_ends_the_attempt() {
    for (error, expected) in [
        ("access_denied", ("native.device_denied", Disposition::Reject)),
        ("expired_token", ("native.device_expired", Disposition::Reject)),
        ("invalid_grant", ("native.device_refused", Disposition::Reject)),
        ("invalid_client", ("native.device_refused", Disposition::Config)),
        ("unauthorized_client", ("native.device_refused", Disposition::Config)),
        ("unsupported_grant_type", ("native.device_refused", Disposition::Config)),
        ("x_vendor_specific", ("native.device_refused", Disposition::Config)),
    ] {
        let world = world();
        let mut pending = begin(&world).await.pending;
        refuse(&world, error);
        assert_eq!(verdict(app(&world).poll_device_login(&mut pending).await), expected, "{error}");
        assert_eq!(world.op.heard(), ["/token"], "{error}");
        assert!(pending.remaining(&world.clock).is_zero(), "{error}");
        let again = app(&world).poll_device_login(&mut pending).await;
        assert_eq!(code(again), "native.device_expired", "{error}");
        assert!(world.op.heard().is_empty(), "{error}: nothing is asked of it any more");
    }
}

#[tokio::test]
async fn f14_it_stops_at_its_end_without_asking() {
    let world = world();
    let mut pending = begin(&world).await.pending;
    refuse(&world, "authorization_pending");
    world.clock.advance(Duration::from_secs(599));
    assert_eq!(pending.remaining(&world.clock), Duration::from_secs(1));
    assert!(matches!(app(&world).poll_device_login(&mut pending).await, Ok(DevicePoll::Pending)));
    world.clock.set_wall(Duration::from_secs(1));
    assert_eq!(pending.remaining(&world.clock), Duration::from_secs(1), "the wall clock is not asked");
    world.clock.advance(Duration::from_secs(1));
    world.op.take();
    let over = app(&world).poll_device_login(&mut pending).await;
    assert_eq!(verdict(over), ("native.device_expired", Disposition::Reject));
    assert!(world.op.heard().is_empty());
}

#[tokio::test]
async fn f14_an_attempt_belongs_to_its_provider_and_its_client() {
    let world = world();
    let mut pending = begin(&world).await.pending;
    let other = World::at("https://other.example");
    for client in [world.provider.native("another"), other.provider.native(APP)] {
        let refused = client.poll_device_login(&mut pending).await;
        assert_eq!(verdict(refused), ("config.foreign_session", Disposition::Config));
    }
    assert!(world.op.heard().is_empty() && other.op.heard().is_empty());
    approve(&world, |claims| claims);
    done(app(&world).poll_device_login(&mut pending).await);
}

#[tokio::test]
async fn f14_the_id_token_is_judged_as_everywhere() {
    type Change = fn(Value) -> Value;
    let cases: [(Change, &str); 6] = [
        (|claims| with(claims, "nonce", "of another login"), "id_token.nonce_mismatch"),
        (|claims| with(claims, "aud", "another"), "id_token.audience_mismatch"),
        (|claims| with(claims, "iss", "https://evil.example"), "id_token.issuer_mismatch"),
        (|claims| with(claims, "exp", 1), "id_token.expired"),
        (|claims| with(claims, "iat", 1), "id_token.issued_at"),
        (|claims| with(claims, "at_hash", "AAAAAAAAAAAAAAAAAAAAAA"), "id_token.hash_mismatch"),
    ];
    for (change, expected) in cases {
        let world = world();
        let mut pending = begin(&world).await.pending;
        approve(&world, change);
        assert_eq!(code(app(&world).poll_device_login(&mut pending).await), expected);
        world.op.take();
        assert_eq!(code(app(&world).poll_device_login(&mut pending).await), "native.device_expired");
        assert!(world.op.heard().is_empty());
    }
    let world = world();
    let mut pending = begin(&world).await.pending;
    world.op.respond("/token", crate::support::token_answer(None));
    assert_eq!(code(app(&world).poll_device_login(&mut pending).await), "token.invalid_response");
}

#[tokio::test]
async fn f14_h05_an_approved_login_waits_for_keys_that_are_out_of_reach() {
    let world = world();
    let mut pending = begin(&world).await.pending;
    approve(&world, |claims| claims);
    world.op.answer("/jwks", |_| Err(unreachable(false)));
    let (_, disposition) = verdict(app(&world).poll_device_login(&mut pending).await);
    assert_eq!(disposition, Disposition::Retry);
    world.op.respond("/jwks", json_response(200, &world.issuer.jwks()));
    world.clock.advance(Duration::from_secs(61));
    world.op.take();
    let login = done(app(&world).poll_device_login(&mut pending).await);
    assert_eq!(login.id_token.subject(), "alice");
    assert_eq!(world.op.heard(), ["/jwks"], "the code is not spent twice");
}

#[tokio::test]
async fn f14_no_code_shows_itself() {
    let world = world();
    let start = begin(&world).await;
    let mut shown = format!("{start:?} {start:#?} {:?} {:?}", start.user_code, start.pending);
    let mut pending = start.pending;
    for answer in [html(500), json_response(400, &json!({ "error": "access_denied" }))] {
        world.op.respond("/token", answer);
        let error = app(&world).poll_device_login(&mut pending).await.unwrap_err();
        shown.push_str(&format!("{error} {error:?}"));
    }
    for secret in ["a secret device code", "WDJB", "MJHT"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
    assert!(shown.contains("op.example"), "it still says what it is");
}

#[test]
fn c25_protocol_parameters_have_one_place() {
    for reserved in ["", "client_id", "client_secret", "scope", "code_challenge", "device_code", "nonce"] {
        assert_eq!(
            code(DeviceRequest::new().parameter(reserved, "x")),
            "config.reserved_param",
            "{reserved}"
        );
    }
}
