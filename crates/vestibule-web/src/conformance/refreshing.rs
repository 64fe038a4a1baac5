//! `begin_attempt`, `commit_refresh`, `end_if`.

use std::time::Duration;

use tokio::task::JoinSet;

use crate::store::{BeginAttempt, Commit, EndIf, Lease, Load, Renew, SessionKey};

use super::{
    Subject,
    fixture::{Fixture, holder, key, reply, rotation, token},
};

/// An attempt is recorded for the holder of the lease and for the record's own refresh token only.
pub async fn an_attempt_needs_lease_and_token(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    let session = fixture.sign_in("alice", None).await;
    let (store, limit) = (&fixture.store, fixture.units(9));
    assert_eq!(reply(store.begin_attempt(&session, &holder(1), &token(0), limit).await), BeginAttempt::Lost);
    assert_eq!(reply(store.begin_attempt(&key(1), &holder(1), &token(0), limit).await), BeginAttempt::Absent);

    reply(store.lease(&session, &holder(1), fixture.units(4)).await);
    assert_eq!(reply(store.begin_attempt(&session, &holder(2), &token(0), limit).await), BeginAttempt::Lost);
    let other = reply(store.begin_attempt(&session, &holder(1), &token(7), limit).await);
    assert_eq!(other, BeginAttempt::Superseded(fixture.record(&session).await));
    assert!(fixture.record(&session).await.attempts.is_empty(), "nothing was recorded");

    let begun = store.begin_attempt(&session, &holder(1), &token(0), limit).await.expect("the store answers");
    assert_eq!(begun.reply, BeginAttempt::Begun { repeats: false });
    let record = fixture.record(&session).await;
    let [attempt] = record.attempts[..] else { panic!("one attempt: {record:?}") };
    assert_eq!((attempt.holder, attempt.spent), (holder(1), token(0)));
    assert_eq!(attempt.open_until, begun.at.plus(limit));

    fixture.pass(5).await;
    assert_eq!(reply(store.begin_attempt(&session, &holder(1), &token(0), limit).await), BeginAttempt::Lost);
}

/// Whoever takes over is told that the same refresh token may be spent, until an outcome is stored or the call is known
/// to have changed nothing.
pub async fn an_attempt_tells_of_those_before(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    let session = fixture.sign_in("alice", None).await;
    assert!(!begin(&fixture, &session, 1, 0).await);
    assert!(!begin(&fixture, &session, 1, 0).await, "one's own attempt is no other");
    fixture.pass(10).await;
    assert!(begin(&fixture, &session, 2, 0).await, "the first never told the outcome");
    fixture.pass(10).await;
    assert!(begin(&fixture, &session, 3, 0).await);

    for number in 1..=3 {
        reply(fixture.store.release(&session, &holder(number)).await);
    }
    assert!(!begin(&fixture, &session, 4, 0).await, "all of them told that nothing had changed");

    fixture.pass(10).await;
    begin(&fixture, &session, 5, 0).await;
    reply(fixture.store.release(&session, &holder(5)).await);
    assert!(begin(&fixture, &session, 6, 0).await, "the fourth never told, whatever the fifth did");

    reply(fixture.store.commit_refresh(&session, rotation(holder(6), 0)).await);
    assert!(!begin(&fixture, &session, 7, 1).await, "another token, another count");
}

/// A holder that does not know what became of its call leaves at once: its lease is free, and its attempt stays as one
/// that was given up (D20).
pub async fn an_attempt_can_be_left_without_an_outcome(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    let session = fixture.sign_in("alice", None).await;
    let store = &fixture.store;
    assert!(!begin(&fixture, &session, 1, 0).await);
    let left = reply(store.begin_attempt(&session, &holder(1), &token(0), Duration::ZERO).await);
    assert_eq!(left, BeginAttempt::Begun { repeats: false }, "one's own attempt is no other");
    let left = store.renew(&session, &holder(1), Duration::ZERO).await.expect("the store answers");
    assert_eq!(left.reply, Renew::Renewed { until: left.at });

    assert!(begin(&fixture, &session, 2, 0).await, "at once, and it is told");
    let refused = reply(store.end_if(&session, &holder(2), &token(0)).await);
    assert_eq!(refused, EndIf::Ended { uncertain: true });
}

