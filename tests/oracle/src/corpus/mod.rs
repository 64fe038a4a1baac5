//! The tokens, by what is wrong with them.

mod audience;
mod claims;
mod form;
mod good;
mod header;
mod keys;
mod signature;
mod times;

use crate::Case;

/// Every token, in the order of the security checklist.
pub fn corpus() -> Vec<Case> {
    [
        good::cases(),
        form::cases(),
        header::cases(),
        signature::cases(),
        keys::cases(),
        audience::cases(),
        times::cases(),
        claims::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
