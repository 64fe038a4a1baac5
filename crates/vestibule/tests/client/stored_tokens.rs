//! Tokens on their way into a secure store and back.

use serde_json::json;
use vestibule::{TokenResponse, testing::json_response};

use crate::support::World;

async fn tokens(answer: serde_json::Value) -> TokenResponse {
    let world = World::new();
    let login = world.log_in().await;
    world.op.respond("/token", json_response(200, &answer));
    let refresh_token = login.tokens.refresh_token.as_ref().unwrap();
    world.client.refresh(refresh_token, login.id_token.identity()).await.unwrap().tokens
}

fn shown(tokens: &TokenResponse) -> [Option<String>; 5] {
    [
        Some(tokens.access_token.expose().to_owned()),
        tokens.refresh_token.as_ref().map(|token| token.expose().to_owned()),
        tokens.id_token.as_ref().map(|token| token.expose().to_owned()),
        tokens.scope.clone(),
        tokens.expires_at.map(|end| end.to_string()),
    ]
}

#[tokio::test]
async fn tokens_survive_storage_whole() {
    let odd = r#"a "quoted\" token: {}"#;
    for answer in [
        json!({ "access_token": "at-2", "token_type": "Bearer" }),
        json!({ "access_token": odd, "token_type": "Bearer", "refresh_token": odd, "expires_in": 7, "scope": "a b" }),
    ] {
        let tokens = tokens(answer).await;
        let bytes = tokens.to_bytes();
        let stored = TokenResponse::from_bytes(&bytes).unwrap();
        assert_eq!(shown(&stored), shown(&tokens));
        assert_eq!(*stored.to_bytes(), *bytes);
    }
    let login = World::new().log_in().await;
    let stored = TokenResponse::from_bytes(&login.tokens.to_bytes()).unwrap();
    assert_eq!(shown(&stored), shown(&login.tokens));
}

/// As they were first written: these bytes are read for ever.
#[test]
fn h24_tokens_that_were_stored_once_are_read_for_ever() {
    let bytes = br#"{"a":"at","e":1780000000,"r":"rt","i":"e30.e30.c2ln","s":"openid"}"#;
    let tokens = TokenResponse::from_bytes(bytes).unwrap();
    let expected = ["at", "rt", "e30.e30.c2ln", "openid", "1780000000 s after the epoch"];
    assert_eq!(shown(&tokens), expected.map(|text| Some(text.to_owned())));
    assert_eq!(tokens.to_bytes().as_slice(), bytes);
}

#[test]
fn other_bytes_are_no_tokens() {
    for broken in
        [&b""[..], b"{}", b"null", b"[]", b"\xff", br#"{"a":1}"#, br#"{"a":"at"}x"#, br#"{"a":"at","r":2}"#]
    {
        assert!(TokenResponse::from_bytes(broken).is_none());
    }
}

#[tokio::test]
async fn what_a_refresh_does_not_renew_stays_in_use() {
    let world = World::new();
    let before = world.log_in().await.tokens;
    let after = before.renewed_by(tokens(json!({ "access_token": "at-2", "token_type": "Bearer" })).await);
    assert_eq!(after.access_token.expose(), "at-2");
    assert_eq!((&after.refresh_token, &after.id_token), (&before.refresh_token, &before.id_token));
    assert_eq!(after.expires_at, None, "nobody knows when the new one ends");
    let rotated = json!({ "access_token": "at-3", "token_type": "Bearer", "refresh_token": "rt-3" });
    assert_eq!(after.renewed_by(tokens(rotated).await).refresh_token.unwrap().expose(), "rt-3");
}
