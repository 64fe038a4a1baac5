use http::{HeaderMap, HeaderValue, Method, Uri, header};
use vestibule_web::{Session, SessionError, Visitor, http::RequestHead};

use crate::{Browser, Node};

impl Browser {
    /// What a handler of the application learns of this browser while it answers a request of its own.
    ///
    /// # Errors
    /// As [`Visit::visitor`](vestibule_web::Visit::visitor).
    ///
    /// # Panics
    /// When the cookies cannot be sent.
    pub async fn visitor(&self, node: &Node) -> Result<Visitor, SessionError> {
        let cookies = HeaderValue::from_str(&self.cookie_header(node)).expect("cookies");
        let headers = HeaderMap::from_iter([(header::COOKIE, cookies)]);
        let uri = Uri::from_static("/");
        node.relying_party().visit(&RequestHead::new(&Method::GET, &uri, &headers)).visitor().await
    }

    /// The session that a handler of the application has while it answers a request of this browser.
    ///
    /// # Panics
    /// When nobody is logged in, or the store does not answer.
    pub async fn session(&self, node: &Node) -> Session {
        match self.visitor(node).await {
            Ok(Visitor::SignedIn(session)) => session,
            other => panic!("{} is not signed in: {other:?}", self.user()),
        }
    }
}
