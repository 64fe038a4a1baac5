//! A logout token is of no use anywhere else (checklist B25).

use http::{HeaderValue, Response, header};
use scenarios::{
    Bare, Browser, Call, Calls, DASHBOARD, Mount, World, on_every_mount,
    provider::{ACCESS_TOKEN_LIFETIME, ISSUER},
};
use serde_json::{Value, json};
use vestibule::{ClientSecret, Clock, Diagnose, Provider};

use crate::support::{is_in, issuer, snapshot, with};

on_every_mount! {
    b25_not_as_an_id_token
    b25_not_as_a_refreshed_id_token
}

/// The disguises, and what gives them away.
const DISGUISES: [(&str, &str); 2] = [("logout+jwt", "id_token.wrong_type"), ("JWT", "id_token.wrong_kind")];

async fn b25_not_as_an_id_token(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    for (typ, code) in DISGUISES {
        // Everything that an ID token needs is in it, save that it announces a logout.
        let now = world.clock().now();
        world.provider().alter_token_answer(move |answer| {
            let nonce = nonce_of(answer);
            let claims = issuer().logout_token_claims(DASHBOARD, "jti", now);
            answer["id_token"] = json!(issuer().sign_typed(typ, &with(claims, "nonce", nonce)));
        });
        let alice = Browser::new("alice");
        let callback = alice.start_login(&world, "/auth/login").await;
        let before = snapshot(&world).await;
        let refused = alice.page(&world, &callback).await;
        assert_eq!((refused.status, refused.code().as_str()), (400, code), "{typ}");
        snapshot(&world).await.assert_unchanged_since(&before, Calls::TOKEN);
        assert!(!is_in(&alice, &world).await);
    }
    world
}

async fn b25_not_as_a_refreshed_id_token(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    for (typ, _) in DISGUISES {
        world.provider().alter_token_answer(|_| ());
        let alice = world.login("alice").await;
        world.advance(std::time::Duration::from_secs(ACCESS_TOKEN_LIFETIME));
        let now = world.clock().now();
        world.provider().alter_token_answer(move |answer| {
            let claims = issuer().logout_token_claims(DASHBOARD, "jti", now);
            answer["id_token"] = json!(issuer().sign_typed(typ, &claims));
        });
        let refused = alice.api(&world, "/api/token").await;
        assert_eq!((refused.status, refused.code().as_str()), (401, "refresh.identity_changed"), "{typ}");
    }
    world
}

#[tokio::test(start_paused = true)]
async fn b25_not_as_user_info() {
    let world = World::new(&Bare).await;
    let alice = world.login("alice").await;
    let session = alice.session(&world).await;
    let (access_token, identity) = (session.access_token().await.unwrap(), session.identity().unwrap());
    let provider = Provider::builder(ISSUER)
        .unwrap()
        .transport(world.provider().wire())
        .clock(world.clock().clone())
        .build()
        .unwrap();
    let client = provider.web_app(DASHBOARD, ClientSecret::new("any"));
    assert_eq!(client.user_info(&access_token, &identity).await.unwrap().subject(), "alice");

    let now = world.clock().now();
    for typ in ["logout+jwt", "JWT"] {
        world.provider().fault(Call::UserInfo, move || {
            let claims = issuer().logout_token_claims(DASHBOARD, "jti", now);
            let mut response = Response::new(issuer().sign_typed(typ, &claims).into());
            response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/jwt"));
            Ok(response)
        });
        let before = snapshot(&world).await;
        let refused = client.user_info(&access_token, &identity).await.unwrap_err();
        assert_eq!(refused.code(), "userinfo.invalid", "{typ}");
        snapshot(&world).await.assert_unchanged_since(&before, Calls { user_info: 1, ..Calls::NONE });
    }
}

/// The `nonce` that the provider was about to put into the ID token.
fn nonce_of(answer: &Value) -> Value {
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
    let token = answer["id_token"].as_str().expect("an ID token");
    let claims = BASE64_URL_SAFE_NO_PAD.decode(token.split('.').nth(1).expect("claims")).expect("base64url");
    serde_json::from_slice::<Value>(&claims).expect("JSON")["nonce"].clone()
}
