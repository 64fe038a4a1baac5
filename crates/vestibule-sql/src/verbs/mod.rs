//! The verbs that say the same to every [`Engine`](crate::engine::Engine).

mod changes;
mod ending;
mod reaping;
mod refreshing;
mod replacing;

pub(crate) use self::{
    changes::changes,
    ending::{end, end_if, end_listed},
    reaping::reap,
    refreshing::{begin_attempt, commit_refresh, lease, release, renew},
    replacing::replace,
};
