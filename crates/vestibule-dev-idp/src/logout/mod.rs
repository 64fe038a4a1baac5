//! The end of a session, and how the applications hear of it (OpenID Connect Back-Channel Logout 1.0).

mod delivery;
mod notice;

use std::sync::Arc;

pub use self::delivery::{Deliveries, Delivery};
pub(crate) use self::notice::{LogoutClient, Notice, deliver_all};
use crate::event::{EventKind, LogoutCause};
use crate::faults::Misbehaviour;
use crate::messages::logout_token;
use crate::provider::Provider;
use crate::store::{Environment, Session};

/// Ends sessions and tells the applications that took part. Nothing is sent before the answer is first polled.
pub(crate) fn end_sessions(
    provider: &Arc<Provider>,
    keys: &[String],
    by: &LogoutCause,
) -> impl Future<Output = Vec<Delivery>> + Send + use<> {
    let mut notices = Vec::new();
    for key in keys {
        let mut environment = provider.environment();
        let Some(session) = environment.end_session(key) else { continue };
        notices.extend(notices_of(provider, &mut environment, &session));
        drop(environment);
        provider.emit(EventKind::LoggedOut {
            user: session.login.clone(),
            by: by.clone(),
            clients: session.clients.keys().cloned().collect(),
        });
    }
    deliver_all(Arc::clone(provider), notices)
}

fn notices_of(provider: &Provider, environment: &mut Environment, session: &Session) -> Vec<Notice> {
    let mut notices = Vec::new();
    for (client_id, sid) in &session.clients {
        let Some(application) = environment.applications.get(client_id).cloned() else { continue };
        for uri in &application.backchannel_logout_uris {
            let subject = &session.subject;
            match logout_token::issue(provider, environment, &application, subject, sid.as_deref()) {
                Ok(token) => notices.push(Notice {
                    client_id: client_id.clone(),
                    uri: uri.clone(),
                    token,
                    tries: provider.settings.logout_tries,
                    faults: environment.faults.take(|misbehaviour| match misbehaviour {
                        Misbehaviour::Delivery(fault) => Some(fault.clone()),
                        _ => None,
                    }),
                }),
                Err(_) => provider.emit(EventKind::LogoutUndelivered {
                    client: client_id.clone(),
                    status: None,
                    attempts: 0,
                }),
            }
        }
    }
    notices
}
