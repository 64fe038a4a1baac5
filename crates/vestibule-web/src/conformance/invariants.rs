//! What must hold about sessions and logouts, by the numbers of the session model. Of those that need a hand of the
//! [`Subject`] which it does not have, nothing is checked.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use tokio::task::JoinSet;

use crate::store::{
    BeginAttempt, Change, Changes, Commit, EndIf, Insert, Lease, Load, Revocation, Revoke, Scope,
    SessionStore, StoreBackend, Touch,
};

use super::{
    Faulty, Moment, NoHand, Stalled, Subject, Verb,
    fixture::{Fixture, holder, logout_id, reply, rotation, token},
};

const TEN_MINUTES: Duration = Duration::from_secs(600);

/// After the logout no node accepts what began before, whatever the clocks do.
pub async fn invariant_01_after_the_logout_no_node_accepts_what_began_before(subject: &dyn Subject) {
    for steps_back in [false, true] {
        let fixture = Fixture::new(subject).await;
        let other = fixture.other_node();
        let under_way = fixture.new_session("alice", Some("s1")).await;
        let session = fixture.sign_in("alice", Some("s1")).await;
        fixture.pass(1).await;
        let cutoff = fixture.revoke_with(logout_token(&fixture, 1)).await;
        if steps_back {
            let _ = step_back(&fixture, subject).await;
        }
        for node in [&fixture.store, &other] {
            assert!(!matches!(reply(node.load(&session).await), Load::Live(_)), "a session");
            assert_eq!(reply(node.insert(under_way.clone(), None).await), Insert::Refused, "a login");
            let mut at_that_moment = fixture.new_session("alice", Some("s1")).await;
            at_that_moment.began = cutoff;
            assert!(reply(
                node.is_covered(&at_that_moment.key, &at_that_moment.scopes, at_that_moment.began).await
            ));
            assert_eq!(reply(node.insert(at_that_moment, None).await), Insert::Refused, "at that moment");
        }
    }
}

/// A login that began later always gets in, also with the same `sid` in the same second.
pub async fn invariant_02_a_login_that_began_later_always_gets_in(subject: &dyn Subject) {
    for steps_back in [false, true] {
        let fixture = Fixture::new(subject).await;
        let before = fixture.sign_in("alice", Some("s1")).await;
        fixture.revoke_with(logout_token(&fixture, 1)).await;
        if steps_back {
            let _ = step_back(&fixture, subject).await;
        }
        fixture.pass_a_moment().await;
        let after = fixture.sign_in("alice", Some("s1")).await;
        assert!(fixture.is_live(&after).await);
        assert!(!fixture.is_live(&before).await);
    }
}

/// The node dies before the store heard of the logout, or after: either a retry succeeds, or it was done.
pub async fn invariant_03_killed_between_any_two_steps_a_logout_is_done_or_can_be_repeated(
    subject: &dyn Subject,
) {
    for moment in [Moment::Before, Moment::After] {
        for dies in [false, true] {
            let fixture = Fixture::new(subject).await;
            let (faulty, node) = faulty_node(&fixture);
            let session = fixture.sign_in("alice", Some("s1")).await;
            let first = Revocation { heard: Some(fixture.now().await), ..logout_token(&fixture, 1) };
            if dies {
                let stalled = faulty.stall_next(Verb::Revoke, moment);
                killed_while_stalled(&*node, first.clone(), stalled).await;
            } else {
                faulty.fail_next(Verb::Revoke, moment);
                assert!(node.revoke(first.clone()).await.is_err());
            }
            let done = !fixture.is_live(&session).await;
            assert_eq!(done, moment == Moment::After, "all of it or nothing");

            fixture.pass(1).await;
            let later = fixture.sign_in("alice", Some("s1")).await;
            let retried = reply(node.revoke(first).await);
            assert_eq!(retried == Revoke::Replayed, done);
            assert!(!fixture.is_live(&session).await, "dead by now in any case");
            assert!(fixture.is_live(&later).await, "the retry strikes nobody else");
        }
    }
}

