use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use tokio::task::JoinSet;

use crate::store::{
    BeginAttempt, Commit, CommitRefresh, Insert, Lease, Load, RefreshHash, Replace, Revocation, Revoke,
    Scope, SessionKey, SessionRecord, SessionStore, StoreError, StoreTime, Touch,
};

use super::{
    Subject,
    dice::Dice,
    holder, jti, key, realm, session,
    step::{SIDS, SUBS},
    world::nodes,
};

const TASKS: usize = 8;
const BROWSERS: usize = 6;

/// Lets eight tasks at three nodes take `steps` random steps at once, and looks for what may never happen: a session that has
/// ended and lives, a live session that an acknowledged logout covers, a refresh token or a logout token that counts twice,
/// a lost update. The error is the first of those.
///
/// The steps follow from the seed, the order in which they meet does not.
pub async fn withstands(subject: &dyn Subject, seed: u64, steps: usize) -> Result<(), String> {
    let nodes = nodes(subject).await;
    let history = Arc::new(Mutex::new(History::default()));
    let mut tasks = JoinSet::new();
    for task in 0..TASKS {
        let node = Arc::clone(&nodes[task % nodes.len()]);
        let mut node = Node { store: node, history: Arc::clone(&history), by: task as u8 };
        let mut dice = Dice::new(seed.wrapping_add(task as u64) << 8);
        tasks.spawn(async move {
            for step in 0..steps / TASKS {
                node.step(&mut dice).await.map_err(|how| format!("task {task}, step {step}: {how}"))?;
            }
            Ok(())
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap_or_else(|panic| Err(panic.to_string()))?;
    }
    let known = lock(&history).known.clone();
    for number in known {
        for store in &nodes {
            let mut node = Node { store: Arc::clone(store), history: Arc::clone(&history), by: 0 };
            node.look(number).await.map_err(|how| format!("at the end: {how}"))?;
        }
    }
    Ok(())
}

/// What all tasks know to have happened: only what was acknowledged.
#[derive(Default)]
struct History {
    minted: u32,
    known: Vec<u32>,
    browsers: [u32; BROWSERS],
    tokens: u64,
    ended: HashSet<SessionKey>,
    logouts: Vec<(Scope, StoreTime, Option<SessionKey>)>,
    spent: HashSet<(SessionKey, RefreshHash)>,
    written: HashSet<(SessionKey, u64)>,
    heard: HashSet<u8>,
}

/// One task's way to the store.
struct Node {
    store: Arc<dyn SessionStore>,
    history: Arc<Mutex<History>>,
    by: u8,
}

/// What was known of a session before a call was made.
struct Before {
    key: SessionKey,
    ended: bool,
    logouts: usize,
}

impl Node {
    async fn step(&mut self, dice: &mut Dice) -> Result<(), String> {
        let browser = dice.below(BROWSERS);
        let number = self.history().browsers[browser];
        match dice.below(16) {
            _ if number == 0 => self.log_in(browser, dice).await,
            0 | 1 => self.log_in(browser, dice).await,
            2..6 => self.look(number).await,
            6 => self.touch(number).await,
            7 | 8 => self.write(number).await,
            9..12 => self.refresh(number).await,
            12 => self.end(number).await,
            13 => self.reap(dice).await,
            _ => self.revoke(dice).await,
        }
    }

    async fn log_in(&mut self, browser: usize, dice: &mut Dice) -> Result<(), String> {
        let began = self.store.now().await.map_err(failed)?;
        let (number, old) = {
            let mut history = self.history();
            history.minted += 1;
            (history.minted, history.browsers[browser])
        };
        let sid = dice.percent(60).then(|| SIDS[dice.below(SIDS.len())]);
        let login = session(number, SUBS[dice.below(SUBS.len())], sid, began);
        let (new, before) = (login.key, self.before(number));
        let ends = (old != 0).then(|| key(old));
        let reply = self.store.insert(login, ends).await.map_err(failed)?.reply;
        if let Some(ends) = ends {
            self.history().ended.insert(ends);
        }
        match reply {
            Insert::Stored(record) => {
                self.lives(&before, Some(&record))?;
                let mut history = self.history();
                history.known.push(number);
                history.browsers[browser] = number;
            }
            Insert::Refused => {}
            Insert::Occupied => return Err(format!("{new:?} is new, and it is taken")),
        }
        Ok(())
    }

    async fn look(&mut self, number: u32) -> Result<(), String> {
        let before = self.before(number);
        match self.store.load(&before.key).await.map_err(failed)?.reply {
            Load::Live(record) => self.lives(&before, Some(&record)),
            Load::Gone(_) | Load::Absent => self.ended(&before),
        }
    }

    async fn touch(&mut self, number: u32) -> Result<(), String> {
        let before = self.before(number);
        match self.store.touch(&before.key, Duration::from_secs(20)).await.map_err(failed)?.reply {
            Touch::Touched { .. } => self.lives(&before, None),
            Touch::Gone(_) | Touch::Absent => self.ended(&before),
        }
    }

    async fn write(&mut self, number: u32) -> Result<(), String> {
        let before = self.before(number);
        let Load::Live(record) = self.store.load(&before.key).await.map_err(failed)?.reply else {
            return self.ended(&before);
        };
        let before = self.before(number);
        let data = Bytes::from(vec![self.by; 8]);
        match self.store.replace(&before.key, record.version, data).await.map_err(failed)?.reply {
            Replace::Replaced(record) => {
                self.lives(&before, Some(&record))?;
                if !self.history().written.insert((before.key, record.version)) {
                    return Err(format!("version {} of {:?} was written twice", record.version, before.key));
                }
                Ok(())
            }
            Replace::Conflict(record) => self.lives(&before, Some(&record)),
            Replace::Gone(_) | Replace::Absent => self.ended(&before),
        }
    }

    /// A whole refresh, as the engine goes about it.
    async fn refresh(&mut self, number: u32) -> Result<(), String> {
        let (by, ttl) = (holder(self.by), Duration::from_secs(10));
        let before = self.before(number);
        let spent = match self.store.lease(&before.key, &by, ttl).await.map_err(failed)?.reply {
            Lease::Leased(record) => {
                self.lives(&before, Some(&record))?;
                record.refresh
            }
            Lease::Held { .. } => return self.lives(&before, None),
            Lease::Gone(_) | Lease::Absent => return self.ended(&before),
        };
        let Some(spent) = spent else { return Ok(()) };
        let before = self.before(number);
        match self.store.begin_attempt(&before.key, &by, &spent, ttl).await.map_err(failed)?.reply {
            BeginAttempt::Begun { .. } => self.lives(&before, None)?,
            BeginAttempt::Superseded(record) => return self.lives(&before, Some(&record)),
            BeginAttempt::Lost => return self.lives(&before, None),
            BeginAttempt::Gone(_) | BeginAttempt::Absent => return self.ended(&before),
        }
        let (before, brought) = (self.before(number), self.minted_token());
        let commit = CommitRefresh {
            holder: by,
            spent,
            grant: Bytes::from_static(b"renewed"),
            refresh: Some(brought),
            listen: Vec::new(),
        };
        match self.store.commit_refresh(&before.key, commit).await.map_err(failed)?.reply {
            Commit::Committed(record) => {
                self.lives(&before, Some(&record))?;
                if !self.history().spent.insert((before.key, spent)) {
                    return Err(format!("{spent:?} of {:?} was spent twice", before.key));
                }
                Ok(())
            }
            Commit::Superseded(record) => self.lives(&before, Some(&record)),
            Commit::Gone(_) | Commit::Absent => self.ended(&before),
        }
    }

    async fn end(&mut self, number: u32) -> Result<(), String> {
        self.store.end(&key(number)).await.map_err(failed)?;
        self.history().ended.insert(key(number));
        Ok(())
    }

    async fn reap(&mut self, dice: &mut Dice) -> Result<(), String> {
        self.store.reap(dice.below(20)).await.map_err(failed)?;
        Ok(())
    }

    async fn revoke(&mut self, dice: &mut Dice) -> Result<(), String> {
        let (realm, sub, sid) = (realm(), SUBS[dice.below(SUBS.len())], SIDS[dice.below(SIDS.len())]);
        let scope = match dice.below(4) {
            0 => realm.subject(sub),
            1 => realm.sid(sid),
            2 => realm.sid_of_subject(sid, sub),
            _ => realm.others_of_subject(sub),
        };
        let spared = self.history().browsers[dice.below(BROWSERS)];
        let spare = (scope == realm.others_of_subject(sub)).then(|| key(spared));
        let token = dice.percent(50).then(|| dice.below(40) as u8);
        let revocation = Revocation { scopes: vec![scope], heard: None, logout: token.map(jti), spare };
        match self.store.revoke(revocation).await.map_err(failed)?.reply {
            Revoke::Revoked { cutoff } => {
                let mut history = self.history();
                history.logouts.push((scope, cutoff, spare));
                if let Some(token) = token
                    && !history.heard.insert(token)
                {
                    return Err(format!("logout token {token} counted twice"));
                }
                Ok(())
            }
            Revoke::Replayed if token.is_some() => Ok(()),
            Revoke::Replayed => Err("a logout without a token was taken for a replay".to_owned()),
        }
    }

    fn before(&self, number: u32) -> Before {
        let (history, key) = (self.history(), key(number));
        Before { key, ended: history.ended.contains(&key), logouts: history.logouts.len() }
    }

    /// The store says that it lives.
    fn lives(&self, before: &Before, record: Option<&SessionRecord>) -> Result<(), String> {
        if before.ended {
            return Err(format!("{:?} had ended, and lives", before.key));
        }
        let history = self.history();
        let struck = record.and_then(|record| {
            history.logouts[..before.logouts].iter().find(|(scope, cutoff, spared)| {
                record.scopes.contains(scope) && record.began <= *cutoff && *spared != Some(record.key)
            })
        });
        match struck {
            Some(logout) => Err(format!("{record:?} lives, although {logout:?} was acknowledged")),
            None => Ok(()),
        }
    }

    /// The store says that it has ended: that stays so.
    fn ended(&self, before: &Before) -> Result<(), String> {
        self.history().ended.insert(before.key);
        Ok(())
    }

    fn minted_token(&self) -> RefreshHash {
        let mut history = self.history();
        history.tokens += 1;
        let mut hash = [0xff; 32];
        hash[..8].copy_from_slice(&history.tokens.to_be_bytes());
        RefreshHash::from_bytes(hash)
    }

    fn history(&self) -> MutexGuard<'_, History> {
        lock(&self.history)
    }
}

fn lock(history: &Mutex<History>) -> MutexGuard<'_, History> {
    history.lock().unwrap_or_else(PoisonError::into_inner)
}

#[expect(clippy::needless_pass_by_value, reason = "what `map_err` hands over")]
fn failed(error: StoreError) -> String {
    format!("{error} ({error:?})")
}
