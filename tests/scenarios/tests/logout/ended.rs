//! Open connections end with their session (session model, what must hold: 13).

use std::time::Duration;

use futures_util::FutureExt;
use scenarios::{
    Bare, DASHBOARD, World,
    provider::{ACCESS_TOKEN_LIFETIME, ISSUER},
};
use serde_json::json;
use tokio::{task::JoinHandle, time::Instant};
use vestibule_web::{
    Lifetimes, Session,
    conformance::{Moment, Verb},
    store::{ChangeCursor, Changes, Realm, Retention, Revocation, StoreBackend},
};

use crate::support::{assert_done, hear, token, token_for};

/// A connection that is open for as long as the session is.
fn connect(session: &Session) -> JoinHandle<()> {
    tokio::spawn(session.clone().ended())
}

/// That a connection ends now, without any time passing.
async fn assert_ends_at_once(connection: JoinHandle<()>, what: &str) {
    assert_eq!(ends_after(connection).await, Duration::ZERO, "{what}");
}

/// How long it takes for a connection to end.
async fn ends_after(connection: JoinHandle<()>) -> Duration {
    let began = Instant::now();
    tokio::time::timeout(Duration::from_secs(3600), connection).await.expect("it ends").unwrap();
    began.elapsed()
}

/// That everything had its turn, for a while, and the connections are open still.
async fn assert_stay(connections: &[JoinHandle<()>], span: Duration) {
    tokio::time::sleep(span).await;
    assert!(connections.iter().all(|connection| !connection.is_finished()));
}

#[tokio::test(start_paused = true)]
async fn invariant_13_every_way_to_end_a_session_ends_its_connections() {
    let world = World::new(&Bare).await;
    let second = world.second_node().await;
    let bob = world.login("bob").await;
    let of_bob = [connect(&bob.session(&world).await), connect(&bob.session(&second).await)];
    for way in ["a logout here", "one of a list", "all others", "heard by sub", "heard by sid", "a new login"]
    {
        let (alice, other) = (world.login("alice").await, world.login("alice").await);
        let connections = [connect(&alice.session(&world).await), connect(&alice.session(&second).await)];
        let of_other = connect(&other.session(&second).await);
        world.settle().await;
        match way {
            "a logout here" => assert_eq!(alice.submit_logout(&world).await.status, 303),
            "one of a list" => {
                let session = other.session(&world).await;
                let list = session.all_of_user().await.unwrap();
                let listed = list.iter().find(|listed| !listed.is_current).expect("alice's");
                assert!(session.end_listed(&listed.id).await.unwrap());
            }
            "all others" => other.session(&world).await.end_all_others().await.unwrap(),
            "heard by sub" => assert_done(&hear(&second, &token_for(&world, "alice")).await),
            "heard by sid" => {
                let sid = alice.sso().unwrap().sid;
                assert_done(&hear(&world, &token(&world, None, Some(&sid))).await);
            }
            _ => alice.log_in(&world).await,
        }
        for connection in connections {
            assert_ends_at_once(connection, way).await;
        }
        if way == "heard by sub" {
            assert_ends_at_once(of_other, way).await;
        } else {
            assert_stay(&[of_other], Duration::from_millis(1)).await;
            other.submit_logout(&world).await;
        }
    }
    assert_stay(&of_bob, Duration::from_millis(1)).await;
}

