//! What the provider refuses.

use std::time::Duration;

use vestibule_dev_idp::{Application, ClientAuthentication, EventKind};

use crate::support::{Answer, Authorization, Tokens, VERIFIER, World, application, redirect_uri, secret};

#[tokio::test]
async fn a_redirect_uri_that_is_not_registered_is_never_redirected_to() {
    let world = World::new();
    let good = Authorization::of("dashboard");
    let registered = redirect_uri("dashboard");
    let bad = [
        good.clone().with("redirect_uri", "http://evil.example/"),
        good.clone().with("redirect_uri", &format!("{registered}/")),
        good.clone().with("redirect_uri", &format!("{registered}?a=b")),
        good.clone().with("redirect_uri", &registered.to_uppercase()),
        good.clone().with("redirect_uri", &redirect_uri("docs")),
        good.clone().without("redirect_uri"),
        good.clone().and("redirect_uri", &registered),
        good.clone().with("client_id", "nobody"),
        good.clone().with("client_id", "<script>alert(1)</script>"),
        good.clone().without("client_id"),
        good.clone().and("client_id", "dashboard"),
    ];
    for request in bad {
        for answer in [world.authorize(&request).await, world.sign_in(&request, "alice").await] {
            assert_eq!(answer.status, 400, "{}", request.query());
            assert!(answer.header("location").is_none());
            assert!(!answer.body.contains("<script"), "what was sent is escaped");
        }
    }
}

#[tokio::test]
async fn a_bad_request_is_answered_at_the_callback() {
    let world = World::new();
    world.tokens("docs", "alice").await;
    let good = Authorization::of("dashboard");
    let bad = [
        (good.clone().with("code_challenge_method", "plain"), "invalid_request"),
        (good.clone().without("code_challenge_method"), "invalid_request"),
        (good.clone().without("code_challenge").without("code_challenge_method"), "invalid_request"),
        (good.clone().with("code_challenge", "short"), "invalid_request"),
        (good.clone().with("response_type", "token"), "unsupported_response_type"),
        (good.clone().with("response_type", "code id_token"), "unsupported_response_type"),
        (good.clone().without("response_type"), "invalid_request"),
        (good.clone().with("response_mode", "fragment"), "invalid_request"),
        (good.clone().with("scope", "profile"), "invalid_scope"),
        (good.clone().without("scope"), "invalid_scope"),
        (good.clone().with("prompt", "none login"), "invalid_request"),
        (good.clone().with("prompt", "shout"), "invalid_request"),
        (good.clone().with("max_age", "soon"), "invalid_request"),
        (good.clone().and("nonce", "another"), "invalid_request"),
        (good.clone().and("state", "another"), "invalid_request"),
        (good.clone().with("request", "x.y.z"), "request_not_supported"),
        (good.clone().with("request_uri", "http://x/"), "request_uri_not_supported"),
    ];
    for (request, error) in bad {
        let callback = world.authorize(&request).await.callback();
        assert_eq!(callback["error"], error, "{}", request.query());
        assert_eq!(callback["state"], "the-state");
        assert_eq!(callback["iss"], world.idp.issuer());
        assert!(!callback.contains_key("code"));
    }
    assert!(world.authorize(&good).await.callback().contains_key("code"), "the good one is good");
}

#[tokio::test]
async fn a_code_is_good_for_one_exchange() {
    let world = World::new();
    let code = world.code("dashboard", "alice").await;
    let tokens = Tokens::read(&world.exchange("dashboard", &code).await);
    let again = world.exchange("dashboard", &code).await;
    assert_eq!((again.status, again.error()), (400, "invalid_grant".to_owned()));
    assert_eq!(world.userinfo(&tokens.access_token).await.status, 401, "what it gave is revoked");
    assert_eq!(world.refresh("dashboard", &tokens.refresh_token).await.error(), "invalid_grant");
}

#[tokio::test]
async fn a_code_is_bound_to_everything() {
    let world = World::new();
    let code = world.code("dashboard", "alice").await;
    let uri = redirect_uri("dashboard");
    let exchange = |code: &str, uri: &str, verifier: &str| {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", uri),
            ("code_verifier", verifier),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let world = &world;
        async move {
            let form = form.each_ref().map(|(name, value)| (name.as_str(), value.as_str()));
            world.token("dashboard", &form).await
        }
    };
    let wrong_verifier = VERIFIER.replace('a', "b");
    assert_eq!(exchange(&code, &uri, &wrong_verifier).await.error(), "invalid_grant");
    assert_eq!(exchange(&code, &uri, "").await.error(), "invalid_grant");
    assert_eq!(exchange(&code, "http://127.0.0.1:3000/other", VERIFIER).await.error(), "invalid_grant");
    assert_eq!(exchange(&code, "", VERIFIER).await.error(), "invalid_grant");
    assert_eq!(exchange("code_unknown", &uri, VERIFIER).await.error(), "invalid_grant");
    assert_eq!(world.exchange("docs", &code).await.error(), "invalid_grant");
    assert_eq!(exchange(&code, &uri, VERIFIER).await.status, 200, "refusals do not spend it");
}

