use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use http::{HeaderName, HeaderValue, Request, Response};
use js_sys::{Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortSignal, DomException, Headers, ReadableStreamDefaultReader, ReferrerPolicy, RequestCache,
    RequestCredentials, RequestInit, RequestMode, RequestRedirect, ResponseType, Window, WorkerGlobalScope,
};

use super::{Limits, Transport, TransportError, TransportErrorKind};

/// The browser's `fetch`: no redirects, no cookies, no referrer, nothing from the HTTP cache. The default in browsers.
///
/// The provider must allow the page's origin (CORS), and the page's Content-Security-Policy the provider's origin in
/// `connect-src`: what a browser forbids looks like a provider that cannot be reached.
#[derive(Clone, Copy, Debug, Default)]
pub struct FetchTransport;

#[async_trait(?Send)]
impl Transport for FetchTransport {
    async fn send(&self, request: Request<Bytes>, limits: Limits) -> Result<Response<Bytes>, TransportError> {
        let request = outgoing(&request, limits).map_err(|error| unreachable(&error, false))?;
        let answer = JsFuture::from(fetch(&request)?).await.map_err(|error| failed(&error))?;
        let answer: web_sys::Response = answer.unchecked_into();
        if answer.type_() == ResponseType::Opaqueredirect {
            return Err(TransportError::new(TransportErrorKind::Redirected, true));
        }
        let mut response = Response::new(body(&answer, limits.body).await?);
        *response.status_mut() = http::StatusCode::from_u16(answer.status())
            .map_err(|_| TransportError::new(TransportErrorKind::Unreachable, true))?;
        read_headers(&answer.headers(), response.headers_mut());
        Ok(response)
    }
}

fn outgoing(request: &Request<Bytes>, limits: Limits) -> Result<web_sys::Request, JsValue> {
    let headers = Headers::new()?;
    for (name, value) in request.headers() {
        let value = value.to_str().map_err(|_| JsValue::from("a header is not text"))?;
        headers.append(name.as_str(), value)?;
    }
    let init = RequestInit::new();
    init.set_method(request.method().as_str());
    init.set_headers(&headers);
    if !request.body().is_empty() {
        init.set_body(&Uint8Array::from(&request.body()[..]));
    }
    init.set_mode(RequestMode::Cors);
    init.set_credentials(RequestCredentials::Omit);
    init.set_cache(RequestCache::NoStore);
    init.set_referrer_policy(ReferrerPolicy::NoReferrer);
    // Not followed either, and unlike the mode `error` it can be told from a provider that is down.
    init.set_redirect(RequestRedirect::Manual);
    let time = u32::try_from(limits.time.as_millis()).unwrap_or(u32::MAX);
    init.set_signal(Some(&AbortSignal::timeout_with_u32(time)));
    web_sys::Request::new_with_str_and_init(&request.uri().to_string(), &init)
}

fn fetch(request: &web_sys::Request) -> Result<Promise, TransportError> {
    let global = js_sys::global();
    if let Some(window) = global.dyn_ref::<Window>() {
        return Ok(window.fetch_with_request(request));
    }
    let worker = global.dyn_ref::<WorkerGlobalScope>();
    let worker = worker.ok_or_else(|| TransportError::new(TransportErrorKind::Unreachable, false))?;
    Ok(worker.fetch_with_request(request))
}

async fn body(answer: &web_sys::Response, most: usize) -> Result<Bytes, TransportError> {
    let Some(stream) = answer.body() else { return Ok(Bytes::new()) };
    let reader: ReadableStreamDefaultReader = stream.get_reader().unchecked_into();
    let mut body = BytesMut::new();
    loop {
        let chunk = JsFuture::from(reader.read()).await.map_err(|error| failed(&error))?;
        let member = |name: &str| Reflect::get(&chunk, &name.into()).unwrap_or_default();
        if member("done").is_truthy() {
            return Ok(body.freeze());
        }
        let chunk: Uint8Array = member("value").unchecked_into();
        if chunk.length() as usize > most.saturating_sub(body.len()) {
            drop(reader.cancel());
            return Err(TransportError::new(TransportErrorKind::TooLarge, true));
        }
        body.extend_from_slice(&chunk.to_vec());
    }
}

/// Those that the provider lets this origin read: without asking for it, `Cache-Control` and `Content-Type` are among them.
fn read_headers(headers: &Headers, into: &mut http::HeaderMap) {
    for entry in headers.entries().into_iter().flatten() {
        let entry: js_sys::Array = entry.unchecked_into();
        if let (Some(name), Some(value)) = (entry.get(0).as_string(), entry.get(1).as_string())
            && let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(&value))
        {
            into.append(name, value);
        }
    }
}

/// A browser does not say whether a request left it.
fn failed(error: &JsValue) -> TransportError {
    match error.dyn_ref::<DomException>().map(DomException::name).as_deref() {
        Some("TimeoutError") => TransportError::new(TransportErrorKind::TimedOut, true),
        _ => unreachable(error, true),
    }
}

fn unreachable(error: &JsValue, maybe_sent: bool) -> TransportError {
    let text = error.dyn_ref::<js_sys::Error>().map(|error| String::from(error.message()));
    let error = TransportError::new(TransportErrorKind::Unreachable, maybe_sent);
    match text {
        Some(text) => error.caused_by(text),
        None => error,
    }
}
