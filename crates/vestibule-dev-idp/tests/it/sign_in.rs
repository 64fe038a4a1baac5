//! Signing in: the page, single sign-on, prompts.

use std::time::Duration;

use serde_json::json;
use vestibule_dev_idp::EventKind;

use crate::support::{Authorization, NOW, Tokens, World, browser, claims};

#[tokio::test]
async fn the_login_page_leads_to_tokens() {
    let world = World::new();
    let request = Authorization::of("dashboard");
    let page = world.authorize(&request).await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("Alice Liddell") && page.body.contains("alice@acme.example"));
    assert!(page.body.contains("Bob &lt;b&gt;Bold&lt;/b&gt;"), "names are escaped");
    assert!(page.header("content-security-policy").unwrap().contains("default-src 'none'"));
    assert_eq!(page.header("cache-control"), Some("no-store"));

    let callback = world.sign_in(&request, "alice").await;
    assert!(callback.location().as_str().starts_with("http://127.0.0.1:3000/dashboard/callback?"));
    let parameters = callback.callback();
    assert_eq!(parameters["state"], "the-state");
    assert_eq!(parameters["iss"], world.idp.issuer());

    let answer = world.exchange("dashboard", &parameters["code"]).await;
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let tokens = Tokens::read(&answer);
    assert_eq!(tokens.answer["expires_in"], 300);
    assert_eq!(tokens.answer["token_type"].as_str().unwrap().to_lowercase(), "bearer");
    assert!(!tokens.refresh_token.is_empty());
}

#[tokio::test]
async fn the_second_application_needs_no_prompt() {
    let world = World::new();
    let mut events = world.idp.events();
    let dashboard = world.tokens("dashboard", "alice").await;
    let docs = world.tokens_by_sso("docs").await;
    assert_eq!(claims(&dashboard.id_token)["sub"], claims(&docs.id_token)["sub"]);
    assert_eq!(claims(&dashboard.id_token)["sid"], claims(&docs.id_token)["sid"]);
    assert_eq!(claims(&docs.id_token)["aud"], serde_json::json!(["docs"]));
    let of = |user: &str, client: &str| (user.to_owned(), client.to_owned());
    let (user, client) = of("alice", "dashboard");
    let (same_user, docs) = of("alice", "docs");
    assert_eq!(
        events.drain(),
        [
            EventKind::LoggedIn { user: user.clone(), client: client.clone() },
            EventKind::CodeExchanged { user: user.clone(), client },
            EventKind::SingleSignOn { user, client: docs.clone() },
            EventKind::CodeExchanged { user: same_user, client: docs },
        ]
    );
}

#[tokio::test]
async fn another_browser_is_another_session() {
    let mut world = World::new();
    world.tokens("dashboard", "alice").await;
    world.browser = browser();
    assert_eq!(world.authorize(&Authorization::of("docs")).await.status, 200, "a login page");
}

#[tokio::test]
async fn prompt_none_never_shows_a_page() {
    let world = World::new();
    let silent = Authorization::of("dashboard").with("prompt", "none");
    let refused = world.authorize(&silent).await.callback();
    assert_eq!(refused["error"], "login_required");
    assert_eq!(refused["state"], "the-state");
    assert_eq!(refused["iss"], world.idp.issuer());
    world.tokens("docs", "alice").await;
    assert!(world.authorize(&silent).await.callback().contains_key("code"));
}

#[tokio::test]
async fn a_stronger_acr_asks_again_and_a_weaker_one_does_not() {
    let world = World::with(|builder| builder.acr_values(["password", "otp", "passkey"]));
    let metadata = world.get("/.well-known/openid-configuration").await.json();
    assert_eq!(metadata["acr_values_supported"], json!(["password", "otp", "passkey"]));
    let first = world.tokens("dashboard", "alice").await;
    assert_eq!(claims(&first.id_token)["acr"], "password");

    let asking = |acr_values| Authorization::of("dashboard").with("acr_values", acr_values);
    for enough in ["password", "passkey password", "unheard-of"] {
        assert_eq!(world.authorize(&asking(enough)).await.status, 303, "{enough}");
    }
    let page = world.authorize(&asking("passkey otp")).await;
    assert!(page.status == 200 && page.body.contains("which asks for <strong>otp</strong>"));
    let silent = world.authorize(&asking("otp").with("prompt", "none")).await.callback();
    assert_eq!(silent["error"], "login_required");

    world.idp.clock().advance(Duration::from_secs(60));
    let code = world.sign_in(&asking("otp"), "alice").await.callback()["code"].clone();
    let second = Tokens::read(&world.exchange("dashboard", &code).await);
    for (name, value) in [("acr", json!("otp")), ("auth_time", json!(NOW + 60))] {
        assert_eq!((&claims(&second.id_token)[name], &claims(&second.access_token)[name]), (&value, &value));
    }
    assert_eq!(claims(&second.id_token)["sid"], claims(&first.id_token)["sid"], "the session goes on");
    assert_eq!(world.authorize(&asking("password")).await.status, 303, "stronger than needed is enough");
}

