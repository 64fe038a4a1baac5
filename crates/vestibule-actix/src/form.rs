use actix_web::{
    Error, FromRequest, HttpRequest,
    dev::Payload,
    web::{Bytes, Form},
};
use serde::de::DeserializeOwned;

use crate::{
    Failure, Session,
    convert::{Borrowed, Extracting, head},
};

/// A form that the signed-in user sent from a page of this application.
///
/// Other sites can make a browser send forms too, cookies and all; this extractor refuses theirs with 403, by what the
/// browser says of the origin and by the session's token in the field `csrf` or the header `X-CSRF-Token`. An anonymous
/// sender is refused as by [`Session`]. The size is limited by actix's `PayloadConfig`.
///
/// ```
/// use vestibule_actix::CheckedForm;
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

impl<T: DeserializeOwned + 'static> FromRequest for CheckedForm<T> {
    type Error = Error;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let session = Session::from_request(request, payload);
        let body = Bytes::from_request(request, payload);
        let request = request.clone();
        Box::pin(async move {
            let session = session.await?;
            let body = body.await?;
            let headers = Borrowed(request.headers());
            session.check_form(&head(&request, &headers), &body).map_err(Failure::from)?;
            let Form(fields) = Form::from_request(&request, &mut Payload::from(body)).await?;
            Ok(Self { session, fields })
        })
    }
}
