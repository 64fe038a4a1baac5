use std::time::Duration;

use scenarios::provider::{ACCESS_TOKEN_LIFETIME, ISSUER, fault};
use scenarios::{Bare, Call, DASHBOARD, Mount, Request, World, meter, on_every_mount, trace};
use vestibule_web::conformance::{Moment, Verb};

on_every_mount! {
    a_logout_here_is_counted_and_told
    a_forged_logout_is_counted_by_its_code
    a_logout_by_the_providers_page_is_counted
    a_logout_token_is_counted_and_its_way_to_the_store_timed
    refused_logout_tokens_are_counted_by_their_codes
    a_logout_that_the_store_did_not_take_is_pending_until_a_retry
    a_logout_that_waits_is_offered_until_it_lands
    a_logout_that_outlived_all_sessions_is_an_error
    refreshes_are_counted_by_what_they_came_to
}

/// A logout token about everything that alice has.
fn about_alice(world: &World) -> Request {
    let token = world.provider().logout_token(DASHBOARD, |claims| {
        claims["sub"] = "alice".into();
        claims.as_object_mut().expect("an object").remove("sid");
    });
    Request::logout_token(&token)
}

async fn a_logout_here_is_counted_and_told(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    assert_eq!(alice.submit_logout(&world).await.status, 303);
    assert_eq!(meter::lines("vestibule_logout"), ["vestibule_logouts_total{kind=here,code=ok} 1"]);
    assert_eq!(meter::lines("vestibule_sessions"), ["vestibule_sessions_ended_total{reason=logout} 1"]);
    assert_eq!(trace::lines_with(&[" INFO ", "endpoint=\"logout\"", "event=\"session.ended\""]).len(), 1);
    world
}

async fn a_forged_logout_is_counted_by_its_code(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    let forged = Request::form("/auth/logout", [("csrf", "wrong")]);
    assert_eq!(alice.send(&world, forged).await.code(), "csrf.rejected");
    assert_eq!(meter::lines("vestibule_logout"), ["vestibule_logouts_total{kind=here,code=csrf.rejected} 1"]);
    assert_eq!(meter::lines("vestibule_sessions"), [""; 0]);
    world
}

async fn a_logout_by_the_providers_page_is_counted(mount: &'static dyn Mount) -> World {
    let world = World::with(mount, |rp| rp.frontchannel_logout()).await;
    let alice = world.login("alice").await;
    let sid = alice.sso().expect("logged in at the provider").sid;
    for sid in ["another", &sid] {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("iss", ISSUER), ("sid", sid)])
            .finish();
        let frame = Request::page(&format!("/auth/frontchannel-logout?{query}"));
        alice.send(&world, frame.header("sec-fetch-dest", "iframe")).await;
    }
    assert_eq!(
        meter::lines("vestibule_logouts"),
        [
            "vestibule_logouts_total{kind=frontchannel,code=frontchannel.ignored} 1",
            "vestibule_logouts_total{kind=frontchannel,code=ok} 1",
        ]
    );
    assert_eq!(meter::lines("vestibule_sessions"), ["vestibule_sessions_ended_total{reason=frontchannel} 1"]);
    world
}

async fn a_logout_token_is_counted_and_its_way_to_the_store_timed(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    world.login("alice").await;
    assert_eq!(world.receive(about_alice(&world)).await.status, 200);
    assert_eq!(
        meter::lines("vestibule_logout"),
        ["vestibule_logout_tokens_total{outcome=accepted,code=ok} 1"]
    );
    assert_eq!(meter::observed("vestibule_revocation_seconds"), [0.0], "the clock stands still");
    assert_eq!(trace::lines_with(&["logout.heard", "sid=false", "sub=true"]).len(), 1);
    world
}

async fn refused_logout_tokens_are_counted_by_their_codes(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let good = about_alice(&world);
    assert_eq!(world.receive(good.clone()).await.status, 200);
    assert_eq!(world.receive(good).await.code(), "logout.replayed");
    assert_eq!(world.receive(Request::logout_token("junk")).await.code(), "jwt.malformed");
    assert_eq!(
        meter::lines("vestibule_logout"),
        [
            "vestibule_logout_tokens_total{outcome=accepted,code=ok} 1",
            "vestibule_logout_tokens_total{outcome=refused,code=jwt.malformed} 1",
            "vestibule_logout_tokens_total{outcome=refused,code=logout.replayed} 1",
        ]
    );
    assert_eq!(meter::lines("vestibule_unconfirmed"), [""; 0]);
    world
}

