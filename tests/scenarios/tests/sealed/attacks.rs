//! Cookies that were not made by us, not for this, or not for this place (checklist D03, D04, D06).

use scenarios::{Browser, Mount, World, on_every_mount};

use crate::support::{assert_refused, header, page_with, revocable, sealed, storeless};

on_every_mount! {
    d03_tampered_cookies
    d03_cut_and_lengthened_cookies
    d03_a_pending_login_is_no_session
    d03_a_session_is_no_pending_login
    d03_another_applications_session
    d03_another_name
    d02_the_same_cookie_twice
    d02_two_marks_of_ended_sessions
}

async fn d03_tampered_cookies(mount: &'static dyn Mount) -> World {
    let world = revocable(mount).await;
    let cookie = sealed(&world.login("alice").await, &world).remove(0);
    assert_eq!(page_with(&world, "/", &header(std::slice::from_ref(&cookie))).await.text(), "hello alice");
    // Behind the head: version, key id, nonce, text, tag. The last character has bits that belong to no byte.
    for at in [7, 8, 10, 12, 14, 20, 30, 40, 100, 200, cookie.value.len() - 3, cookie.value.len() - 2] {
        let mut value = cookie.value.clone().into_bytes();
        value[at] = if value[at] == b'A' { b'B' } else { b'A' };
        let changed = format!("{}={}", cookie.name, String::from_utf8(value).unwrap());
        assert_refused(&world, &changed, "session.seal_invalid").await;
    }
    for at in 1..7 {
        let mut value = cookie.value.clone().into_bytes();
        value[at] = if value[at] == b'A' { b'B' } else { b'A' };
        let changed = format!("{}={}", cookie.name, String::from_utf8(value).unwrap());
        assert_refused(&world, &changed, "session.seal_invalid").await;
    }
    world
}

async fn d03_cut_and_lengthened_cookies(mount: &'static dyn Mount) -> World {
    let world = storeless(mount).await;
    let cookie = sealed(&world.login("alice").await, &world).remove(0);
    let (name, value) = (&cookie.name, &cookie.value);
    for length in [8, 20, 60, value.len() / 2, value.len() - 1] {
        assert_refused(&world, &format!("{name}={}", &value[..length]), "session.seal_invalid").await;
    }
    for more in ["A", "AAAA", "=", "%00", "!"] {
        assert_refused(&world, &format!("{name}={value}{more}"), "session.seal_invalid").await;
    }
    let long = format!("{name}=1aaaaaa{}", "A".repeat(3801));
    assert_refused(&world, &long, "session.chunk_invalid").await;
    for nothing in ["", "1", "1aaaaaa", "\"1aaaaaaA\""] {
        assert_refused(&world, &format!("{name}={nothing}"), "session.chunk_invalid").await;
    }
    world
}

async fn d03_a_pending_login_is_no_session(mount: &'static dyn Mount) -> World {
    let world = storeless(mount).await;
    let alice = world.login("alice").await;
    let name = sealed(&alice, &world).remove(0).name;
    let stranger = Browser::new("mallory");
    stranger.page(&world, "/auth/login").await;
    let pending = stranger.cookies(&world).remove(0);
    for value in [pending.value.clone(), format!("1aaaaaa{}", pending.value)] {
        let answer = page_with(&world, "/", &format!("{name}={value}")).await;
        assert_eq!(answer.text(), "hello stranger");
    }
    assert_refused(&world, &format!("{name}=1aaaaaa{}", pending.value), "session.seal_invalid").await;
    world
}

async fn d03_a_session_is_no_pending_login(mount: &'static dyn Mount) -> World {
    let world = storeless(mount).await;
    let session = sealed(&world.login("alice").await, &world).remove(0);
    let stranger = Browser::new("mallory");
    let callback = stranger.start_login(&world, "/auth/login").await;
    let pending = stranger.cookies(&world).remove(0);
    for value in [session.value.as_str(), &session.value[7..]] {
        let answer = page_with(&world, &callback, &format!("{}={value}", pending.name)).await;
        assert_eq!((answer.status, answer.code().as_str()), (400, "callback.state_invalid"));
    }
    world
}

async fn d03_another_applications_session(mount: &'static dyn Mount) -> World {
    let world = storeless(mount).await;
    let docs = world.other_application().await;
    let alice = world.login("alice").await;
    alice.log_in(&docs).await;
    let (here, there) = (sealed(&alice, &world).remove(0), sealed(&alice, &docs).remove(0));
    assert_ne!(here.name, there.name);
    assert_eq!(page_with(&world, "/", &header(std::slice::from_ref(&there))).await.text(), "hello stranger");
    assert_refused(&world, &format!("{}={}", here.name, there.value), "session.seal_invalid").await;
    world
}

/// The version is in the name, and cannot be raised.
async fn d03_another_name(mount: &'static dyn Mount) -> World {
    let world = storeless(mount).await;
    let cookie = sealed(&world.login("alice").await, &world).remove(0);
    let (stem, version) = cookie.name.split_once('.').unwrap();
    assert_eq!(version, "0.0");
    for name in ["1.0", "7.0", "4294967295.0"] {
        assert_refused(&world, &format!("{stem}.{name}={}", cookie.value), "session.seal_invalid").await;
    }
    for name in ["0.1", "0.4"] {
        assert_refused(&world, &format!("{stem}.{name}={}", cookie.value), "session.chunk_invalid").await;
    }
    for name in
        ["", ".", ".00.0", ".0.00", ".0.5", ".-1.0", ".0.-1", ".0", ".0.99999999", ".4294967296.0", ".0.0.0"]
    {
        let answer = page_with(&world, "/", &format!("{stem}{name}={}", cookie.value)).await;
        assert_eq!(answer.text(), "hello stranger", "{name}");
    }
    world
}

async fn d02_the_same_cookie_twice(mount: &'static dyn Mount) -> World {
    let world = storeless(mount).await;
    let cookie = sealed(&world.login("alice").await, &world).remove(0);
    let twice = header(&[cookie.clone(), cookie.clone()]);
    assert_refused(&world, &twice, "session.cookie_ambiguous").await;
    let planted = format!("{}; {}=planted", header(std::slice::from_ref(&cookie)), cookie.name);
    assert_refused(&world, &planted, "session.cookie_ambiguous").await;
    world
}

async fn d02_two_marks_of_ended_sessions(mount: &'static dyn Mount) -> World {
    let world = storeless(mount).await;
    let cookie = sealed(&world.login("alice").await, &world).remove(0);
    let (stem, _) = cookie.name.split_once('.').unwrap();
    let one = format!("{}; {stem}.ended=0.AAAAAAAAAAAAAAAA", header(std::slice::from_ref(&cookie)));
    assert_eq!(page_with(&world, "/", &one).await.text(), "hello alice", "of another session");
    assert_refused(&world, &format!("{one}; {stem}.ended=BBBBBBBBBBBBBBBB"), "session.cookie_ambiguous")
        .await;
    world
}
