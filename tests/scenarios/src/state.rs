//! What a refused request must leave as it was.

use std::time::Duration;

use vestibule_web::{
    MemoryStore,
    conformance::{Faulty, Verb},
    store::{ChangeCursor, Realm, Retention, SessionSummary, StoreBackend},
};

use crate::Calls;

/// Everybody who may have sessions.
pub const USERS: [&str; 4] = ["alice", "bob", "carol", "mallory"];

/// The contents of the session store, as far as anybody can tell: who has which sessions, and every end and
/// revocation that there ever was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// The live sessions.
    pub sessions: Vec<(String, SessionSummary)>,
    /// The log of ends and revocations.
    pub changes: String,
}

/// State, writes and outbound calls at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The contents of the store.
    pub state: State,
    /// How many calls there were that may write to it.
    pub writes: usize,
    /// How often the provider was called.
    pub calls: Calls,
}

impl Snapshot {
    /// That nothing was written since `before`, and only these calls were made.
    ///
    /// # Panics
    /// Otherwise.
    pub fn assert_unchanged_since(&self, before: &Self, calls: Calls) {
        assert_eq!(self.state, before.state, "the store changed");
        assert_eq!(self.writes, before.writes, "something was written");
        assert_eq!(self.calls - before.calls, calls, "calls to the provider");
    }
}

pub(crate) async fn read(memory: &MemoryStore, realms: &[Realm]) -> State {
    const AS_IT_IS: Retention = Retention { cutoffs: Duration::ZERO, logout_ids: Duration::ZERO };
    let (mut sessions, mut changes) = (Vec::new(), String::new());
    for realm in realms {
        let store = memory.open(realm, AS_IT_IS);
        for user in USERS {
            let listed = store.sessions_of(&realm.subject(user)).await.expect("memory answers");
            let owner = format!("{}/{user}", realm.client_id());
            sessions.extend(listed.reply.into_iter().map(|summary| (owner.clone(), summary)));
        }
        let log = store.changes(ChangeCursor::START, Duration::ZERO).await.expect("memory answers");
        changes.push_str(&format!("{:?}\n", log.reply));
    }
    State { sessions, changes }
}

pub(crate) fn writes(store: &Faulty) -> usize {
    const WRITING: [Verb; 12] = [
        Verb::BeginAttempt,
        Verb::CommitRefresh,
        Verb::End,
        Verb::EndIf,
        Verb::EndListed,
        Verb::Insert,
        Verb::Lease,
        Verb::Release,
        Verb::Renew,
        Verb::Replace,
        Verb::Revoke,
        Verb::Touch,
    ];
    WRITING.into_iter().map(|verb| store.calls(verb)).sum()
}
