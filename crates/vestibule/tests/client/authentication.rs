//! Row C33: how the client proves itself at the token endpoint.

use base64::{Engine, prelude::BASE64_STANDARD};
use http::{Method, header};
use serde_json::{Value, json};
use vestibule::{ClientSecret, Disposition, RevocableToken};

use crate::support::{CLIENT, SECRET, Sent, World, callback_query, verdict};

const METHODS: &str = "token_endpoint_auth_methods_supported";

async fn sent_by(world: &World) -> Sent {
    world.log_in_with(|claims| claims).await.unwrap();
    world.op.take().remove(0)
}

/// Both halves of a Basic header, as RFC 6749 section 2.3.1 has a server read them.
fn basic(sent: &Sent) -> (String, String) {
    let header = sent.header(header::AUTHORIZATION).unwrap();
    let pair = BASE64_STANDARD.decode(header.strip_prefix("Basic ").unwrap()).unwrap();
    let pair = String::from_utf8(pair).unwrap();
    let halves: Vec<&str> = pair.split(':').collect();
    assert_eq!(halves.len(), 2, "exactly one `:`");
    let decode = |text: &str| vestibule::form::parse(text).unwrap().remove(0).0;
    (decode(halves[0]), decode(halves[1]))
}

#[tokio::test]
async fn c33_basic_is_the_default_and_the_first_choice() {
    for methods in [None, Some(json!(["client_secret_post", "client_secret_basic", "private_key_jwt"]))] {
        let world = match methods {
            Some(methods) => World::with_metadata(&[(METHODS, methods)]),
            None => World::new(),
        };
        let sent = sent_by(&world).await;
        assert_eq!(sent.method, Method::POST);
        assert_eq!(sent.header(header::CONTENT_TYPE), Some("application/x-www-form-urlencoded"));
        assert_eq!(sent.header(header::ACCEPT), Some("application/json"));
        assert_eq!(basic(&sent), (CLIENT.to_owned(), SECRET.to_owned()));
        assert!(sent.headers[header::AUTHORIZATION].is_sensitive());
        assert_eq!((sent.field("client_id"), sent.field("client_secret")), (None, None));
        assert!(sent.query.is_none());
    }
}

#[tokio::test]
async fn c33_the_body_where_basic_is_not_offered() {
    let world = World::with_metadata(&[(METHODS, json!(["client_secret_post"]))]);
    let sent = sent_by(&world).await;
    assert_eq!(sent.header(header::AUTHORIZATION), None);
    assert_eq!(sent.field("client_id").as_deref(), Some(CLIENT));
    assert_eq!(sent.field("client_secret").as_deref(), Some(SECRET));
}

#[tokio::test]
async fn c33_the_body_where_the_application_says_so() {
    for methods in [json!(["client_secret_basic"]), json!(["private_key_jwt"])] {
        let world = World::with_metadata(&[(METHODS, methods)]);
        let client = world.client.clone().with_secret_in_body();
        let start = client.begin_login(&world.request()).await.unwrap();
        world.issue(&world.issuer.sign(&world.id_token_claims(&start)));
        world.op.take();
        let callback = vestibule::Callback::parse(&callback_query(&start)).unwrap();
        client.complete_login(start.pending, &callback).await.unwrap();
        let sent = world.op.take().remove(0);
        assert_eq!(sent.header(header::AUTHORIZATION), None);
        assert_eq!(sent.field("client_secret").as_deref(), Some(SECRET));
    }
}

#[tokio::test]
async fn c33_without_a_common_method_no_code_is_sent() {
    for methods in [json!(["private_key_jwt", "none"]), json!([]), json!(["CLIENT_SECRET_BASIC"])] {
        let world = World::with_metadata(&[(METHODS, methods.clone())]);
        let start = world.begin().await;
        world.op.take();
        let verdict = verdict(world.complete(start).await);
        assert_eq!(verdict, ("config.client_authentication", Disposition::Config), "{methods}");
        assert!(world.op.heard().is_empty(), "{methods}");
    }
}

#[tokio::test]
async fn c33_odd_ids_and_secrets_arrive_whole() {
    for odd in
        [":", "%", "+", " ", "a:b:c", "%3A", "100% +1", "&client_id=evil", "=", "\u{e9}\u{1f511}", "*-._~"]
    {
        for method in ["client_secret_basic", "client_secret_post"] {
            let methods: Value = json!([method]);
            let world = World::with_metadata(&[(METHODS, methods)]);
            world.provider.ready().await.unwrap();
            world.op.respond("/revoke", http::Response::default());
            world.op.take();
            let client = world.provider.web_app(odd, ClientSecret::new(odd));
            let token = vestibule::AccessToken::new(odd);
            client.revoke(RevocableToken::Access(&token)).await.unwrap();
            let sent = world.op.take().remove(0);
            assert_eq!(sent.field("token").as_deref(), Some(odd));
            let arrived = match method {
                "client_secret_basic" => basic(&sent),
                _ => (sent.field("client_id").unwrap(), sent.field("client_secret").unwrap()),
            };
            assert_eq!(arrived, (odd.to_owned(), odd.to_owned()), "{odd} by {method}");
        }
    }
}
