//! Many nodes over one store (checklist BM01, BM03, BM06, BM11).

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use scenarios::{Axum, Browser, DASHBOARD, Mount, World, on_every_mount, provider::ISSUER};
use sha2::{Digest, Sha256};
use vestibule_web::{
    conformance::{Moment, Verb},
    store::{
        GoneReason, Insert, Load, NewSession, PublicId, Realm, Retention, SessionKey, SessionStore,
        StoreBackend, StoreTime,
    },
};

use crate::support::{assert_done, hear, is_in, sid, token, token_for};

on_every_mount! {
    bm01_a_node_that_never_saw_the_session_ends_it_everywhere
    bm01_a_request_under_way_is_the_last_one
    bm03_a_logout_before_the_answer_goes_out_leaves_a_dead_cookie
    bm06_a_login_clears_no_older_mark
}

async fn bm01_a_node_that_never_saw_the_session_ends_it_everywhere(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let nodes = [world.second_node().await, world.second_node().await];
    let [second, third] = &nodes;
    let people = [world.login("alice").await, world.login("alice").await, world.login("bob").await];
    let [desk, phone, bob] = &people;
    for node in [&*world, second] {
        assert!(is_in(desk, node).await);
    }
    assert_done(&hear(third, &token(&world, None, Some(&sid(desk)))).await);
    for node in [&*world, second, third] {
        assert!(!is_in(desk, node).await, "at once: the bound is zero");
        assert!(is_in(phone, node).await);
        assert!(is_in(bob, node).await);
    }
    assert_done(&hear(second, &token_for(&world, "alice")).await);
    for node in [&*world, second, third] {
        assert!(!is_in(phone, node).await);
        assert!(is_in(bob, node).await);
    }
    world
}

/// It was loaded before the logout was heard; what it asks for afterwards is refused.
async fn bm01_a_request_under_way_is_the_last_one(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = world.login("alice").await;
    let session = alice.session(&world).await;
    assert_done(&hear(&world, &token_for(&world, "alice")).await);
    assert_eq!(session.subject(), "alice", "it ends its own work");
    assert!(session.set_data(&"x".to_owned()).await.is_err());
    world.advance(Duration::from_secs(300));
    assert!(session.access_token().await.is_err());
    assert!(session.all_of_user().await.unwrap().is_empty());
    session.ended().await;
    world
}

async fn bm03_a_logout_before_the_answer_goes_out_leaves_a_dead_cookie(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let alice = Browser::new("alice");
    let callback = alice.start_login(&world, "/auth/login?return_to=%2Fme").await;
    let stalled = world.store().stall_next(Verb::Insert, Moment::After);
    let logout = async {
        stalled.reached().await;
        let answer = hear(&world, &token_for(&world, "alice")).await;
        stalled.release();
        answer
    };
    let (back, heard) = tokio::join!(alice.page(&world, &callback), logout);
    assert_done(&heard);
    assert_eq!((back.status, back.location()), (303, "/me"));
    assert!(alice.session_cookie(&world).is_some(), "the answer was made before");
    assert!(!is_in(&alice, &world).await, "dead on arrival");
    assert_eq!(world.state().await.sessions, []);
    assert_eq!(alice.open(&world, "/me").await.text(), "only for you, alice");
    world
}

async fn bm06_a_login_clears_no_older_mark(mount: &'static dyn Mount) -> World {
    let world = World::new(mount).await;
    let (desk, phone) = (world.login("alice").await, Browser::new("alice"));
    let under_way = phone.start_login(&world, "/auth/login").await;
    assert_done(&hear(&world, &token_for(&world, "alice")).await);
    let later = world.login("alice").await;
    assert!(!is_in(&desk, &world).await, "an old session stays dead beside a new one");
    let refused = phone.page(&world, &under_way).await;
    assert!(world.provider().is_authorization_url(refused.location()), "an old login stays covered");
    assert!(phone.session_cookie(&world).is_none());
    assert!(is_in(&later, &world).await);

    // Nor does an older logout that arrives late take anything back.
    world.advance(Duration::from_secs(60));
    assert_done(&hear(&world, &token(&world, None, Some(&sid(&desk)))).await);
    assert!(is_in(&later, &world).await);
    assert!(!is_in(&desk, &world).await);
    world
}

