//! The handlers that the examples have in common, for axum.

use std::{io, net::TcpListener, sync::Arc};

use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue},
    response::{IntoResponse, Redirect, Response},
};
use vestibule_axum::{Caller, CheckedForm, Failure};

use crate::{Arrival, EndListed, Me, NoFields, Page, Site, listen, stopped};

/// `GET /api/me`: for pages by their session, for other programs by their access token.
///
/// # Errors
/// As [`Me::of`].
pub async fn api_me(caller: Caller) -> Result<Json<Me>, Failure> {
    Ok(Json(match caller {
        Caller::User(session) => Me::of(&session).await?,
        Caller::Token(bearer) => Me::by_token(&bearer),
    }))
}

/// `POST /me/sessions/end`
///
/// # Errors
/// 503 when the session store does not answer.
pub async fn end_session(form: CheckedForm<EndListed>) -> Result<Redirect, Failure> {
    // Only sessions of this very user are in reach. One that has ended meanwhile is as good as ended now.
    form.session.end_listed(&form.fields.id).await?;
    Ok(Redirect::to(&Arrival::after_end_of(&form.fields.id)))
}

/// `POST /me/sessions/end-others`
///
/// # Errors
/// 503 when the session store does not answer.
pub async fn end_other_sessions(form: CheckedForm<NoFields>) -> Result<Redirect, Failure> {
    form.session.end_all_others().await?;
    Ok(Redirect::to(&Arrival::after_end_of_others()))
}

/// `GET /style.css`
pub async fn stylesheet(State(site): State<Arc<Site>>) -> Page {
    site.stylesheet()
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        let headers = self.headers.into_iter().filter_map(|(name, value)| {
            Some((HeaderName::from_static(name), HeaderValue::try_from(value).ok()?))
        });
        (headers.collect::<HeaderMap>(), self.body).into_response()
    }
}

/// Serves an application until Ctrl-C, or until it is asked to terminate, and lets open requests finish.
///
/// # Errors
/// When the address cannot be listened on.
pub async fn serve(listen_addr: &str, app: Router) -> io::Result<()> {
    serve_on(listen(listen_addr)?, app, stopped()).await
}

/// Serves an application until `stopped`, and lets open requests finish.
///
/// # Errors
/// When the listener is of no use.
pub async fn serve_on(
    listener: TcpListener,
    app: Router,
    stopped: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(listener)?;
    axum::serve(listener, app).with_graceful_shutdown(stopped).await
}
