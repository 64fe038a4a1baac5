use std::{sync::Arc, time::Duration};

use tokio::runtime::{Builder, Runtime};
use vestibule::testing::TestClock;
use vestibule_web::{
    memory::MemoryStore,
    store::{Change, ChangeCursor, Changes, SessionKey, SessionStore, StoreBackend, StoreTime},
};

use crate::command::{Command, Model, RETENTION, Reply, realm};

/// A memory store and its model, which get the same commands and must give the same replies.
pub(crate) struct SideBySide {
    runtime: Runtime,
    clock: TestClock,
    store: Arc<dyn SessionStore>,
    model: Model,
    now: StoreTime,
}

impl SideBySide {
    pub(crate) fn new() -> Self {
        let clock = TestClock::at(1_000_000);
        let backend = MemoryStore::builder().clock(Arc::new(clock.clone())).build();
        let store = backend.open(&realm(), RETENTION);
        let runtime = Builder::new_current_thread().build().expect("a runtime");
        let now = runtime.block_on(store.now()).expect("memory answers");
        Self { runtime, clock, store, model: Model::new(now, RETENTION), now }
    }

    pub(crate) fn now(&self) -> StoreTime {
        self.runtime.block_on(self.store.now()).expect("memory answers")
    }

    /// Gives both the command and compares. Answers what the store replied.
    pub(crate) fn give(&mut self, command: Command) -> Reply {
        let told = format!("{command:?}");
        let answer = self.runtime.block_on(command.clone().run(&*self.store)).expect("memory answers");
        assert_eq!(answer.at, self.now, "{told}");
        let wanted = self.model.apply(command, answer.at);
        assert_eq!(answer.reply.clone().essence(), wanted.essence(), "{told}");
        answer.reply
    }

    /// Lets time pass on every clock.
    pub(crate) fn pass(&mut self, span: Duration) {
        self.clock.advance(span);
        self.now = self.now.plus(span);
    }

    /// Compares who is live and what was told.
    pub(crate) fn compare(&mut self, keys: impl IntoIterator<Item = SessionKey>) {
        for key in keys {
            self.give(Command::Load(key));
        }
        assert_eq!(self.told(), self.model.log);
    }

    pub(crate) fn is_live(&self, key: SessionKey) -> bool {
        self.model.is_live(key, self.now())
    }

    fn told(&self) -> Vec<Change> {
        let (mut from, mut told) = (ChangeCursor::START, Vec::new());
        loop {
            let answer = self.store.changes(from, Duration::ZERO);
            match self.runtime.block_on(answer).expect("memory answers").reply {
                Changes::Entries { entries, .. } if entries.is_empty() => return told,
                Changes::Entries { entries, next } => {
                    told.extend(entries);
                    from = next;
                }
                Changes::Lagged { .. } => panic!("the log is long enough"),
            }
        }
    }
}
