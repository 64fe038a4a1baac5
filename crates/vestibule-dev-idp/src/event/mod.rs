//! What happens at the provider, as it happens.

mod stream;

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

pub(crate) use self::stream::EventBus;
pub use self::stream::Events;
use crate::faults::{Endpoint, Misbehaviour};

/// Something that happened.
///
/// Written out it is one line of a log, with the time of day in UTC: `14:03:22.118  alice signed in at dashboard`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Event {
    /// When, by the provider's clock.
    pub at: SystemTime,
    /// What.
    pub kind: EventKind,
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let since = self.at.duration_since(UNIX_EPOCH).unwrap_or_default();
        let of_day = since.as_secs() % (24 * 60 * 60);
        let (hour, minute, second) = (of_day / 3_600, of_day / 60 % 60, of_day % 60);
        write!(f, "{hour:02}:{minute:02}:{second:02}.{:03}  {}", since.subsec_millis(), self.kind)
    }
}

/// What can happen.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum EventKind {
    /// An application was refused at the token or revocation endpoint.
    ClientRefused {
        /// The client id it claims, if any.
        client: Option<String>,
        /// Why.
        reason: String,
    },
    /// A code, or a device code, was exchanged for tokens.
    CodeExchanged {
        /// The user's login.
        user: String,
        /// The application.
        client: String,
    },
    /// A code was not exchanged.
    CodeRefused {
        /// The application that sent it.
        client: String,
        /// Why.
        reason: String,
    },
    /// A user let a device in.
    DeviceApproved {
        /// The user's login.
        user: String,
        /// The application on the device.
        client: String,
    },
    /// A user kept a device out.
    DeviceDenied {
        /// The application on the device.
        client: String,
    },
    /// A device asked for its tokens and got none.
    DeviceRefused {
        /// The application on the device.
        client: String,
        /// The OAuth error, such as `authorization_pending`.
        error: String,
    },
    /// A device asks to be let in.
    DeviceWaits {
        /// The application on the device.
        client: String,
        /// The code that the device shows.
        user_code: String,
    },
    /// A request, or the answer to one, waits for [`DevIdp::release`](crate::DevIdp::release).
    Held {
        /// Where.
        endpoint: Endpoint,
    },
    /// The keys were replaced.
    KeysRolled {
        /// Whether the old public keys are still published.
        old_kept: bool,
    },
    /// A user authenticated.
    LoggedIn {
        /// The user's login.
        user: String,
        /// The application that asked.
        client: String,
    },
    /// A session ended.
    LoggedOut {
        /// The user's login.
        user: String,
        /// Who ended it.
        by: LogoutCause,
        /// The applications that took part.
        clients: Vec<String>,
    },
    /// The login page was sent to a browser.
    LoginPageShown {
        /// The application that asked.
        client: String,
    },
    /// An authorization request was refused.
    LoginRefused {
        /// The application that asked, if it is known.
        client: Option<String>,
        /// The OAuth error, or why a page was shown.
        reason: String,
    },
    /// An application took a logout token.
    LogoutDelivered {
        /// The application.
        client: String,
        /// The status it answered.
        status: u16,
        /// Which try it was, from 1.
        attempt: u32,
        /// From the first try to the answer.
        latency: Duration,
    },
    /// A logout token waits for [`DevIdp::release`](crate::DevIdp::release).
    LogoutHeld {
        /// The application.
        client: String,
    },
    /// An application did not take a logout token.
    LogoutUndelivered {
        /// The application.
        client: String,
        /// The status of the last try, where there was an answer.
        status: Option<u16>,
        /// How often it was tried.
        attempts: u32,
    },
    /// A switch was set.
    Misbehaving {
        /// Which.
        misbehaviour: Misbehaviour,
        /// Whether it is for one time only.
        once: bool,
    },
    /// A refresh token was refused.
    RefreshRefused {
        /// The application that sent it.
        client: String,
        /// Why.
        reason: String,
    },
    /// A refresh token was exchanged for new tokens.
    Refreshed {
        /// The user's login.
        user: String,
        /// The application.
        client: String,
    },
    /// A service got an access token.
    ServiceTokenIssued {
        /// The service.
        client: String,
    },
    /// An application got a code without the user doing anything.
    SingleSignOn {
        /// The user's login.
        user: String,
        /// The application.
        client: String,
    },
    /// An application revoked a token.
    TokenRevoked {
        /// The application.
        client: String,
    },
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ClientRefused { client, reason } => {
                write!(f, "{} was refused: {reason}", or_somebody(client))
            }
            Self::CodeExchanged { user, client } => write!(f, "{client} got tokens for {user}"),
            Self::CodeRefused { client, reason } => write!(f, "{client} got no tokens: {reason}"),
            Self::DeviceApproved { user, client } => write!(f, "{user} let a device in for {client}"),
            Self::DeviceDenied { client } => write!(f, "a device was kept out for {client}"),
            Self::DeviceRefused { client, error } => {
                write!(f, "{client} asked for tokens on its device: {error}")
            }
            Self::DeviceWaits { client, user_code } => {
                write!(f, "{client} waits on a device with the code {user_code}")
            }
            Self::Held { endpoint } => write!(f, "a request to {endpoint} is held"),
            Self::KeysRolled { old_kept: true } => f.write_str("new keys, the old ones still published"),
            Self::KeysRolled { old_kept: false } => f.write_str("new keys, the old ones withdrawn"),
            Self::LoggedIn { user, client } => write!(f, "{user} signed in at {client}"),
            Self::LoggedOut { user, by, clients } => {
                write!(f, "{user} signed out ({by}); took part: {}", list(clients))
            }
            Self::LoginPageShown { client } => write!(f, "login page shown for {client}"),
            Self::LoginRefused { client, reason } => {
                write!(f, "login for {} refused: {reason}", or_somebody(client))
            }
            Self::LogoutDelivered { client, status, attempt, latency } => {
                write!(f, "{client} was told of the logout: {status} after {}", milliseconds(*latency))?;
                if *attempt > 1 { write!(f, ", at try {attempt}") } else { Ok(()) }
            }
            Self::LogoutHeld { client } => write!(f, "the logout token for {client} is held"),
            Self::LogoutUndelivered { client, status, attempts } => {
                write!(f, "{client} could not be told of the logout: ")?;
                match status {
                    Some(status) => write!(f, "{status} at try {attempts}"),
                    None => write!(f, "no answer at try {attempts}"),
                }
            }
            Self::Misbehaving { misbehaviour, once: false } => write!(f, "misbehaving: {misbehaviour}"),
            Self::Misbehaving { misbehaviour, once: true } => write!(f, "misbehaving once: {misbehaviour}"),
            Self::RefreshRefused { client, reason } => write!(f, "{client} could not refresh: {reason}"),
            Self::Refreshed { user, client } => write!(f, "{client} refreshed the tokens of {user}"),
            Self::ServiceTokenIssued { client } => write!(f, "{client} got a token for itself"),
            Self::SingleSignOn { user, client } => {
                write!(f, "{user} was known already and is signed in at {client}, without a prompt")
            }
            Self::TokenRevoked { client } => write!(f, "{client} revoked a token"),
        }
    }
}

