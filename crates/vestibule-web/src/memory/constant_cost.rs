use std::time::Duration;

use bytes::Bytes;
use sha2::{Digest, Sha256};

use crate::{
    digest::look_ups,
    store::{GoneReason, Load, NewSession, PublicId, Realm, Retention, Revocation, SessionKey, StoreTime},
};

use super::{builder::Limits, sessions::Sessions};

const NOW: StoreTime = StoreTime::from_millis(1_000);
const HOUR: Duration = Duration::from_secs(3600);

/// Invariant 11 of the session model. What a logout looks up is counted, not timed; and by its type it reaches no session.
#[test]
fn invariant_11_a_logout_costs_the_same_among_a_thousand_and_a_million() {
    let limits = Limits { sessions: usize::MAX, marks: usize::MAX, log: 16 };
    let mut sessions = Sessions::new(NOW, limits, Retention { cutoffs: 2 * HOUR, logout_ids: HOUR });
    let realm = Realm::new("https://acme.example", "dashboard");
    for number in 0..20 {
        // Room in the tables of marks, so that none of the logouts below makes them grow.
        sessions.revoke(NOW, logout(&realm, u64::MAX - number)).unwrap();
    }
    let mut stored = 0;
    let mut costs = Vec::new();
    for size in [1_000, 10_000, 100_000, 1_000_000] {
        while stored < size {
            insert(&mut sessions, &realm, stored);
            stored += 1;
        }
        look_ups::take();
        sessions.revoke(NOW, logout(&realm, size - 1)).unwrap();
        costs.push(look_ups::take());
        let struck = sessions.load(NOW, &key(size - 1));
        assert_eq!(struck, Load::Gone(GoneReason::Revoked), "it took effect at once");
    }
    assert!(costs.iter().all(|cost| *cost == costs[0] && *cost <= 12), "{costs:?}");
}

fn insert(sessions: &mut Sessions, realm: &Realm, number: u64) {
    let subject = realm.subject(&number.to_string());
    let session = NewSession {
        key: key(number),
        public_id: PublicId::from_bytes(u128::from(number).to_be_bytes()),
        subject,
        scopes: vec![subject],
        began: NOW,
        idle: HOUR,
        absolute: HOUR,
        label: Bytes::new(),
        grant: Bytes::new(),
        refresh: None,
        data: Bytes::new(),
    };
    sessions.insert(NOW, session, None).unwrap();
}

/// The logout of one user, behind a logout token.
fn logout(realm: &Realm, number: u64) -> Revocation {
    Revocation {
        scopes: vec![realm.subject(&number.to_string())],
        heard: None,
        logout: Some(realm.logout_id(&number.to_string())),
        spare: None,
    }
}

fn key(number: u64) -> SessionKey {
    SessionKey::from_bytes(Sha256::digest(number.to_be_bytes()).into())
}
