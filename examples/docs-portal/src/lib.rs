//! A documentation portal: public articles, one for those who are signed in, an account page, an API.
//!
//! All that concerns sign-in is in this file: who is there comes in by the extractors [`Visitor`] and [`Session`], and
//! [`vestibule_actix::wrap`] does the rest.

mod articles;
mod view;

use std::{io, net::TcpListener};

use actix_web::{
    App, Error, HttpServer, Route,
    body::MessageBody,
    dev::{ServiceFactory, ServiceRequest, ServiceResponse},
    web::{Data, Query, get, post},
};
use example_shared::{
    Arrival, Page, Settings, Site, account,
    on_actix::{api_me, end_other_sessions, end_session, stylesheet},
};
use vestibule_actix::{Failure, RelyingParty, Session, Visitor};

use crate::articles::Article;

/// The whole application, once for each worker.
pub fn app(
    settings: &Settings,
    relying_party: RelyingParty,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody + use<>>,
        Error = Error,
        InitError = (),
    > + use<>,
> {
    let app = App::new()
        .app_data(Data::new(Site::new(view::LOOKS, settings)))
        .route(articles::ONE_LOGIN.path, public(&articles::ONE_LOGIN))
        .route(articles::ONE_LOGOUT.path, public(&articles::ONE_LOGOUT))
        .route(articles::FOR_MEMBERS.path, get().to(for_members))
        .route("/me", get().to(me))
        .route("/me/sessions/end", post().to(end_session))
        .route("/me/sessions/end-others", post().to(end_other_sessions))
        .route("/api/me", get().to(api_me))
        .route("/style.css", get().to(stylesheet));
    vestibule_actix::wrap(app, relying_party) // last: endpoints, and cover for every route
}

/// Serves the application until Ctrl-C, or until it is asked to terminate, and lets open requests finish.
///
/// # Errors
/// When the listener is of no use.
pub async fn serve(listener: TcpListener, settings: Settings, relying_party: RelyingParty) -> io::Result<()> {
    // The relying party is made once: its clones, one for each worker, share everything.
    let server = HttpServer::new(move || app(&settings, relying_party.clone())).listen(listener)?.run();
    server.await
}

fn public(article: &'static Article) -> Route {
    get().to(async move |site: Data<Site>, visitor: Visitor| view::article(&site, &visitor, article))
}

/// `GET /members`: the extractor [`Session`] is all that protects it.
async fn for_members(site: Data<Site>, session: Session) -> Page {
    view::article(&site, &Visitor::SignedIn(session), &articles::FOR_MEMBERS)
}

/// `GET /me`: whoever is not signed in is sent to log in, and comes back here.
async fn me(site: Data<Site>, session: Session, arrival: Query<Arrival>) -> Result<Page, Failure> {
    let account = account(&session, &arrival).await?;
    Ok(view::me(&site, session, &arrival, &account))
}