/// Who ended a session.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LogoutCause {
    /// Whoever runs the provider.
    Administrator,
    /// The user, sent by this application.
    Application(String),
    /// Another user logged in with the same browser.
    OtherUser,
    /// The user, at the provider itself.
    User,
}

impl fmt::Display for LogoutCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Administrator => f.write_str("by the administrator"),
            Self::Application(client) => write!(f, "from {client}"),
            Self::OtherUser => f.write_str("another user signed in"),
            Self::User => f.write_str("at the provider"),
        }
    }
}

fn or_somebody(client: &Option<String>) -> &str {
    client.as_deref().unwrap_or("an unknown application")
}

fn list(names: &[String]) -> String {
    if names.is_empty() { "nobody".to_owned() } else { names.join(", ") }
}

fn milliseconds(duration: Duration) -> String {
    format!("{:.1} ms", duration.as_secs_f64() * 1_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_a_line_of_a_log() {
        let event = Event {
            at: UNIX_EPOCH + Duration::from_millis(3_723_004),
            kind: EventKind::LogoutDelivered {
                client: "dashboard".to_owned(),
                status: 200,
                attempt: 2,
                latency: Duration::from_micros(1_520),
            },
        };
        let line = "01:02:03.004  dashboard was told of the logout: 200 after 1.5 ms, at try 2";
        assert_eq!(event.to_string(), line);
    }
}
