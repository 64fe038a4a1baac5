//! Lifetimes and `touch`.

use crate::store::{GoneReason, Load, SessionKey, SessionRecord, StoreTime, Touch};

use super::{
    Subject,
    fixture::{Fixture, key, reply},
};

/// A session lives up to, and not at, its idle end (D12, off by one).
pub async fn an_unused_session_ends_at_its_idle_end(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    let mut session = fixture.new_session("alice", None).await;
    session.idle = fixture.units(5);
    let stored = fixture.stored(session).await;
    ends_exactly_at(&fixture, &stored, stored.idle_end, GoneReason::Idle).await;
}

/// A session lives up to, and not at, its absolute end, however often it is used.
pub async fn a_used_session_ends_at_its_absolute_end(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    let mut session = fixture.new_session("alice", None).await;
    session.absolute = fixture.units(6);
    let stored = fixture.stored(session).await;
    fixture.pass(3).await;
    let Touch::Touched { idle_end } = reply(fixture.store.touch(&stored.key, fixture.units(30)).await) else {
        panic!("a live session can be touched");
    };
    assert_eq!(idle_end, stored.absolute_end, "no idle end lies beyond the absolute one");
    assert_eq!(fixture.record(&stored.key).await.absolute_end, stored.absolute_end);
    ends_exactly_at(&fixture, &stored, stored.absolute_end, GoneReason::Expired).await;
}

/// A touch moves the idle end ahead and notes when; it never moves it back, and keeps both versions.
pub async fn a_touch_only_extends(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    let mut session = fixture.new_session("alice", None).await;
    session.idle = fixture.units(4);
    let stored = fixture.stored(session).await;
    fixture.pass(2).await;

    let touched = fixture.store.touch(&stored.key, fixture.units(4)).await.expect("the store answers");
    let idle_end = touched.at.plus(fixture.units(4));
    assert_eq!(touched.reply, Touch::Touched { idle_end });
    assert_eq!(reply(fixture.store.touch(&stored.key, fixture.units(1)).await), Touch::Touched { idle_end });

    let after = fixture.record(&stored.key).await;
    assert_eq!(after.idle_end, idle_end);
    assert!(after.last_seen >= touched.at, "the use was noted");
    assert_eq!((after.version, after.grant_version), (0, 0));
    assert_eq!((after.began, after.created), (stored.began, stored.created));

    fixture.pass_to(stored.idle_end).await;
    if fixture.now().await < idle_end {
        assert!(fixture.is_live(&stored.key).await, "the touched end counts");
    }
}

/// A touch neither creates a session nor revives one.
pub async fn a_touch_never_revives(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    assert_eq!(reply(fixture.store.touch(&key(1), fixture.units(9)).await), Touch::Absent);
    assert_eq!(reply(fixture.store.load(&key(1)).await), Load::Absent);

    let mut session = fixture.new_session("alice", None).await;
    session.idle = fixture.units(2);
    let stored = fixture.stored(session).await;
    fixture.pass(2).await;
    let answer = reply(fixture.store.touch(&stored.key, fixture.units(9)).await);
    assert!(!matches!(answer, Touch::Touched { .. }), "too late: {answer:?}");
    assert!(!fixture.is_live(&stored.key).await);
}

/// Watches a session around the moment of its end. Each reply is judged by the time that the store put on it.
async fn ends_exactly_at(fixture: &Fixture<'_>, stored: &SessionRecord, end: StoreTime, why: GoneReason) {
    let just_before = StoreTime::from_millis(end.as_millis() - 1);
    for moment in [StoreTime::from_millis(0), just_before, end, end.plus(fixture.units(1))] {
        fixture.pass_to(moment).await;
        assert_eq!(lives_on(fixture, &stored.key, end, why).await, None);
    }
}

/// What is wrong about a session that ends at `end`, if anything is.
async fn lives_on(
    fixture: &Fixture<'_>,
    key: &SessionKey,
    end: StoreTime,
    why: GoneReason,
) -> Option<String> {
    let loaded = fixture.store.load(key).await.expect("the store answers");
    let right = match &loaded.reply {
        Load::Live(_) => loaded.at < end,
        Load::Gone(reason) => loaded.at >= end && *reason == why,
        _ => loaded.at >= end,
    };
    (!right).then(|| format!("at {:?}, end {end:?}: {:?}", loaded.at, loaded.reply))
}
