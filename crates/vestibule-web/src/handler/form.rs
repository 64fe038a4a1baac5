use std::{future::Future, time::Duration};

use bytes::Bytes;
use serde::de::DeserializeOwned;

use super::{Entry, Refusal};
use crate::{
    Session,
    error::FormError,
    http::{BodyFault, RequestHead, is_form, read_within},
};

const TIME: Duration = Duration::from_secs(30);

impl Entry<'_> {
    /// A form that the signed-in user sent from a page of this application, read in full. `body` reads the request's body
    /// up to a cap in bytes.
    ///
    /// # Errors
    /// As for [`session`](Self::session); 403 to a form of somebody else's page, and whatever [`FormError`] says.
    pub async fn form<T, B, F>(self, head: RequestHead<'_>, body: B) -> Result<(Session, T), Refusal>
    where
        T: DeserializeOwned,
        B: FnOnce(usize) -> F,
        F: Future<Output = Result<Bytes, BodyFault>>,
    {
        let session = self.session().await?;
        session.check_origin(&head).map_err(|error| self.respond(error))?;
        let body = read_within(TIME, body, session.form_limit()).await;
        let body = body.map_err(|fault| self.respond(FormError::from(fault)))?;
        session.check_form(&head, &body).map_err(|error| self.respond(error))?;
        let fields = fields(&head, &body).map_err(|error| self.respond(error))?;
        Ok((session, fields))
    }
}

fn fields<T: DeserializeOwned>(head: &RequestHead<'_>, body: &[u8]) -> Result<T, FormError> {
    if !is_form(head) {
        return Err(FormError::MediaType);
    }
    serde_html_form::from_bytes(body).map_err(|error| {
        // Whatever else serde says may quote what the user wrote.
        let told = error.to_string();
        let name = told.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`'));
        name.map_or(FormError::Fields, |name| FormError::Missing(name.to_owned()))
    })
}