/// A refresh is stored if the token that it spent is still the record's, although the session was touched and the lease
/// has run out in between (D12; section 4 of the session model).
pub async fn a_refresh_is_stored_by_the_token_it_spent(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    let session = fixture.sign_in("alice", Some("s1")).await;
    begin(&fixture, &session, 1, 0).await;
    fixture.pass(10).await;
    reply(fixture.store.touch(&session, fixture.units(30)).await);
    let before = fixture.record(&session).await;

    let Commit::Committed(after) =
        reply(fixture.other_node().commit_refresh(&session, rotation(holder(1), 0)).await)
    else {
        panic!("the record still held the token that was spent");
    };
    assert_eq!((&after.grant[..], after.refresh, after.grant_version), (&b"grant 1"[..], Some(token(1)), 1));
    assert_eq!((after.lease, after.attempts.len()), (None, 0), "lease and attempts are closed");
    assert_eq!((after.began, after.version, &after.data), (before.began, before.version, &before.data));
    assert_eq!(
        (after.idle_end, after.absolute_end, &after.scopes),
        (before.idle_end, before.absolute_end, &before.scopes)
    );
    assert_eq!(fixture.record(&session).await, after);
}

/// The second to come with the outcome of the same token is given the first one's (D12, stale holder).
pub async fn a_second_outcome_is_superseded(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    let session = fixture.sign_in("alice", None).await;
    begin(&fixture, &session, 1, 0).await;
    fixture.pass(10).await;
    begin(&fixture, &session, 2, 0).await;
    reply(fixture.store.commit_refresh(&session, rotation(holder(2), 0)).await);
    begin(&fixture, &session, 3, 1).await;
    let stands = fixture.record(&session).await;

    let stale = reply(fixture.store.commit_refresh(&session, rotation(holder(1), 0)).await);
    assert_eq!(stale, Commit::Superseded(stands.clone()));
    let repeated = reply(fixture.store.commit_refresh(&session, rotation(holder(2), 0)).await);
    assert_eq!(repeated, Commit::Superseded(stands.clone()), "the same outcome again changes nothing");
    assert_eq!(fixture.record(&session).await, stands, "holder 3 keeps its lease and its attempt");
}

/// Many outcomes at once: one is stored, all others are shown it.
pub async fn parallel_outcomes_have_one_winner(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    let session = fixture.sign_in("alice", None).await;
    let mut holders = JoinSet::new();
    for number in 0..8 {
        let store = fixture.other_node();
        holders
            .spawn(async move { reply(store.commit_refresh(&session, rotation(holder(number), 0)).await) });
    }
    let mut committed = 0;
    while let Some(outcome) = holders.join_next().await {
        match outcome.expect("the holder finished") {
            Commit::Committed(_) => committed += 1,
            Commit::Superseded(record) => assert_eq!(record.refresh, Some(token(1))),
            other => panic!("the session is live: {other:?}"),
        }
    }
    assert_eq!(committed, 1);
    assert_eq!(fixture.record(&session).await.grant_version, 1);
}

/// A `sid` learned at a refresh is listened to besides the first one, and the session stays as old as it was (BM10).
pub async fn a_refresh_adds_scopes(subject: &dyn Subject) {
    for heard in ["s1", "s2"] {
        let fixture = Fixture::new(subject).await;
        let session = fixture.sign_in("alice", Some("s1")).await;
        let before = fixture.record(&session).await;
        let mut commit = rotation(holder(1), 0);
        commit.listen = vec![fixture.realm.sid("s2"), fixture.realm.sid("s1"), fixture.realm.sid("s2")];
        fixture.pass(1).await;
        reply(fixture.store.commit_refresh(&session, commit).await);

        let mut scopes = before.scopes.clone();
        scopes.push(fixture.realm.sid("s2"));
        let after = fixture.record(&session).await;
        assert_eq!((&after.scopes, after.began), (&scopes, before.began), "each scope stands there once");
        let without = reply(fixture.store.commit_refresh(&session, rotation(holder(1), 1)).await);
        assert!(matches!(without, Commit::Committed(record) if record.scopes == scopes));

        fixture.revoke(&[fixture.realm.sid(heard)]).await;
        assert!(!fixture.is_live(&session).await, "it listens to {heard}");
    }
}

