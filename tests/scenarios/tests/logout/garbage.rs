//! Floods of what is no logout token (checklist B29).

use std::time::Duration;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use scenarios::{Bare, Calls, World};
use serde_json::json;
use vestibule::{Clock, testing::TestIssuer};

use crate::support::{assert_done, assert_refused, hear, is_in, issuer, snapshot, token_for};

#[tokio::test(start_paused = true)]
async fn b29_ten_thousand_unknown_keys_cost_one_look() {
    let world = World::new(&Bare).await;
    let alice = world.login("alice").await;
    let before = snapshot(&world).await;
    let claims = issuer().logout_token_claims("dashboard", "jti", world.clock().now()).to_string();
    let claims = BASE64_URL_SAFE_NO_PAD.encode(claims);
    for kid in 0..10_000 {
        let header = json!({ "alg": "RS256", "kid": format!("random-{kid}") }).to_string();
        let token = format!("{}.{claims}.AAAA", BASE64_URL_SAFE_NO_PAD.encode(header));
        let answer = hear(&world, &token).await;
        if kid % 1000 == 0 {
            assert_refused(&answer, "jwt.key_not_found", "an unknown key");
        }
        assert_eq!(answer.status, 400);
    }
    let one_look = Calls { keys: 1, ..Calls::NONE };
    snapshot(&world).await.assert_unchanged_since(&before, one_look);
    assert!(is_in(&alice, &world).await);
    assert_done(&hear(&world, &token_for(&world, "alice")).await);
}

/// The cool-down ends: a key that was really added is found then.
#[tokio::test(start_paused = true)]
async fn b29_the_next_look_comes_after_the_cool_down() {
    let world = World::new(&Bare).await;
    world.login("alice").await;
    let stranger = TestIssuer::with_keys(
        issuer().issuer(),
        [vestibule::testing::TestKey::numbered(vestibule::Algorithm::Rs256, "new", 1)],
    );
    let new = |jti: &str| stranger.sign(&stranger.logout_token_claims("dashboard", jti, world.clock().now()));
    let keys = || world.calls().keys;
    let before = keys();
    assert_refused(&hear(&world, &new("1")).await, "jwt.key_not_found", "a look");
    for _ in 0..5 {
        world.advance(Duration::from_secs(5));
        assert_refused(&hear(&world, &new("2")).await, "jwt.key_not_found", "none");
    }
    assert_eq!(keys() - before, 1);
    world.advance(Duration::from_secs(6));
    assert_refused(&hear(&world, &new("3")).await, "jwt.key_not_found", "a second look");
    assert_eq!(keys() - before, 2);
}
