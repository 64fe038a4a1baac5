//! `end`, and what no verb may do to a session that has ended.

use bytes::Bytes;

use crate::store::{BeginAttempt, Commit, EndIf, Ended, Lease, Load, Renew, Replace, SessionKey, Touch};

use super::{
    Subject,
    fixture::{Fixture, holder, key, reply, rotation, token},
};

/// `end` ends one session, once, and no other.
pub async fn end_ends_one_session(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    let session = fixture.sign_in("alice", Some("s1")).await;
    let sibling = fixture.sign_in("alice", Some("s1")).await;
    assert_eq!(reply(fixture.store.end(&session).await), Ended::Ended);
    assert_eq!(reply(fixture.store.load(&session).await), Load::Absent);
    assert_eq!(reply(fixture.other_node().end(&session).await), Ended::Absent);
    assert!(fixture.is_live(&sibling).await);
    assert_eq!(reply(fixture.store.end(&key(1)).await), Ended::Absent);
}

/// A request that loaded a session before it was ended cannot bring it back (BM04).
pub async fn nothing_revives_an_ended_session(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    let session = fixture.sign_in("alice", Some("s1")).await;
    fixture.store.lease(&session, &holder(1), fixture.units(50)).await.expect("the store answers");
    assert_eq!(reply(fixture.store.end(&session).await), Ended::Ended);
    no_verb_revives(&fixture, &session).await;
}

/// Nor can it when the session was revoked, before and after housekeeping (BM04, D12 resurrect).
pub async fn nothing_revives_a_revoked_session(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    let session = fixture.sign_in("alice", Some("s1")).await;
    fixture.store.lease(&session, &holder(1), fixture.units(50)).await.expect("the store answers");
    fixture.revoke(&[fixture.realm.sid("s1")]).await;
    no_verb_revives(&fixture, &session).await;
    while reply(fixture.store.reap(100).await).more {}
    no_verb_revives(&fixture, &session).await;
}

/// Nor when its lifetimes were over.
pub async fn nothing_revives_a_lapsed_session(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    let mut session = fixture.new_session("alice", Some("s1")).await;
    session.idle = fixture.units(2);
    let key = fixture.stored(session).await.key;
    fixture.store.lease(&key, &holder(1), fixture.units(50)).await.expect("the store answers");
    fixture.pass(2).await;
    no_verb_revives(&fixture, &key).await;
}

async fn no_verb_revives(fixture: &Fixture<'_>, key: &SessionKey) {
    let (store, held, long) = (&fixture.store, holder(1), fixture.units(90));
    let over = |verb: &str, over: bool| assert!(over, "{verb} finds no live session");

    over("load", matches!(reply(store.load(key).await), Load::Gone(_) | Load::Absent));
    over("touch", matches!(reply(store.touch(key, long).await), Touch::Gone(_) | Touch::Absent));
    let replaced = reply(store.replace(key, 0, Bytes::from_static(b"late")).await);
    over("replace", matches!(replaced, Replace::Gone(_) | Replace::Absent));
    over("lease", matches!(reply(store.lease(key, &held, long).await), Lease::Gone(_) | Lease::Absent));
    over("renew", matches!(reply(store.renew(key, &held, long).await), Renew::Gone(_) | Renew::Absent));
    let begun = reply(store.begin_attempt(key, &held, &token(0), long).await);
    over("begin_attempt", matches!(begun, BeginAttempt::Gone(_) | BeginAttempt::Absent));
    let committed = reply(store.commit_refresh(key, rotation(held, 0)).await);
    over("commit_refresh", matches!(committed, Commit::Gone(_) | Commit::Absent));
    let ended = reply(store.end_if(key, &held, &token(0)).await);
    over("end_if", matches!(ended, EndIf::Gone(_) | EndIf::Absent));
    reply(store.release(key, &held).await);
    over("end", reply(store.end(key).await) == Ended::Absent);
    let listed = reply(store.sessions_of(&fixture.realm.subject("alice")).await);
    over("sessions_of", listed.is_empty());

    over("load", matches!(reply(store.load(key).await), Load::Gone(_) | Load::Absent));
}