#[tokio::test(start_paused = true)]
async fn invariant_13_lifetimes_end_connections() {
    const LIFETIMES: Lifetimes =
        Lifetimes { idle: Duration::from_secs(120), absolute: Duration::from_secs(900) };
    let world = World::with(&Bare, |rp| rp.lifetimes(LIFETIMES)).await;
    world.let_time_run();
    let (unused, used) = (world.login("alice").await, world.login("bob").await);
    let began = Instant::now();
    let (of_unused, of_used) = (connect(&unused.session(&world).await), connect(&used.session(&world).await));
    let using = async {
        loop {
            tokio::time::sleep(Duration::from_secs(40)).await;
            used.page(&world, "/").await;
        }
    };
    let ends = async {
        ends_after(of_unused).await;
        let idle = began.elapsed();
        ends_after(of_used).await;
        (idle, began.elapsed())
    };
    let (idle, absolute) = tokio::select! {
        () = using => unreachable!(),
        ends = ends => ends,
    };
    for (ended, lifetime) in [(idle, LIFETIMES.idle), (absolute, LIFETIMES.absolute)] {
        assert!(ended.abs_diff(lifetime) < Duration::from_secs(1), "{ended:?} instead of {lifetime:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn invariant_13_an_outage_ends_no_connection() {
    let world = World::new(&Bare).await;
    let alice = world.login("alice").await;
    let connections = [connect(&alice.session(&world).await)];
    world.settle().await;
    world.store().outage(true);
    let loads = world.store().calls(Verb::Load);
    assert_stay(&connections, Duration::from_secs(60)).await;
    let looks = world.store().calls(Verb::Load) - loads;
    assert!((1..=130).contains(&looks), "{looks} looks in a minute");
    world.store().outage(false);
    assert_stay(&connections, Duration::from_secs(60)).await;
    assert_done(&hear(&world, &token_for(&world, "alice")).await);
    let [connection] = connections;
    assert_ends_at_once(connection, "after the outage").await;
}

/// Logged out during the outage of one node: the next look after it tells.
#[tokio::test(start_paused = true)]
async fn invariant_13_what_was_missed_in_an_outage_is_made_up_for() {
    let world = World::new(&Bare).await;
    let alice = world.login("alice").await;
    let connection = connect(&alice.session(&world).await);
    world.settle().await;
    // The log does not answer this node, the logout gets through all the same.
    for _ in 0..3 {
        world.store().fail_next(Verb::Changes, Moment::Before);
        world.store().fail_next(Verb::Changes, Moment::After);
    }
    tokio::time::sleep(Duration::from_secs(21)).await;
    assert_done(&hear(&world, &token_for(&world, "alice")).await);
    let late = ends_after(connection).await;
    assert!(late <= Duration::from_secs(1), "{late:?}");
}

/// More logouts at once than the log keeps: the entry that counts is gone before anybody reads it.
#[tokio::test(start_paused = true)]
async fn invariant_13_a_log_that_lags_still_wakes() {
    const LOG: usize = 16_384;
    let world = World::new(&Bare).await;
    let (alice, bob) = (world.login("alice").await, world.login("bob").await);
    let (of_alice, of_bob) = (connect(&alice.session(&world).await), connect(&bob.session(&world).await));
    world.settle().await;
    let realm = Realm::new(ISSUER, DASHBOARD);
    let as_it_is = Retention { cutoffs: Duration::ZERO, logout_ids: Duration::ZERO };
    let store = world.store().open(&realm, as_it_is);
    let users = ["alice".to_owned()].into_iter().chain((0..LOG).map(|number| number.to_string()));
    for user in users {
        let scopes = vec![realm.subject(&user)];
        store.revoke(Revocation { scopes, heard: None, logout: None, spare: None }).await.unwrap();
    }
    let Changes::Lagged { .. } = store.changes(ChangeCursor::START, Duration::ZERO).await.unwrap().reply
    else {
        panic!("the log reaches back to the first of them");
    };
    assert_ends_at_once(of_alice, "although its entry is gone").await;
    assert_stay(&[of_bob], Duration::from_millis(1)).await;
}

/// A refresh teaches the session a `sid` while the connection is open; a logout of it ends the connection too.
#[tokio::test(start_paused = true)]
async fn invariant_13_a_sid_that_came_later_is_listened_to() {
    let world = World::new(&Bare).await;
    let second = world.second_node().await;
    let alice = world.login("alice").await;
    let connections = [connect(&alice.session(&world).await), connect(&alice.session(&second).await)];
    world.settle().await;
    world.advance(Duration::from_secs(ACCESS_TOKEN_LIFETIME));
    world.provider().alter_id_token(|claims| claims["sid"] = json!("moved"));
    assert_eq!(alice.api(&world, "/api/token").await.status, 200);
    assert_stay(&connections, Duration::from_secs(30)).await;
    assert_done(&hear(&world, &token(&world, None, Some("moved"))).await);
    for connection in connections {
        assert_ends_at_once(connection, "a sid that came later").await;
    }
}

/// Many connections, most of which have nothing to do with the logout.
#[tokio::test(start_paused = true)]
async fn invariant_13_many_connections_end_together_and_alone() {
    let world = World::new(&Bare).await;
    let (alice, bob) = (world.login("alice").await, world.login("bob").await);
    let (of_alice, of_bob) = (alice.session(&world).await, bob.session(&world).await);
    let (ending, staying): (Vec<_>, Vec<_>) =
        (0..500).map(|_| (connect(&of_alice), connect(&of_bob))).unzip();
    world.settle().await;
    let loads = world.store().calls(Verb::Load);
    assert_done(&hear(&world, &token_for(&world, "alice")).await);
    for connection in ending {
        assert_ends_at_once(connection, "one of many").await;
    }
    assert!(world.store().calls(Verb::Load) - loads <= 510, "the others were not even woken");
    assert_stay(&staying, Duration::from_millis(1)).await;
}

/// An open connection costs a look now and then, and nothing where nobody is connected.
#[tokio::test(start_paused = true)]
async fn invariant_13_waiting_is_idle() {
    let world = World::new(&Bare).await;
    let alice = world.login("alice").await;
    let connections = [connect(&alice.session(&world).await)];
    world.settle().await;
    let count = || (world.store().calls(Verb::Load), world.store().calls(Verb::Changes));
    let before = count();
    assert_stay(&connections, Duration::from_secs(20 * 60)).await;
    let after = count();
    assert!(after.0 - before.0 <= 41 && after.1 - before.1 <= 61, "{before:?} {after:?}");

    connections.iter().for_each(|connection| connection.abort());
    tokio::time::sleep(Duration::from_secs(60)).await;
    let before = count();
    tokio::time::sleep(Duration::from_secs(3600)).await;
    assert_eq!(count(), before, "nobody listens, nobody looks");

    let connection = connect(&alice.session(&world).await);
    world.settle().await;
    assert_done(&hear(&world, &token_for(&world, "alice")).await);
    assert_ends_at_once(connection, "and it starts again").await;
}

/// A session that has ended before anybody waits for its end.
#[tokio::test(start_paused = true)]
async fn invariant_13_an_end_that_was_before_is_seen_at_once() {
    let world = World::new(&Bare).await;
    let alice = world.login("alice").await;
    let session = alice.session(&world).await;
    assert_done(&hear(&world, &token_for(&world, "alice")).await);
    assert_eq!(session.clone().ended().now_or_never(), Some(()));
    // And one that falls between the first look and the wait.
    let bob = world.login("bob").await;
    let session = bob.session(&world).await;
    let stalled = world.store().stall_next(Verb::Load, Moment::After);
    let connection = connect(&session);
    stalled.reached().await;
    assert_done(&hear(&world, &token_for(&world, "bob")).await);
    stalled.release();
    assert_ends_at_once(connection, "between look and wait").await;
}