/// Ten thousand sessions of one user: one cutoff refuses them at once, and deleting them is for later, in batches.
#[tokio::test(start_paused = true)]
async fn bm11_ten_thousand_sessions_end_by_one_cutoff() {
    let world = World::new(&Axum).await;
    let store = world.store().open(&Realm::new(ISSUER, DASHBOARD), RETENTION);
    let bob = world.login("bob").await;
    let began = store.now().await.unwrap();
    for number in 0..10_000 {
        let stored = store.insert(session(number, began), None).await.unwrap().reply;
        assert!(matches!(stored, Insert::Stored(_)));
    }
    let verbs = [Verb::End, Verb::EndIf, Verb::EndListed, Verb::Load, Verb::Touch, Verb::SessionsOf];
    let before = verbs.map(|verb| world.store().calls(verb));
    let revokes = world.store().calls(Verb::Revoke);
    assert_done(&hear(&world, &token_for(&world, "alice")).await);
    assert_eq!(verbs.map(|verb| world.store().calls(verb)), before, "nothing was looked at one by one");
    assert_eq!(world.store().calls(Verb::Revoke), revokes + 1);
    for number in 0..10_000 {
        assert_eq!(store.load(&key(number)).await.unwrap().reply, Load::Gone(GoneReason::Revoked));
    }
    assert!(is_in(&bob, &world).await);

    let mut removed = 0;
    while removed < 10_000 {
        let reaped = store.reap(1_000).await.unwrap().reply;
        assert!((1..=1_000).contains(&reaped.removed), "{reaped:?}");
        removed += reaped.removed;
    }
    assert_eq!(store.load(&key(0)).await.unwrap().reply, Load::Absent);
    assert!(is_in(&bob, &world).await);
}

const RETENTION: Retention =
    Retention { cutoffs: Duration::from_secs(13 * 3600), logout_ids: Duration::from_secs(1800) };

fn session(number: u64, began: StoreTime) -> NewSession {
    let realm = Realm::new(ISSUER, DASHBOARD);
    let subject = realm.subject("alice");
    NewSession {
        key: key(number),
        public_id: PublicId::from_bytes(u128::from(number).to_be_bytes()),
        subject,
        scopes: vec![realm.everything(), subject, realm.subject_without_sid("alice")],
        began,
        idle: Duration::from_secs(1800),
        absolute: Duration::from_secs(3600),
        label: Bytes::new(),
        grant: Bytes::new(),
        refresh: None,
        data: Bytes::new(),
    }
}

fn key(number: u64) -> SessionKey {
    SessionKey::from_bytes(Sha256::digest(number.to_be_bytes()).into())
}

/// The emergency brake: everything of this application, and nothing of another.
#[tokio::test(start_paused = true)]
async fn d11_everything_of_one_application_can_be_ended() {
    let world = World::new(&Axum).await;
    let docs = world.other_application().await;
    let (alice, bob) = (world.login("alice").await, world.login("bob").await);
    alice.log_in(&docs).await;
    let realm = Realm::new(ISSUER, DASHBOARD);
    let store: Arc<dyn SessionStore> = world.store().open(&realm, RETENTION);
    let scopes = vec![realm.everything()];
    let all = vestibule_web::store::Revocation { scopes, heard: None, logout: None, spare: None };
    store.revoke(all).await.unwrap();
    for browser in [&alice, &bob] {
        assert!(!is_in(browser, &world).await);
    }
    assert!(is_in(&alice, &docs).await);
    alice.log_in(&world).await;
    assert!(is_in(&alice, &world).await);
}
