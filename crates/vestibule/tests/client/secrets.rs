//! Row D27 and the error rule X2: nothing that is shown has a secret in it.

use std::fmt::Debug;

use vestibule::{
    AccessToken, AuthorizationCode, Callback, ClientSecret, CodeVerifier, EndSession, Login, Nonce,
    PendingLogin, RawIdToken, RedirectUri, RefreshToken, RevocableToken, State, TokenResponse,
    testing::json_response,
};

use crate::support::{SECRET, World, callback_query, html, parameters, unreachable};

/// Does not compile when the type has the trait: then two implementations fit.
macro_rules! has_not {
    ($trait:path: $($type:ty),+) => {
        $(const _: fn() = || {
            trait Fits<Which> {
                fn anything() {}
            }
            struct WithTheTrait;
            impl<T: ?Sized> Fits<()> for T {}
            impl<T: ?Sized + $trait> Fits<WithTheTrait> for T {}
            <$type as Fits<_>>::anything();
        };)+
    };
}

has_not!(serde::Serialize: AccessToken, AuthorizationCode, ClientSecret, CodeVerifier, Nonce, RawIdToken, RefreshToken, State);
has_not!(std::fmt::Display: AccessToken, AuthorizationCode, ClientSecret, CodeVerifier, Nonce, RawIdToken, RefreshToken, State);
has_not!(serde::Serialize: Callback, PendingLogin, TokenResponse, Login);
has_not!(std::fmt::Display: Callback, PendingLogin, TokenResponse, Login);
has_not!(Clone: PendingLogin);

/// What must never be seen.
const CANARY: &str = "canary-4f1d";

fn shown(value: &impl Debug) -> String {
    format!("{value:?} {value:#?}")
}

#[test]
fn d27_secrets_do_not_show_themselves() {
    let all = [
        shown(&ClientSecret::new(CANARY)),
        shown(&AccessToken::new(CANARY)),
        shown(&RefreshToken::new(CANARY)),
        shown(&AuthorizationCode::new(CANARY)),
        shown(&CodeVerifier::new(CANARY)),
        shown(&RawIdToken::new(CANARY)),
        shown(&Nonce::new(CANARY)),
        shown(&State::new(CANARY)),
        shown(&RevocableToken::Access(&AccessToken::new(CANARY))),
        shown(&Callback::parse("code=canary-4f1d&state=canary-4f1d&id_token=canary-4f1d").unwrap()),
        shown(
            &EndSession::new()
                .id_token_hint(RawIdToken::new(CANARY))
                .return_to(RedirectUri::new("https://app.example/").unwrap(), Some(State::new(CANARY))),
        ),
    ];
    for text in all {
        assert!(!text.contains(CANARY), "{text}");
        assert!(text.len() > 10, "it still says what it is: {text}");
    }
}

#[tokio::test]
async fn d27_a_whole_login_shows_no_secret() {
    let world = World::new();
    let start = world.begin().await;
    let sent = parameters(&start);
    let started = shown(&start);
    let id_token = world.issuer.sign(&world.id_token_claims(&start));
    world.issue(&id_token);
    let login = world.complete(start).await.unwrap();
    let texts =
        [started, shown(&login), shown(&world.client), shown(&world.provider), shown(&world.request())]
            .join(" ");
    for secret in [sent["state"].as_str(), sent["nonce"].as_str(), &id_token, "at-1", "rt-1", SECRET, "alice"]
    {
        assert!(!texts.contains(secret), "{secret} in {texts}");
    }
}

#[tokio::test]
async fn d27_errors_show_no_secret() {
    let world = World::new();
    let login = world.log_in().await;
    let mut texts = Vec::new();
    for answer in [
        html(200),
        html(500),
        json_response(400, &serde_json::json!({ "error": "invalid_grant" })),
        json_response(200, &serde_json::json!({ "access_token": CANARY, "token_type": CANARY })),
    ] {
        world.op.respond("/token", answer);
        let start = world.begin().await;
        let state = parameters(&start)["state"].clone();
        let error = world.complete(start).await.unwrap_err();
        texts.push((state, format!("{error} {}", shown(&error))));
        let refresh_token = login.tokens.refresh_token.as_ref().unwrap();
        let error = world.client.refresh(refresh_token, login.id_token.identity()).await.unwrap_err();
        texts.push(("rt-1".to_owned(), format!("{error} {}", shown(&error))));
    }
    world.op.answer("/token", |_| Err(unreachable(true)));
    let start = world.begin().await;
    let query = callback_query(&start);
    let error = world.complete(start).await.unwrap_err();
    texts.push((query, format!("{error} {}", shown(&error))));
    for (secret, text) in texts {
        for secret in [secret.as_str(), CANARY, SECRET, "c-1"] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
}
