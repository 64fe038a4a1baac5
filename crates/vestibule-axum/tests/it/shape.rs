use std::rc::Rc;

use async_trait::async_trait;
use axum::Router;
use scenarios::{Axum, Mount, mount::Site};
use vestibule_axum::{Api, RelyingParties, Session, Visitor, wrap};

/// An application whose router is put together in some way of axum's.
#[derive(Debug)]
pub(crate) struct Shape(pub(crate) fn() -> Router);

#[async_trait(?Send)]
impl Mount for Shape {
    async fn start(&self, relying_parties: RelyingParties, _: Api) -> Rc<dyn Site> {
        Axum::site(wrap((self.0)(), relying_parties))
    }
}

/// A page for everybody.
pub(crate) async fn home(visitor: Visitor) -> String {
    match visitor {
        Visitor::Anonymous => "hello stranger".to_owned(),
        Visitor::SignedIn(session) => format!("hello {}", session.subject()),
    }
}

/// A page for signed-in users.
pub(crate) async fn me(session: Session) -> String {
    format!("only for you, {}", session.subject())
}
