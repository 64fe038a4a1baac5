//! Row F11 at the client, and what a native application sends where others send a proof of who they are.

use serde_json::{Value, json};
use vestibule::{
    AccessToken, AuthorizationRequest, Callback, Client, Disposition, EndSession, Error, Login, LoginStart,
    Native, Provider, RedirectUri, RefreshToken, RevocableToken,
};

use crate::support::{Sent, World, callback_query, code, parameters, verdict, with};

const APP: &str = "acme-cli";
const METHODS: &str = "token_endpoint_auth_methods_supported";

fn request() -> AuthorizationRequest {
    let address = "127.0.0.1:49152".parse().unwrap();
    AuthorizationRequest::new(RedirectUri::loopback(address, "/callback").unwrap())
}

async fn begin(app: &Client<Native>) -> LoginStart {
    app.begin_login(&request()).await.unwrap()
}

async fn complete(world: &World, app: &Client<Native>, start: LoginStart) -> Result<Login, Error> {
    let claims = with(world.id_token_claims(&start), "aud", APP);
    world.issue(&world.issuer.sign(&claims));
    let callback = Callback::parse(&callback_query(&start)).unwrap();
    app.complete_login(start.pending, &callback).await
}

/// What every request of a public client has in common: it names itself, and that is all.
fn assert_public(sent: &Sent) {
    assert_eq!(sent.header(http::header::AUTHORIZATION), None);
    assert_eq!(sent.field("client_id").as_deref(), Some(APP));
    for proof in ["client_secret", "client_assertion", "client_assertion_type"] {
        assert_eq!(sent.field(proof), None, "{proof}");
    }
}

#[tokio::test]
async fn f11_a_login_has_state_nonce_and_pkce_and_no_secret() {
    let world = World::new();
    let app = world.provider.native(APP);
    let (start, other) = (begin(&app).await, begin(&app).await);
    let (asked, others) = (parameters(&start), parameters(&other));
    assert_eq!(asked["redirect_uri"], "http://127.0.0.1:49152/callback");
    assert_eq!(asked["code_challenge_method"], "S256");
    for own in ["state", "nonce", "code_challenge"] {
        assert_eq!(asked[own].len(), 43, "{own} has 256 bits");
        assert_ne!(asked[own], others[own], "{own} belongs to one attempt");
    }

    world.op.take();
    complete(&world, &app, start).await.unwrap();
    let sent = world.op.take().remove(0);
    assert_public(&sent);
    assert_eq!(sent.field("redirect_uri").as_deref(), Some("http://127.0.0.1:49152/callback"));
    assert_eq!(sent.field("code_verifier").unwrap().len(), 43);
}

#[tokio::test]
async fn f11_the_verifier_leaves_by_the_token_request_alone() {
    let world = World::new();
    let app = world.provider.native(APP);
    let start = begin(&app).await;
    let url = start.url.to_string();
    let shown = format!("{start:?} {:?} {app:?} {:?}", start.pending, request());
    world.op.take();
    complete(&world, &app, start).await.unwrap();
    let sent = world.op.take();
    let verifier = sent[0].field("code_verifier").unwrap();
    assert!(!url.contains(&verifier) && !shown.contains(&verifier));
    assert!(sent[1..].iter().all(|sent| !String::from_utf8_lossy(&sent.body).contains(&verifier)));
}

#[tokio::test]
async fn f11_the_methods_that_a_provider_lists_for_others_change_nothing() {
    for methods in [json!(["client_secret_basic"]), json!(["none"]), json!(["private_key_jwt"]), json!([])] {
        let world = World::with_metadata(&[(METHODS, methods.clone())]);
        let app = world.provider.native(APP);
        let start = begin(&app).await;
        world.op.take();
        complete(&world, &app, start).await.unwrap_or_else(|error| panic!("{methods}: {error}"));
        assert_public(&world.op.take().remove(0));
    }
}

#[tokio::test]
async fn f11_s256_is_no_choice_of_the_providers() {
    let world = World::with_metadata(&[("code_challenge_methods_supported", json!(["plain"]))]);
    let refused = world.provider.native(APP).begin_login(&request()).await;
    assert_eq!(verdict(refused), ("config.pkce", Disposition::Config));
}

#[tokio::test]
async fn f11_only_the_answer_to_this_attempt_is_recognised_and_the_wait_goes_on() {
    let world = World::with_metadata(&[("authorization_response_iss_parameter_supported", json!(true))]);
    let app = world.provider.native(APP);
    let start = begin(&app).await;
    let state = parameters(&start)["state"].clone();
    world.op.take();
    for (query, expected) in [
        ("code=c-1".to_owned(), "callback.state_invalid"),
        ("code=c-1&state=".to_owned(), "callback.state_invalid"),
        ("code=c-1&state=guess".to_owned(), "callback.state_invalid"),
        ("error=access_denied&state=guess".to_owned(), "callback.state_invalid"),
        (format!("code=c-1&state={state}&iss=https://evil.example"), "callback.iss_mismatch"),
    ] {
        let callback = Callback::parse(&query).unwrap();
        assert_eq!(verdict(start.pending.recognises(&callback)), (expected, Disposition::Reject), "{query}");
    }
    let form = Callback::parse_form(format!("code=c-1&state={state}").as_bytes()).unwrap();
    assert_eq!(code(start.pending.recognises(&form)), "callback.wrong_mode");
    assert!(world.op.heard().is_empty(), "a forged answer costs no call");

    let query = format!("code=c-1&state={state}&iss={}", crate::support::ISSUER);
    let callback = Callback::parse(&query).unwrap();
    start.pending.recognises(&callback).unwrap();
    world.issue(&world.issuer.sign(&with(world.id_token_claims(&start), "aud", APP)));
    app.complete_login(start.pending, &callback).await.unwrap();
}

