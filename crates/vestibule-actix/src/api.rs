use std::{ops::Deref, sync::Arc};

use actix_web::{
    App, Error, FromRequest, HttpMessage, HttpRequest, HttpResponse,
    body::{EitherBody, MessageBody},
    dev::{Payload, ServiceFactory, ServiceRequest, ServiceResponse},
    error::InternalError,
    http::StatusCode,
    middleware::{Next, from_fn},
};
use vestibule_web::{
    Api, Call, Visitor,
    http::Reply,
    vestibule::{AccessGrant, Verified},
};

use crate::{
    Session,
    convert::{Borrowed, Extracting, head},
    entry::{Entry, not_wrapped, overwrite},
};

/// Puts an API in front of an app: its metadata (RFC 9728), and the access token of every request.
///
/// An application that serves browsers too gives the result to [`wrap`](crate::wrap): `wrap(wrap_api(app, api), rp)`.
pub fn wrap_api<T, B>(
    app: App<T>,
    api: Api,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<EitherBody<B>>,
        Error = Error,
        InitError = (),
    >,
>
where
    T: ServiceFactory<
            ServiceRequest,
            Config = (),
            Response = ServiceResponse<B>,
            Error = Error,
            InitError = (),
        > + 'static,
    B: MessageBody + 'static,
{
    app.wrap(from_fn(move |request, next| enter(api.clone(), request, next)))
}

async fn enter<B: MessageBody + 'static>(
    api: Api,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let headers = Borrowed(request.headers());
    let head = head(request.request(), &headers);
    if let Some(reply) = api.serve(&head) {
        return Ok(request.into_response(written(reply).map_into_right_body()));
    }
    let call = api.call(&head);
    request.extensions_mut().insert(call);
    let answer = next.call(request).await?;
    let refused = answer.request().extensions_mut().remove::<Refused>();
    let was_told = answer.response().error().is_some();
    Ok(match refused.filter(|_| !was_told) {
        Some(Refused(reply)) => answer.into_response(written(reply).map_into_right_body()),
        None => answer.map_into_left_body(),
    })
}

/// The token that was sent is not accepted, or nobody can tell: the answer, whatever a handler says that has the extractor
/// in an `Option`.
struct Refused(Reply);

/// What the request's access token grants. As an extractor it protects the handler: without a token that is accepted, the
/// answer is a challenge (RFC 6750 section 3), and 503 where that cannot be told.
#[derive(Clone, Debug)]
pub struct Bearer(Arc<Verified<AccessGrant>>);

impl Deref for Bearer {
    type Target = Verified<AccessGrant>;

    fn deref(&self) -> &Verified<AccessGrant> {
        &self.0
    }
}

impl FromRequest for Bearer {
    type Error = Error;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let call = call(request);
        let request = request.clone();
        Box::pin(async move {
            let call = call?;
            let grant = call.grant().await.map_err(|error| {
                let reply = call.respond(&error);
                if call.has_token() {
                    request.extensions_mut().insert(Refused(reply.clone()));
                }
                refusal(reply)
            })?;
            Ok(Self(Arc::clone(grant)))
        })
    }
}

/// Whoever calls, by access token or by session: the token counts if one is sent. As an extractor it protects the handler,
/// of an app that has both, `wrap(wrap_api(app, api), rp)`.
#[derive(Clone, Debug)]
pub enum Caller {
    /// A signed-in user, by session. A request that changes something needs the protection of
    /// [`CheckedForm`](crate::CheckedForm) then, as in any handler of a session.
    User(Session),
    /// Whoever the access token stands for.
    Token(Bearer),
}

impl FromRequest for Caller {
    type Error = Error;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (call, entry) = (call(request), Entry::of(request));
        let bearer = Bearer::from_request(request, payload);
        Box::pin(async move {
            let (call, entry) = (call?, entry?);
            if call.has_token() {
                return bearer.await.map(Self::Token);
            }
            match entry.visit.visitor().await {
                Ok(Visitor::SignedIn(session)) => Ok(Self::User(Session(session))),
                Ok(Visitor::Anonymous) => Err(refusal(call.challenge(&entry.visit))),
                Err(error) => Err(entry.settle(entry.visit.respond(&error.into())).into()),
            }
        })
    }
}

/// The call that [`wrap_api`] opened.
fn call(request: &HttpRequest) -> Result<Call, Error> {
    request.extensions().get().cloned().ok_or_else(|| not_wrapped(request))
}

/// The engine's answer, in place of the handler's.
pub(crate) fn refusal(reply: Reply) -> Error {
    InternalError::from_response("the call was refused", written(reply)).into()
}

fn written(reply: Reply) -> HttpResponse {
    overwrite(HttpResponse::new(StatusCode::OK), reply)
}
