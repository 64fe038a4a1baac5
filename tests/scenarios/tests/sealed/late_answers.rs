//! Answers that arrive out of order (checklist D23). Cookies have no transactions; the last answer sets them.

use std::time::Duration;

use scenarios::{Mount, World, on_every_mount, trace};

use crate::support::{is_signed_in, page_with, revocable, sealed, storeless, swell};

on_every_mount! {
    d23_after_a_logout_without_cutoffs
    d23_after_a_logout_with_cutoffs
    d23_after_a_login_as_somebody_else
    d23_after_a_login_as_somebody_else_who_has_no_data_yet
    d23_after_newer_data
    d23_after_much_newer_and_smaller_data
    d23_a_login_after_the_logout_works
}

/// When it is time to seal a session again.
const A_WHILE: Duration = Duration::from_secs(300);

/// The answer of a request that was sent now and has not arrived: it seals the session again.
async fn late(world: &World, browser: &scenarios::Browser, path: &str) -> scenarios::Answer {
    let answer = page_with(world, path, &browser.cookie_header(world)).await;
    assert_ne!(answer.set_cookies().len(), 0);
    answer
}

async fn d23_after_a_logout_without_cutoffs(mount: &'static dyn Mount) -> World {
    let world = storeless(mount).await;
    let alice = world.login("alice").await;
    world.advance(A_WHILE);
    let answers = [late(&world, &alice, "/").await, late(&world, &alice, "/api/visits").await];
    alice.submit_logout(&world).await;
    for answer in answers {
        alice.keep(&world, &answer);
        assert_ne!(sealed(&alice, &world), [], "the cookie is back");
        assert!(!is_signed_in(&world, &alice).await, "and dead");
        assert_ne!(trace::lines_with(&["session.superseded"]).len(), 0);
    }
    world
}

async fn d23_after_a_logout_with_cutoffs(mount: &'static dyn Mount) -> World {
    let world = revocable(mount).await;
    let alice = world.login("alice").await;
    world.advance(A_WHILE);
    let answer = late(&world, &alice, "/").await;
    alice.submit_logout(&world).await;
    alice.clear(&world);
    alice.keep(&world, &answer);
    assert!(!is_signed_in(&world, &alice).await);
    assert_ne!(trace::lines_with(&["session.revoked"]).len(), 0);
    world
}

async fn d23_after_a_login_as_somebody_else(mount: &'static dyn Mount) -> World {
    a_late_answer_after_another_login(mount, 0).await
}

async fn d23_after_a_login_as_somebody_else_who_has_no_data_yet(mount: &'static dyn Mount) -> World {
    a_late_answer_after_another_login(mount, 3).await
}

async fn a_late_answer_after_another_login(mount: &'static dyn Mount, changes: usize) -> World {
    let world = storeless(mount).await;
    let browser = world.login("alice").await;
    for _ in 0..changes {
        browser.api(&world, "/api/visits").await;
    }
    world.advance(A_WHILE);
    let answers = [late(&world, &browser, "/").await, late(&world, &browser, "/api/visits").await];
    browser.hand_over_to("bob");
    browser.log_in(&world).await;
    for answer in answers {
        browser.keep(&world, &answer);
        assert_eq!(browser.page(&world, "/").await.text(), "hello bob");
    }
    assert_eq!(browser.api(&world, "/api/visits").await.text(), "1");
    world
}

async fn d23_after_newer_data(mount: &'static dyn Mount) -> World {
    let world = revocable(mount).await;
    let alice = world.login("alice").await;
    assert_eq!(alice.api(&world, "/api/visits").await.text(), "1");
    world.advance(A_WHILE);
    let answer = late(&world, &alice, "/").await;
    assert_eq!(alice.api(&world, "/api/visits").await.text(), "2");
    alice.keep(&world, &answer);
    assert_eq!(sealed(&alice, &world).len(), 2, "the older one is back");
    assert_eq!(alice.api(&world, "/api/visits").await.text(), "3", "and does not count");
    assert_eq!(sealed(&alice, &world).len(), 1, "the next change clears it");
    world
}

async fn d23_after_much_newer_and_smaller_data(mount: &'static dyn Mount) -> World {
    let world = storeless(mount).await;
    swell(&world, 7000);
    let alice = world.login("alice").await;
    world.advance(A_WHILE);
    let answer = late(&world, &alice, "/").await;
    swell(&world, 1);
    alice.log_in(&world).await;
    for visit in 1..=3 {
        assert_eq!(alice.api(&world, "/api/visits").await.text(), visit.to_string());
    }
    alice.keep(&world, &answer);
    assert_eq!(sealed(&alice, &world).len(), 4);
    assert_eq!(alice.api(&world, "/api/visits").await.text(), "4");
    assert_eq!(sealed(&alice, &world).len(), 1);
    world
}

async fn d23_a_login_after_the_logout_works(mount: &'static dyn Mount) -> World {
    let world = storeless(mount).await;
    let alice = world.login("alice").await;
    for _ in 0..6 {
        world.advance(A_WHILE);
        let answer = late(&world, &alice, "/").await;
        alice.submit_logout(&world).await;
        alice.log_in(&world).await;
        alice.keep(&world, &answer);
        alice.submit_logout(&world).await;
        assert!(!is_signed_in(&world, &alice).await);
        alice.log_in(&world).await;
        assert!(is_signed_in(&world, &alice).await);
    }
    assert_eq!(sealed(&alice, &world).len(), 1);
    assert!(alice.cookies(&world).len() <= 3, "the marks are in one cookie");
    world
}
