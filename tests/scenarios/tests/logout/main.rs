//! Logouts: what is heard, what is refused, whom it strikes, and that it strikes for good, on every node and in every
//! order (session model, sections 1 to 3 and 6).

mod body;
mod by_user;
mod crashes;
mod data;
mod early;
mod early_races;
mod elsewhere;
mod ended;
mod endpoint;
mod frontchannel;
mod garbage;
mod invariants;
mod nodes;
mod others;
mod replays;
mod store_faults;
mod struck;
mod support;
mod tokens;
