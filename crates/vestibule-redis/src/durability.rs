use std::time::Duration;

/// When a login, a logout or a refresh counts as stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Durability {
    /// When the server has it. What a server had not yet told its replicas is lost if it fails: nodes that are still there
    /// repeat the logouts of the last ten minutes to its successor, and sessions of that moment sign in again.
    #[default]
    Async,
    /// When so many replicas have it as well. A shortfall is `store.not_replicated`: a logout is not confirmed then, and
    /// offered again.
    ///
    /// Each such write waits on a connection of its own. Redis replicates in the background, so this makes losses
    /// unlikely, not impossible.
    WaitReplicas {
        /// How many replicas, at least one.
        replicas: u8,
        /// How long they are given, at most one second.
        within: Duration,
    },
}

impl Durability {
    pub(crate) fn is_possible(self) -> bool {
        match self {
            Self::Async => true,
            Self::WaitReplicas { replicas, within } => {
                replicas > 0 && !within.is_zero() && within <= Duration::from_secs(1)
            }
        }
    }
}
