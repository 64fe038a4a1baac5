use super::{SessionKey, StoreTime};

/// What the logouts heard so far mean for one scope: the rule that every engine and every cache applies alike.
///
/// The order in which logouts arrive makes no difference, nor does hearing one of them twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cutoff {
    /// Sessions that listen to the scope and began at or before this moment have ended.
    pub at: StoreTime,
    /// The one session for which an earlier moment counts.
    pub spared: Option<Spared>,
}

/// The session that the latest logout of a scope left alone ("end all others").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spared {
    /// Which session.
    pub key: SessionKey,
    /// The latest logout of the scope that did not leave it alone.
    pub at: Option<StoreTime>,
}

impl Cutoff {
    /// The cutoff of a scope that was never struck before.
    pub fn new(at: StoreTime, spare: Option<SessionKey>) -> Self {
        Self { at, spared: spare.map(|key| Spared { key, at: None }) }
    }

    /// Merges one more logout of the scope. Answers whether that changed anything.
    pub fn strike(&mut self, at: StoreTime, spare: Option<SessionKey>) -> bool {
        let before = *self;
        if at > self.at {
            self.spared = spare.map(|key| Spared { key, at: self.counts_for(&key) });
            self.at = at;
        } else if let Some(spared) = &mut self.spared
            && spare != Some(spared.key)
        {
            spared.at = spared.at.max(Some(at));
        }
        // An exemption that exempts from nothing is none.
        self.spared = self.spared.filter(|spared| spared.at != Some(self.at));
        *self != before
    }

    /// Whether a session that listens to the scope has ended.
    pub fn covers(&self, key: &SessionKey, began: StoreTime) -> bool {
        self.counts_for(key).is_some_and(|at| began <= at)
    }

    fn counts_for(&self, key: &SessionKey) -> Option<StoreTime> {
        match &self.spared {
            Some(spared) if spared.key == *key => spared.at,
            _ => Some(self.at),
        }
    }
}
