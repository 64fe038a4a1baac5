//! `sessions_of`, `end_listed`.

use bytes::Bytes;

use crate::store::{Ended, PublicId};

use super::{
    Subject,
    fixture::{Fixture, reply},
};

/// A list shows the live sessions of its subject, oldest first, by public names.
pub async fn a_list_shows_ones_own_live_sessions(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    let alice = fixture.realm.subject("alice");
    let mut keys = Vec::new();
    let mut shown = Vec::new();
    for browser in ["first", "second", "third", "fourth"] {
        let mut session = fixture.new_session("alice", Some(browser)).await;
        session.label = Bytes::from(browser);
        session.idle = fixture.units(if browser == "first" { 7 } else { 30 });
        shown.push(session.public_id);
        keys.push(fixture.stored(session).await.key);
        fixture.pass(1).await;
    }
    fixture.sign_in("bob", None).await;
    reply(fixture.store.touch(&keys[2], fixture.units(30)).await);

    let list = reply(fixture.other_node().sessions_of(&alice).await);
    assert_eq!(list.iter().map(|session| session.id).collect::<Vec<_>>(), shown, "oldest first");
    let record = fixture.record(&keys[2]).await;
    let summary = &list[2];
    assert_eq!(summary.label, Bytes::from_static(b"third"));
    assert_eq!((summary.created, summary.last_seen), (record.created, record.last_seen));
    assert_eq!(summary.absolute_end, record.absolute_end);

    reply(fixture.store.end(&keys[1]).await);
    fixture.revoke(&[fixture.realm.sid("third")]).await;
    fixture.pass(7).await;
    let list = reply(fixture.store.sessions_of(&alice).await);
    assert_eq!(
        list.iter().map(|session| session.id).collect::<Vec<_>>(),
        shown[3..],
        "what has ended is not shown"
    );
    assert_eq!(reply(fixture.store.sessions_of(&fixture.realm.subject("carol")).await), []);
}

/// From a list one ends one's own sessions only.
pub async fn a_list_ends_ones_own_sessions_only(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    let [alice, bob] = [fixture.realm.subject("alice"), fixture.realm.subject("bob")];
    let mine = fixture.sign_in("alice", Some("s1")).await;
    let also_mine = fixture.sign_in("alice", Some("s1")).await;
    let id = fixture.record(&mine).await.public_id;

    let wrong_names = [(bob, id), (alice, PublicId::from_bytes([0xff; 16])), (fixture.realm.sid("s1"), id)];
    for (who, what) in wrong_names {
        assert_eq!(reply(fixture.store.end_listed(&who, &what).await), Ended::Absent);
        assert!(fixture.is_live(&mine).await);
    }
    assert_eq!(reply(fixture.other_node().end_listed(&alice, &id).await), Ended::Ended);
    assert!(!fixture.is_live(&mine).await);
    assert!(fixture.is_live(&also_mine).await);
    assert_eq!(reply(fixture.store.end_listed(&alice, &id).await), Ended::Absent);
}
