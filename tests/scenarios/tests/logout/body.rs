//! Bodies that are too long, too slow or cut off (checklist B03, H12).

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{Router, body::Body};
use bytes::{Bytes, BytesMut};
use futures_util::{
    StreamExt,
    stream::{self, BoxStream},
};
use http::{Request, header};
use http_body_util::BodyExt;
use scenarios::{Answer, Bare, Calls, World};
use tokio::time::{Instant, sleep};
use tower::ServiceExt;
use vestibule_web::{
    RelyingParty,
    http::{BodyFault, RequestHead},
};

use crate::support::{assert_done, assert_refused, is_in, snapshot, token_for};

const CAP: usize = 32 * 1024;
const FIVE_SECONDS: Duration = Duration::from_secs(5);

/// A body as it arrives.
type Arriving = BoxStream<'static, io::Result<Bytes>>;

/// Through which door a body arrives.
#[derive(Clone, Copy, Debug)]
enum Door {
    Bare,
    Axum,
}

const DOORS: [Door; 2] = [Door::Bare, Door::Axum];

#[tokio::test(start_paused = true)]
async fn b03_a_body_over_the_cap_is_not_read_to_its_end() {
    for door in DOORS {
        let (world, alice) = world_with_alice().await;
        let before = snapshot(&world).await;
        for (what, chunks) in [("one byte too many", 33), ("64 KiB", 64), ("without end", usize::MAX)] {
            let read = Arc::new(AtomicUsize::new(0));
            let counting = Arc::clone(&read);
            let kilobytes = stream::iter(0..chunks).map(move |chunk| {
                counting.fetch_add(1, Ordering::Relaxed);
                Ok(Bytes::from(vec![b'a'; if chunk == 32 { 1 } else { 1024 }]))
            });
            let answer = send(door, world.relying_party(), &[], kilobytes.boxed()).await;
            assert_refused(&answer, "logout.too_large", what);
            assert!(read.load(Ordering::Relaxed) <= 34, "{door:?} {what}: {read:?} KiB were read");
        }
        snapshot(&world).await.assert_unchanged_since(&before, Calls::NONE);
        assert!(is_in(&alice, &world).await);
    }
}

#[tokio::test(start_paused = true)]
async fn b03_content_length_is_not_believed() {
    for door in DOORS {
        let (world, alice) = world_with_alice().await;
        let long = stream::iter(vec![Ok(Bytes::from(vec![b'a'; CAP + 1]))]).boxed();
        let answer = send(door, world.relying_party(), &[("content-length", "10")], long).await;
        assert_refused(&answer, "logout.too_large", "longer than it says");

        let body = form(&world, 0);
        let answer = send(door, world.relying_party(), &[("content-length", "1000000000")], body).await;
        assert_done(&answer);
        assert!(!is_in(&alice, &world).await);
    }
}

#[tokio::test(start_paused = true)]
async fn b03_a_body_of_just_the_cap_is_read() {
    for door in DOORS {
        let (world, alice) = world_with_alice().await;
        assert_done(&send(door, world.relying_party(), &[], form(&world, CAP)).await);
        assert!(!is_in(&alice, &world).await);
        let answer = send(door, world.relying_party(), &[], form(&world, CAP + 1)).await;
        assert_refused(&answer, "logout.too_large", "one more");
    }
}

#[tokio::test(start_paused = true)]
async fn b03_a_body_has_five_seconds() {
    for door in DOORS {
        let (world, alice) = world_with_alice().await;
        let before = snapshot(&world).await;
        let byte_by_byte = stream::iter(0..).then(|_| async {
            sleep(Duration::from_secs(1)).await;
            Ok(Bytes::from_static(b"a"))
        });
        let bodies: [(&str, Arriving); 2] =
            [("one byte a second", byte_by_byte.boxed()), ("nothing at all", stream::pending().boxed())];
        for (what, body) in bodies {
            let began = Instant::now();
            let answer = send(door, world.relying_party(), &[], body).await;
            assert_refused(&answer, "logout.timeout", what);
            assert_eq!(began.elapsed(), FIVE_SECONDS, "{door:?} {what}");
        }
        snapshot(&world).await.assert_unchanged_since(&before, Calls::NONE);
        assert!(is_in(&alice, &world).await);
    }
}

#[tokio::test(start_paused = true)]
async fn b03_a_slow_body_that_is_in_time_is_heard() {
    for door in DOORS {
        let (world, alice) = world_with_alice().await;
        let slow = stream::once(sleep(Duration::from_millis(4900))).flat_map({
            let token = token_for(&world, "alice");
            move |()| stream::iter(vec![Ok(Bytes::from(format!("logout_token={token}")))])
        });
        assert_done(&send(door, world.relying_party(), &[], slow.boxed()).await);
        assert!(!is_in(&alice, &world).await);
    }
}

