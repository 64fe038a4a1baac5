use std::{future::Future, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{HeaderValue, Method, Request, header};

use super::{Upstream, headers};
use crate::{
    SessionError, Visitor, csrf,
    engine::Engine,
    error::{Error, UpstreamError},
    http::{BodyFault, Reply, RequestHead, read_within, reply},
    session::Visit,
};

/// Whatever an API answers, it is not a page of ours: no script in it runs on our origin.
const NO_PAGE: &str = "default-src 'none'; sandbox; frame-ancestors 'none'";

/// Answers a call below the path of one of the relays.
pub(crate) async fn relay<B, F>(engine: &Arc<Engine>, head: &RequestHead<'_>, body: B) -> Result<Reply, Error>
where
    B: FnOnce(usize) -> F,
    F: Future<Output = Result<Bytes, BodyFault>>,
{
    let (upstream, path) = engine.relays.find(head.path).ok_or(UpstreamError::Denied("path"))?;
    forward(engine, upstream, path, head, body).await
}

/// Carries a call of the application's own front end to the API (RFC 10017, checklist D24 and D25).
async fn forward<B, F>(
    engine: &Arc<Engine>,
    upstream: &Upstream,
    path: &str,
    head: &RequestHead<'_>,
    body: B,
) -> Result<Reply, Error>
where
    B: FnOnce(usize) -> F,
    F: Future<Output = Result<Bytes, BodyFault>>,
{
    if !csrf::is_call_of_our_page(engine, head) {
        return Err(SessionError::Forged.into());
    }
    let method = Method::from_bytes(head.method.as_bytes()).map_err(|_| UpstreamError::Denied("method"))?;
    if !upstream.0.methods.contains(&method) {
        return Err(UpstreamError::Denied("method").into());
    }
    if head.has_header("upgrade") {
        return Err(UpstreamError::Denied("upgrade").into());
    }
    let place = upstream.0.place.join(path, head.query).ok_or(UpstreamError::Denied("path"))?;
    let Visitor::SignedIn(session) = Visit::open(engine, head).visitor().await? else {
        return Err(SessionError::Required.into());
    };
    let mut request = Request::new(read(body, upstream.0.body_limit, upstream.0.limits.time).await?);
    *request.method_mut() = method;
    *request.headers_mut() = headers::to_the_api(head);
    let answer = upstream.exchange(&session, &place, request).await?;
    let mut reply = reply::empty(answer.status());
    headers::to_the_front_end(answer.headers(), reply.headers_mut());
    reply.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(NO_PAGE));
    *reply.body_mut() = answer.into_body();
    Ok(reply)
}

async fn read<B, F>(body: B, cap: usize, time: Duration) -> Result<Bytes, UpstreamError>
where
    B: FnOnce(usize) -> F,
    F: Future<Output = Result<Bytes, BodyFault>>,
{
    read_within(time, body, cap).await.map_err(|fault| match fault {
        BodyFault::TooLarge => UpstreamError::TooLarge,
        BodyFault::Broken | BodyFault::TimedOut => UpstreamError::Denied("body"),
    })
}
