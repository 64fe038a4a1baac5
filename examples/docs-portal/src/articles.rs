//! What the portal has to say.

use maud::{Markup, html};

/// A page of the documentation.
pub(crate) struct Article {
    pub(crate) path: &'static str,
    pub(crate) title: &'static str,
    pub(crate) lead: &'static str,
    pub(crate) text: fn() -> Markup,
}

pub(crate) const ONE_LOGIN: Article = Article {
    path: "/",
    title: "One login",
    lead: "You sign in once, on any application, and the others know you.",
    text: one_login,
};

pub(crate) const ONE_LOGOUT: Article = Article {
    path: "/one-logout",
    title: "One logout",
    lead: "You sign out of any application, and you are out of all of them.",
    text: one_logout,
};

pub(crate) const FOR_MEMBERS: Article = Article {
    path: "/members",
    title: "For members",
    lead: "You can read this because you are signed in.",
    text: for_members,
};

fn one_login() -> Markup {
    html! {
        h2 { "What happens" }
        ol {
            li { "An application that does not know you sends your browser to the identity provider." }
            li { "The provider asks who you are, and remembers you in a session of its own." }
            li { "Your browser comes back with a code, which the application exchanges for signed tokens and checks." }
            li { "The next application sends you to the provider too. It knows you already, and nothing is asked." }
        }
        h2 { "What each application keeps" }
        p {
            "Your browser gets a cookie with a random number in it, a different one at every application. "
            "No token ever leaves the server."
        }
        h2 { "Try it" }
        p { "Sign in at the dashboard, then open " a href="/me" { "your account" } " here. No password is asked for." }
    }
}

fn one_logout() -> Markup {
    html! {
        h2 { "What happens" }
        ol {
            li { "The application ends its session, then sends your browser on to the provider." }
            li { "The provider ends its session, and tells every application that took part, server to server." }
            li { "It does so with a signed logout token: " code { "POST /auth/backchannel-logout" } "." }
            li { "Each application checks signature, issuer, audience and age, and ends the sessions that the token names." }
        }
        h2 { "What does not happen" }
        p { "A token that is forged, meant for another application or sent a second time is refused, and changes nothing." }
        p { "A login, a request or a refresh that was on its way at that moment cannot bring the session back." }
        h2 { "Try it" }
        p { "Log out here, then go back to a page of the dashboard that is still open, and load it again." }
    }
}

fn for_members() -> Markup {
    html! {
        h2 { "How this page is protected" }
        p { "Its handler takes a " code { "Session" } ". Whoever has none is sent to sign in, and comes back to this very page." }
        pre { "async fn for_members(session: Session) -> Page" }
        h2 { "How the others are not" }
        p {
            "Theirs take a " code { "Visitor" } ", who may be anonymous. When the sessions cannot be looked up, "
            "both answer 503: nobody is taken for a stranger because of an outage."
        }
        pre { "async fn article(visitor: Visitor) -> Page" }
    }
}
