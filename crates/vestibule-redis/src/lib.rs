//! Sessions of OpenID Connect relying parties on Redis or Valkey, for any number of nodes.
//!
//! A logout that one node hears is obeyed by all from the moment it is confirmed; an expired token is refreshed by one of
//! them. Every verb of a [`SessionStore`](vestibule_web::store::SessionStore) is one script, on the server's clock.
//!
//! ```no_run
//! use vestibule_redis::{Durability, RedisStore};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use std::time::Duration;
//!
//! let store = RedisStore::new("redis://sessions.internal:6379")?;
//!
//! // Two Redis servers watched by Sentinels; a logout counts when both have it.
//! let store = RedisStore::builder("rediss://app:secret@sessions.internal")
//!     .sentinels("sessions", ["redis://sentinel-1:26379", "redis://sentinel-2:26379"])
//!     .durability(Durability::WaitReplicas { replicas: 1, within: Duration::from_millis(200) })
//!     .build()?;
//! # Ok(())
//! # }
//! ```
//!
//! # What the server must be
//!
//! Redis 6.2 or newer, or Valkey; a master; with `maxmemory-policy noeviction`, because a server that evicts forgets
//! logouts. [`check`](vestibule_web::store::SessionStore::check) says whether it is. When its memory is full it refuses new logins
//! and new data (`store.full`); logouts and refreshes go on.
//!
//! The user of the URL needs the commands `INFO`, `EVALSHA`, `EVAL`, `XREAD`, `ZRANGE`, `ZREM`, `WAIT`, with
//! [`Durability::WaitReplicas`] `HSET`, and those that the scripts use: of hashes, sorted sets and streams, `TIME`, `EXISTS`,
//! `DEL`, `PEXPIRE`, `PTTL`.
//!
//! # What it keeps
//!
//! Under `PREFIX:v1:{APPLICATION}:…`, where the application is a hash of issuer and client. A record is a hash of its own
//! with a time to live; cutoffs, spent logout ids and the log are one key each. Nothing leaks: records go an hour after
//! their idle end at the latest, marks when they no longer matter, and an index when its last session has ended. No
//! promise rests on an index. Tokens are sealed before they come here.
//!
//! # What it takes
//!
//! About 1 kB a session beside what the application and the provider's tokens take: 10⁶ sessions with 900 bytes of tokens
//! each are 2 GB. A request costs one script of six commands, a logout one of twelve, whether it ends one session or
//! a hundred thousand: 0.1 ms on the server.
//!
//! # When it fails
//!
//! Replies that do not come within 1.5 s are errors, never "no such session". Connections are made anew by the next call, which
//! is repeated if that can do no harm. When another server answers than before (after a restart or a failover), it is told
//! of the logouts of the last ten minutes before it is asked anything, caches start anew, and the time goes on from where it
//! was, whatever its clock says. A server that came back empty ends all sessions, sealed ones too: it may have forgotten
//! logouts. What `appendfsync everysec` or asynchronous replication may lose is what [`Durability`] is about.

mod acknowledged;
mod builder;
mod durability;
mod error;
mod format;
mod keys;
mod link;
mod reply;
mod script;
mod sessions;
mod store;

pub use builder::RedisStoreBuilder;
pub use durability::Durability;
pub use error::RedisConfigError;
pub use store::RedisStore;
