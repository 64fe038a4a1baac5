//! The application's data, which goes out with the answer.

use http::{HeaderMap, HeaderValue, Method, Uri, header};
use scenarios::{Bare, Browser, Mount, World, on_every_mount};
use vestibule::Diagnose;
use vestibule_web::{LoginVerdict, Visit, Visitor, http::RequestHead};

use crate::support::{header as cookie_header, page_with, revocable, sealed, storeless};

on_every_mount! {
    data_is_written_with_the_answer
    data_starts_with_what_on_login_said
    h24_data_is_read_by_every_node
    of_two_changes_at_once_the_last_answer_wins
}

async fn data_is_written_with_the_answer(mount: &'static dyn Mount) -> World {
    let world = storeless(mount).await;
    let alice = world.login("alice").await;
    for visit in 1..=5 {
        assert_eq!(alice.api(&world, "/api/visits").await.text(), visit.to_string());
        assert_eq!(sealed(&alice, &world).len(), 1, "one version is left");
    }
    assert_eq!(
        world.login("alice").await.api(&world, "/api/visits").await.text(),
        "1",
        "each session has its own"
    );
    world
}

async fn data_starts_with_what_on_login_said(mount: &'static dyn Mount) -> World {
    let world = World::with_sessions(mount, scenarios::Sessions::Sealed, |rp| {
        rp.on_login(|_| async { LoginVerdict::accept_with(&41) })
    })
    .await;
    let alice = world.login("alice").await;
    assert_eq!(alice.api(&world, "/api/visits").await.text(), "42");
    world
}

async fn h24_data_is_read_by_every_node(mount: &'static dyn Mount) -> World {
    let world = revocable(mount).await;
    let second = world.second_node().await;
    let alice = world.login("alice").await;
    for visit in 1..=4 {
        let node = if visit % 2 == 0 { &second } else { &*world };
        assert_eq!(alice.api(node, "/api/visits").await.text(), visit.to_string());
    }
    world
}

/// Documented: nobody but the browser knows of both.
async fn of_two_changes_at_once_the_last_answer_wins(mount: &'static dyn Mount) -> World {
    let world = storeless(mount).await;
    let alice = world.login("alice").await;
    let both_send = alice.cookie_header(&world);
    for _ in 0..2 {
        let answer = page_with(&world, "/api/visits", &both_send).await;
        assert_eq!(answer.text(), "1");
        alice.keep(&world, &answer);
    }
    assert_eq!(alice.api(&world, "/api/visits").await.text(), "2");
    world
}

/// A request of a browser's, before its answer.
fn visit(world: &World, browser: &Browser) -> Visit {
    let cookies = HeaderValue::from_str(&browser.cookie_header(world)).unwrap();
    let headers = HeaderMap::from_iter([(header::COOKIE, cookies)]);
    world.relying_party().visit(&RequestHead::new(&Method::GET, &Uri::from_static("/"), &headers))
}

/// Lets the answer leave, and the browser keep it.
fn answer(world: &World, browser: &Browser, visit: &Visit) -> HeaderMap {
    let mut response = http::Response::new(bytes::Bytes::new());
    visit.finish(response.headers_mut());
    let headers = response.headers().clone();
    browser.keep(world, &scenarios::Answer::read(response));
    headers
}

async fn session(visit: &Visit) -> vestibule_web::Session {
    match visit.visitor().await.unwrap() {
        Visitor::SignedIn(session) => session,
        Visitor::Anonymous => panic!("nobody is signed in"),
    }
}

#[tokio::test(start_paused = true)]
async fn within_one_request_only_what_was_read_is_replaced() {
    let world = storeless(&Bare).await;
    let alice = world.login("alice").await;
    let request = visit(&world, &alice);
    let (one, other) = (session(&request).await, session(&request).await);
    for number in 1..=20 {
        let (left, right) = tokio::join!(
            one.update_data(|count: &mut u32| *count += 1),
            other.update_data(|count: &mut u32| *count += 1)
        );
        assert_eq!(left.unwrap().max(right.unwrap()), 2 * number);
    }
    let set = answer(&world, &alice, &request).get_all(header::SET_COOKIE).iter().count();
    assert_eq!(set, 2, "one state and one removal, however many changes");
    assert_eq!(alice.session(&world).await.data::<u32>().unwrap(), Some(40));
}

#[tokio::test(start_paused = true)]
async fn after_the_answer_nothing_is_lost_silently() {
    let world = storeless(&Bare).await;
    let alice = world.login("alice").await;
    let request = visit(&world, &alice);
    let session = session(&request).await;
    session.set_data(&1).await.unwrap();
    answer(&world, &alice, &request);
    assert_eq!(session.set_data(&2).await.unwrap_err().code(), "session.needs_store");
    assert_eq!(session.data::<u32>().unwrap(), Some(1));
    assert_eq!(alice.session(&world).await.data::<u32>().unwrap(), Some(1));
}

#[tokio::test(start_paused = true)]
async fn d05_data_that_does_not_fit_is_refused_and_what_was_there_stays() {
    let world = storeless(&Bare).await;
    let alice = world.login("alice").await;
    let request = visit(&world, &alice);
    let session_of_request = session(&request).await;
    session_of_request.set_data(&"small".to_owned()).await.unwrap();
    let error = session_of_request.set_data(&"x".repeat(14_000)).await.unwrap_err();
    assert_eq!(error.code(), "session.too_large");
    answer(&world, &alice, &request);
    assert_eq!(alice.session(&world).await.data::<String>().unwrap().as_deref(), Some("small"));

    let request = visit(&world, &alice);
    session(&request).await.set_data(&"x".repeat(9_000)).await.unwrap();
    answer(&world, &alice, &request);
    assert_eq!(sealed(&alice, &world).len(), 4);
    assert_eq!(alice.session(&world).await.data::<String>().unwrap().unwrap().len(), 9_000);
    let request = visit(&world, &alice);
    session(&request).await.set_data(&"small".to_owned()).await.unwrap();
    answer(&world, &alice, &request);
    assert_eq!(sealed(&alice, &world).len(), 1, "left-overs are cleared");
    assert!(cookie_header(&sealed(&alice, &world)).len() < 4096);
}

/// A request whose session ended meanwhile changes nothing.
#[tokio::test(start_paused = true)]
async fn bm04_a_session_that_ended_meanwhile_is_not_revived() {
    let world = revocable(&Bare).await;
    let alice = world.login("alice").await;
    let request = visit(&world, &alice);
    let held = session(&request).await;
    alice.submit_logout(&world).await;
    assert_eq!(held.set_data(&1).await.unwrap_err().code(), "session.revoked");
    assert!(!answer(&world, &alice, &request).contains_key(header::SET_COOKIE));
    assert!(!crate::support::is_signed_in(&world, &alice).await);
}