#[tokio::test]
async fn f11_a_promised_iss_must_be_there() {
    let world = World::with_metadata(&[("authorization_response_iss_parameter_supported", json!(true))]);
    let app = world.provider.native(APP);
    let start = begin(&app).await;
    world.op.take();
    assert_eq!(code(complete(&world, &app, start).await), "callback.iss_mismatch");
    assert!(world.op.heard().is_empty());
}

#[tokio::test]
async fn f11_the_nonce_is_the_one_of_this_attempt() {
    let world = World::new();
    let app = world.provider.native(APP);
    for nonce in [Value::Null, json!("another")] {
        let start = begin(&app).await;
        let claims = with(with(world.id_token_claims(&start), "aud", APP), "nonce", nonce);
        world.issue(&world.issuer.sign(&claims));
        let callback = Callback::parse(&callback_query(&start)).unwrap();
        assert_eq!(code(app.complete_login(start.pending, &callback).await), "id_token.nonce_mismatch");
    }
}

#[tokio::test]
async fn f11_refresh_and_revocation_name_the_client_and_prove_nothing() {
    let world = World::new();
    let app = world.provider.native(APP);
    let start = begin(&app).await;
    let login = complete(&world, &app, start).await.unwrap();
    let identity = login.id_token.identity();
    world.op.respond("/token", crate::support::token_answer(None));
    world.op.respond("/revoke", http::Response::default());
    world.op.take();

    let refresh_token = RefreshToken::new("rt-1");
    app.refresh(&refresh_token, identity).await.unwrap();
    app.revoke(RevocableToken::Refresh(&refresh_token)).await.unwrap();
    app.revoke(RevocableToken::Access(&AccessToken::new("at-1"))).await.unwrap();
    let sent = world.op.take();
    assert_eq!(sent.len(), 3);
    sent.iter().for_each(assert_public);
    assert_eq!(sent[0].field("refresh_token").as_deref(), Some("rt-1"));
    assert_eq!(sent[1].field("token").as_deref(), Some("rt-1"));
}

#[tokio::test]
async fn f11_a_refused_client_is_asked_for_no_second_proof() {
    let world = World::new();
    let app = world.provider.native(APP);
    let start = begin(&app).await;
    let login = complete(&world, &app, start).await.unwrap();
    let refusal = vestibule::testing::json_response(401, &json!({ "error": "invalid_client" }));
    world.op.respond("/token", refusal);
    world.op.take();
    let refused = app.refresh(&RefreshToken::new("rt-1"), login.id_token.identity()).await;
    assert_eq!(verdict(refused), ("refresh.client_error", Disposition::Config));
    assert_eq!(world.op.heard(), ["/token"]);
}

#[tokio::test]
async fn a_native_application_reads_about_its_user_and_logs_out_in_the_browser() {
    let world = World::new();
    let app = world.provider.native(APP);
    let start = begin(&app).await;
    let login = complete(&world, &app, start).await.unwrap();
    let claims = json!({ "sub": "alice", "name": "Alice" });
    world.op.respond("/userinfo", vestibule::testing::json_response(200, &claims));
    let user = app.user_info(&login.tokens.access_token, login.id_token.identity()).await.unwrap();
    assert_eq!(user.claim("name"), Some(&json!("Alice")));

    let address = "[::1]:49152".parse().unwrap();
    let end = EndSession::new()
        .id_token_hint(login.id_token.raw().clone())
        .return_to(RedirectUri::loopback(address, "/done").unwrap(), None);
    let url = app.end_session_url(&end).await.unwrap();
    let query: std::collections::BTreeMap<_, _> = url.query_pairs().into_owned().collect();
    assert_eq!(
        (query["client_id"].as_str(), query["post_logout_redirect_uri"].as_str()),
        (APP, "http://[::1]:49152/done")
    );
}

#[tokio::test]
async fn an_id_that_cannot_be_right_is_told_before_anything_is_sent() {
    let world = World::new();
    for client_id in ["", "acme\ncli", "acmé"] {
        let app = world.provider.native(client_id);
        assert_eq!(code(app.begin_login(&request()).await), "config.client_id");
        assert_eq!(code(app.begin_device_login(&vestibule::DeviceRequest::new()).await), "config.client_id");
    }
    assert!(world.op.heard().is_empty());
    let provider = Provider::new("https://acme.example").unwrap();
    assert!(!format!("{:?}", provider.native(APP)).contains("secret"));
}
