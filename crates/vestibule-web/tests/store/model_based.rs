//! Random commands to the memory store and to its model, on a clock that also steps back.

use std::{collections::BTreeSet, time::Duration};

use bytes::Bytes;
use proptest::{collection::vec, option, prelude::*};
use vestibule_web::store::{PublicId, Revocation, Scope, SessionKey, StoreTime};

use crate::{
    command::{Command, holder, jti, key, realm, rotation, session, token},
    side_by_side::SideBySide,
};

/// A step of a random run, in small numbers: which browser, whose session, how many seconds.
#[derive(Clone, Debug)]
enum Step {
    LogIn {
        browser: usize,
        sub: usize,
        sid: Option<usize>,
        began_ago: u64,
        absolute: u64,
        ends: Option<usize>,
    },
    Use {
        browser: usize,
        idle: u64,
    },
    Write {
        browser: usize,
        version: u64,
    },
    Lease {
        browser: usize,
        holder: u8,
        ttl: u64,
    },
    Renew {
        browser: usize,
        holder: u8,
        ttl: u64,
    },
    Release {
        browser: usize,
        holder: u8,
    },
    Begin {
        browser: usize,
        holder: u8,
        spends: u8,
        limit: u64,
    },
    Commit {
        browser: usize,
        holder: u8,
        spends: u8,
        brings: u8,
        learns: Option<usize>,
    },
    Refused {
        browser: usize,
        holder: u8,
        token: u8,
    },
    LogOut {
        browser: usize,
    },
    Revoke {
        strikes: Vec<Strike>,
        heard: Option<i64>,
        jti: Option<u8>,
        spare: Option<usize>,
    },
    List {
        sub: usize,
        ends: Option<usize>,
    },
    Reap {
        limit: usize,
    },
    Pass {
        seconds: u64,
    },
    SetWall {
        seconds: i64,
    },
}

#[derive(Clone, Copy, Debug)]
enum Strike {
    Sub(usize),
    Sid(usize),
    SidOfSub(usize, usize),
    SubWithoutSid(usize),
    Others(usize),
    Session(usize),
    Everything,
}

const BROWSERS: usize = 4;
const SUBS: [&str; 2] = ["alice", "bob"];
const SIDS: [&str; 3] = ["s1", "s2", "s3"];

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_store_does_what_its_model_does(steps in vec(step(), 1..60)) {
        let mut run = Run::new();
        for step in steps {
            run.take(step);
        }
        run.side_by_side.compare(run.keys);
    }
}

struct Run {
    side_by_side: SideBySide,
    browsers: [SessionKey; BROWSERS],
    keys: BTreeSet<SessionKey>,
    minted: u8,
}

impl Run {
    fn new() -> Self {
        let side_by_side = SideBySide::new();
        Self { side_by_side, browsers: [key(0); BROWSERS], keys: BTreeSet::new(), minted: 0 }
    }

    fn take(&mut self, step: Step) {
        let browsers = self.browsers;
        let at = |browser: usize| browsers[browser];
        let command = match step {
            Step::Pass { seconds } => return self.side_by_side.pass(Duration::from_secs(seconds)),
            Step::SetWall { seconds } => return self.side_by_side.step_wall(seconds),
            Step::LogIn { browser, sub, sid, began_ago, absolute, ends } => {
                let began = self.side_by_side.now().as_millis().saturating_sub(began_ago * 1000);
                if !self.side_by_side.is_live(at(browser)) {
                    self.minted += 1;
                    self.browsers[browser] = key(self.minted);
                    self.keys.insert(key(self.minted));
                }
                let began = StoreTime::from_millis(began);
                let number = self.browsers[browser].as_bytes()[0];
                let mut session = session(number, SUBS[sub], sid.map(|sid| SIDS[sid]), began);
                session.absolute = Duration::from_secs(absolute);
                Command::Insert(Box::new(session), ends.map(|browser| self.browsers[browser]))
            }
            Step::Use { browser, idle } => Command::Touch(at(browser), Duration::from_secs(idle)),
            Step::Write { browser, version } => {
                Command::Replace(at(browser), version, Bytes::from(vec![browser as u8; 3]))
            }
            Step::Lease { browser, holder: by, ttl } => {
                Command::Lease(at(browser), holder(by), Duration::from_secs(ttl))
            }
            Step::Renew { browser, holder: by, ttl } => {
                Command::Renew(at(browser), holder(by), Duration::from_secs(ttl))
            }
            Step::Release { browser, holder: by } => Command::Release(at(browser), holder(by)),
            Step::Begin { browser, holder: by, spends, limit } => {
                Command::BeginAttempt(at(browser), holder(by), token(spends), Duration::from_secs(limit))
            }
            Step::Commit { browser, holder, spends, brings, learns } => {
                let mut commit = rotation(holder, spends, brings);
                commit.listen = learns.map(|sid| realm().sid(SIDS[sid])).into_iter().collect();
                Command::Commit(at(browser), commit)
            }
            Step::Refused { browser, holder: by, token: refused } => {
                Command::EndIf(at(browser), holder(by), token(refused))
            }
            Step::LogOut { browser } => Command::End(at(browser)),
            Step::Revoke { strikes, heard, jti: id, spare } => {
                let now = self.side_by_side.now().as_millis();
                let heard = heard.map(|ago| StoreTime::from_millis(now.saturating_add_signed(-ago * 1000)));
                let scopes = strikes.into_iter().map(|strike| self.scope(strike)).collect();
                Command::Revoke(Revocation { scopes, heard, logout: id.map(jti), spare: spare.map(at) })
            }
            Step::List { sub, ends: None } => Command::SessionsOf(realm().subject(SUBS[sub])),
            Step::List { sub, ends: Some(browser) } => {
                let id = PublicId::from_bytes([at(browser).as_bytes()[0]; 16]);
                Command::EndListed(realm().subject(SUBS[sub]), id)
            }
            Step::Reap { limit } => Command::Reap(limit),
        };
        self.side_by_side.give(command);
        self.side_by_side.compare(self.browsers);
    }

