//! Devices that wait for somebody to let them in (RFC 8628).

use std::collections::{BTreeSet, HashMap};

use crate::random;
use crate::store::GrantId;

/// What a device asked for.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) client_id: String,
    pub(crate) scope: BTreeSet<String>,
    /// When the codes expire.
    pub(crate) expires: i64,
    /// Seconds between two questions.
    pub(crate) interval: i64,
}

/// Why a device gets no tokens (section 3.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DeviceRefusal {
    Denied,
    Expired,
    OtherClient,
    Pending,
    SlowDown,
    Unknown,
}

/// All devices that wait, by device code.
#[derive(Debug, Default)]
pub(crate) struct DeviceCodes(HashMap<String, Waiting>);

impl DeviceCodes {
    /// A device code and a user code.
    pub(crate) fn issue(&mut self, asked: Asked, now: i64) -> (String, String) {
        self.0.retain(|_, waiting| now < waiting.asked.expires.saturating_add(REMEMBERED));
        let user_code = loop {
            let user_code = random::user_code();
            if self.0.values().all(|waiting| waiting.user_code != user_code) {
                break user_code;
            }
        };
        let device_code = random::name("dev_");
        let waiting = Waiting { asked, user_code: user_code.clone(), decision: Decision::None, polled: None };
        self.0.insert(device_code.clone(), waiting);
        (device_code, user_code)
    }

    /// What the device asked for that shows this user code, as long as nobody decided; and the code as it shows it.
    pub(crate) fn undecided(&self, user_code: &str, now: i64) -> Option<(String, Asked)> {
        let user_code = plain(user_code);
        let waiting = self.0.values().find(|waiting| waiting.is_undecided(&user_code, now))?;
        Some((waiting.user_code.clone(), waiting.asked.clone()))
    }

    /// Lets the device in, if `grant` is there; else it is denied.
    pub(crate) fn decide(&mut self, user_code: &str, grant: Option<GrantId>, now: i64) {
        let user_code = plain(user_code);
        if let Some(waiting) = self.0.values_mut().find(|waiting| waiting.is_undecided(&user_code, now)) {
            waiting.decision = grant.map_or(Decision::Denied, Decision::Approved);
        }
    }

    /// Answers a device that asks for its tokens, once with a grant.
    pub(crate) fn poll(
        &mut self,
        device_code: &str,
        client_id: &str,
        now: i64,
    ) -> Result<GrantId, DeviceRefusal> {
        let waiting = self.0.get_mut(device_code).ok_or(DeviceRefusal::Unknown)?;
        if waiting.asked.client_id != client_id {
            return Err(DeviceRefusal::OtherClient);
        }
        if now >= waiting.asked.expires {
            return Err(DeviceRefusal::Expired);
        }
        let polled = waiting.polled.replace(now);
        match waiting.decision {
            Decision::Approved(grant) => {
                self.0.remove(device_code);
                Ok(grant)
            }
            Decision::Denied => Err(DeviceRefusal::Denied),
            Decision::None => {
                let asked = &mut waiting.asked;
                if polled.is_some_and(|polled| now.saturating_sub(polled) < asked.interval) {
                    asked.interval = asked.interval.saturating_add(SLOWER);
                    return Err(DeviceRefusal::SlowDown);
                }
                Err(DeviceRefusal::Pending)
            }
        }
    }
}

#[derive(Debug)]
struct Waiting {
    asked: Asked,
    user_code: String,
    decision: Decision,
    polled: Option<i64>,
}

impl Waiting {
    fn is_undecided(&self, plain_user_code: &str, now: i64) -> bool {
        plain(&self.user_code) == plain_user_code
            && matches!(self.decision, Decision::None)
            && now < self.asked.expires
    }
}

#[derive(Clone, Copy, Debug)]
enum Decision {
    Approved(GrantId),
    Denied,
    None,
}

/// Section 6.1: people type lower case, and leave the hyphen out.
fn plain(user_code: &str) -> String {
    user_code.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_uppercase()).collect()
}

/// Section 3.5: seconds by which the interval grows with each `slow_down`.
const SLOWER: i64 = 5;
/// For how many seconds an expired code is told from an unknown one.
const REMEMBERED: i64 = 60 * 60;

#[cfg(test)]
mod tests {
    use super::*;

    fn waiting() -> (DeviceCodes, String, String) {
        let mut codes = DeviceCodes::default();
        let asked = Asked { client_id: "cli".to_owned(), scope: BTreeSet::new(), expires: 600, interval: 5 };
        let (device_code, user_code) = codes.issue(asked, 0);
        (codes, device_code, user_code)
    }

    #[test]
    fn a_device_waits_and_is_let_in_once() {
        let (mut codes, device_code, user_code) = waiting();
        assert_eq!(codes.poll(&device_code, "cli", 0), Err(DeviceRefusal::Pending));
        assert_eq!(codes.poll(&device_code, "other", 9), Err(DeviceRefusal::OtherClient));
        let typed = user_code.replace('-', " ").to_lowercase();
        assert!(codes.undecided(&typed, 1).is_some());
        codes.decide(&typed, Some(7), 1);
        assert!(codes.undecided(&typed, 1).is_none());
        codes.decide(&user_code, None, 2);
        assert_eq!(codes.poll(&device_code, "cli", 2), Ok(7), "soon is no harm when there is something");
        assert_eq!(codes.poll(&device_code, "cli", 9), Err(DeviceRefusal::Unknown));
    }

    #[test]
    fn the_interval_grows_by_five_seconds() {
        let (mut codes, device_code, _) = waiting();
        let mut poll = |now| codes.poll(&device_code, "cli", now);
        assert_eq!(poll(0), Err(DeviceRefusal::Pending));
        assert_eq!(poll(4), Err(DeviceRefusal::SlowDown));
        assert_eq!(poll(13), Err(DeviceRefusal::SlowDown));
        assert_eq!(poll(28), Err(DeviceRefusal::Pending));
        assert_eq!(poll(600), Err(DeviceRefusal::Expired));
    }

    #[test]
    fn a_code_is_decided_in_time_or_not_at_all() {
        let (mut codes, device_code, user_code) = waiting();
        assert!(codes.undecided("BCDF-GHJK-L", 0).is_none());
        codes.decide(&user_code, Some(7), 600);
        assert_eq!(codes.poll(&device_code, "cli", 599), Err(DeviceRefusal::Pending));
        codes.decide(&user_code, None, 599);
        assert_eq!(codes.poll(&device_code, "cli", 599), Err(DeviceRefusal::Denied));
    }
}
