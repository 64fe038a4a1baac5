use std::{sync::Arc, time::Duration};

use bytes::Bytes;

use crate::{
    conformance::Subject,
    store::{Change, ChangeCursor, Changes, Revocation, Scope, SessionStore, StoreError, StoreTime},
};

use super::{
    Command, Model, RETENTION, holder, jti, key, public_id, realm, rotation, session,
    step::{BROWSERS, SIDS, SUBS, Step, Strike, TICK},
    token,
};

/// How many nodes share the store.
const NODES: usize = 3;

/// Three nodes at one engine, and the model beside them: each command is given to one node and to the model.
pub(super) struct World<'a> {
    subject: &'a dyn Subject,
    nodes: Vec<Arc<dyn SessionStore>>,
    model: Model,
    read: ChangeCursor,
    told: usize,
    earliest: StoreTime,
    browsers: [u32; BROWSERS],
    minted: u32,
    turn: usize,
}

/// How a store did something else than its model.
pub(super) type Mismatch = String;

impl<'a> World<'a> {
    pub(super) async fn new(subject: &'a dyn Subject) -> Result<Self, Mismatch> {
        let nodes = nodes(subject).await;
        let now = nodes[0].now().await.map_err(|error| failed("now", &error))?;
        let mut world = Self {
            subject,
            nodes,
            model: Model::new(now, RETENTION),
            read: ChangeCursor::START,
            told: 0,
            earliest: now,
            browsers: [0; BROWSERS],
            minted: 0,
            turn: 0,
        };
        while let Changes::Lagged { next } = world.changes().await? {
            world.read = next;
        }
        Ok(world)
    }

    /// Takes one step, at the node whose turn it is, and compares.
    pub(super) async fn take(&mut self, step: &Step) -> Result<(), Mismatch> {
        self.turn += 1;
        match step {
            Step::Pass { ticks } => self.pass(TICK * *ticks).await?,
            Step::SetBack { ticks } => self.step_back(TICK * *ticks).await?,
            step => {
                let command = self.command(step).await?;
                self.give(command).await?;
            }
        }
        self.turn += 1;
        self.give(Command::Load(key(self.browsers[self.turn % BROWSERS]))).await?;
        self.compare_log().await
    }

    /// Compares who is live.
    pub(super) async fn close(&mut self) -> Result<(), Mismatch> {
        for number in 0..=self.minted {
            self.turn += 1;
            self.give(Command::Load(key(number))).await?;
        }
        Ok(())
    }

    async fn give(&mut self, command: Command) -> Result<(), Mismatch> {
        let told = format!("{command:?}");
        let answer = command.clone().run(self.node()).await.map_err(|error| failed(&told, &error))?;
        self.tick(&told, answer.at)?;
        let wanted = self.model.apply(command, answer.at).essence();
        let found = answer.reply.essence();
        if found != wanted {
            return Err(format!("{told} at {:?}\n  replied {found:?}\n  not     {wanted:?}", answer.at));
        }
        Ok(())
    }

    /// Store time never goes back, whichever node asks.
    fn tick(&mut self, told: &str, at: StoreTime) -> Result<(), Mismatch> {
        if at < self.earliest {
            return Err(format!("{told} at {at:?}, after a reply at {:?}", self.earliest));
        }
        self.earliest = at;
        Ok(())
    }

    async fn pass(&mut self, span: Duration) -> Result<(), Mismatch> {
        self.subject.advance(span).await;
        let wanted = self.earliest.plus(span);
        self.earliest = self.now().await?;
        if self.earliest < wanted {
            return Err(format!("after {span:?} it is {:?}, not {wanted:?} or later", self.earliest));
        }
        Ok(())
    }

    async fn step_back(&mut self, span: Duration) -> Result<(), Mismatch> {
        // As if each node had just been told the time: in truth, some request always has.
        for node in &self.nodes {
            node.now().await.map_err(|error| failed("now", &error))?;
        }
        let _ = self.subject.step_back(span).await;
        let now = self.now().await?;
        self.tick("now", now)
    }

    async fn compare_log(&mut self) -> Result<(), Mismatch> {
        let mut found = Vec::new();
        loop {
            match self.changes().await? {
                Changes::Entries { entries, .. } if entries.is_empty() => break,
                Changes::Entries { entries, next } => {
                    found.extend(entries);
                    self.read = next;
                }
                Changes::Lagged { .. } => return Err("the log does not reach back that far".to_owned()),
            }
        }
        let wanted: &[Change] = self.model.log.get(self.told..).unwrap_or_default();
        if found != wanted {
            return Err(format!("the log told {found:?}\n  not          {wanted:?}"));
        }
        self.told = self.model.log.len();
        Ok(())
    }

