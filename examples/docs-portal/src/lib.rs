//! A documentation portal: public articles, one for those who are signed in, an account page, an API.
//!
//! All that concerns sign-in is in this file: who is there comes in by the extractors [`Visitor`] and [`Session`], and
//! [`vestibule_axum::wrap`] does the rest.

mod articles;
mod view;

use std::sync::Arc;

use axum::{
    Router,
    extract::{Query, State},
    response::Response,
    routing::{get, post},
};
use example_shared::{
    CameFrom, Settings, Site, account, api_me, end_other_sessions, end_session, stylesheet,
};
use vestibule_axum::{Failure, RelyingParty, Session, Visitor};

use crate::articles::Article;

/// The whole application.
pub fn app(settings: &Settings, relying_party: RelyingParty) -> Router {
    let site = Site::new(view::LOOKS, settings);
    let public = |article: &'static Article| {
        get(async move |State(site): State<Arc<Site>>, visitor: Visitor| {
            view::article(&site, &visitor, article)
        })
    };
    let router = Router::new()
        .route(articles::ONE_LOGIN.path, public(&articles::ONE_LOGIN))
        .route(articles::ONE_LOGOUT.path, public(&articles::ONE_LOGOUT))
        .route(articles::FOR_MEMBERS.path, get(for_members))
        .route("/me", get(me))
        .route("/me/sessions/end", post(end_session))
        .route("/me/sessions/end-others", post(end_other_sessions))
        .route("/api/me", get(api_me))
        .route("/style.css", get(stylesheet))
        .with_state(Arc::new(site));
    vestibule_axum::wrap(router, relying_party) // last: endpoints, and cover for every route
}

/// `GET /members`: the extractor [`Session`] is all that protects it.
async fn for_members(State(site): State<Arc<Site>>, session: Session) -> Response {
    view::article(&site, &Visitor::SignedIn(session), &articles::FOR_MEMBERS)
}

/// `GET /me`: whoever is not signed in is sent to log in, and comes back here.
async fn me(
    State(site): State<Arc<Site>>,
    session: Session,
    Query(came_from): Query<CameFrom>,
) -> Result<Response, Failure> {
    let account = account(&session).await?;
    Ok(view::me(&site, session, &came_from, &account))
}
