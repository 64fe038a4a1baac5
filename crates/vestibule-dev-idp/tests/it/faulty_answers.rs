//! The switches of the endpoints: HTTP, discovery, keys, callback, token answers, UserInfo.

use serde_json::{Value, json};
use vestibule_dev_idp::{
    CallbackFault, DiscoveryFault, Endpoint, EventKind, HttpFault, JwksFault, JwtFault, Misbehaviour,
    TokenAnswerFault, UserInfoFault,
};

use crate::oracle::accepts;
use crate::support::{Answer, Authorization, Tokens, World, claims};

#[tokio::test]
async fn an_endpoint_can_answer_in_every_wrong_way() {
    let world = World::new();
    let answer = |fault: HttpFault| {
        world.idp.misbehave_once(Misbehaviour::Http(Endpoint::Jwks, fault));
        world.get("/jwks")
    };
    assert_eq!(answer(HttpFault::Status(500)).await.status, 500);
    let busy = answer(HttpFault::TooManyRequests { retry_after: "7".to_owned() }).await;
    assert_eq!((busy.status, busy.header("retry-after")), (429, Some("7")));
    let away = answer(HttpFault::Unavailable { retry_after: "later".to_owned() }).await;
    assert_eq!((away.status, away.header("retry-after")), (503, Some("later")));
    let html = answer(HttpFault::Html).await;
    assert_eq!((html.status, html.header("content-type")), (200, Some("text/html; charset=utf-8")));
    let redirect = answer(HttpFault::Redirect(307)).await;
    assert_eq!((redirect.status, redirect.header("location")), (307, Some("/elsewhere")));
    let body = HttpFault::Body { content_type: "application/json".to_owned(), body: "[]".to_owned() };
    assert_eq!(answer(body).await.json(), json!([]));
    let odd_type = answer(HttpFault::ContentType("text/plain".to_owned())).await;
    assert_eq!(odd_type.header("content-type"), Some("text/plain"));
    assert_eq!(odd_type.json(), world.idp.jwks());
    let truncated = answer(HttpFault::Truncated).await;
    assert!(serde_json::from_str::<Value>(&truncated.body).is_err() && truncated.body.starts_with('{'));
    let oversized = answer(HttpFault::Oversized).await;
    assert!(oversized.body.len() > 8 << 20);
    assert_eq!(oversized.json(), world.idp.jwks());
    assert_eq!(world.get("/jwks").await.json(), world.idp.jwks(), "all is well again");
    world.get("/elsewhere").await;
    assert_eq!(world.idp.requests().elsewhere, 1);
}

#[tokio::test]
async fn connections_can_break_in_every_wrong_way() {
    let world = World::new();
    let call = |fault: HttpFault| {
        world.idp.misbehave_once(Misbehaviour::Http(Endpoint::Jwks, fault));
        world.browser.get(world.url("/jwks")).send()
    };
    assert!(call(HttpFault::Reset).await.is_err());
    assert!(call(HttpFault::AnswerLost).await.is_err());
    let cut = call(HttpFault::Cut).await.unwrap();
    assert!(cut.content_length().unwrap() > 100);
    assert!(cut.text().await.is_err());
    let mut endless = call(HttpFault::Endless).await.unwrap();
    let mut read = 0;
    while read < 1 << 20 {
        read += endless.chunk().await.unwrap().unwrap().len();
    }
}

#[tokio::test]
async fn a_reset_spends_nothing_and_a_lost_answer_does() {
    let world = World::new();
    let tokens = world.tokens("dashboard", "alice").await;
    let form = [("grant_type", "refresh_token"), ("refresh_token", tokens.refresh_token.as_str())];
    let call = |fault: HttpFault| {
        world.idp.misbehave_once(Misbehaviour::Http(Endpoint::Token, fault));
        let secret = crate::support::secret("dashboard");
        world.browser.post(world.url("/token")).basic_auth("dashboard", Some(secret)).form(&form).send()
    };
    assert!(call(HttpFault::Reset).await.is_err());
    assert_eq!(call(HttpFault::Status(503)).await.unwrap().status(), 503);
    assert!(call(HttpFault::AnswerLost).await.is_err());
    assert_eq!(world.refresh("dashboard", &tokens.refresh_token).await.error(), "invalid_grant");
}