/// A refresh that learns a `sid` whose logout was heard already ends the session.
pub async fn a_refresh_that_learns_a_struck_scope_ends_the_session(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    let session = fixture.sign_in("alice", Some("s1")).await;
    fixture.pass(1).await;
    fixture.revoke(&[fixture.realm.sid("s2")]).await;
    let mut commit = rotation(holder(1), 0);
    commit.listen = vec![fixture.realm.sid("s2")];
    let answer = reply(fixture.store.commit_refresh(&session, commit).await);
    assert!(matches!(answer, Commit::Gone(_)), "{answer:?}");
    assert!(!fixture.is_live(&session).await);
}

/// The outcome of a refresh that was under way when the session ended is not stored (BM05).
pub async fn an_outcome_after_the_logout_is_dropped(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    let [revoked, ended] = [fixture.sign_in("alice", Some("s1")).await, fixture.sign_in("bob", None).await];
    begin(&fixture, &revoked, 1, 0).await;
    begin(&fixture, &ended, 1, 0).await;
    fixture.revoke(&[fixture.realm.subject("alice")]).await;
    reply(fixture.store.end(&ended).await);
    for session in [revoked, ended] {
        let answer = reply(fixture.store.commit_refresh(&session, rotation(holder(1), 0)).await);
        assert!(matches!(answer, Commit::Gone(_) | Commit::Absent), "{answer:?}");
        assert!(!fixture.is_live(&session).await);
    }
}

/// A refused refresh token ends the session only while it is the record's.
pub async fn a_refusal_counts_for_the_current_token_only(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    let session = fixture.sign_in("alice", None).await;
    begin(&fixture, &session, 1, 0).await;
    reply(fixture.store.commit_refresh(&session, rotation(holder(1), 0)).await);
    let stale = reply(fixture.store.end_if(&session, &holder(2), &token(0)).await);
    assert_eq!(stale, EndIf::Superseded(fixture.record(&session).await));

    begin(&fixture, &session, 3, 1).await;
    let ended = reply(fixture.store.end_if(&session, &holder(3), &token(1)).await);
    assert_eq!(ended, EndIf::Ended { uncertain: false }, "one's own attempt is no obstacle");
    assert!(!fixture.is_live(&session).await);
    let again = reply(fixture.store.end_if(&session, &holder(3), &token(1)).await);
    assert!(matches!(again, EndIf::Gone(_) | EndIf::Absent), "{again:?}");
}

/// A refusal waits for another's attempt with the same token: that one may bring the success (H10).
pub async fn a_refusal_waits_for_open_attempts(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    let (store, session) = (&fixture.store, fixture.sign_in("alice", None).await);
    reply(store.lease(&session, &holder(1), fixture.units(2)).await);
    let first = store.begin_attempt(&session, &holder(1), &token(0), fixture.units(9)).await;
    let until = first.expect("the store answers").at.plus(fixture.units(9));
    fixture.pass(2).await;
    assert!(begin(&fixture, &session, 2, 0).await);

    assert_eq!(reply(store.end_if(&session, &holder(2), &token(0)).await), EndIf::Open { until });
    assert!(fixture.is_live(&session).await);
    fixture.pass_to(until).await;
    let ended = reply(store.end_if(&session, &holder(2), &token(0)).await);
    assert_eq!(ended, EndIf::Ended { uncertain: true }, "the first never told its outcome");
    assert!(!matches!(reply(store.load(&session).await), Load::Live(_)));
}

/// Takes the lease for 5 units and begins an attempt that stays open for 5 units. Answers whether it repeats another's.
async fn begin(fixture: &Fixture<'_>, session: &SessionKey, number: u128, spends: u64) -> bool {
    let leased = reply(fixture.store.lease(session, &holder(number), fixture.units(5)).await);
    assert!(matches!(leased, Lease::Leased(_)), "{leased:?}");
    let limit = fixture.units(5);
    match reply(fixture.store.begin_attempt(session, &holder(number), &token(spends), limit).await) {
        BeginAttempt::Begun { repeats } => repeats,
        other => panic!("the holder of the lease may begin: {other:?}"),
    }
}