/// With every index lost, revocation is still right.
pub async fn invariant_04_revocation_rests_on_no_index(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    let mut sessions = Vec::new();
    for sid in ["s1", "s2", "s3"] {
        sessions.push(fixture.sign_in("alice", Some(sid)).await);
    }
    let bystander = fixture.sign_in("bob", Some("s4")).await;
    let under_way = fixture.new_session("alice", Some("s2")).await;
    fixture.pass(1).await;
    fixture.revoke(&[fixture.realm.sid("s1")]).await;
    if subject.wipe_indexes().await.is_err() {
        return;
    }
    assert!(!fixture.is_live(&sessions[0]).await, "a logout before the loss");
    assert!(fixture.is_live(&sessions[1]).await, "and nobody else");
    fixture.revoke(&[fixture.realm.subject("alice")]).await;
    for session in &sessions {
        assert!(!fixture.is_live(session).await, "a logout after it");
    }
    assert_eq!(reply(fixture.store.insert(under_way, None).await), Insert::Refused);
    assert!(fixture.is_live(&bystander).await);
    while reply(fixture.store.reap(100).await).more {}
    assert!(fixture.is_live(&bystander).await);
    fixture.pass_a_moment().await;
    let later = fixture.sign_in("alice", Some("s1")).await;
    assert!(fixture.is_live(&later).await);
}

/// Touches and writes beside refreshes never lose a refresh token.
pub async fn invariant_05_touch_beside_commit_never_loses_a_refresh_token(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    for _ in 0..10 {
        let session = fixture.sign_in("alice", None).await;
        let mut tasks = JoinSet::new();
        let (store, lease) = (Arc::clone(&fixture.store), fixture.units(5));
        tasks.spawn(async move {
            for rotated in 0..2 {
                let by = holder(1);
                assert!(matches!(reply(store.lease(&session, &by, lease).await), Lease::Leased(_)));
                let begun = reply(store.begin_attempt(&session, &by, &token(rotated), lease).await);
                assert_eq!(begun, BeginAttempt::Begun { repeats: false });
                let committed = reply(store.commit_refresh(&session, rotation(by, rotated)).await);
                assert!(matches!(committed, Commit::Committed(_)));
            }
        });
        for idle in [50, 40] {
            let (store, idle) = (fixture.other_node(), fixture.units(idle));
            tasks.spawn(async move {
                let touched = reply(store.touch(&session, idle).await);
                assert!(matches!(touched, Touch::Touched { .. }));
            });
        }
        let store = fixture.other_node();
        tasks.spawn(async move {
            reply(store.replace(&session, 0, Bytes::from_static(b"application")).await);
        });
        while let Some(done) = tasks.join_next().await {
            done.expect("the task finished");
        }
        let record = fixture.record(&session).await;
        assert_eq!((record.refresh, record.grant_version), (Some(token(2)), 2), "the newest token stands");
        assert_eq!((&record.data[..], record.version), (&b"application"[..], 1));
        assert!(record.idle_end >= record.created.plus(fixture.units(50)), "the longest touch stands");
    }
}

/// A holder is paused, a second one takes over: whenever the provider gave a success, the user stays signed in.
pub async fn invariant_06_a_paused_holder_and_a_second_one_keep_the_user_signed_in(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    let (paused, second) = (holder(1), holder(2));
    let (here, there) = (&fixture.store, fixture.other_node());
    for outcome in ["the second is refused", "the second succeeds too", "the paused one wakes up first"] {
        let session = fixture.sign_in("alice", None).await;
        let (lease, limit) = (fixture.units(1), fixture.units(10));
        assert!(matches!(reply(here.lease(&session, &paused, lease).await), Lease::Leased(_)));
        let begun = reply(here.begin_attempt(&session, &paused, &token(0), limit).await);
        assert_eq!(begun, BeginAttempt::Begun { repeats: false });
        fixture.pass(2).await;
        assert!(matches!(reply(there.lease(&session, &second, lease).await), Lease::Leased(_)), "{outcome}");

        if outcome == "the paused one wakes up first" {
            let committed = reply(here.commit_refresh(&session, rotation(paused, 0)).await);
            assert!(matches!(committed, Commit::Committed(_)), "{outcome}");
            let begun = reply(there.begin_attempt(&session, &second, &token(0), limit).await);
            assert!(matches!(begun, BeginAttempt::Superseded(_)), "{outcome}");
        } else {
            let begun = reply(there.begin_attempt(&session, &second, &token(0), limit).await);
            assert_eq!(begun, BeginAttempt::Begun { repeats: true }, "{outcome}");
            if outcome == "the second is refused" {
                let ended = reply(there.end_if(&session, &second, &token(0)).await);
                assert!(matches!(ended, EndIf::Open { .. }), "{outcome}");
                let committed = reply(here.commit_refresh(&session, rotation(paused, 0)).await);
                assert!(matches!(committed, Commit::Committed(_)), "{outcome}");
            } else {
                let committed = reply(there.commit_refresh(&session, rotation(second, 0)).await);
                assert!(matches!(committed, Commit::Committed(_)), "{outcome}");
                let committed = reply(here.commit_refresh(&session, rotation(paused, 0)).await);
                assert!(matches!(committed, Commit::Superseded(_)), "{outcome}");
            }
        }
        let record = fixture.record(&session).await;
        assert_eq!((record.refresh, record.grant_version), (Some(token(1)), 1), "{outcome}");
    }
}

