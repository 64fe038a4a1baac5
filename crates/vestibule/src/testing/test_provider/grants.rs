use std::{
    collections::BTreeMap,
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// What was granted under the names of codes and refresh tokens. Each is good for one use.
#[derive(Default)]
pub(super) struct Grants(Mutex<State>);

#[derive(Default)]
struct State {
    names: u64,
    grants: BTreeMap<String, Grant>,
    devices: BTreeMap<String, Device>,
}

pub(super) struct Grant {
    pub(super) client_id: String,
    /// Logins on another device send none.
    pub(super) nonce: Option<String>,
    /// What a code is bound to.
    pub(super) challenge: Option<String>,
}

struct Device {
    grant: Grant,
    user_code: String,
    is_approved: Option<bool>,
}

/// How a login on another device stands.
pub(super) enum Decision {
    Pending,
    Denied,
    Approved(Grant),
    Unknown,
}

impl Grants {
    pub(super) fn next_name(&self) -> String {
        self.state().next_name()
    }

    pub(super) fn keep(&self, grant: Grant) -> String {
        let mut state = self.state();
        let name = state.next_name();
        state.grants.insert(name.clone(), grant);
        name
    }

    pub(super) fn take(&self, name: &str) -> Option<Grant> {
        self.state().grants.remove(name)
    }

    pub(super) fn forget(&self) {
        self.state().grants.clear();
    }

    /// Keeps a grant for a user's decision; names it for the device and for the user.
    pub(super) fn keep_for_device(&self, grant: Grant) -> (String, String) {
        let mut state = self.state();
        let device_code = state.next_name();
        let user_code = format!("WDJB-{:04}", state.names);
        let device = Device { grant, user_code: user_code.clone(), is_approved: None };
        state.devices.insert(device_code.clone(), device);
        (device_code, user_code)
    }

    pub(super) fn decide(&self, user_code: &str, is_approved: bool) {
        let mut state = self.state();
        for device in state.devices.values_mut().filter(|device| device.user_code == user_code) {
            device.is_approved = Some(is_approved);
        }
    }

    pub(super) fn decision(&self, device_code: &str) -> Decision {
        let mut state = self.state();
        match state.devices.get(device_code).map(|device| device.is_approved) {
            None => Decision::Unknown,
            Some(None) => Decision::Pending,
            Some(Some(false)) => Decision::Denied,
            Some(Some(true)) => state
                .devices
                .remove(device_code)
                .map_or(Decision::Unknown, |device| Decision::Approved(device.grant)),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn next_name(&mut self) -> String {
        self.names += 1;
        format!("grant-{}", self.names)
    }
}

impl fmt::Debug for Grants {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Grants").finish_non_exhaustive()
    }
}
