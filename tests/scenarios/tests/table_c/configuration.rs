use scenarios::{Answer, Browser, Mount, Request, World, on_every_mount};

use crate::attempt::Parameters;

on_every_mount! {
    c26_a_foreign_host
    c26_a_foreign_forwarded_host
    c26_a_foreign_forwarded_header
    c26_a_foreign_host_at_the_callback
}

const OURS: &str = "https://app.acme.example/auth/callback";

async fn c26_a_foreign_host(mount: &'static dyn Mount) -> World {
    forwarded(mount, &[("host", "evil.example")]).await
}

async fn c26_a_foreign_forwarded_host(mount: &'static dyn Mount) -> World {
    let headers = [
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-proto", "http"),
        ("x-forwarded-prefix", "/evil"),
    ];
    forwarded(mount, &headers).await
}

async fn c26_a_foreign_forwarded_header(mount: &'static dyn Mount) -> World {
    forwarded(mount, &[("forwarded", "for=192.0.2.1;host=evil.example;proto=http")]).await
}

/// That neither the redirect URI nor any redirect follows these headers.
async fn forwarded(mount: &'static dyn Mount, headers: &[(&'static str, &str)]) -> World {
    let world = World::new(mount).await;
    let alice = Browser::new("alice");
    let with =
        |request: Request| headers.iter().fold(request, |request, (name, value)| request.header(name, value));
    let challenged = alice.send(&world, with(Request::page("/me"))).await;
    assert_eq!(challenged.location(), "/auth/login?return_to=%2Fme");
    let sent = alice.send(&world, with(Request::page("/auth/login"))).await;
    assert_eq!(Parameters::of(sent.location()).get("redirect_uri"), OURS);
    assert_ours(&sent);
    world
}

async fn c26_a_foreign_host_at_the_callback(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = Browser::new("alice");
    let callback = alice.start_login(&world, "/auth/login?return_to=%2Fme").await;
    let request =
        Request::page(&callback).header("host", "evil.example").header("x-forwarded-host", "evil.example");
    let back = alice.send(&world, request).await;
    assert_eq!(back.location(), "/me");
    assert_ours(&back);
    world
}

fn assert_ours(answer: &Answer) {
    assert!(!format!("{answer:?}").contains("evil"), "{answer:?}");
}
