//! The pages of the application, apart from any framework. None of them shows a secret, save the CSRF token, which is
//! meant to be in a page.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use serde::Deserialize;
use serde_json::json;
use vestibule::AccessGrant;
use vestibule_web::{Guard, Requirement, Session, SessionError, Visitor};

/// Every path of the application.
pub(crate) const PATHS: [&str; 11] = [
    "/",
    "/news",
    "/unchanged",
    "/logo.svg",
    "/me",
    "/api/me",
    "/api/token",
    "/api/csrf",
    "/api/visits",
    ORDERS,
    CALLER,
];

/// What a place needs, the outermost layer first.
pub(crate) type Layers = [fn() -> Requirement];

/// The guarded places.
pub(crate) const GUARDED: [(&str, &Layers); 11] = [
    ("/needs/role", &[|| Requirement::role("admin")]),
    ("/needs/permission", &[|| Requirement::permission("orders:write")]),
    ("/needs/scope", &[|| Requirement::scope("orders:read")]),
    ("/needs/organization", &[|| Requirement::organization("org_1")]),
    ("/needs/email", &[Requirement::email_verified]),
    ("/needs/either", &[|| Requirement::role("admin").or(Requirement::role("owner"))]),
    ("/needs/mfa", &[mfa]),
    ("/needs/fresh", &[fresh]),
    ("/needs/role/fresh", &[|| Requirement::role("admin"), fresh]),
    ("/needs/mfa/fresh", &[mfa, fresh]),
    ("/needs/mfa/otp", &[mfa, || Requirement::acr(["urn:otp"])]),
];

fn mfa() -> Requirement {
    Requirement::acr(["urn:mfa"])
}

fn fresh() -> Requirement {
    Requirement::fresh(Duration::from_secs(300))
}

/// A layer that needs the role, and a handler that names what it needs itself.
pub(crate) const BILLING: &str = "/needs/role/billing";

/// Who may bill.
pub(crate) struct CanBill;

impl Guard for CanBill {
    fn requirement() -> Requirement {
        Requirement::permission("orders:write")
    }
}

/// Where users rename themselves, by a form.
pub(crate) const RENAME: &str = "/rename";

/// What they fill in.
#[derive(Deserialize)]
pub(crate) struct Rename {
    name: String,
    age: Option<u8>,
}

/// Where orders are, for clients with an access token.
pub(crate) const ORDERS: &str = "/orders";

/// A place for clients with an access token and for signed-in users.
pub(crate) const CALLER: &str = "/caller";

/// For everybody.
pub(crate) fn home(visitor: &Visitor) -> Response<Bytes> {
    text(format!("hello {}", name(visitor)))
}

/// For everybody, with a caching header that is wrong for a page that greets by name.
pub(crate) fn news(visitor: &Visitor) -> Response<Bytes> {
    let mut response = text(format!("news for {}", name(visitor)));
    let caching = HeaderValue::from_static("public, s-maxage=600");
    response.headers_mut().insert(header::CACHE_CONTROL, caching);
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-language"));
    response
}

/// For everybody, and not modified.
pub(crate) fn unchanged(visitor: &Visitor) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::NOT_MODIFIED;
    let tag = HeaderValue::try_from(format!("\"{}\"", name(visitor))).expect("a header value");
    response.headers_mut().insert(header::ETAG, tag);
    response
}

/// For everybody, without a look at who it is.
pub(crate) fn logo() -> Response<Bytes> {
    let mut response = Response::new(Bytes::from_static(b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>"));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("image/svg+xml"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000"));
    response
}

/// For signed-in users.
pub(crate) fn me(session: &Session) -> Response<Bytes> {
    text(format!("only for you, {}", session.subject()))
}

/// For programs of signed-in users.
pub(crate) fn api_me(session: &Session) -> Response<Bytes> {
    let body = json!({ "sub": session.subject(), "iss": session.issuer(), "sid": session.sid() });
    let mut response = Response::new(Bytes::from(body.to_string()));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// For clients with an access token.
pub(crate) fn orders(grant: &AccessGrant) -> Response<Bytes> {
    let kind = if grant.is_service() { "service" } else { "user" };
    text(format!("orders for the {kind} {} by {}", grant.subject(), grant.client_id().unwrap_or("nobody")))
}

/// Which access token the session has: its serial number, which is no secret.
pub(crate) async fn api_token(session: &Session) -> Result<Response<Bytes>, SessionError> {
    let token = session.access_token().await?;
    Ok(text(token.expose().rsplit('.').next().unwrap_or_default().to_owned()))
}

/// What a form of the application carries.
pub(crate) fn csrf(session: &Session) -> Response<Bytes> {
    text(session.csrf_token())
}

/// Counts the visits in the session's data.
pub(crate) async fn count(session: &Session) -> Result<Response<Bytes>, SessionError> {
    let count = session.update_data(|count: &mut u32| *count += 1).await?;
    Ok(text(count.to_string()))
}

/// Takes a form.
pub(crate) fn rename(session: &Session, form: &Rename) -> Response<Bytes> {
    let Rename { name, age } = form;
    let age = age.map_or_else(String::new, |age| format!(", {age}"));
    text(format!("{} is now {name}{age}", session.subject()))
}

fn name(visitor: &Visitor) -> &str {
    match visitor {
        Visitor::Anonymous => "stranger",
        Visitor::SignedIn(session) => session.subject(),
    }
}

fn text(text: String) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(text));
    let plain = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, plain);
    response
}