    async fn command(&mut self, step: &Step) -> Result<Command, Mismatch> {
        let browsers = self.browsers;
        let at = |browser: &usize| key(browsers[*browser]);
        Ok(match step {
            Step::LogIn { browser, sub, sid, began_ago, absolute, ends } => {
                let now = self.now().await?;
                if !self.model.is_live(at(browser), now) {
                    self.minted += 1;
                    self.browsers[*browser] = self.minted;
                }
                let number = self.browsers[*browser];
                let mut session = session(number, SUBS[*sub], sid.map(|sid| SIDS[sid]), ago(now, *began_ago));
                session.absolute = ticks(*absolute);
                Command::Insert(Box::new(session), ends.map(|browser| key(self.browsers[browser])))
            }
            Step::Use { browser, idle } => Command::Touch(at(browser), ticks(*idle)),
            Step::Write { browser, version } => {
                Command::Replace(at(browser), *version, Bytes::from(vec![*browser as u8; 3]))
            }
            Step::Lease { browser, holder: by, ttl } => Command::Lease(at(browser), holder(*by), ticks(*ttl)),
            Step::Renew { browser, holder: by, ttl } => Command::Renew(at(browser), holder(*by), ticks(*ttl)),
            Step::Release { browser, holder: by } => Command::Release(at(browser), holder(*by)),
            Step::Begin { browser, holder: by, spends, limit } => {
                Command::BeginAttempt(at(browser), holder(*by), token(*spends), ticks(*limit))
            }
            Step::Commit { browser, holder, spends, brings, learns } => {
                let mut commit = rotation(*holder, *spends, *brings);
                commit.listen = learns.map(|sid| realm().sid(SIDS[sid])).into_iter().collect();
                Command::Commit(at(browser), commit)
            }
            Step::Refused { browser, holder: by, token: refused } => {
                Command::EndIf(at(browser), holder(*by), token(*refused))
            }
            Step::LogOut { browser } => Command::End(at(browser)),
            Step::Revoke { strikes, heard_ago, jti: id, spare } => {
                let now = self.now().await?.as_millis();
                let heard = heard_ago.map(|ago| now.saturating_add_signed(-ago * TICK.as_millis() as i64));
                Command::Revoke(Revocation {
                    scopes: strikes.iter().map(|strike| self.scope(*strike)).collect(),
                    heard: heard.map(StoreTime::from_millis),
                    logout: id.map(jti),
                    spare: spare.as_ref().map(at),
                })
            }
            Step::List { sub, ends: None } => Command::SessionsOf(realm().subject(SUBS[*sub])),
            Step::List { sub, ends: Some(browser) } => {
                Command::EndListed(realm().subject(SUBS[*sub]), public_id(self.browsers[*browser]))
            }
            Step::Reap { limit } => Command::Reap(*limit),
            Step::Pass { .. } | Step::SetBack { .. } => Command::Reap(0),
        })
    }

    fn scope(&self, strike: Strike) -> Scope {
        let realm = realm();
        match strike {
            Strike::Sub(sub) => realm.subject(SUBS[sub]),
            Strike::Sid(sid) => realm.sid(SIDS[sid]),
            Strike::SidOfSub(sid, sub) => realm.sid_of_subject(SIDS[sid], SUBS[sub]),
            Strike::SubWithoutSid(sub) => realm.subject_without_sid(SUBS[sub]),
            Strike::Others(sub) => realm.others_of_subject(SUBS[sub]),
            Strike::Session(browser) => realm.session(&key(self.browsers[browser])),
            Strike::Everything => realm.everything(),
        }
    }

    async fn now(&self) -> Result<StoreTime, Mismatch> {
        self.node().now().await.map_err(|error| failed("now", &error))
    }

    async fn changes(&self) -> Result<Changes, Mismatch> {
        let answer = self.node().changes(self.read, Duration::ZERO).await;
        answer.map(|answer| answer.reply).map_err(|error| failed("changes", &error))
    }

    fn node(&self) -> &dyn SessionStore {
        &*self.nodes[self.turn % NODES]
    }
}

/// Three nodes at a fresh engine.
pub(super) async fn nodes(subject: &dyn Subject) -> Vec<Arc<dyn SessionStore>> {
    let first = subject.fresh().await;
    let mut nodes = vec![first.open(&realm(), RETENTION)];
    while nodes.len() < NODES {
        let backend = subject.another_node().await.unwrap_or_else(|| Arc::clone(&first));
        nodes.push(backend.open(&realm(), RETENTION));
    }
    nodes
}

fn failed(what: &str, error: &StoreError) -> Mismatch {
    format!("{what}: {error} ({error:?})")
}

fn ticks(count: u64) -> Duration {
    TICK * u32::try_from(count).unwrap_or(u32::MAX)
}

fn ago(now: StoreTime, count: u64) -> StoreTime {
    StoreTime::from_millis(now.as_millis().saturating_sub(ticks(count).as_millis() as u64))
}
