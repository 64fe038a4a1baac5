//! Sessions that need several cookies (checklist D05, D06).

use scenarios::{Browser, Mount, Sessions, World, browser::Cookie, on_every_mount};
use vestibule_web::LoginVerdict;

use crate::support::{assert_refused, header, is_signed_in, page_with, revocable, sealed, swell};

on_every_mount! {
    d05_a_large_session_takes_several_cookies
    d05_five_cookies_are_the_most
    d05_a_login_that_does_not_fit_is_refused
    d06_a_cookie_is_missing
    d06_cookies_change_places
    d06_two_logins_are_mixed
    d06_a_cookie_too_many
    d06_a_count_that_is_none
    d06_left_overs_are_cleared_when_it_shrinks
    d06_all_of_them_go_at_logout
}

/// A browser whose session takes three cookies.
async fn large(world: &World) -> (Browser, Vec<Cookie>) {
    swell(world, 7000);
    let alice = world.login("alice").await;
    let cookies = sealed(&alice, world);
    assert_eq!(cookies.len(), 3);
    (alice, cookies)
}

/// A world whose application gives every session so many bytes of its own.
async fn with_data_at_login(mount: &'static dyn Mount, bytes: usize) -> World {
    World::with_sessions(mount, Sessions::SealedRevocable, move |rp| {
        rp.on_login(move |_| async move { LoginVerdict::accept_with(&"x".repeat(bytes)) })
    })
    .await
}

async fn d05_a_large_session_takes_several_cookies(mount: &'static dyn Mount) -> World {
    let world = revocable(mount).await;
    let (alice, cookies) = large(&world).await;
    for cookie in &cookies {
        assert!(cookie.name.len() + cookie.value.len() <= 4096);
    }
    let second = world.second_node().await;
    assert!(is_signed_in(&second, &alice).await);
    let session = alice.session(&world).await;
    assert_eq!(session.claim("padding").unwrap().as_str().unwrap().len(), 7000, "nothing is left out");
    let mut other_way_round = cookies;
    other_way_round.reverse();
    assert_eq!(
        page_with(&world, "/", &header(&other_way_round)).await.text(),
        "hello alice",
        "their order is free"
    );
    world
}

async fn d05_five_cookies_are_the_most(mount: &'static dyn Mount) -> World {
    let world = with_data_at_login(mount, 2_000).await;
    swell(&world, 11_000);
    let alice = world.login("alice").await;
    assert_eq!(sealed(&alice, &world).len(), 5);
    assert!(is_signed_in(&world, &alice).await);
    world
}

/// Before anything changes, and never by half.
async fn d05_a_login_that_does_not_fit_is_refused(mount: &'static dyn Mount) -> World {
    let world = with_data_at_login(mount, 6_000).await;
    let alice = world.login("alice").await;
    let old = sealed(&alice, &world);
    swell(&world, 9_000);
    let callback = alice.start_login(&world, "/auth/login").await;
    let before = world.snapshot().await;
    let answer = alice.page(&world, &callback).await;
    assert_eq!((answer.status, answer.code().as_str()), (500, "session.too_large"));
    assert_eq!(world.snapshot().await.state, before.state);
    assert_eq!(sealed(&alice, &world), old, "the session before it is left");
    assert!(is_signed_in(&world, &alice).await);
    world
}

async fn d06_a_cookie_is_missing(mount: &'static dyn Mount) -> World {
    let world = revocable(mount).await;
    let (_, cookies) = large(&world).await;
    for missing in 0..3 {
        let mut rest = cookies.clone();
        rest.remove(missing);
        assert_refused(&world, &header(&rest), "session.chunk_invalid").await;
    }
    world
}

async fn d06_cookies_change_places(mount: &'static dyn Mount) -> World {
    let world = revocable(mount).await;
    let (_, cookies) = large(&world).await;
    for (one, other) in [(0, 1), (1, 2), (0, 2)] {
        let mut swapped = cookies.clone();
        swapped[one].value = cookies[other].value.clone();
        swapped[other].value = cookies[one].value.clone();
        assert_refused(&world, &header(&swapped), "session.seal_invalid").await;
        swapped[one].value = cookies[one].value.clone();
        assert_refused(&world, &header(&swapped), "session.seal_invalid").await;
    }
    world
}

async fn d06_two_logins_are_mixed(mount: &'static dyn Mount) -> World {
    let world = revocable(mount).await;
    let (_, first) = large(&world).await;
    let (_, second) = large(&world).await;
    for at in 0..3 {
        let mut mixed = first.clone();
        mixed[at].value = second[at].value.clone();
        assert_refused(&world, &header(&mixed), "session.chunk_invalid").await;
        // Nor when the head is made to fit.
        mixed[at].value = format!("{}{}", &first[0].value[..7], &second[at].value[7..]);
        assert_refused(&world, &header(&mixed), "session.seal_invalid").await;
    }
    world
}

async fn d06_a_cookie_too_many(mount: &'static dyn Mount) -> World {
    let world = revocable(mount).await;
    let (_, cookies) = large(&world).await;
    let (stem, _) = cookies[0].name.rsplit_once('.').unwrap();
    let more = format!("{}; {stem}.3={}", header(&cookies), cookies[2].value);
    assert_refused(&world, &more, "session.chunk_invalid").await;
    let left_over = format!("{}; {stem}.3=4aaaaaaAAAA", header(&cookies));
    assert_eq!(page_with(&world, "/", &left_over).await.text(), "hello alice", "of another series");
    world
}

async fn d06_a_count_that_is_none(mount: &'static dyn Mount) -> World {
    let world = revocable(mount).await;
    let (_, cookies) = large(&world).await;
    let rest = &cookies[0].value[1..];
    for count in ["", "0", "6", "-1", "03", "+3", "99999999", "x"] {
        let mut changed = cookies.clone();
        changed[0].value = format!("{count}{rest}");
        assert_refused(&world, &header(&changed), "session.chunk_invalid").await;
    }
    for count in ["1", "2", "4", "5"] {
        let mut changed = cookies.clone();
        for cookie in &mut changed {
            cookie.value.replace_range(..1, count);
        }

        assert_refused(&world, &header(&changed), "session.chunk_invalid").await;
    }
    // Of two cookies only, that say so: they are of one series, and the seal knows better.
    let mut two = cookies[..2].to_vec();
    two.iter_mut().for_each(|cookie| cookie.value.replace_range(..1, "2"));
    assert_refused(&world, &header(&two), "session.seal_invalid").await;
    world
}

async fn d06_left_overs_are_cleared_when_it_shrinks(mount: &'static dyn Mount) -> World {
    let world = revocable(mount).await;
    let (alice, _) = large(&world).await;
    swell(&world, 1);
    alice.log_in(&world).await;
    assert_eq!(sealed(&alice, &world).len(), 1);
    assert!(is_signed_in(&world, &alice).await);
    world
}

async fn d06_all_of_them_go_at_logout(mount: &'static dyn Mount) -> World {
    let world = revocable(mount).await;
    let (alice, _) = large(&world).await;
    alice.submit_logout(&world).await;
    assert_eq!(sealed(&alice, &world), []);
    world
}
