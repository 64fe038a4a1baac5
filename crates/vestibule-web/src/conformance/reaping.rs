//! `reap`, `now`, `check`.

use crate::store::Insert;

use super::{
    Subject,
    fixture::{Fixture, reply},
};

/// Housekeeping changes no answer: what lives stays, what ended stays ended, what is refused stays refused.
pub async fn reaping_changes_no_answer(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    let mut short = fixture.new_session("alice", Some("s0")).await;
    short.idle = fixture.units(1);
    let lapsed = fixture.stored(short).await.key;
    let revoked = fixture.sign_in("alice", Some("s1")).await;
    let under_way = fixture.new_session("alice", Some("s1")).await;
    fixture.revoke(&[fixture.realm.sid("s1")]).await;
    fixture.pass(2).await;
    let live = fixture.sign_in("alice", Some("s1")).await;
    let before = fixture.record(&live).await;
    let listed = reply(fixture.store.sessions_of(&fixture.realm.subject("alice")).await);

    while reply(fixture.store.reap(1).await).more {}
    assert_eq!(fixture.record(&live).await, before);
    assert_eq!(reply(fixture.store.sessions_of(&fixture.realm.subject("alice")).await), listed);
    assert!(!fixture.is_live(&lapsed).await);
    assert!(!fixture.is_live(&revoked).await);
    assert_eq!(reply(fixture.store.insert(under_way, None).await), Insert::Refused);
}

/// Housekeeping comes in batches of the size that was asked for, and comes to an end.
pub async fn reaping_comes_in_batches(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    for _ in 0..25 {
        fixture.sign_in("alice", None).await;
    }
    let live = fixture.sign_in("bob", None).await;
    fixture.revoke(&[fixture.realm.subject("alice")]).await;
    let mut removed = 0;
    loop {
        let batch = reply(fixture.store.reap(10).await);
        assert!(batch.removed <= 10, "{batch:?}");
        removed += batch.removed;
        if !batch.more {
            break;
        }
    }
    assert!(removed >= 25, "all that ended: {removed}");
    assert!(fixture.is_live(&live).await);
    let rest = reply(fixture.store.reap(10).await);
    assert_eq!((rest.removed, rest.more), (0, false));
}

/// The store's time goes ahead only, every reply carries it, and the engine is fit for what is asked of it.
pub async fn store_time_goes_ahead(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    fixture.store.check().await.expect("the engine is set up to keep its promises");
    let session = fixture.sign_in("alice", None).await;
    let mut last = fixture.now().await;
    for _ in 0..5 {
        let stamped = fixture.other_node().load(&session).await.expect("the store answers").at;
        assert!(stamped >= last);
        fixture.pass(1).await;
        let now = fixture.now().await;
        assert!(now.since(stamped) >= fixture.units(1), "the time that passed is counted");
        last = now;
    }
}