#[tokio::test]
async fn prompt_login_and_max_age_ask_again() {
    let world = World::new();
    let first = claims(&world.tokens("dashboard", "alice").await.id_token);
    let page = |prompt: &'static str| {
        let request = Authorization::of("dashboard").with("prompt", prompt);
        let world = &world;
        async move { world.authorize(&request).await.status }
    };
    assert_eq!(page("login").await, 200);
    assert_eq!(page("select_account").await, 200);
    assert_eq!(page("consent").await, 303, "there is nothing to consent to");

    let fresh = Authorization::of("dashboard").with("max_age", "60");
    assert_eq!(world.authorize(&fresh).await.status, 303);
    assert_eq!(world.authorize(&fresh.clone().with("max_age", "0")).await.status, 200);
    world.idp.clock().advance(Duration::from_secs(61));
    assert_eq!(world.authorize(&fresh).await.status, 200);

    let again = claims(&world.tokens("dashboard", "alice").await.id_token);
    assert_eq!(again["sid"], first["sid"], "the session goes on");
    assert_eq!(again["auth_time"].as_i64().unwrap(), first["auth_time"].as_i64().unwrap() + 61);
    assert_eq!(world.authorize(&fresh).await.status, 303);
}

#[tokio::test]
async fn a_hint_about_somebody_else_asks_again() {
    let world = World::new();
    let bob = world.tokens("dashboard", "bob").await;
    let alice = world.tokens("dashboard", "alice").await;
    let hinted = |token: &str| Authorization::of("docs").with("prompt", "none").with("id_token_hint", token);
    assert_eq!(world.authorize(&hinted(&bob.id_token)).await.callback()["error"], "login_required");
    assert!(world.authorize(&hinted(&alice.id_token)).await.callback().contains_key("code"));
    assert_eq!(world.authorize(&hinted("rubbish")).await.callback()["error"], "invalid_request");
}

#[tokio::test]
async fn any_name_may_be_typed_unless_that_is_switched_off() {
    let world = World::new();
    let carol = claims(&world.tokens("dashboard", "carol").await.id_token);
    assert_eq!(carol["email"], "carol@dev.example");
    let strict = World::with(|builder| builder.typed_users(false));
    let page = strict.sign_in(&Authorization::of("dashboard"), "carol").await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("No user has this name."));
}

#[tokio::test]
async fn the_user_may_refuse() {
    let world = World::new();
    let query = Authorization::of("dashboard").query();
    let refused = world.post("/login", &[("deny", "1"), ("request", &query)]).await.callback();
    assert_eq!(refused["error"], "access_denied");
    assert_eq!(refused["state"], "the-state");
}

#[tokio::test]
async fn a_form_from_another_site_is_refused() {
    let world = World::new();
    let query = Authorization::of("dashboard").query();
    let form = [("login", "alice"), ("request", query.as_str())];
    let send =
        |origin: String| world.browser.post(world.url("/login")).header("origin", origin).form(&form).send();
    assert_eq!(send("http://evil.example".to_owned()).await.unwrap().status(), 400);
    assert_eq!(send("null".to_owned()).await.unwrap().status(), 400);
    assert_eq!(send(world.idp.issuer().to_owned()).await.unwrap().status(), 303);
}

#[tokio::test]
async fn the_login_page_offers_the_hinted_user() {
    let world = World::new();
    let page =
        world.authorize(&Authorization::of("dashboard").with("login_hint", "alice@acme.example")).await;
    assert!(page.body.contains("value=\"alice@acme.example\""));
    assert!(page.body.contains("person hinted"));
}
