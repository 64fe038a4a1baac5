use axum::{
    Form,
    body::{Body, Bytes},
    extract::{FromRequest, FromRequestParts, Request},
    response::{IntoResponse, Response},
};
use serde::de::DeserializeOwned;
use vestibule_web::http::RequestHead;

use crate::{Failure, Session};

/// A form that the signed-in user sent from a page of this application.
///
/// Other sites can make a browser send forms too, cookies and all; this extractor refuses theirs with 403, by what the
/// browser says of the origin and by the session's token in the field `csrf` or the header `X-CSRF-Token`. An anonymous
/// sender is refused as by [`Session`]. The size is limited by axum's `DefaultBodyLimit`.
///
/// ```
/// use vestibule_axum::CheckedForm;
///
/// #[derive(serde::Deserialize)]
/// struct Rename {
///     name: String,
/// }
///
/// async fn rename(CheckedForm { session, fields }: CheckedForm<Rename>) -> String {
///     format!("{} is now {}", session.subject(), fields.name)
/// }
/// ```
#[derive(Clone, Debug)]
pub struct CheckedForm<T> {
    /// Who sent it.
    pub session: Session,
    /// What it says.
    pub fields: T,
}

impl<S, T> FromRequest<S> for CheckedForm<T>
where
    S: Send + Sync,
    T: DeserializeOwned,
{
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let session = Session::from_request_parts(&mut parts, state).await?;
        let body = Bytes::from_request(Request::from_parts(parts.clone(), body), state)
            .await
            .map_err(IntoResponse::into_response)?;
        let head = RequestHead::new(&parts.method, &parts.uri, &parts.headers);
        session.check_form(&head, &body).map_err(|error| Failure::from(error).into_response())?;
        let request = Request::from_parts(parts, Body::from(body));
        let Form(fields) = Form::from_request(request, state).await.map_err(IntoResponse::into_response)?;
        Ok(Self { session, fields })
    }
}
