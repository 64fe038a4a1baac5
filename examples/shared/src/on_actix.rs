//! The handlers that the examples have in common, for actix-web.

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    body::BoxBody,
    web::{Data, Json, Redirect},
};
use vestibule_actix::{CheckedForm, Failure, Session};

use crate::{Arrival, EndListed, Me, NoFields, Page, Site};

/// `GET /api/me`
///
/// # Errors
/// As [`Me::of`].
pub async fn api_me(session: Session) -> Result<Json<Me>, Failure> {
    Ok(Json(Me::of(&session).await?))
}

/// `POST /me/sessions/end`
///
/// # Errors
/// 503 when the session store does not answer.
pub async fn end_session(form: CheckedForm<EndListed>) -> Result<Redirect, Failure> {
    // Only sessions of this very user are in reach. One that has ended meanwhile is as good as ended now.
    form.session.end_listed(&form.fields.id).await?;
    Ok(Redirect::to(Arrival::after_end_of(&form.fields.id)).see_other())
}

/// `POST /me/sessions/end-others`
///
/// # Errors
/// 503 when the session store does not answer.
pub async fn end_other_sessions(form: CheckedForm<NoFields>) -> Result<Redirect, Failure> {
    form.session.end_all_others().await?;
    Ok(Redirect::to(Arrival::after_end_of_others()).see_other())
}

/// `GET /style.css`
pub async fn stylesheet(site: Data<Site>) -> Page {
    site.stylesheet()
}

impl Responder for Page {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let mut response = HttpResponse::Ok();
        for header in self.headers {
            response.insert_header(header);
        }
        response.body(self.body)
    }
}