#[tokio::test]
async fn a_code_expires_and_dies_with_the_session() {
    let world = World::new();
    let code = world.code("dashboard", "alice").await;
    world.idp.clock().advance(Duration::from_secs(600));
    assert_eq!(world.exchange("dashboard", &code).await.error(), "invalid_grant");

    let tokens = world.tokens("dashboard", "alice").await;
    let code = world.authorize(&Authorization::of("docs")).await.callback()["code"].clone();
    world.log_out(&tokens).await;
    assert_eq!(world.exchange("docs", &code).await.error(), "invalid_grant");
}

#[tokio::test]
async fn pkce_cannot_be_stripped_or_added() {
    let world = World::with(|builder| builder.require_pkce(false));
    let plain = Authorization::of("dashboard").without("code_challenge").without("code_challenge_method");
    let uri = redirect_uri("dashboard");
    let code = world.sign_in(&plain, "alice").await.callback()["code"].clone();
    let form = [("grant_type", "authorization_code"), ("code", code.as_str()), ("redirect_uri", &uri)];
    let with_verifier = [form.as_slice(), &[("code_verifier", VERIFIER)]].concat();
    assert_eq!(world.token("dashboard", &with_verifier).await.error(), "invalid_grant");
    assert_eq!(world.token("dashboard", &form).await.status, 200);
    let weak = Authorization::of("dashboard").with("code_challenge_method", "plain");
    assert_eq!(world.authorize(&weak).await.callback()["error"], "invalid_request");
}

#[tokio::test]
async fn clients_must_authenticate_in_exactly_one_right_way() {
    let world = World::new();
    let mut events = world.idp.events();
    let good = secret("dashboard");
    let form = |id: &str, secret: &str| {
        format!("grant_type=refresh_token&refresh_token=rt_x&client_id={id}&client_secret={secret}")
    };
    let send = |basic: Option<(&'static str, String)>, body: String| {
        let mut call = world
            .browser
            .post(world.url("/token"))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body);
        if let Some((id, secret)) = basic {
            call = call.basic_auth(id, Some(secret));
        }
        async move { Answer::read(call.send().await.unwrap()).await }
    };
    let bare = || form("", "");
    let refused = send(Some(("dashboard", "wrong".to_owned())), bare()).await;
    assert_eq!((refused.status, refused.error()), (401, "invalid_client".to_owned()));
    assert!(refused.header("www-authenticate").unwrap().starts_with("Basic"));
    assert_eq!(send(Some(("nobody", good.clone())), bare()).await.error(), "invalid_client");
    assert_eq!(send(None, form("dashboard", "wrong")).await.error(), "invalid_client");
    assert_eq!(send(None, form("dashboard", "")).await.error(), "invalid_client");
    assert_eq!(send(None, bare()).await.error(), "invalid_client");
    let twice = send(Some(("dashboard", good.clone())), form("dashboard", &good)).await;
    assert_eq!(twice.error(), "invalid_request");
    let other = send(Some(("dashboard", good.clone())), form("docs", "")).await;
    assert_eq!(other.error(), "invalid_request");
    // The client is known from here on, and only the token is wrong.
    assert_eq!(send(None, form("dashboard", &good)).await.error(), "invalid_grant");
    assert_eq!(send(Some(("dashboard", good)), form("dashboard", "")).await.error(), "invalid_grant");
    let wrong = EventKind::ClientRefused {
        client: Some("dashboard".to_owned()),
        reason: "the client secret is wrong".to_owned(),
    };
    assert!(events.drain().contains(&wrong));
}

#[tokio::test]
async fn the_ways_of_client_authentication_can_be_narrowed() {
    let world = World::with(|builder| builder.client_authentication([ClientAuthentication::Post]));
    let discovery = world.get("/.well-known/openid-configuration").await.json();
    let ways = &discovery["token_endpoint_auth_methods_supported"];
    assert_eq!(
        *ways,
        serde_json::json!(["client_secret_post", "none"]),
        "native applications have no secret"
    );
    assert_eq!(world.refresh("dashboard", "rt_x").await.error(), "invalid_client");
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", "rt_x"),
        ("client_id", "dashboard"),
        ("client_secret", &secret("dashboard")),
    ];
    assert_eq!(world.post("/token", &form).await.error(), "invalid_grant");
}

#[tokio::test]
async fn odd_client_ids_and_secrets_are_form_encoded_first() {
    let (id, secret) = ("odd id+%:&", "s e+c%r:e/t=");
    let world = World::new();
    world.idp.register(Application::web(id, secret).redirect_uri(redirect_uri("odd"))).unwrap();
    let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let form = [("grant_type", "refresh_token"), ("refresh_token", "rt_x")];
    let send = |id: String, secret: String| {
        let call = world.browser.post(world.url("/token")).basic_auth(id, Some(secret)).form(&form);
        async move { Answer::read(call.send().await.unwrap()).await.error() }
    };
    assert_eq!(send(encode(id), encode(secret)).await, "invalid_grant", "the client is known");
    assert_eq!(send(id.to_owned(), secret.to_owned()).await, "invalid_client");
}