#[tokio::test]
async fn requests_and_answers_can_be_held() {
    let world = World::new();
    let mut events = world.idp.events();
    for (fault, processed) in
        [(HttpFault::HeldBefore, false), (HttpFault::Held, true), (HttpFault::HeldHalfway, true)]
    {
        let tokens = world.tokens("dashboard", "alice").await;
        events.drain();
        world.idp.misbehave_once(Misbehaviour::Http(Endpoint::Token, fault.clone()));
        let refreshing = tokio::spawn({
            let secret = crate::support::secret("dashboard");
            let form = [("grant_type", "refresh_token".to_owned()), ("refresh_token", tokens.refresh_token)];
            let call =
                world.browser.post(world.url("/token")).basic_auth("dashboard", Some(secret)).form(&form);
            async move { Answer::read(call.send().await.unwrap()).await }
        });
        let mut refreshed = false;
        loop {
            match events.next().await.unwrap().kind {
                EventKind::Held { endpoint } => break assert_eq!(endpoint, Endpoint::Token),
                EventKind::Refreshed { .. } => refreshed = true,
                _ => {}
            }
        }
        assert_eq!(refreshed, processed, "{fault:?}");
        assert!(!refreshing.is_finished());
        world.idp.release();
        assert_eq!(refreshing.await.unwrap().status, 200, "{fault:?}");
    }
}

#[tokio::test]
async fn discovery_can_be_wrong() {
    let world = World::new();
    let document = |fault: DiscoveryFault| {
        world.idp.misbehave_once(Misbehaviour::Discovery(fault));
        let world = &world;
        async move { world.get("/.well-known/openid-configuration").await.json() }
    };
    let issuer = world.idp.issuer();
    assert_eq!(document(DiscoveryFault::Issuer).await["issuer"], format!("{issuer}INVALID"));
    assert_eq!(document(DiscoveryFault::IssuerSlash).await["issuer"], format!("{issuer}/"));
    assert_eq!(document(DiscoveryFault::Without("jwks_uri".to_owned())).await.get("jwks_uri"), None);
    let member = DiscoveryFault::Member("token_endpoint".to_owned(), json!(7));
    assert_eq!(document(member).await["token_endpoint"], 7);
    let odd = document(DiscoveryFault::Odd).await;
    assert!(odd["id_token_signing_alg_values_supported"].as_array().unwrap().contains(&json!("none")));
    let uri = |document: Value| document["jwks_uri"].as_str().unwrap().to_owned();
    let (first, second) =
        (uri(document(DiscoveryFault::JwksMoves).await), uri(document(DiscoveryFault::JwksMoves).await));
    assert_ne!(first, second);
    let moved = world.get(first.strip_prefix(issuer).unwrap()).await;
    assert_eq!(moved.json(), world.idp.jwks());
    assert_eq!(world.idp.requests().jwks, 1);
}

#[tokio::test]
async fn key_sets_can_be_wrong() {
    let world = World::new();
    let document = |fault: JwksFault| {
        world.idp.misbehave_once(Misbehaviour::Jwks(fault));
        let world = &world;
        async move { world.get("/jwks").await.json() }
    };
    let keys = |document: &Value| document["keys"].as_array().unwrap().clone();
    assert_eq!(document(JwksFault::Empty).await, json!({ "keys": [] }));
    assert_eq!(document(JwksFault::NoKeys).await.get("keys"), None);
    assert_eq!(document(JwksFault::Keys(vec![json!("key")])).await, json!({ "keys": ["key"] }));
    let symmetric = keys(&document(JwksFault::Symmetric).await);
    assert!(symmetric.iter().all(|key| key["kty"] == "oct") && !symmetric.is_empty());
    let many = keys(&document(JwksFault::TooMany).await);
    assert_eq!(many.len(), 101);
    assert!(keys(&world.idp.jwks()).iter().all(|real| many.contains(real)));
    let rsa_without_id =
        |keys: &[Value]| keys.iter().filter(|key| key["kty"] == "RSA" && key.get("kid").is_none()).count();
    assert_eq!(rsa_without_id(&keys(&document(JwksFault::OneKeyWithoutId).await)), 1);
    assert_eq!(rsa_without_id(&keys(&document(JwksFault::SeveralKeysWithoutId).await)), 3);
    let odd = keys(&document(JwksFault::Odd).await);
    for what in [("crv", "secp256k1"), ("kty", "LATTICE"), ("use", "enc"), ("alg", "RS512")] {
        assert!(odd.iter().any(|key| key[what.0] == what.1), "{what:?}");
    }
}