/// `sid` and `sub` end a session without `sid`, and spare siblings with another.
pub async fn invariant_07_sid_and_sub_end_a_session_without_sid_and_spare_siblings(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    let named = fixture.sign_in("alice", Some("s1")).await;
    let sibling = fixture.sign_in("alice", Some("s2")).await;
    let nameless = fixture.sign_in("alice", None).await;
    let realm = &fixture.realm;
    fixture.revoke(&[realm.sid_of_subject("s1", "alice"), realm.subject_without_sid("alice")]).await;
    for (session, lives) in [(named, false), (sibling, true), (nameless, false)] {
        assert_eq!(fixture.is_live(&session).await, lives);
    }
}

/// After the store came back empty, nothing that is older than it lives: no sealed session, no login under way.
pub async fn invariant_08_nothing_older_than_an_empty_store_lives(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    let other = fixture.other_node();
    let sealed = fixture.new_session("alice", Some("s1")).await;
    let under_way = fixture.new_session("bob", None).await;
    let stored = fixture.sign_in("alice", Some("s1")).await;
    fixture.revoke(&[fixture.realm.subject("carol")]).await;
    fixture.pass(1).await;
    if subject.lose_everything().await.is_err() {
        return;
    }
    for node in [&fixture.store, &other] {
        assert!(reply(node.is_covered(&sealed.key, &sealed.scopes, sealed.began).await), "sealed");
        assert!(!matches!(reply(node.load(&stored).await), Load::Live(_)), "stored");
        assert_eq!(reply(node.insert(under_way.clone(), None).await), Insert::Refused, "under way");
    }
    fixture.pass_a_moment().await;
    let later = fixture.sign_in("alice", Some("s1")).await;
    assert!(fixture.is_live(&later).await, "and who logs in then is in");
    assert!(matches!(reply(other.load(&later).await), Load::Live(_)), "on every node");
}

/// A store clock that steps back ten minutes lengthens no life and breaks no order.
pub async fn invariant_09_a_clock_that_steps_back_lengthens_no_life_and_breaks_no_order(
    subject: &dyn Subject,
) {
    let fixture = Fixture::new(subject).await;
    let mut short = fixture.new_session("alice", Some("s1")).await;
    short.idle = fixture.units(20);
    let short = fixture.stored(short).await.key;
    let struck = fixture.sign_in("alice", Some("s2")).await;
    let before = fixture.now().await;
    if step_back(&fixture, subject).await.is_err() {
        return;
    }
    let after = fixture.now().await;
    assert!(after >= before, "time goes ahead: {before:?}, then {after:?}");

    fixture.revoke(&[fixture.realm.sid("s2")]).await;
    assert!(!fixture.is_live(&struck).await, "a logout after the step strikes");
    fixture.pass_a_moment().await;
    let later = fixture.sign_in("alice", Some("s2")).await;
    assert!(fixture.is_live(&later).await, "a login after it lives");
    let replayed = logout_token(&fixture, 9);
    fixture.revoke_with(replayed.clone()).await;
    assert_eq!(reply(fixture.store.revoke(replayed).await), Revoke::Replayed);

    fixture.pass(20).await;
    assert!(!fixture.is_live(&short).await, "twenty minutes are twenty minutes");
    assert!(fixture.now().await.since(before) >= fixture.units(20));
}

/// A logout token is spent by success alone.
pub async fn invariant_10_a_logout_token_is_spent_by_success_alone(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    let (faulty, node) = faulty_node(&fixture);
    let session = fixture.sign_in("alice", Some("s1")).await;
    faulty.outage(true);
    for _ in 0..3 {
        assert!(node.revoke(logout_token(&fixture, 1)).await.is_err());
    }
    faulty.outage(false);
    assert!(fixture.is_live(&session).await, "nothing was done");
    assert!(matches!(reply(node.revoke(logout_token(&fixture, 1)).await), Revoke::Revoked { .. }));

    fixture.pass(1).await;
    let later = fixture.sign_in("alice", Some("s1")).await;
    assert_eq!(reply(node.revoke(logout_token(&fixture, 1)).await), Revoke::Replayed);
    assert!(fixture.is_live(&later).await, "no effect");
}

