//! A dashboard: public start page, protected account page, an API.
//!
//! All that concerns sign-in is in this file: who is there comes in by the extractors [`Visitor`], [`Session`] and, where
//! programs may call too, [`Caller`](vestibule_axum::Caller); [`wrap`] and [`wrap_api`] do the rest.

mod metrics;
mod view;

use std::sync::Arc;

use axum::{
    Router,
    extract::{Query, State},
    routing::{get, post},
};
use example_shared::{
    Arrival, Page, Settings, SettingsError, Site, account,
    on_axum::{api_me, end_other_sessions, end_session, stylesheet},
};
use vestibule_axum::{Failure, RelyingParty, Session, Visitor, wrap, wrap_api};

pub use metrics::metrics;

/// The whole application.
///
/// # Errors
/// When the settings are no good for an API.
pub fn app(settings: &Settings, relying_party: RelyingParty) -> Result<Router, SettingsError> {
    let site = Site::new(view::LOOKS, settings);
    let api = settings.api(&relying_party)?;
    let router = Router::new()
        .route("/", get(overview))
        .route("/me", get(me))
        .route("/me/sessions/end", post(end_session))
        .route("/me/sessions/end-others", post(end_other_sessions))
        .route("/api/me", get(api_me))
        .route("/style.css", get(stylesheet))
        .with_state(Arc::new(site));
    // Last: endpoints, and cover for every route.
    Ok(wrap(wrap_api(router, api), relying_party))
}

/// `GET /`: for everybody, with more in it for those who are signed in.
async fn overview(State(site): State<Arc<Site>>, visitor: Visitor) -> Result<Page, Failure> {
    Ok(match visitor {
        Visitor::Anonymous => view::welcome(&site),
        Visitor::SignedIn(session) => view::overview(&site, &session, &session.all_of_user().await?),
    })
}

/// `GET /me`: whoever is not signed in is sent to log in, and comes back here.
async fn me(
    State(site): State<Arc<Site>>,
    session: Session,
    Query(arrival): Query<Arrival>,
) -> Result<Page, Failure> {
    Ok(view::me(&site, &session, &arrival, &account(&session, &arrival).await?))
}
