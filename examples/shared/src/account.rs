use std::time::Duration;

use maud::{Markup, html};
use serde::{Deserialize, Serialize};
use vestibule_web::{OtherSession, Session, SessionError, vestibule::AccessGrant};

use crate::{Arrival, device::device};

/// What `/api/me` answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    /// The user's name at the provider, for programs.
    pub sub: String,
    /// And for people.
    pub name: Option<String>,
    /// The user's session at the provider: the same in every application.
    pub sid: Option<String>,
}

impl Me {
    /// What there is to say about this user.
    ///
    /// # Errors
    /// 401 when the provider has ended the session meanwhile, 503 when it cannot be asked right now.
    pub async fn of(session: &Session) -> Result<Self, SessionError> {
        // Calls to an API behind this one would carry it. It is renewed when due: once, however many requests are waiting.
        let _access_token = session.access_token().await?;
        Ok(Self {
            sub: session.subject().to_owned(),
            name: session.name(),
            sid: session.sid().map(str::to_owned),
        })
    }

    /// What an access token says about the user whom it acts for: no name, as a rule.
    pub fn by_token(grant: &AccessGrant) -> Self {
        let name = grant.claim("name").and_then(|name| name.as_str()).map(str::to_owned);
        Self { sub: grant.subject().to_owned(), name, sid: grant.sid().map(str::to_owned) }
    }
}

/// Which session to end.
#[derive(Debug, Deserialize)]
pub struct EndListed {
    pub(crate) id: String,
}

/// A form with nothing to fill in.
#[derive(Debug, Deserialize)]
pub struct NoFields {}

/// Who the user is, and where they are signed in. `arrival` may bring them back from a form of this page.
///
/// # Errors
/// 503 when the session store does not answer.
pub async fn account(session: &Session, arrival: &Arrival) -> Result<Markup, SessionError> {
    let mut sessions = session.all_of_user().await?;
    // The one that asks first, then as they were last used.
    sessions.sort_by_key(|each| (!each.is_current, each.unused_for));
    Ok(html! {
        (profile(session))
        (signed_in_at(session, &sessions, arrival.confirmation(&sessions)))
    })
}

fn profile(session: &Session) -> Markup {
    let email = session.claim("email");
    let email = email.as_ref().and_then(|email| email.as_str());
    html! {
        section.card aria-labelledby="profile" {
            div.person {
                (avatar(session))
                div {
                    h2 #profile { (session.name().unwrap_or_else(|| session.subject().to_owned())) }
                    @if let Some(email) = email { p.faint { (email) } }
                }
            }
            dl.facts {
                dt { "Subject" } dd { code { (session.subject()) } }
                @if let Some(sid) = session.sid() { dt { "Session at the provider" } dd { code { (sid) } } }
                dt { "Provider" } dd { code { (session.issuer()) } }
            }
            (sign_out(session))
        }
    }
}

fn signed_in_at(session: &Session, sessions: &[OtherSession], done: Option<&str>) -> Markup {
    let has_others = sessions.iter().any(|each| !each.is_current);
    html! {
        section.card aria-labelledby="sessions" {
            h2 #sessions { "Where you are signed in" }
            @if let Some(done) = done { p.notice role="status" { (done) } }
            ul.sessions { @for each in sessions { li { (listed(session, each)) } } }
            @if has_others {
                p.faint { "If you do not know one of them, end it, and change your password." }
                form method="post" action="/me/sessions/end-others" {
                    input type="hidden" name="csrf" value=(session.csrf_token());
                    button.quiet { "End all others" }
                }
            } @else {
                p.faint { "Nowhere else. Sign in with a second browser, and it appears here." }
            }
        }
    }
}

fn listed(session: &Session, each: &OtherSession) -> Markup {
    let device = device(each.user_agent.as_deref());
    html! {
        div {
            strong title=[each.user_agent.as_deref()] { (device) }
            @if each.is_current { " " span.badge { "this browser" } }
            p.faint {
                "Signed in " (ago(each.age))
                @if each.is_current { " · in use now" } @else { " · last used " (ago(each.unused_for)) }
            }
        }
        @if !each.is_current {
            form method="post" action="/me/sessions/end" {
                input type="hidden" name="csrf" value=(session.csrf_token());
                input type="hidden" name="id" value=(each.id);
                button.quiet { "End" span.unseen { " the session of " (device) } }
            }
        }
    }
}

/// The log-out form. It ends this session, then the one at the provider, which tells all other applications.
pub fn sign_out(session: &Session) -> Markup {
    html! {
        form method="post" action=(session.logout_path()) {
            input type="hidden" name="csrf" value=(session.csrf_token());
            button.primary { "Log out" }
        }
    }
}

/// The user's initial, in a circle.
pub fn avatar(session: &Session) -> Markup {
    let name = session.name().unwrap_or_else(|| session.subject().to_owned());
    html! { span.avatar aria-hidden="true" { @for initial in name.chars().take(1) { (initial.to_uppercase()) } } }
}

/// How long ago, in the largest unit that is at least one.
pub fn ago(age: Duration) -> String {
    match age.as_secs() {
        0..60 => "just now".to_owned(),
        seconds @ 60..3600 => format!("{} min ago", seconds / 60),
        seconds @ 3600..172_800 => format!("{} h ago", seconds / 3600),
        seconds => format!("{} days ago", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_told_in_one_unit() {
        let told = |seconds| ago(Duration::from_secs(seconds));
        assert_eq!(told(59), "just now");
        assert_eq!(told(60), "1 min ago");
        assert_eq!(told(3599), "59 min ago");
        assert_eq!(told(11 * 3600 + 59), "11 h ago");
        assert_eq!(told(47 * 3600), "47 h ago");
        assert_eq!(told(48 * 3600), "2 days ago");
    }
}