#[tokio::test(start_paused = true)]
async fn b03_a_body_that_breaks_off_is_refused() {
    for door in DOORS {
        let (world, alice) = world_with_alice().await;
        let token = token_for(&world, "alice");
        let cut_off = stream::iter(vec![
            Ok(Bytes::from(format!("logout_token={token}"))),
            Err(io::Error::from(io::ErrorKind::ConnectionReset)),
        ]);
        let answer = send(door, world.relying_party(), &[], cut_off.boxed()).await;
        assert_refused(&answer, "logout.param", "cut off");
        assert!(is_in(&alice, &world).await);
    }
}

/// An adapter that forgets the cap is caught by the engine.
#[tokio::test(start_paused = true)]
async fn b03_the_engine_does_not_rely_on_its_adapter() {
    let (world, alice) = world_with_alice().await;
    let request = http_request(&[]);
    let (parts, ()) = request.into_parts();
    let head = RequestHead::new(&parts.method, &parts.uri, &parts.headers);
    let relying_party = world.relying_party();
    let endpoint = relying_party.endpoint(head.path).unwrap();
    let body = collect(form(&world, CAP + 1), usize::MAX).await;
    let reply = relying_party.serve(endpoint, head, |_| std::future::ready(body)).await;
    assert_refused(&Answer::read(reply), "logout.too_large", "an adapter without cap");
    assert!(is_in(&alice, &world).await);
}

/// The user's own logout reads a form too.
#[tokio::test(start_paused = true)]
async fn h12_a_slow_client_does_not_keep_the_log_out_endpoint() {
    for door in DOORS {
        let (world, alice) = world_with_alice().await;
        let cookie = alice.cookie_header(&world);
        let mut request = http_request(&[("cookie", &cookie), ("sec-fetch-site", "same-origin")]);
        *request.uri_mut() = "/auth/logout".parse().unwrap();
        let began = Instant::now();
        let answer = send_request(door, world.relying_party(), request, stream::pending().boxed()).await;
        assert_eq!((answer.status, answer.code().as_str()), (400, "logout.timeout"), "{door:?}");
        assert_eq!(began.elapsed(), FIVE_SECONDS);
        assert!(is_in(&alice, &world).await);
    }
}

async fn world_with_alice() -> (World, scenarios::Browser) {
    let world = World::new(&Bare).await;
    let alice = world.login("alice").await;
    (world, alice)
}

/// A good form, filled up to `length`.
fn form(world: &World, length: usize) -> Arriving {
    let mut form = format!("logout_token={}", token_for(world, "alice"));
    if form.len() < length {
        form.push_str("&filled=");
        form.push_str(&"x".repeat(length - form.len()));
    }
    stream::iter(vec![Ok(Bytes::from(form))]).boxed()
}

fn http_request(headers: &[(&'static str, &str)]) -> Request<()> {
    let mut request = Request::post("/auth/backchannel-logout")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(()).expect("a request")
}

async fn send(
    door: Door,
    relying_party: &RelyingParty,
    headers: &[(&'static str, &str)],
    body: Arriving,
) -> Answer {
    send_request(door, relying_party, http_request(headers), body).await
}

async fn send_request(
    door: Door,
    relying_party: &RelyingParty,
    request: Request<()>,
    body: Arriving,
) -> Answer {
    match door {
        Door::Bare => {
            let (parts, ()) = request.into_parts();
            let head = RequestHead::new(&parts.method, &parts.uri, &parts.headers);
            let endpoint = relying_party.endpoint(head.path).expect("an endpoint");
            Answer::read(relying_party.serve(endpoint, head, |cap| collect(body, cap)).await)
        }
        Door::Axum => {
            let router = vestibule_axum::wrap(Router::new(), relying_party.clone());
            let response =
                router.oneshot(request.map(|()| Body::from_stream(body))).await.expect("an answer");
            let (parts, body) = response.into_parts();
            let body = body.collect().await.expect("a body in memory").to_bytes();
            Answer::read(http::Response::from_parts(parts, body))
        }
    }
}

/// What an adapter does.
async fn collect(mut body: Arriving, cap: usize) -> Result<Bytes, BodyFault> {
    let mut read = BytesMut::new();
    while let Some(chunk) = body.next().await {
        read.extend_from_slice(&chunk.map_err(|_| BodyFault::Broken)?);
        if read.len() > cap {
            return Err(BodyFault::TooLarge);
        }
    }
    Ok(read.freeze())
}