    fn scope(&self, strike: Strike) -> Scope {
        let realm = realm();
        match strike {
            Strike::Sub(sub) => realm.subject(SUBS[sub]),
            Strike::Sid(sid) => realm.sid(SIDS[sid]),
            Strike::SidOfSub(sid, sub) => realm.sid_of_subject(SIDS[sid], SUBS[sub]),
            Strike::SubWithoutSid(sub) => realm.subject_without_sid(SUBS[sub]),
            Strike::Others(sub) => realm.others_of_subject(SUBS[sub]),
            Strike::Session(browser) => realm.session(&self.browsers[browser]),
            Strike::Everything => realm.everything(),
        }
    }
}

fn step() -> impl Strategy<Value = Step> {
    let browser = || 0..BROWSERS;
    let (sub, sid, by, token) = (0..SUBS.len(), 0..SIDS.len(), 0..3u8, 0..3u8);
    prop_oneof![
        6 => (browser(), sub.clone(), option::of(sid.clone()), 0..70u64, 1..90u64, option::of(browser())).prop_map(
            |(browser, sub, sid, began_ago, absolute, ends)| {
                // Most logins are fresh; the others were under way for long.
                let began_ago = if began_ago < 40 { began_ago / 10 } else { began_ago };
                Step::LogIn { browser, sub, sid, began_ago, absolute, ends }
            }
        ),
        2 => (browser(), 0..30u64).prop_map(|(browser, idle)| Step::Use { browser, idle }),
        2 => (browser(), 0..3u64).prop_map(|(browser, version)| Step::Write { browser, version }),
        2 => (browser(), by.clone(), 0..10u64).prop_map(|(browser, holder, ttl)| Step::Lease { browser, holder, ttl }),
        1 => (browser(), by.clone(), 0..10u64).prop_map(|(browser, holder, ttl)| Step::Renew { browser, holder, ttl }),
        1 => (browser(), by.clone()).prop_map(|(browser, holder)| Step::Release { browser, holder }),
        2 => (browser(), by.clone(), token.clone(), 0..10u64)
            .prop_map(|(browser, holder, spends, limit)| Step::Begin { browser, holder, spends, limit }),
        2 => (browser(), by.clone(), token.clone(), token.clone(), option::weighted(0.3, sid)).prop_map(
            |(browser, holder, spends, brings, learns)| Step::Commit { browser, holder, spends, brings, learns }
        ),
        1 => (browser(), by, token).prop_map(|(browser, holder, token)| Step::Refused { browser, holder, token }),
        1 => browser().prop_map(|browser| Step::LogOut { browser }),
        4 => (vec(strike(), 1..3), option::of(-5..55i64), option::weighted(0.3, 0..3u8), option::weighted(0.3, browser()))
            .prop_map(|(strikes, heard, jti, spare)| Step::Revoke { strikes, heard, jti, spare }),
        1 => (sub, option::of(browser())).prop_map(|(sub, ends)| Step::List { sub, ends }),
        2 => (0..40usize).prop_map(|limit| Step::Reap { limit }),
        4 => (0..12u64).prop_map(|seconds| Step::Pass { seconds }),
        1 => prop_oneof![Just(-600i64), Just(-1), 1..15i64].prop_map(|seconds| Step::SetWall { seconds }),
    ]
}

fn strike() -> impl Strategy<Value = Strike> {
    let (sub, sid) = (0..SUBS.len(), 0..SIDS.len());
    prop_oneof![
        3 => sub.clone().prop_map(Strike::Sub),
        3 => sid.clone().prop_map(Strike::Sid),
        2 => (sid, sub.clone()).prop_map(|(sid, sub)| Strike::SidOfSub(sid, sub)),
        2 => sub.clone().prop_map(Strike::SubWithoutSid),
        3 => sub.prop_map(Strike::Others),
        2 => (0..BROWSERS).prop_map(Strike::Session),
        1 => Just(Strike::Everything),
    ]
}
