use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use scenarios::{Answer, Browser, Call, Calls, Mount, World, on_every_mount};
use serde_json::json;
use sha2::{Digest, Sha256};
use url::form_urlencoded;
use vestibule::{AuthorizationRequest, Diagnose, RedirectUri};

use crate::attempt::{Parameters, assert_refused};

on_every_mount! {
    c13_a_provider_that_knows_only_plain
    c13_every_request_has_an_s256_challenge
    c13_the_verifier_fits_its_own_challenge
    c13_a_provider_that_does_not_say
    c25_the_query_of_login_is_not_forwarded
}

async fn c13_a_provider_that_knows_only_plain(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    world
        .provider()
        .alter_metadata(|document| document["code_challenge_methods_supported"] = json!(["plain"]));
    let alice = Browser::new("alice");
    let before = world.snapshot().await;
    let answer = alice.page(&world, "/auth/login").await;
    assert_refused(&answer, 500, "config.pkce");
    let after = world.snapshot().await;
    assert_eq!((after.state, after.writes), (before.state, before.writes));
    assert_eq!(alice.cookies(&world), []);
    world
}

async fn c13_every_request_has_an_s256_challenge(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = Browser::new("alice");
    let (one, other) = (
        request(&alice.page(&world, "/auth/login").await),
        request(&alice.page(&world, "/auth/login").await),
    );
    for parameters in [&one, &other] {
        assert_eq!(parameters.get("code_challenge_method"), "S256");
        assert_eq!(parameters.get("response_type"), "code");
    }
    assert_ne!(one.get("code_challenge"), other.get("code_challenge"), "one verifier for each attempt");
    world
}

async fn c13_the_verifier_fits_its_own_challenge(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = Browser::new("alice");
    let sent = alice.page(&world, "/auth/login").await;
    let challenge = Parameters::of(sent.location()).get("code_challenge").to_owned();
    let callback = world.authorize(&alice, sent.location()).unwrap();
    alice.page(&world, &world.path_of(&callback)).await;
    let token_request = world.provider().last_request(Call::Token);
    let verifier =
        form_urlencoded::parse(token_request.body()).find(|(name, _)| name == "code_verifier").unwrap().1;
    assert_eq!(verifier.len(), 43, "256 bits as base64url");
    assert_eq!(BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes())), challenge);
    world
}

async fn c13_a_provider_that_does_not_say(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    world.provider().alter_metadata(|document| {
        document.as_object_mut().unwrap().remove("code_challenge_methods_supported");
    });
    let sent = request(&Browser::new("alice").page(&world, "/auth/login").await);
    assert_eq!(sent.get("code_challenge_method"), "S256");
    world
}

async fn c25_the_query_of_login_is_not_forwarded(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = Browser::new("alice");
    let plain = request(&alice.page(&world, "/auth/login").await);
    let before = world.snapshot().await;
    let urged = alice
        .page(
            &world,
            "/auth/login?client_id=evil&redirect_uri=https%3A%2F%2Fevil.example&state=chosen&nonce=chosen&scope=admin\
             &response_type=token&response_mode=fragment&code_challenge_method=plain&prompt=none&request=x&x=y",
        )
        .await;
    world.snapshot().await.assert_unchanged_since(&before, Calls::NONE);
    let urged = request(&urged);
    let names =
        |parameters: &Parameters| parameters.0.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&urged), names(&plain));
    for name in ["response_type", "client_id", "redirect_uri", "scope", "code_challenge_method"] {
        assert_eq!(urged.get(name), plain.get(name), "{name}");
    }
    world
}

fn request(sent: &Answer) -> Parameters {
    Parameters::of(sent.location())
}

#[test]
fn c25_an_extra_parameter_cannot_stand_for_one_of_the_protocols() {
    for name in [
        "client_id",
        "redirect_uri",
        "state",
        "scope",
        "nonce",
        "response_type",
        "code_challenge_method",
        "request",
    ] {
        let request =
            AuthorizationRequest::new(RedirectUri::new("https://app.acme.example/auth/callback").unwrap());
        assert_eq!(request.parameter(name, "x").unwrap_err().code(), "config.reserved_param", "{name}");
    }
}
