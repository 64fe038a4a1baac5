use std::time::Duration;

use scenarios::{Answer, Browser, Mount, Request, World, meter, on_every_mount, trace};

on_every_mount! {
    h11_a_clock_that_is_off_is_told_before_anybody_is_refused
    h11_a_clock_that_is_off_by_more_is_told_with_the_refusal
    h11_clocks_that_agree_are_not_suspected
    h11_nobody_but_the_issuer_raises_suspicion
}

const COUNTED: &str = "vestibule_clock_skew";

/// A login at a provider whose clock is ahead by so many seconds.
async fn login(world: &World, ahead: i64) -> Answer {
    world.provider().alter_id_token(move |claims| {
        claims["iat"] = (claims["iat"].as_i64().unwrap() + ahead).into();
    });
    let alice = Browser::new("alice");
    let callback = alice.start_login(world, "/auth/login").await;
    alice.page(world, &callback).await
}

fn told(issuer: &str, seconds: u64, code: &str) -> usize {
    let fields = format!("issuer=\"{issuer}\" seconds={seconds} code=\"{code}\"");
    trace::lines_with(&[" WARN ", "event=\"clock.skew_suspected\"", &fields]).len()
}

async fn h11_a_clock_that_is_off_is_told_before_anybody_is_refused(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    for ahead in [3, 60, -31] {
        assert_eq!(login(&world, ahead).await.status, 303, "{ahead}");
    }
    assert_eq!(
        meter::lines(COUNTED),
        [
            "vestibule_clock_skew_suspected_total{issuer=ahead,code=ok} 2",
            "vestibule_clock_skew_suspected_total{issuer=behind,code=ok} 1",
        ]
    );
    assert_eq!([told("ahead", 3, "ok"), told("ahead", 60, "ok"), told("behind", 31, "ok")], [1, 1, 1]);
    world
}

async fn h11_a_clock_that_is_off_by_more_is_told_with_the_refusal(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    for ahead in [600, -601] {
        let refused = login(&world, ahead).await;
        assert_eq!((refused.status, refused.code().as_str()), (400, "id_token.issued_at"), "{ahead}");
    }
    assert_eq!(
        meter::lines(COUNTED),
        [
            "vestibule_clock_skew_suspected_total{issuer=ahead,code=id_token.issued_at} 1",
            "vestibule_clock_skew_suspected_total{issuer=behind,code=id_token.issued_at} 1",
        ]
    );
    assert_eq!([told("ahead", 600, "id_token.issued_at"), told("behind", 601, "id_token.issued_at")], [1, 1]);
    assert_eq!(world.state().await.sessions, []);
    world
}

async fn h11_clocks_that_agree_are_not_suspected(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    for ahead in [0, 2, -30] {
        assert_eq!(login(&world, ahead).await.status, 303, "{ahead}");
    }
    // A token that lay with its bearer is simply old.
    let old = world.provider().access_token(scenarios::API, |_| ());
    world.advance(Duration::from_secs(250));
    let call = Request::api("/orders").header("authorization", format!("Bearer {old}"));
    assert_eq!(world.receive(call).await.status, 200);
    assert_eq!(meter::lines(COUNTED), [""; 0]);
    world
}

async fn h11_nobody_but_the_issuer_raises_suspicion(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let token = world.provider().access_token(scenarios::API, |claims| {
        claims["iat"] = (claims["iat"].as_i64().unwrap() + 600).into();
    });
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let forged = format!("{signed}.{}", signature.chars().rev().collect::<String>());
    for (token, lines) in [(forged, 0), (token, 1)] {
        let call = Request::api("/orders").header("authorization", format!("Bearer {token}"));
        assert_eq!(world.receive(call).await.status, 401);
        assert_eq!(meter::lines(COUNTED).len(), lines);
    }
    world
}
