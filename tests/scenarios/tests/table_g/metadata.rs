//! What the API says about itself (RFC 9728).

use scenarios::{API, Calls, Mount, Request, World, on_every_mount};
use serde_json::json;
use vestibule_web::{Api, ConfigError};

on_every_mount! {
    g07_the_metadata_is_where_the_challenge_says
    g07_a_path_comes_after_the_well_known_one
}

const PATH: &str = "/.well-known/oauth-protected-resource";

async fn g07_the_metadata_is_where_the_challenge_says(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let answer = world.receive(Request::new("GET", PATH)).await;
    assert_eq!(answer.status, 200);
    let expected = json!({
        "resource": API,
        "authorization_servers": ["https://acme.example"],
        "bearer_methods_supported": ["header"],
        "scopes_supported": ["orders:read"],
    });
    assert_eq!(answer.json(), expected);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("access-control-allow-origin"), None);
    assert_eq!(world.receive(Request::new("HEAD", PATH)).await.status, 200);
    let answer = world.receive(Request::new("POST", PATH)).await;
    assert_eq!((answer.status, answer.header("allow")), (405, Some("GET, HEAD")));
    for near in ["/.well-known/oauth-protected-resource/", "/.well-known/oauth-protected-resource/v1"] {
        assert_eq!(world.receive(Request::new("GET", near)).await.status, 404);
    }
    assert_eq!(world.calls(), Calls::NONE);
    world
}

async fn g07_a_path_comes_after_the_well_known_one(mount: &'static dyn Mount) -> World {
    let world = World::with_api(mount, |provider, _| {
        let resource_server = || provider.resource_server(API).build().unwrap();
        for url in
            ["http://api.acme.example", "api", "https://api.acme.example?a=b", "https://api.acme.example#a"]
        {
            assert_eq!(
                Api::builder(resource_server(), url).build().unwrap_err(),
                ConfigError::ApiUrl,
                "{url}"
            );
        }
        Api::builder(resource_server(), "https://acme.example/v1/").build().unwrap()
    })
    .await;
    let answer = world.receive(Request::new("GET", &format!("{PATH}/v1"))).await;
    assert_eq!(answer.json()["resource"], "https://acme.example/v1/");
    assert_eq!(world.receive(Request::new("GET", PATH)).await.status, 404);
    let challenge = world.receive(Request::api("/orders")).await;
    let expected =
        "Bearer resource_metadata=\"https://acme.example/.well-known/oauth-protected-resource/v1\"";
    assert_eq!(challenge.header("www-authenticate"), Some(expected));
    world
}
