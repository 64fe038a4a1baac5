use std::{future::ready, rc::Rc};

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode, header};
use vestibule_web::{
    Api, Call, Error, Guard, RelyingParties, Requirement, SessionError, Visit, Visitor,
    handler::Entry,
    http::{BodyFault, RequestHead},
};

use super::{Mount, Site};
use crate::site::{self, CanBill};

/// No framework: the engine behind a router of a few lines. What all others are compared with.
#[derive(Clone, Copy, Debug)]
pub struct Bare;

#[async_trait(?Send)]
impl Mount for Bare {
    async fn start(&self, relying_parties: RelyingParties, api: Api) -> Rc<dyn Site> {
        Rc::new(BareSite { relying_parties, api })
    }
}

struct BareSite {
    relying_parties: RelyingParties,
    api: Api,
}

#[async_trait(?Send)]
impl Site for BareSite {
    async fn answer(&self, request: Request<Bytes>) -> Response<Bytes> {
        let (parts, body) = request.into_parts();
        let head = RequestHead::new(&parts.method, &parts.uri, &parts.headers);
        if let Some((relying_party, endpoint)) = self.relying_parties.endpoint(head.path) {
            let read = |cap| ready(if body.len() > cap { Err(BodyFault::TooLarge) } else { Ok(body) });
            return relying_party.serve(endpoint, head, read).await;
        }
        let visit = self.relying_parties.visit(&head);
        let mut response = self.page(&head, &visit, &body).await;
        if head.method == "HEAD" {
            *response.body_mut() = Bytes::new();
        }
        visit.finish(response.headers_mut());
        response
    }
}

impl BareSite {
    async fn page(&self, head: &RequestHead<'_>, visit: &Visit, body: &Bytes) -> Response<Bytes> {
        if let Some(response) = self.api.serve(head) {
            return response;
        }
        let call = self.api.call(head);
        if let Some(response) = guarded(&call, head, visit).await {
            return response;
        }
        if let Some(response) = by_token(&call, head, visit).await {
            return response;
        }
        if let Some(response) = public(head, visit).await {
            return response;
        }
        match route(head, visit, body).await {
            Ok(response) => response,
            Err(SessionError::Required) => visit.challenge(),
            Err(error) => visit.respond(&Error::from(error)),
        }
    }
}

/// The places that need more than somebody.
async fn guarded(call: &Call, head: &RequestHead<'_>, visit: &Visit) -> Option<Response<Bytes>> {
    let billing: [fn() -> Requirement; 1] = [|| Requirement::role("admin")];
    let layers = match site::GUARDED.into_iter().find(|(path, _)| *path == head.path) {
        Some((_, layers)) => layers,
        None if head.path == site::BILLING => &billing,
        None => return None,
    };
    for needs in layers {
        if let Err(answer) = call.admit(Some(visit), &needs()).await {
            return Some(answer);
        }
    }
    if head.path == site::BILLING
        && let Err(answer) = visit.admit(&CanBill::requirement()).await
    {
        return Some(answer);
    }
    Some(whoever(call, visit).await)
}

/// The places that take access tokens.
async fn by_token(call: &Call, head: &RequestHead<'_>, visit: &Visit) -> Option<Response<Bytes>> {
    if !matches!(head.method, "GET" | "HEAD") {
        return None;
    }
    match head.path {
        site::ORDERS => Some(granted(call).await),
        site::CALLER => Some(whoever(call, visit).await),
        _ => None,
    }
}

/// Whoever calls, by access token or by session.
async fn whoever(call: &Call, visit: &Visit) -> Response<Bytes> {
    if call.has_token() {
        return granted(call).await;
    }
    match visit.visitor().await {
        Ok(Visitor::SignedIn(session)) => site::me(&session),
        Ok(Visitor::Anonymous) => call.challenge(visit),
        Err(error) => visit.respond(&Error::from(error)),
    }
}

async fn granted(call: &Call) -> Response<Bytes> {
    call.grant().await.map_or_else(|error| call.respond(&error), |grant| site::orders(grant))
}

/// The pages that greet whoever is there.
async fn public(head: &RequestHead<'_>, visit: &Visit) -> Option<Response<Bytes>> {
    let page = match head.path {
        "/" => site::home,
        "/news" => site::news,
        "/unchanged" => site::unchanged,
        _ => return None,
    };
    if !matches!(head.method, "GET" | "HEAD") {
        return None;
    }
    Some(match visit.welcome().await {
        Ok(visitor) => page(&visitor),
        Err(reply) => reply,
    })
}

async fn route(head: &RequestHead<'_>, visit: &Visit, body: &Bytes) -> Result<Response<Bytes>, SessionError> {
    let allowed = match head.path {
        site::RENAME => "POST",
        path if site::PATHS.contains(&path) => "GET,HEAD",
        _ => return Ok(status(StatusCode::NOT_FOUND)),
    };
    if !allowed.split(',').any(|method| method == head.method) {
        let mut response = status(StatusCode::METHOD_NOT_ALLOWED);
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(allowed));
        return Ok(response);
    }
    match head.path {
        "/logo.svg" => Ok(site::logo()),
        site::RENAME => Ok(rename(visit, head, body).await),
        protected => {
            let Visitor::SignedIn(session) = visit.visitor().await? else {
                return Err(SessionError::Required);
            };
            match protected {
                "/api/me" => Ok(site::api_me(&session)),
                "/api/token" => site::api_token(&session).await,
                "/api/csrf" => Ok(site::csrf(&session)),
                "/api/visits" => site::count(&session).await,
                _ => Ok(site::me(&session)),
            }
        }
    }
}

async fn rename(visit: &Visit, head: &RequestHead<'_>, form: &Bytes) -> Response<Bytes> {
    let read = |cap| ready(if form.len() > cap { Err(BodyFault::TooLarge) } else { Ok(form.clone()) });
    match Entry::new(head.path, Some(visit), None).form(*head, read).await {
        Ok((session, form)) => site::rename(&session, &form),
        Err(refusal) => refusal.into_reply(),
    }
}

fn status(status: StatusCode) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = status;
    response
}