#[tokio::test]
async fn two_secrets_are_good_at_the_same_time() {
    let world = World::new();
    world.idp.register(application("dashboard").secret("the-second")).unwrap();
    let form = [("grant_type", "refresh_token"), ("refresh_token", "rt_x")];
    for secret in [secret("dashboard"), "the-second".to_owned()] {
        let call = world.browser.post(world.url("/token")).basic_auth("dashboard", Some(secret)).form(&form);
        assert_eq!(Answer::read(call.send().await.unwrap()).await.error(), "invalid_grant");
    }
}

#[tokio::test]
async fn the_token_endpoint_takes_well_formed_forms_only() {
    let world = World::new();
    let json = world.browser.post(world.url("/token")).body("{}").header("content-type", "application/json");
    assert_eq!(Answer::read(json.send().await.unwrap()).await.error(), "invalid_request");
    let repeated = [("grant_type", "refresh_token"), ("grant_type", "refresh_token")];
    assert_eq!(world.token("dashboard", &repeated).await.error(), "invalid_request");
    assert_eq!(world.token("dashboard", &[("a", "b")]).await.error(), "invalid_request");
    let password = [("grant_type", "password")];
    assert_eq!(world.token("dashboard", &password).await.error(), "unsupported_grant_type");
    assert_eq!(world.get("/token").await.status, 405);
}

#[tokio::test]
async fn userinfo_wants_one_live_token_in_the_right_place() {
    let world = World::new();
    let tokens = world.tokens("dashboard", "alice").await;
    let token = tokens.access_token.as_str();
    assert_eq!(world.post("/userinfo", &[("access_token", token)]).await.status, 200);
    assert_eq!(world.get(&format!("/userinfo?access_token={token}")).await.error(), "invalid_request");
    let both = world.browser.post(world.url("/userinfo")).bearer_auth(token).form(&[("access_token", token)]);
    assert_eq!(Answer::read(both.send().await.unwrap()).await.error(), "invalid_request");
    let none = world.get("/userinfo").await;
    assert_eq!((none.status, none.header("www-authenticate").is_some()), (401, true));
    assert_eq!(world.userinfo(&tokens.id_token).await.error(), "invalid_token");
    assert_eq!(world.userinfo("rubbish").await.error(), "invalid_token");
    world.idp.clock().advance(Duration::from_secs(300));
    assert_eq!(world.userinfo(token).await.error(), "invalid_token");
}

#[tokio::test]
async fn revocation_is_rfc_7009() {
    let world = World::new();
    let mut events = world.idp.events();
    let revoke = |client: &'static str, token: String| {
        let call = world
            .browser
            .post(world.url("/revoke"))
            .basic_auth(client, Some(secret(client)))
            .form(&[("token", token)]);
        async move { Answer::read(call.send().await.unwrap()).await }
    };
    let first = world.tokens("dashboard", "alice").await;
    assert_eq!(revoke("docs", first.refresh_token.clone()).await.error(), "invalid_grant");
    assert_eq!(revoke("docs", first.access_token.clone()).await.error(), "invalid_grant");
    assert_eq!(world.userinfo(&first.access_token).await.status, 200);

    assert_eq!(revoke("dashboard", first.access_token.clone()).await.status, 200);
    assert_eq!(world.userinfo(&first.access_token).await.status, 401);
    let second = Tokens::read(&world.refresh("dashboard", &first.refresh_token).await);

    assert_eq!(revoke("dashboard", second.refresh_token.clone()).await.status, 200);
    assert_eq!(world.refresh("dashboard", &second.refresh_token).await.error(), "invalid_grant");
    assert_eq!(world.userinfo(&second.access_token).await.status, 401, "the whole grant is gone");

    assert_eq!(revoke("dashboard", "unknown".to_owned()).await.status, 200);
    assert_eq!(revoke("dashboard", String::new()).await.error(), "invalid_request");
    let anonymous = world.post("/revoke", &[("token", "x")]).await;
    assert_eq!(anonymous.error(), "invalid_client");
    let revoked = EventKind::TokenRevoked { client: "dashboard".to_owned() };
    assert_eq!(events.drain().into_iter().filter(|event| *event == revoked).count(), 2);
}

#[tokio::test]
async fn a_session_ends_when_its_time_is_over() {
    let world = World::with(|builder| builder.session_lifetime(Duration::from_secs(1_000)));
    let tokens = world.tokens("dashboard", "alice").await;
    world.idp.clock().advance(Duration::from_secs(999));
    let tokens = Tokens::read(&world.refresh("dashboard", &tokens.refresh_token).await);
    world.idp.clock().advance(Duration::from_secs(1));
    assert_eq!(world.refresh("dashboard", &tokens.refresh_token).await.error(), "invalid_grant");
    assert_eq!(world.authorize(&Authorization::of("docs")).await.status, 200, "a login page");
}
