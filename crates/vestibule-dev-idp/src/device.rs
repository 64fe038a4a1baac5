//! What becomes of a device that waits.

use crate::event::EventKind;
use crate::provider::Provider;

/// Lets a device act for the user of a session; `None` if the device waits no longer, or the session has ended.
pub(crate) fn approve(provider: &Provider, user_code: &str, session: &str) -> Option<()> {
    let now = provider.clock.unix();
    let mut environment = provider.environment();
    let (_, asked) = environment.device_codes.undecided(user_code, now)?;
    let grant = environment.join(session, &asked.client_id, &asked.scope, None)?;
    let user = grant.login.clone();
    let grant = environment.grants.add(grant);
    environment.device_codes.decide(user_code, Some(grant), now);
    drop(environment);
    provider.emit(EventKind::DeviceApproved { user, client: asked.client_id });
    Some(())
}

/// Keeps a device out; `None` if it waits no longer.
pub(crate) fn deny(provider: &Provider, user_code: &str) -> Option<()> {
    let now = provider.clock.unix();
    let mut environment = provider.environment();
    let (_, asked) = environment.device_codes.undecided(user_code, now)?;
    environment.device_codes.decide(user_code, None, now);
    drop(environment);
    provider.emit(EventKind::DeviceDenied { client: asked.client_id });
    Some(())
}
