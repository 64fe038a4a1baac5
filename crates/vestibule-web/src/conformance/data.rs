//! `replace`.

use bytes::Bytes;
use tokio::task::JoinSet;

use crate::store::{Commit, Load, Replace, Touch};

use super::{
    Subject,
    fixture::{Fixture, holder, key, reply, rotation},
};

/// Of two writers who read the same version one is told (D12, lost update).
pub async fn an_update_is_never_lost(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    let session = fixture.sign_in("alice", None).await;
    let (here, there) = (&fixture.store, fixture.other_node());

    let Replace::Replaced(first) = reply(here.replace(&session, 0, Bytes::from_static(b"first")).await)
    else {
        panic!("nobody wrote in between");
    };
    assert_eq!((first.version, &first.data[..]), (1, &b"first"[..]));
    let answer = reply(there.replace(&session, 0, Bytes::from_static(b"second")).await);
    assert_eq!(answer, Replace::Conflict(first.clone()));
    assert_eq!(fixture.record(&session).await, first, "the loser changed nothing");

    let answer = reply(there.replace(&session, 1, Bytes::from_static(b"second")).await);
    assert!(matches!(answer, Replace::Replaced(record) if record.version == 2));
    let answer = reply(here.replace(&session, 7, Bytes::from_static(b"third")).await);
    assert!(matches!(answer, Replace::Conflict(_)), "a version that never was is no match");
}

/// Many writers at once: exactly one wins each version, and every increment arrives.
pub async fn parallel_updates_all_arrive(subject: &dyn Subject) {
    const WRITERS: u64 = 4;
    const INCREMENTS: u64 = 8;
    let fixture = Fixture::new(subject).await;
    let mut session = fixture.new_session("alice", None).await;
    session.data = Bytes::from_static(b"0");
    let key = fixture.stored(session).await.key;

    let mut writers = JoinSet::new();
    for _ in 0..WRITERS {
        let store = fixture.other_node();
        writers.spawn(async move {
            let Load::Live(mut record) = reply(store.load(&key).await) else { panic!("the session is live") };
            for _ in 0..INCREMENTS {
                loop {
                    let count: u64 = std::str::from_utf8(&record.data).unwrap().parse().unwrap();
                    let next = Bytes::from((count + 1).to_string());
                    match reply(store.replace(&key, record.version, next).await) {
                        Replace::Replaced(now) => {
                            record = now;
                            break;
                        }
                        Replace::Conflict(now) => record = now,
                        other => panic!("the session is live: {other:?}"),
                    }
                }
            }
        });
    }
    while let Some(writer) = writers.join_next().await {
        writer.expect("the writer finished");
    }
    let record = fixture.record(&key).await;
    assert_eq!(record.version, WRITERS * INCREMENTS);
    assert_eq!(record.data, Bytes::from((WRITERS * INCREMENTS).to_string()));
}

/// Application data and tokens do not stand in each other's way, nor does a touch in that of either.
pub async fn data_and_tokens_change_apart(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    let session = fixture.sign_in("alice", None).await;
    assert!(matches!(
        reply(fixture.store.commit_refresh(&session, rotation(holder(1), 0)).await),
        Commit::Committed(_)
    ));
    assert!(matches!(reply(fixture.store.touch(&session, fixture.units(40)).await), Touch::Touched { .. }));
    let Replace::Replaced(record) =
        reply(fixture.store.replace(&session, 0, Bytes::from_static(b"new")).await)
    else {
        panic!("neither refresh nor touch is an update of the data");
    };
    assert_eq!((&record.data[..], &record.grant[..]), (&b"new"[..], &b"grant 1"[..]));
    assert_eq!((record.version, record.grant_version), (1, 1));
}

/// Replacing the data of nothing creates nothing.
pub async fn replace_never_creates(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    assert_eq!(reply(fixture.store.replace(&key(1), 0, Bytes::new()).await), Replace::Absent);
    assert_eq!(reply(fixture.store.load(&key(1)).await), Load::Absent);
}