/// A logout costs the engine the same however many sessions there are, and however many it strikes.
pub async fn invariant_11_a_logout_costs_the_same_among_few_and_many(subject: &dyn Subject) {
    const FEW: usize = 50;
    const MANY: usize = 1_000;
    const LOGOUTS: u32 = 10;
    let fixture = Fixture::new(subject).await;
    if subject.operations().await.is_err() {
        return;
    }
    let mut costs = Vec::new();
    let mut stored = 0;
    for size in [FEW, MANY] {
        while stored < size {
            fixture.sign_in("alice", Some("s1")).await;
            stored += 1;
        }
        let before = subject.operations().await.unwrap_or_default();
        for number in 0..LOGOUTS {
            let scopes = vec![fixture.realm.sid("s1"), fixture.realm.subject("alice")];
            let logout = Some(logout_id(&fixture.realm, &format!("{size} {number}")));
            fixture.revoke_with(Revocation { scopes, heard: None, logout, spare: None }).await;
        }
        costs.push(subject.operations().await.unwrap_or_default() - before);
    }
    assert!(costs[0] > 0, "it counts");
    assert!(costs[1] <= costs[0] + costs[0] / 4, "{LOGOUTS} logouts: {costs:?} among {FEW} and {MANY}");
}

/// "End all others" keeps this one, and nothing else.
pub async fn invariant_12_ending_all_others_keeps_this_one(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    let under_way = fixture.new_session("alice", Some("s1")).await;
    let mut sessions = Vec::new();
    for _ in 0..3 {
        sessions.push(fixture.sign_in("alice", Some("s1")).await);
    }
    let scopes = vec![fixture.realm.others_of_subject("alice")];
    let all_others = Revocation { scopes, heard: None, logout: None, spare: Some(sessions[1]) };
    for _ in 0..2 {
        fixture.revoke_with(all_others.clone()).await;
        for (number, session) in sessions.iter().enumerate() {
            assert_eq!(fixture.is_live(session).await, number == 1);
        }
    }
    assert_eq!(reply(fixture.store.insert(under_way, None).await), Insert::Refused);
    fixture.pass(1).await;
    fixture.revoke_with(logout_token(&fixture, 1)).await;
    assert!(!fixture.is_live(&sessions[1]).await, "a later logout ends it too");
}

/// Whoever waits for the end of a session, on any node, hears of it although nobody asks again.
pub async fn invariant_13_whoever_waits_hears_of_an_end(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    fixture.sign_in("alice", Some("s1")).await;
    for scope in [fixture.realm.sid("s1"), fixture.realm.subject("alice")] {
        let from = fixture.log_end().await;
        let mut waiting = JoinSet::new();
        for node in [Arc::clone(&fixture.store), fixture.other_node()] {
            waiting.spawn(async move { reply(node.changes(from, TEN_MINUTES).await) });
        }
        tokio::task::yield_now().await;
        fixture.revoke(&[scope]).await;
        while let Some(told) = waiting.join_next().await {
            let Changes::Entries { entries, .. } = told.expect("the wait ended") else {
                panic!("the log reaches back that far");
            };
            assert!(matches!(&entries[..], [Change::Revoked { scopes, .. }] if *scopes == [scope]));
        }
    }
}

/// A logout token for `sid` s1.
fn logout_token(fixture: &Fixture<'_>, number: u32) -> Revocation {
    let scopes: Vec<Scope> = vec![fixture.realm.sid("s1")];
    let logout = Some(logout_id(&fixture.realm, &format!("jti-{number}")));
    Revocation { scopes, heard: None, logout, spare: None }
}

/// Each node was just told the time: some request always has.
async fn step_back(fixture: &Fixture<'_>, subject: &dyn Subject) -> Result<(), NoHand> {
    fixture.now().await;
    fixture.other_node().now().await.expect("the store tells its time");
    subject.step_back(TEN_MINUTES).await
}

fn faulty_node(fixture: &Fixture<'_>) -> (Faulty, Arc<dyn SessionStore>) {
    let faulty = Faulty::new(Arc::clone(&fixture.backend));
    let node = faulty.open(&fixture.realm, fixture.retention());
    (faulty, node)
}

async fn killed_while_stalled(store: &dyn SessionStore, revocation: Revocation, stalled: Stalled) {
    let (mut call, mut reached) = (pin!(store.revoke(revocation)), pin!(stalled.reached()));
    poll_fn(|context| {
        assert!(call.as_mut().poll(context).is_pending(), "it waits");
        reached.as_mut().poll(context)
    })
    .await;
}