#[tokio::test]
async fn the_oracle_copes_with_odd_key_sets() {
    for fault in [JwksFault::Odd, JwksFault::TooMany] {
        let world = World::new();
        let tokens = world.tokens("dashboard", "alice").await;
        world.idp.misbehave(Misbehaviour::Jwks(fault.clone()));
        assert_eq!(accepts(&world, "dashboard", &tokens).await, Ok(()), "{fault:?}");
    }
    let world = World::new();
    world.idp.misbehave(Misbehaviour::Jwks(JwksFault::OneKeyWithoutId));
    world.idp.misbehave(Misbehaviour::IdToken(JwtFault::NoKeyId));
    let tokens = world.tokens("dashboard", "alice").await;
    assert_eq!(accepts(&world, "dashboard", &tokens).await, Ok(()));
}

#[tokio::test]
async fn callbacks_can_be_wrong() {
    let world = World::new();
    let earlier =
        world.sign_in(&Authorization::of("docs").with("state", "earlier"), "alice").await.callback();
    let pairs = |fault: CallbackFault, request: Authorization| {
        world.idp.misbehave_once(Misbehaviour::Callback(fault));
        let world = &world;
        async move {
            let location = world.authorize(&request).await.location();
            location.query_pairs().into_owned().collect::<Vec<_>>()
        }
    };
    let good = || Authorization::of("dashboard");
    let all = |pairs: &[(String, String)], name: &str| {
        pairs.iter().filter(|(known, _)| known == name).map(|(_, value)| value.clone()).collect::<Vec<_>>()
    };
    let state = pairs(CallbackFault::StateOfEarlierLogin, good()).await;
    assert_eq!(all(&state, "state"), ["earlier"]);
    world.sign_in(&Authorization::of("docs"), "alice").await;
    assert_ne!(
        all(&pairs(CallbackFault::CodeOfEarlierLogin, good()).await, "code"),
        [earlier["code"].clone()]
    );
    assert_eq!(all(&pairs(CallbackFault::State, good()).await, "state"), ["the-state1"]);
    assert_eq!(all(&pairs(CallbackFault::State, good().without("state")).await, "state"), ["1"]);
    assert!(all(&pairs(CallbackFault::NoState, good()).await, "state").is_empty());
    assert_eq!(all(&pairs(CallbackFault::StateTwice, good()).await, "state").len(), 2);
    assert_eq!(all(&pairs(CallbackFault::CodeTwice, good()).await, "code").len(), 2);
    assert!(all(&pairs(CallbackFault::NoCode, good()).await, "code").is_empty());
    assert!(all(&pairs(CallbackFault::NoIssuer, good()).await, "iss").is_empty());
    let issuer = all(&pairs(CallbackFault::Issuer, good()).await, "iss");
    assert_eq!(issuer, [format!("{}1", world.idp.issuer())]);
    let error = pairs(CallbackFault::Error("server_error".to_owned()), good()).await;
    assert_eq!((all(&error, "error").len(), all(&error, "code").len()), (1, 0));
    let both = pairs(CallbackFault::ErrorAndCode("server_error".to_owned()), good()).await;
    assert_eq!((all(&both, "error").len(), all(&both, "code").len()), (1, 1));
    let extra = pairs(CallbackFault::Parameter("id_token".to_owned(), "x.y.z".to_owned()), good()).await;
    assert_eq!(all(&extra, "id_token"), ["x.y.z"]);
    let code = all(&pairs(CallbackFault::Code, good()).await, "code").remove(0);
    assert_eq!(world.exchange("dashboard", &code).await.error(), "invalid_grant");
}

