//! Applications in the user's browser: no secret, PKCE always, exact redirects (RFC 10017).

use vestibule_dev_idp::{Application, ApplicationType, DevIdp, EventKind};

use crate::support::{
    Answer, Authorization, SPA, Tokens, World, post_logout_redirect_uri, redirect_uri, spa,
};

async fn tokens(world: &World) -> Tokens {
    Tokens::read(&world.exchange_for_spa("alice").await)
}

fn refreshing(token: &str) -> [(&'static str, &str); 2] {
    [("grant_type", "refresh_token"), ("refresh_token", token)]
}

#[tokio::test]
async fn it_signs_in_refreshes_and_revokes_without_a_secret() {
    let world = World::new();
    assert_eq!(spa().application_type(), ApplicationType::Spa);
    let first = tokens(&world).await;
    let second = Tokens::read(&world.token_for_spa(&refreshing(&first.refresh_token)).await);
    assert_ne!(second.refresh_token, first.refresh_token);
    let revocation = [("token", second.refresh_token.as_str()), ("client_id", SPA)];
    assert_eq!(world.post("/revoke", &revocation).await.status, 200);
    let again = world.token_for_spa(&refreshing(&second.refresh_token)).await;
    assert_eq!(again.error(), "invalid_grant");
}

#[tokio::test]
async fn a_refresh_token_used_twice_kills_its_family() {
    let world = World::new();
    let first = tokens(&world).await;
    let second = Tokens::read(&world.token_for_spa(&refreshing(&first.refresh_token)).await);
    for token in [&first.refresh_token, &second.refresh_token] {
        assert_eq!(world.token_for_spa(&refreshing(token)).await.error(), "invalid_grant");
    }
}

#[tokio::test]
async fn pkce_is_forced_whatever_the_rules_say() {
    let world = World::with(|builder| builder.require_pkce(false));
    let without = Authorization::of(SPA).without("code_challenge").without("code_challenge_method");
    assert_eq!(world.authorize(&without).await.callback()["error"], "invalid_request");
    let plain = Authorization::of(SPA).with("code_challenge_method", "plain");
    assert_eq!(world.authorize(&plain).await.callback()["error"], "invalid_request");
    let code = world.code(SPA, "alice").await;
    let form = [("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", &redirect_uri(SPA))];
    assert_eq!(world.token_for_spa(&form).await.error(), "invalid_grant", "no verifier, no tokens");
}

#[tokio::test]
async fn a_secret_is_refused() {
    let world = World::new();
    let mut events = world.idp.events();
    let form = refreshing("rt_x");
    assert_eq!(world.token_for_spa(&form).await.error(), "invalid_grant", "it is known without a secret");
    let in_form = world.token_for_spa(&[&form[..], &[("client_secret", "guess")]].concat()).await;
    let in_header = world.browser.post(world.url("/token")).basic_auth(SPA, Some("")).form(&form);
    for answer in [in_form, Answer::read(in_header.send().await.unwrap()).await] {
        assert_eq!((answer.status, answer.error()), (401, "invalid_client".to_owned()));
    }
    let refusals =
        events.drain().into_iter().filter(|event| matches!(event, EventKind::ClientRefused { .. }));
    assert_eq!(refusals.count(), 2);
    let asked = world.post("/introspect", &[("token", "x"), ("client_id", SPA)]).await;
    assert_eq!(asked.error(), "invalid_client");
}

#[tokio::test]
async fn redirect_uris_are_exact() {
    let world = World::new();
    for bad in [
        "http://127.0.0.1:3001/analytics/callback",
        "http://127.0.0.1/analytics/callback",
        "http://127.0.0.1:3000/analytics/callback/",
        "http://localhost:3000/analytics/callback",
    ] {
        let answer = world.authorize(&Authorization::of(SPA).with("redirect_uri", bad)).await;
        assert_eq!((answer.status, answer.header("location")), (400, None), "{bad}");
    }
}

#[tokio::test]
async fn it_shares_the_session_and_ends_with_it() {
    let world = World::new();
    let dashboard = world.tokens("dashboard", "alice").await;
    let code = world.authorize(&Authorization::of(SPA)).await.callback()["code"].clone();
    assert!(!code.is_empty(), "without a prompt");
    let tokens = tokens(&world).await;
    world.log_out(&dashboard).await;
    assert_eq!(world.token_for_spa(&refreshing(&tokens.refresh_token)).await.error(), "invalid_grant");
}

#[tokio::test]
async fn it_is_sent_back_after_logout() {
    let world = World::new();
    let tokens = tokens(&world).await;
    let done = post_logout_redirect_uri(SPA);
    let query = format!("id_token_hint={}&post_logout_redirect_uri={done}", tokens.id_token);
    assert_eq!(world.get(&format!("/end_session?{query}")).await.location().as_str(), done);
}

#[test]
fn what_a_single_page_application_cannot_have_is_refused() {
    let idp = DevIdp::builder().start().unwrap();
    let refused = |application: Application| idp.register(application).unwrap_err().code();
    assert_eq!(refused(spa().secret("s")), "application.not_for_spa");
    assert_eq!(refused(spa().backchannel_logout_uri("http://127.0.0.1/out")), "application.not_for_spa");
    assert_eq!(refused(spa().device_flow(true)), "application.not_for_spa");
    assert_eq!(refused(spa().redirect_uri("http://acme.example/cb")), "application.redirect_uri");
    assert_eq!(refused(spa().redirect_uri("example.acme.app:/cb")), "application.redirect_uri");
    assert_eq!(refused(spa().origin("null")), "application.origin");
    assert_eq!(refused(spa().origin("*")), "application.origin");
    let web = Application::web("web", "s").origin("https://app.acme.example");
    assert_eq!(refused(web), "application.origin_not_for_type");
}
