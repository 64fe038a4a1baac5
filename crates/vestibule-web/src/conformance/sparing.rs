//! `revoke` with `spare`: "end all others".

use crate::store::{Insert, Revocation, Scope, SessionKey, StoreTime};

use super::{
    Subject,
    fixture::{Fixture, reply},
};

/// All others end, this one stays; repeating it changes nothing.
pub async fn ending_all_others_keeps_this_one(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    let this = fixture.sign_in("alice", Some("s1")).await;
    let others = [fixture.sign_in("alice", Some("s1")).await, fixture.sign_in("alice", None).await];
    let stranger = fixture.sign_in("bob", None).await;
    let heard = fixture.now().await;
    for _ in 0..2 {
        strike(&fixture, fixture.realm.others_of_subject("alice"), Some(heard), Some(this)).await;
        assert!(fixture.is_live(&this).await);
        assert!(fixture.is_live(&stranger).await);
        for other in &others {
            assert!(!fixture.is_live(other).await);
        }
    }
}

/// A session was spared by one logout, not by those that come after, whatever they strike.
pub async fn a_spared_session_ends_by_a_later_logout(subject: &dyn Subject) {
    for by_the_same_scope in [false, true] {
        let fixture = Fixture::new(subject).await;
        let this = fixture.sign_in("alice", Some("s1")).await;
        let others = fixture.realm.others_of_subject("alice");
        strike(&fixture, others, None, Some(this)).await;
        fixture.pass(1).await;
        let scope = if by_the_same_scope { others } else { fixture.realm.sid("s1") };
        strike(&fixture, scope, None, None).await;
        assert!(!fixture.is_live(&this).await);
    }
}

/// Nor by one that was heard before and arrives late, even on the same scope.
pub async fn a_spared_session_ends_by_an_earlier_logout_that_arrives_late(subject: &dyn Subject) {
    for by_the_same_scope in [false, true] {
        let fixture = Fixture::new(subject).await;
        let this = fixture.sign_in("alice", Some("s1")).await;
        fixture.pass(1).await;
        let heard = fixture.now().await;
        fixture.pass(1).await;
        let others = fixture.realm.others_of_subject("alice");
        strike(&fixture, others, None, Some(this)).await;
        assert!(fixture.is_live(&this).await);

        let scope = if by_the_same_scope { others } else { fixture.realm.sid("s1") };
        strike(&fixture, scope, Some(heard), None).await;
        assert!(!fixture.is_live(&this).await);
    }
}

/// A session that had ended is not brought back by being spared.
pub async fn sparing_revives_nobody(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    let this = fixture.sign_in("alice", Some("s1")).await;
    let others = fixture.realm.others_of_subject("alice");
    strike(&fixture, others, None, None).await;
    fixture.pass(1).await;
    strike(&fixture, others, None, Some(this)).await;
    assert!(!fixture.is_live(&this).await);
}

/// Two browsers that end each other both end; the later one alone does not spare the earlier.
pub async fn only_the_latest_is_spared(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    let [first, second] = [fixture.sign_in("alice", None).await, fixture.sign_in("alice", None).await];
    let others = fixture.realm.others_of_subject("alice");
    let heard = fixture.now().await;
    fixture.pass(1).await;
    strike(&fixture, others, None, Some(first)).await;
    assert_eq!((fixture.is_live(&first).await, fixture.is_live(&second).await), (true, false));
    strike(&fixture, others, Some(heard), Some(second)).await;
    assert_eq!((fixture.is_live(&first).await, fixture.is_live(&second).await), (false, false));
}

/// A login that was under way when all others were ended does not come through.
pub async fn a_login_under_way_is_among_the_others(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    let this = fixture.sign_in("alice", None).await;
    let under_way = fixture.new_session("alice", None).await;
    strike(&fixture, fixture.realm.others_of_subject("alice"), None, Some(this)).await;
    let answer = reply(fixture.store.insert(under_way, None).await);
    assert_eq!(answer, Insert::Refused);
}

async fn strike(fixture: &Fixture<'_>, scope: Scope, heard: Option<StoreTime>, spare: Option<SessionKey>) {
    fixture.revoke_with(Revocation { scopes: vec![scope], heard, logout: None, spare }).await;
}
