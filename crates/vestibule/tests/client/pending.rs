//! What is kept between the start of a login and its end.

use std::time::Duration;

use vestibule::{Callback, ClientSecret, PendingLogin, Provider, testing::SeededRandom};

use crate::support::{SECRET, World, callback_query, code, with};

#[tokio::test]
async fn c05_an_attempt_survives_storage_whole() {
    let world = World::new();
    let request = world.request().max_age(Duration::from_secs(60)).require_acr(["urn:\"mfa\"", "urn:b\\c"]);
    let start = world.client.begin_login(&request).await.unwrap();
    let bytes = start.pending.to_bytes();
    let stored = PendingLogin::from_bytes(&bytes).unwrap();
    assert_eq!(*stored.to_bytes(), *bytes);
    assert_eq!(stored.state(), start.pending.state());

    let claims = world.id_token_claims(&start);
    let claims = with(claims, "auth_time", vestibule::Clock::now(&world.clock).as_secs());
    world.issue(&world.issuer.sign(&claims));
    let callback = Callback::parse(&callback_query(&start)).unwrap();
    let refused = world.client.complete_login(stored, &callback).await;
    assert_eq!(code(refused), "id_token.auth_insufficient", "what was demanded is still demanded");
    world.issue(&world.issuer.sign(&with(claims, "acr", "urn:b\\c")));
    world.client.complete_login(start.pending, &callback).await.unwrap();
}

/// The conformance suite makes client ids with any punctuation.
#[tokio::test]
async fn c05_quotes_and_backslashes_are_no_obstacle() {
    let world = World::new();
    for client_id in [r#"client_"x"\y"#, "client_ +%:", "client_{}~"] {
        let client = world.provider.web_app(client_id, ClientSecret::new(SECRET));
        let start = client.begin_login(&world.request()).await.unwrap();
        let claims = with(world.id_token_claims(&start), "aud", client_id);
        world.issue(&world.issuer.sign(&claims));
        let stored = PendingLogin::from_bytes(&start.pending.to_bytes()).unwrap();
        let callback = Callback::parse(&callback_query(&start)).unwrap();
        let login = client.complete_login(stored, &callback).await.unwrap();
        assert_eq!(login.id_token.audience(), [client_id]);
    }
}

#[tokio::test]
async fn c05_other_bytes_are_no_attempt() {
    let bytes = World::new().begin().await.pending.to_bytes();
    for broken in [&b""[..], b"{}", b"null", b"[]", b"\xff", &bytes[..bytes.len() - 1], &bytes[1..]] {
        assert!(PendingLogin::from_bytes(broken).is_none());
    }
}

#[tokio::test]
async fn c05_an_attempt_is_small() {
    let world = World::new();
    let length = world.begin().await.pending.to_bytes().len();
    assert!(length < 400, "{length} bytes leave room in a cookie");
}

#[tokio::test]
async fn one_seed_makes_one_attempt() {
    let attempt = |seed| async move {
        let world = World::new();
        let builder = Provider::builder(world.issuer.issuer()).unwrap().transport(world.op.transport());
        let provider = builder.random(SeededRandom::new(seed)).build().unwrap();
        let client = provider.web_app("dashboard", ClientSecret::new(SECRET));
        client.begin_login(&world.request()).await.unwrap().pending.to_bytes().to_vec()
    };
    assert_eq!(attempt(1).await, attempt(1).await);
    assert_ne!(attempt(1).await, attempt(2).await);
}
