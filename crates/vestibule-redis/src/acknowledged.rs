use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use vestibule_web::store::{Revocation, StoreTime};

/// How long a node remembers the logouts that the store took: longer than a failover takes.
const REMEMBERED: Duration = Duration::from_secs(600);
/// How many.
const AT_MOST: usize = 65_536;

/// The logouts that a server took lately. Its successor may never have heard of them.
#[derive(Debug, Default)]
pub(crate) struct Acknowledged(Mutex<Recent>);

#[derive(Debug, Default)]
struct Recent {
    logouts: VecDeque<(Duration, Revocation)>,
    /// How many have been dropped from the front.
    dropped: usize,
}

impl Acknowledged {
    /// Notes a logout taken at this moment of the node's monotonic clock, with the moment that counts for it.
    pub(crate) fn note(&self, taken: Duration, revocation: &Revocation, cutoff: StoreTime) {
        self.with(|recent| {
            let old = recent.logouts.iter().take_while(|(noted, _)| *noted + REMEMBERED < taken).count();
            let too_many = (recent.logouts.len() + 1).saturating_sub(AT_MOST);
            recent.logouts.drain(..old.max(too_many));
            recent.dropped += old.max(too_many);
            // Its id was spent by whoever brought it, and is not to be spent again.
            let again = Revocation { heard: Some(cutoff), logout: None, ..revocation.clone() };
            recent.logouts.push_back((taken, again));
        });
    }

    /// The first one after the first `told` ever, and how many come before the next.
    pub(crate) fn after(&self, told: usize, now: Duration) -> Option<(usize, Revocation)> {
        self.with(|recent| {
            let from = told.max(recent.dropped);
            let mut rest = recent.logouts.iter().enumerate().skip(from - recent.dropped);
            let (place, (_, logout)) = rest.find(|(_, (noted, _))| *noted + REMEMBERED >= now)?;
            Some((recent.dropped + place + 1, logout.clone()))
        })
    }

    fn with<R>(&self, act: impl FnOnce(&mut Recent) -> R) -> R {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use vestibule_web::store::Realm;

    use super::*;

    const NOW: Duration = Duration::from_secs(5000);

    fn logout(sub: &str) -> Revocation {
        let realm = Realm::new("https://acme.example", "dashboard");
        let logout = Some(realm.logout_id("jti-1"));
        Revocation { scopes: vec![realm.subject(sub)], heard: None, logout, spare: None }
    }

    fn told(acknowledged: &Acknowledged, now: Duration) -> Vec<Revocation> {
        let mut next = 0;
        std::iter::from_fn(|| {
            let (after, logout) = acknowledged.after(next, now)?;
            next = after;
            Some(logout)
        })
        .collect()
    }

    #[test]
    fn what_was_taken_is_told_with_its_moment_and_without_its_id() {
        let acknowledged = Acknowledged::default();
        acknowledged.note(NOW, &logout("alice"), StoreTime::from_millis(7));
        acknowledged.note(NOW, &logout("bob"), StoreTime::from_millis(8));
        let again =
            |sub, at| Revocation { heard: Some(StoreTime::from_millis(at)), logout: None, ..logout(sub) };
        assert_eq!(told(&acknowledged, NOW), [again("alice", 7), again("bob", 8)]);
    }

    #[test]
    fn what_is_older_than_ten_minutes_is_forgotten() {
        let acknowledged = Acknowledged::default();
        acknowledged.note(NOW, &logout("alice"), StoreTime::from_millis(7));
        assert_eq!(told(&acknowledged, NOW + REMEMBERED).len(), 1);
        assert_eq!(told(&acknowledged, NOW + REMEMBERED * 2).len(), 0);
        acknowledged.note(NOW + REMEMBERED * 2, &logout("bob"), StoreTime::from_millis(8));
        assert_eq!(acknowledged.0.lock().unwrap().logouts.len(), 1);
        assert_eq!(told(&acknowledged, NOW + REMEMBERED * 2).len(), 1);
    }

    #[test]
    fn it_does_not_grow_without_bound() {
        let acknowledged = Acknowledged::default();
        for number in 0..AT_MOST + 10 {
            acknowledged.note(NOW, &logout("alice"), StoreTime::from_millis(number as u64));
        }
        assert_eq!(told(&acknowledged, NOW).len(), AT_MOST);
    }
}
