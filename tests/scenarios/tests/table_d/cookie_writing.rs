use scenarios::{Browser, Mount, World, cookie_key, on_every_mount, provider::ISSUER};
use vestibule::{Client, ClientSecret, Diagnose, Provider, WebApp};
use vestibule_web::{CookieKeys, MemoryStore, RelyingParty, http::RequestHead};

on_every_mount! {
    d01_the_session_cookie
    d01_the_pending_cookie
    d01_the_logout_cookie
    d01_a_cookie_is_removed_as_it_was_set
}

/// Name, value and attributes of a `Set-Cookie`.
fn read(header: &str) -> (&str, &str, Vec<&str>) {
    let (pair, attributes) = header.split_once("; ").unwrap();
    let (name, value) = pair.split_once('=').unwrap();
    (name, value, attributes.split("; ").collect())
}

const TWELVE_HOURS: &str = "Max-Age=43200";
const TEN_MINUTES: &str = "Max-Age=600";

async fn d01_the_session_cookie(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = Browser::new("alice");
    let callback = alice.start_login(&world, "/auth/login").await;
    let back = alice.page(&world, &callback).await;
    let (name, value, attributes) = read(back.set_cookies()[0]);
    assert!(name.starts_with("__Host-vs-"), "{name}");
    assert_eq!(value.len(), 43, "256 bits as base64url");
    assert_eq!(attributes, ["Path=/", "HttpOnly", "SameSite=Lax", TWELVE_HOURS, "Secure"]);
    world
}

async fn d01_the_pending_cookie(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let sent = Browser::new("alice").page(&world, "/auth/login").await;
    let (name, value, attributes) = read(sent.set_cookies()[0]);
    assert!(name.starts_with("__Host-vp-"), "{name}");
    assert!(name.len() + value.len() <= 1024, "{} bytes", name.len() + value.len());
    assert_eq!(attributes, ["Path=/", "HttpOnly", "SameSite=Lax", TEN_MINUTES, "Secure"]);
    world
}

async fn d01_the_logout_cookie(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    let leaving = alice.submit_logout(&world).await;
    let state = leaving.set_cookies().into_iter().find(|cookie| cookie.starts_with("__Host-vl-")).unwrap();
    assert_eq!(read(state).2, ["Path=/", "HttpOnly", "SameSite=Lax", TEN_MINUTES, "Secure"]);
    world
}

async fn d01_a_cookie_is_removed_as_it_was_set(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    let name = alice.session_cookie(&world).unwrap().name;
    let leaving = alice.submit_logout(&world).await;
    let removed = leaving.set_cookies().into_iter().find(|cookie| cookie.starts_with(&name)).unwrap();
    assert_eq!(
        read(removed),
        (name.as_str(), "", vec!["Path=/", "HttpOnly", "SameSite=Lax", "Max-Age=0", "Secure"])
    );
    world
}

fn client() -> Client<WebApp> {
    Provider::new(ISSUER).unwrap().web_app("dashboard", ClientSecret::new("secret"))
}

fn keys() -> CookieKeys {
    CookieKeys::from_base64(&cookie_key(0)).unwrap()
}

/// A cookie without `Secure` is possible nowhere but on this machine.
#[test]
fn d01_an_origin_that_is_not_https_is_refused() {
    for base_url in [
        "http://app.acme.example",
        "http://192.0.2.1",
        "http://localhost.acme.example",
        "app.acme.example",
        "ftp://app.acme.example",
        "https://app.acme.example/path",
        "https://app.acme.example?query",
        "https://user@app.acme.example",
        "",
    ] {
        let built =
            RelyingParty::builder(client(), base_url).stored_sessions(MemoryStore::new(), keys()).build();
        assert_eq!(built.unwrap_err().code(), "config.base_url", "{base_url}");
    }
}

#[test]
fn d01_a_prefix_that_is_no_plain_path_is_refused() {
    for prefix in
        ["", "/", "auth", "/auth/", "//auth", "/a b", "/auth?x", "/auth#x", "/%61uth", "/../auth", "/a;b"]
    {
        let builder = RelyingParty::builder(client(), "https://app.acme.example").prefix(prefix);
        let built = builder.stored_sessions(MemoryStore::new(), keys()).build();
        assert_eq!(built.unwrap_err().code(), "config.prefix", "{prefix}");
    }
}

/// Ports do not keep cookies apart, so names must: two applications on one host, two clients, two providers.
#[tokio::test(start_paused = true)]
async fn d01_two_applications_on_one_host_have_names_of_their_own() {
    let mut names = std::collections::BTreeSet::new();
    for (issuer, client_id) in
        [(ISSUER, "dashboard"), (ISSUER, "docs"), ("https://other.example", "dashboard")]
    {
        let client = Provider::new(issuer).unwrap().web_app(client_id, ClientSecret::new("secret"));
        let rp = RelyingParty::builder(client, "http://localhost:3000")
            .stored_sessions(MemoryStore::new(), keys())
            .build()
            .unwrap();
        let headers = http::HeaderMap::new();
        let head = RequestHead::from_parts("GET", "/auth/logged-out", None, &headers);
        let reply = rp.serve(rp.endpoint(head.path).unwrap(), head, vestibule_web::http::NO_BODY).await;
        let cookie = reply.headers()["set-cookie"].to_str().unwrap();
        let (name, _, attributes) = read(cookie);
        assert!(name.starts_with("vl-"), "a browser takes __Host- over https only: {name}");
        assert_eq!(attributes, ["Path=/", "HttpOnly", "SameSite=Lax", "Max-Age=0"]);
        assert!(names.insert(name.to_owned()), "{name} came twice");
    }
}
