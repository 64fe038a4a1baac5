//! Row B31 as far as it is a URL: where the browser is sent to log out at the provider too.

use serde_json::json;
use vestibule::{Disposition, EndSession, RawIdToken, RedirectUri, State, form};

use crate::support::{CLIENT, World, verdict, without};

async fn query(world: &World, end: &EndSession) -> Vec<(String, String)> {
    let url = world.client.end_session_url(end).await.unwrap();
    assert_eq!(url.path(), "/end");
    form::parse(url.query().unwrap()).unwrap()
}

fn pairs<const N: usize>(pairs: [(&str, &str); N]) -> Vec<(String, String)> {
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
}

#[tokio::test]
async fn b31_only_the_client_is_named_by_itself() {
    assert_eq!(query(&World::new(), &EndSession::new()).await, pairs([("client_id", CLIENT)]));
}

#[tokio::test]
async fn b31_hint_way_back_and_state_are_sent() {
    let way_back = RedirectUri::new("https://app.example/auth/logged-out?a=b&c").unwrap();
    let end = EndSession::new()
        .id_token_hint(RawIdToken::new("e30.e30.c2ln"))
        .return_to(way_back.clone(), Some(State::new("s+1 &=%")));
    let expected = pairs([
        ("id_token_hint", "e30.e30.c2ln"),
        ("client_id", CLIENT),
        ("post_logout_redirect_uri", way_back.as_str()),
        ("state", "s+1 &=%"),
    ]);
    assert_eq!(query(&World::new(), &end).await, expected);

    let without_state = EndSession::new().return_to(way_back, None);
    assert_eq!(query(&World::new(), &without_state).await.len(), 2);
}

#[tokio::test]
async fn b31_the_endpoints_own_query_stays() {
    for (endpoint, start) in [
        ("https://op.example/end?tenant=a%20b&x", "tenant=a%20b&x&client_id=dashboard"),
        ("https://op.example/end?", "&client_id=dashboard"),
    ] {
        let world = World::with_metadata(&[("end_session_endpoint", json!(endpoint))]);
        let url = world.client.end_session_url(&EndSession::new()).await.unwrap();
        assert_eq!(url.query().unwrap().trim_start_matches('&'), start.trim_start_matches('&'));
    }
}

#[tokio::test]
async fn b31_without_an_endpoint_there_is_no_url() {
    let world = World::new();
    world.publish(&without(world.metadata(), "end_session_endpoint"));
    let verdict = verdict(world.client.end_session_url(&EndSession::new()).await);
    assert_eq!(verdict, ("config.no_endpoint", Disposition::Config));
}

#[tokio::test]
async fn b31_while_the_provider_is_unknown_the_caller_may_try_again() {
    let world = World::new();
    world.op.respond("/.well-known/openid-configuration", crate::support::html(503));
    let verdict = verdict(world.client.end_session_url(&EndSession::new()).await);
    assert_eq!(verdict, ("discovery.unavailable", Disposition::Retry));
}
