//! `lease`, `renew`, `release`.

use tokio::task::JoinSet;

use crate::store::{Lease, Renew};

use super::{
    Subject,
    fixture::{Fixture, holder, key, reply},
};

/// However many ask at once, on however many nodes, one gets the lease; it may ask again.
pub async fn a_lease_has_one_holder(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    let session = fixture.sign_in("alice", None).await;
    let ttl = fixture.units(50);
    let mut askers = JoinSet::new();
    for number in 0..8 {
        let store = fixture.other_node();
        askers.spawn(async move { (number, reply(store.lease(&session, &holder(number), ttl).await)) });
    }
    let mut winners = Vec::new();
    while let Some(asked) = askers.join_next().await {
        match asked.expect("the asker finished") {
            (number, Lease::Leased(record)) => {
                assert_eq!(record.lease.map(|lease| lease.holder), Some(holder(number)));
                winners.push(number);
            }
            (_, Lease::Held { until }) => assert!(until > fixture.now().await),
            (_, other) => panic!("the session is live: {other:?}"),
        }
    }
    let [winner] = winners[..] else { panic!("one holder, not {winners:?}") };
    let again = reply(fixture.store.lease(&session, &holder(winner), ttl).await);
    assert!(matches!(again, Lease::Leased(_)), "the holder renews it by asking again");
    assert_eq!(reply(fixture.store.lease(&key(1), &holder(1), ttl).await), Lease::Absent);
}

/// A lease that ran out passes to whoever asks next, and its old holder has lost it (D12, stale holder).
pub async fn a_lease_that_ran_out_passes_on(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    let session = fixture.sign_in("alice", None).await;
    let leased =
        fixture.store.lease(&session, &holder(1), fixture.units(2)).await.expect("the store answers");
    let Lease::Leased(record) = leased.reply else { panic!("nobody holds the lease") };
    let until = leased.at.plus(fixture.units(2));
    assert_eq!(record.lease.map(|lease| lease.until), Some(until));

    fixture.pass_to(until).await;
    assert_eq!(reply(fixture.store.renew(&session, &holder(1), fixture.units(9)).await), Renew::Lost);
    let taken = reply(fixture.store.lease(&session, &holder(2), fixture.units(50)).await);
    assert!(matches!(taken, Lease::Leased(_)));
    assert_eq!(reply(fixture.store.renew(&session, &holder(1), fixture.units(9)).await), Renew::Lost);
    let refused = reply(fixture.store.lease(&session, &holder(1), fixture.units(9)).await);
    assert!(matches!(refused, Lease::Held { .. }));
}

/// Only its holder renews a lease or gives it back.
pub async fn a_lease_is_its_holders(subject: &dyn Subject) {
    let fixture = Fixture::new(subject).await;
    let session = fixture.sign_in("alice", None).await;
    assert_eq!(reply(fixture.store.renew(&session, &holder(1), fixture.units(9)).await), Renew::Lost);
    reply(fixture.store.lease(&session, &holder(1), fixture.units(20)).await);
    fixture.pass(1).await;

    let renewed =
        fixture.store.renew(&session, &holder(1), fixture.units(40)).await.expect("the store answers");
    let until = renewed.at.plus(fixture.units(40));
    assert_eq!(renewed.reply, Renew::Renewed { until });
    assert_eq!(reply(fixture.store.renew(&session, &holder(2), fixture.units(40)).await), Renew::Lost);

    reply(fixture.store.release(&session, &holder(2)).await);
    let held = reply(fixture.store.lease(&session, &holder(3), fixture.units(9)).await);
    assert_eq!(held, Lease::Held { until }, "a stranger gave nothing back");
    reply(fixture.store.release(&session, &holder(1)).await);
    let free = reply(fixture.store.lease(&session, &holder(3), fixture.units(9)).await);
    assert!(matches!(free, Lease::Leased(_)));
    reply(fixture.store.release(&key(1), &holder(1)).await);
}
