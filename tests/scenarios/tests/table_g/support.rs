use scenarios::{Answer, Request, World};

/// Where the API's metadata is.
pub(crate) const METADATA: &str = "https://api.acme.example/.well-known/oauth-protected-resource";

/// A call with this access token.
pub(crate) fn with_token(token: &str) -> Request {
    Request::api("/orders").header("authorization", format!("Bearer {token}"))
}

/// The answer to a call that must change nothing and ask the provider for nothing.
pub(crate) async fn refused(world: &World, request: Request) -> Answer {
    world.settle().await;
    let before = world.snapshot().await;
    let answer = world.receive(request).await;
    world.settle().await;
    assert_eq!(world.snapshot().await, before);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert!(!answer.correlation().is_empty() && answer.set_cookies().is_empty());
    answer
}

/// Lets the provider's keys be read, which the first token causes.
pub(crate) async fn warm(world: &World) {
    let token = world.provider().access_token(scenarios::API, |_| ());
    assert_eq!(world.receive(with_token(&token)).await.status, 200);
}

/// The challenge of an answer.
pub(crate) fn challenge(answer: &Answer) -> &str {
    answer.header("www-authenticate").expect("a challenge")
}