#[tokio::test]
async fn token_answers_can_be_wrong() {
    let world = World::new();
    let answer = |fault: TokenAnswerFault| {
        let world = &world;
        async move {
            let code = world.code("dashboard", "alice").await;
            world.idp.misbehave_once(Misbehaviour::Token(fault));
            world.exchange("dashboard", &code).await
        }
    };
    let member = |fault: TokenAnswerFault, name: &'static str| {
        let answer = answer(fault);
        async move { answer.await.json().get(name).cloned() }
    };
    assert_eq!(member(TokenAnswerFault::NoAccessToken, "access_token").await, None);
    assert_eq!(member(TokenAnswerFault::NoIdToken, "id_token").await, None);
    assert_eq!(member(TokenAnswerFault::NoTokenType, "token_type").await, None);
    assert_eq!(member(TokenAnswerFault::NoExpiresIn, "expires_in").await, None);
    assert_eq!(member(TokenAnswerFault::NoRefreshToken, "refresh_token").await, None);
    assert_eq!(member(TokenAnswerFault::Without("scope".to_owned()), "scope").await, None);
    let token_type = TokenAnswerFault::TokenType("bEARER".to_owned());
    assert_eq!(member(token_type, "token_type").await, Some(json!("bEARER")));
    let negative = TokenAnswerFault::Member("expires_in".to_owned(), json!(-5));
    assert_eq!(member(negative, "expires_in").await, Some(json!(-5)));
    assert!(member(TokenAnswerFault::UnknownMember, "ignored_member").await.is_some());
    assert!(answer(TokenAnswerFault::NotAnObject).await.json().is_array());
    let wrong = answer(TokenAnswerFault::WrongTypes).await.json();
    assert!(wrong["access_token"].is_number() && wrong["expires_in"].is_string());
    let refused = answer(TokenAnswerFault::Error("invalid_client".to_owned())).await;
    assert_eq!((refused.status, refused.error()), (401, "invalid_client".to_owned()));
    let refused = answer(TokenAnswerFault::Error("temporarily_odd".to_owned())).await;
    assert_eq!((refused.status, refused.error()), (400, "temporarily_odd".to_owned()));
}

#[tokio::test]
async fn refresh_answers_have_switches_of_their_own() {
    let world = World::new();
    world.idp.misbehave(Misbehaviour::Refresh(TokenAnswerFault::Error("invalid_grant".to_owned())));
    let tokens = world.tokens("dashboard", "alice").await;
    assert_eq!(world.refresh("dashboard", &tokens.refresh_token).await.error(), "invalid_grant");
    world.idp.behave();

    world.idp.misbehave_once(Misbehaviour::Refresh(TokenAnswerFault::NoRefreshToken));
    let kept = world.refresh("dashboard", &tokens.refresh_token).await;
    assert_eq!((kept.status, kept.json().get("refresh_token")), (200, None));

    world.idp.misbehave_once(Misbehaviour::Refresh(TokenAnswerFault::OddRefreshToken));
    let odd = Tokens::read(&world.refresh("dashboard", &tokens.refresh_token).await);
    assert!(odd.refresh_token.ends_with(" +%:&=/"));
    Tokens::read(&world.refresh("dashboard", &odd.refresh_token).await);
}

#[tokio::test]
async fn a_refreshed_id_token_can_be_about_somebody_else() {
    let world = World::new();
    let tokens = world.tokens("dashboard", "alice").await;
    world.idp.misbehave(Misbehaviour::RefreshedIdToken(JwtFault::Subject));
    let refreshed = Tokens::read(&world.refresh("dashboard", &tokens.refresh_token).await);
    assert_ne!(claims(&refreshed.id_token)["sub"], claims(&tokens.id_token)["sub"]);
}

#[tokio::test]
async fn userinfo_can_be_wrong() {
    let world = World::new();
    let tokens = world.tokens("dashboard", "alice").await;
    let answer = |fault: UserInfoFault| {
        world.idp.misbehave_once(Misbehaviour::UserInfo(fault));
        let (world, tokens) = (&world, &tokens);
        async move { world.userinfo(&tokens.access_token).await.json() }
    };
    assert!(answer(UserInfoFault::Subject).await["sub"].as_str().unwrap().ends_with("invalid"));
    assert_eq!(answer(UserInfoFault::NoSubject).await.get("sub"), None);
    assert_eq!(answer(UserInfoFault::Claim("email".to_owned(), json!(1))).await["email"], 1);
}

#[tokio::test]
async fn switches_are_shown_and_logged() {
    let world = World::new();
    let mut events = world.idp.events();
    world.idp.misbehave(Misbehaviour::ClockOff(5));
    world.idp.misbehave_once(Misbehaviour::CodesSurviveLogout);
    assert_eq!(world.idp.misbehaviours(), [Misbehaviour::ClockOff(5), Misbehaviour::CodesSurviveLogout]);
    let log: Vec<String> = events.drain().iter().map(ToString::to_string).collect();
    assert_eq!(log, ["misbehaving: ClockOff(5)", "misbehaving once: CodesSurviveLogout"]);
    world.idp.behave();
    assert!(world.idp.misbehaviours().is_empty());
}
