//! One corpus of ID tokens, good and bad, judged by Vestibule and by the verifier of `openidconnect`.
//!
//! The other verifier is the oracle: where it agrees, a rule was not misread in the same way twice; where it does not,
//! the corpus says why. `docs/oracle.md` is the corpus as a table.

mod case;
mod corpus;
mod login;
mod ours;
mod provider;
mod table;
mod theirs;

pub use case::{Case, Expected};
pub use corpus::corpus;
pub use login::Login;
pub use ours::judge as judge_ours;
pub use provider::Setting;
pub use table::table;
pub use theirs::{Refusal, judge as judge_theirs};
