use std::time::Duration;

use super::dice::Dice;

/// A step of a random run, in small numbers: which browser, whose session, how many ticks.
#[derive(Clone, Debug)]
pub(super) enum Step {
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
        heard_ago: Option<i64>,
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
        ticks: u32,
    },
    SetBack {
        ticks: u32,
    },
}

/// Whom a logout strikes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Strike {
    Sub(usize),
    Sid(usize),
    SidOfSub(usize, usize),
    SubWithoutSid(usize),
    Others(usize),
    Session(usize),
    Everything,
}

pub(super) const BROWSERS: usize = 4;
pub(super) const SUBS: [&str; 2] = ["alice", "bob"];
pub(super) const SIDS: [&str; 3] = ["s1", "s2", "s3"];

/// What the steps count time in.
pub(super) const TICK: Duration = Duration::from_secs(1);

impl Step {
    pub(super) fn any(dice: &mut Dice) -> Self {
        let (browser, by) = (dice.below(BROWSERS), dice.below(3) as u8);
        match dice.below(33) {
            0..6 => Self::log_in(browser, dice),
            6..8 => Self::Use { browser, idle: dice.bits() % 30 },
            8..10 => Self::Write { browser, version: dice.bits() % 3 },
            10..12 => Self::Lease { browser, holder: by, ttl: dice.bits() % 10 },
            12 => Self::Renew { browser, holder: by, ttl: dice.bits() % 10 },
            13 => Self::Release { browser, holder: by },
            14..16 => {
                Self::Begin { browser, holder: by, spends: dice.below(3) as u8, limit: dice.bits() % 10 }
            }
            16..18 => {
                let (spends, brings) = (dice.below(3) as u8, dice.below(3) as u8);
                let learns = dice.percent(30).then(|| dice.below(SIDS.len()));
                Self::Commit { browser, holder: by, spends, brings, learns }
            }
            18 => Self::Refused { browser, holder: by, token: dice.below(3) as u8 },
            19 => Self::LogOut { browser },
            20..24 => Self::revoke(dice),
            24 => {
                let ends = dice.percent(50).then_some(browser);
                Self::List { sub: dice.below(SUBS.len()), ends }
            }
            25..27 => Self::Reap { limit: dice.below(40) },
            27..32 => Self::Pass { ticks: dice.below(12) as u32 },
            _ => Self::SetBack { ticks: if dice.percent(50) { 600 } else { 2 } },
        }
    }

    fn log_in(browser: usize, dice: &mut Dice) -> Self {
        // Most logins are fresh; the others were under way for long.
        let began_ago = if dice.percent(60) { dice.bits() % 4 } else { 40 + dice.bits() % 30 };
        let sid = dice.percent(50).then(|| dice.below(SIDS.len()));
        let ends = dice.percent(50).then(|| dice.below(BROWSERS));
        let (sub, absolute) = (dice.below(SUBS.len()), 1 + dice.bits() % 90);
        Self::LogIn { browser, sub, sid, began_ago, absolute, ends }
    }

    fn revoke(dice: &mut Dice) -> Self {
        Self::Revoke {
            strikes: (0..=dice.below(2)).map(|_| Strike::any(dice)).collect(),
            heard_ago: dice.percent(50).then(|| dice.within(-5..55)),
            jti: dice.percent(30).then(|| dice.below(3) as u8),
            spare: dice.percent(30).then(|| dice.below(BROWSERS)),
        }
    }
}

impl Strike {
    fn any(dice: &mut Dice) -> Self {
        let (sub, sid) = (dice.below(SUBS.len()), dice.below(SIDS.len()));
        match dice.below(16) {
            0..3 => Self::Sub(sub),
            3..6 => Self::Sid(sid),
            6..8 => Self::SidOfSub(sid, sub),
            8..10 => Self::SubWithoutSid(sub),
            10..13 => Self::Others(sub),
            13..15 => Self::Session(dice.below(BROWSERS)),
            _ => Self::Everything,
        }
    }
}