async fn a_logout_that_the_store_did_not_take_is_pending_until_a_retry(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    world.login("alice").await;
    let logout = about_alice(&world);
    world.store().fail_next(Verb::Revoke, Moment::Before);
    assert_eq!(world.receive(logout.clone()).await.code(), "store.unavailable");
    assert_eq!(meter::lines("vestibule_unconfirmed"), ["vestibule_unconfirmed_logouts 1"]);
    world.advance(Duration::from_secs(7));
    assert_eq!(world.receive(logout).await.status, 200);
    assert_eq!(meter::lines("vestibule_unconfirmed"), ["vestibule_unconfirmed_logouts 0"]);
    let took = meter::observed("vestibule_revocation_seconds");
    assert!(matches!(took[..], [took] if (7.0..7.01).contains(&took)), "since it was first heard: {took:?}");
    assert_eq!(
        meter::lines("vestibule_logout_"),
        [
            "vestibule_logout_tokens_total{outcome=accepted,code=ok} 1",
            "vestibule_logout_tokens_total{outcome=unavailable,code=store.unavailable} 1",
        ]
    );
    world
}

async fn a_logout_that_waits_is_offered_until_it_lands(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    world.login("alice").await;
    for _ in 0..3 {
        world.store().fail_next(Verb::Revoke, Moment::Before);
    }
    assert_eq!(world.receive(about_alice(&world)).await.code(), "store.unavailable");
    assert_eq!(trace::lines_with(&[" WARN ", "event=\"logout.queued\" code=\"store.unavailable\""]).len(), 1);
    world.advance(Duration::from_secs(3));
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(
        meter::lines("vestibule_revocation"),
        [
            "vestibule_revocation_retries_total{code=ok} 1",
            "vestibule_revocation_retries_total{code=store.unavailable} 2",
            "vestibule_revocation_seconds 1",
        ]
    );
    assert_eq!(meter::lines("vestibule_unconfirmed"), ["vestibule_unconfirmed_logouts 0"]);
    assert_eq!(trace::lines_with(&[" INFO ", "event=\"logout.landed\" seconds=3"]).len(), 1);
    world
}

/// Once no session can be left that it would strike.
async fn a_logout_that_outlived_all_sessions_is_an_error(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    world.login("alice").await;
    world.store().outage(true);
    assert_eq!(world.receive(about_alice(&world)).await.code(), "store.unavailable");
    for (minutes, pending) in [(12 * 60, 1), (20, 0)] {
        world.advance(Duration::from_secs(60 * minutes));
        tokio::time::sleep(Duration::from_secs(31)).await;
        assert_eq!(
            meter::lines("vestibule_unconfirmed"),
            [format!("vestibule_unconfirmed_logouts {pending}")]
        );
        assert_eq!(trace::lines_with(&["ERROR", "event=\"logout.lost\" lost=1"]).len(), 1 - pending);
    }
    assert_eq!(
        meter::lines("vestibule_revocations"),
        ["vestibule_revocations_lost_total{reason=outlived} 1"]
    );
    world.store().outage(false);
    world
}

async fn refreshes_are_counted_by_what_they_came_to(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let (alice, bob) = (world.login("alice").await, world.login("bob").await);
    world.advance(Duration::from_secs(ACCESS_TOKEN_LIFETIME));
    assert_eq!(alice.api(&world, "/api/token").await.status, 200);
    world.provider().fault(Call::Token, || fault::unavailable(1));
    assert_eq!(bob.api(&world, "/api/token").await.code(), "refresh.unavailable");
    world.provider().repair(Call::Token);
    world.provider().log_out(&bob);
    world.advance(Duration::from_secs(5));
    assert_eq!(bob.api(&world, "/api/token").await.code(), "refresh.revoked");
    assert_eq!(
        meter::lines("vestibule_refresh"),
        [
            "vestibule_refresh_seconds 3",
            "vestibule_refreshes_total{outcome=ended,code=refresh.revoked} 1",
            "vestibule_refreshes_total{outcome=failed,code=refresh.unavailable} 1",
            "vestibule_refreshes_total{outcome=refreshed,code=ok} 1",
        ]
    );
    assert_eq!(meter::lines("vestibule_sessions"), ["vestibule_sessions_ended_total{reason=refused} 1"]);
    for event in ["refresh.completed", "refresh.failed", "refresh.ended"] {
        let told = trace::lines_with(&["vestibule.refresh{correlation=", &format!("event=\"{event}\"")]);
        assert_eq!(told.len(), 1, "{event}");
    }
    world
}

#[tokio::test(start_paused = true)]
async fn a_session_that_its_user_chose_from_the_list_is_counted() {
    let world = World::new(&Bare).await;
    let (here, there) = (world.login("alice").await, world.login("alice").await);
    let session = here.session(&world).await;
    let listed = session.all_of_user().await.unwrap();
    let other = listed.iter().find(|listed| !listed.is_current).unwrap();
    assert!(session.end_listed(&other.id).await.unwrap());
    assert!(!session.end_listed(&other.id).await.unwrap());
    assert_eq!(meter::lines("vestibule_sessions"), ["vestibule_sessions_ended_total{reason=listed} 1"]);
    assert_eq!(there.page(&world, "/").await.text(), "hello stranger");
}
