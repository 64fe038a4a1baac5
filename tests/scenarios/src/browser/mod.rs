//! Browsers: a cookie jar, a session at the provider, and the requests that a person or a script makes.

mod jar;
mod request;

use std::{cell::RefCell, collections::BTreeMap};

pub use jar::{Cookie, Jar};
pub use request::Request;

use crate::{
    Answer, Node,
    provider::{ISSUER, Sso},
};

/// A browser with its own cookies, used by one person.
#[derive(Debug)]
pub struct Browser {
    user: RefCell<String>,
    jar: RefCell<Jar>,
    /// By issuer.
    sso: RefCell<BTreeMap<String, Sso>>,
}

impl Browser {
    /// A browser without cookies. `user` is who fills in the provider's login page.
    pub fn new(user: &str) -> Self {
        Self { user: RefCell::new(user.to_owned()), jar: RefCell::default(), sso: RefCell::default() }
    }

    /// Sends a request with this browser's cookies and keeps those that come back. Follows nothing.
    pub async fn send(&self, node: &Node, request: Request) -> Answer {
        let cookies = self.jar.borrow_mut().header(node, &request);
        let answer = node.answer(request, cookies).await;
        self.jar.borrow_mut().keep(node, &answer);
        answer
    }

    /// Keeps the cookies of an answer that arrives only now.
    pub fn keep(&self, node: &Node, answer: &Answer) {
        self.jar.borrow_mut().keep(node, answer);
    }

    /// Opens a page, as a person does.
    pub async fn page(&self, node: &Node, path: &str) -> Answer {
        self.send(node, Request::page(path)).await
    }

    /// Calls an API, as a script does.
    pub async fn api(&self, node: &Node, path: &str) -> Answer {
        self.send(node, Request::api(path)).await
    }

    /// Opens a page and goes on, through the provider's pages where they lead there, until there is no redirect.
    ///
    /// # Panics
    /// When a redirect leads to nowhere known, the provider refuses the request, or there is no end.
    pub async fn open(&self, node: &Node, path: &str) -> Answer {
        let answer = self.page(node, path).await;
        self.follow(node, answer).await
    }

    /// Goes on from a redirect until there is none.
    ///
    /// # Panics
    /// As [`open`](Self::open).
    pub async fn follow(&self, node: &Node, mut answer: Answer) -> Answer {
        for _ in 0..10 {
            if answer.status != 303 {
                return answer;
            }
            let request = self.go_on(node, answer.location());
            answer = self.send(node, request).await;
        }
        panic!("redirected ten times: {answer:?}");
    }

    /// Where a redirect leads in the application, by way of the provider's pages if need be.
    fn go_on(&self, node: &Node, location: &str) -> Request {
        if location.starts_with('/') {
            return Request::page(location);
        }
        let provider = node.provider();
        if !provider.is_authorization_url(location) {
            return Request::page(&node.path_of(&provider.end_session(self, location).location));
        }
        let back = provider.authorize(self, location).unwrap_or_else(|refused| panic!("{refused:?}"));
        let back = node.path_of(&back);
        if location.contains("&response_mode=form_post") {
            Request::posted_answer(&back)
        } else {
            Request::page(&back)
        }
    }

    /// Logs in by way of the login endpoint, and comes back to the start page.
    ///
    /// # Panics
    /// When that does not work.
    pub async fn log_in(&self, node: &Node) {
        let answer = self.open(node, "/auth/login?return_to=%2F").await;
        assert_eq!(answer.text(), format!("hello {}", self.user.borrow()), "{answer:?}");
    }

    /// Starts a login and answers the provider's pages: the callback's path and query, not yet opened.
    ///
    /// # Panics
    /// When the login does not start.
    pub async fn start_login(&self, node: &Node, path: &str) -> String {
        self.begin(node, path).await.path
    }

    /// As [`start_login`](Self::start_login): the request that brings the answer, not yet sent.
    ///
    /// # Panics
    /// When the login does not start.
    pub async fn begin(&self, node: &Node, path: &str) -> Request {
        let answer = self.page(node, path).await;
        assert_eq!(answer.status, 303, "{answer:?}");
        self.go_on(node, answer.location())
    }

    /// The token that forms of this browser's session carry.
    ///
    /// # Panics
    /// When nobody is logged in.
    pub async fn csrf(&self, node: &Node) -> String {
        let answer = self.api(node, "/api/csrf").await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.text().to_owned()
    }

    /// Submits the log-out form of a page. Follows nothing.
    ///
    /// # Panics
    /// As [`csrf`](Self::csrf).
    pub async fn submit_logout(&self, node: &Node) -> Answer {
        let csrf = self.csrf(node).await;
        self.send(node, Request::form("/auth/logout", [("csrf", csrf.as_str())])).await
    }

    /// The cookie that holds the session of the application.
    pub fn session_cookie(&self, node: &Node) -> Option<Cookie> {
        self.cookies(node).into_iter().find(|cookie| cookie.name.contains("vs-"))
    }

    /// The live cookies for the application, oldest first.
    pub fn cookies(&self, node: &Node) -> Vec<Cookie> {
        self.jar.borrow_mut().of(node)
    }

    /// The `Cookie` header of the next page load; empty when there is none.
    pub fn cookie_header(&self, node: &Node) -> String {
        self.jar.borrow_mut().header(node, &Request::page("/")).unwrap_or_default()
    }

    /// Plants a cookie, or changes one, as somebody with access to this browser could.
    pub fn plant(&self, node: &Node, name: &str, value: &str) {
        self.jar.borrow_mut().plant(node, name, value);
    }

    /// Deletes every cookie of the application.
    pub fn clear(&self, node: &Node) {
        self.jar.borrow_mut().clear(node);
    }

    /// Who fills in the provider's login page.
    pub fn user(&self) -> String {
        self.user.borrow().clone()
    }

    /// Another person sits down: the session at the provider is over.
    pub fn hand_over_to(&self, user: &str) {
        user.clone_into(&mut self.user.borrow_mut());
        self.sso.borrow_mut().clear();
    }

    /// The session at the provider that a world starts with, if there is one.
    pub fn sso(&self) -> Option<Sso> {
        self.sso_at(ISSUER)
    }

    /// The session at a provider, if there is one.
    pub fn sso_at(&self, issuer: &str) -> Option<Sso> {
        self.sso.borrow().get(issuer).cloned()
    }

    pub(crate) fn set_sso_at(&self, issuer: &str, sso: Option<Sso>) {
        match sso {
            Some(sso) => self.sso.borrow_mut().insert(issuer.to_owned(), sso),
            None => self.sso.borrow_mut().remove(issuer),
        };
    }
}
