use std::collections::VecDeque;

use crate::store::{Change, ChangeCursor, Changes};

/// The latest ends and revocations, numbered from the first ever.
#[derive(Debug)]
pub(super) struct ChangeLog {
    entries: VecDeque<Change>,
    dropped: u64,
    limit: usize,
}

impl ChangeLog {
    pub(super) const fn new(limit: usize) -> Self {
        Self { entries: VecDeque::new(), dropped: 0, limit }
    }

    pub(super) fn append(&mut self, change: Change) {
        self.entries.push_back(change);
        while self.entries.len() > self.limit {
            self.entries.pop_front();
            self.dropped += 1;
        }
    }

    /// After the last entry.
    pub(super) fn end(&self) -> ChangeCursor {
        ChangeCursor::from_position(self.dropped.saturating_add(self.entries.len() as u64))
    }

    /// What happened after `from`, if anything did.
    pub(super) fn since(&self, from: ChangeCursor) -> Option<Changes> {
        let end = self.end();
        if from == end {
            return None;
        }
        if from > end {
            return Some(Changes::Lagged { next: end });
        }
        let Some(skip) = from.position().checked_sub(self.dropped) else {
            return Some(Changes::Lagged { next: end });
        };
        let skip = usize::try_from(skip).unwrap_or(usize::MAX);
        let entries: Vec<_> = self.entries.iter().skip(skip).take(Changes::MOST).cloned().collect();
        let next = ChangeCursor::from_position(from.position().saturating_add(entries.len() as u64));
        Some(Changes::Entries { entries, next })
    }
}
