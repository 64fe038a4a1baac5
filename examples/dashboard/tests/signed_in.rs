//! The dashboard's own pages, without a provider and without a socket.

use anyhow::Result;
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, StatusCode, header, request},
};
use example_shared::{SessionStore, Settings};
use tower::ServiceExt;
use vestibule_axum::{
    CookieKeys, RelyingParty,
    testing::{SignedIn, TestUser, sign_in},
    vestibule::{ClientSecret, OsRandom, Provider},
};

fn dashboard() -> Result<(Router, RelyingParty)> {
    let settings = Settings {
        issuer: "https://acme.example".into(),
        client_id: "dashboard".into(),
        client_secret: ClientSecret::new("nobody asks for it"),
        base_url: "https://app.acme.example".into(),
        listen_addr: String::new(),
        cookie_keys: CookieKeys::generate(&OsRandom)?,
        session_store: SessionStore::memory(),
        other_app: None,
    };
    let relying_party = settings.relying_party(&Provider::new(&settings.issuer)?)?;
    Ok((dashboard::app(&settings, relying_party.clone())?, relying_party))
}

async fn alice(relying_party: &RelyingParty) -> Result<SignedIn> {
    Ok(sign_in(relying_party, TestUser::new("alice").claim("name", "Alice Liddell")).await?)
}

async fn send(app: &Router, request: request::Builder, body: String) -> Result<(StatusCode, String)> {
    let answer = app.clone().oneshot(request.body(Body::from(body))?).await?;
    let (status, body) = (answer.status(), to_bytes(answer.into_body(), usize::MAX).await?);
    Ok((status, String::from_utf8(body.to_vec())?))
}

#[tokio::test]
async fn the_account_page_greets_whoever_is_signed_in() -> Result<()> {
    let (app, relying_party) = dashboard()?;
    let alice = alice(&relying_party).await?;
    let request = Request::get("/me").header(header::COOKIE, alice.cookie());
    let (status, page) = send(&app, request, String::new()).await?;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("Alice Liddell") && page.contains("this browser"), "{page}");
    Ok(())
}

#[tokio::test]
async fn a_form_needs_the_token_of_its_session() -> Result<()> {
    let (app, relying_party) = dashboard()?;
    let (laptop, phone) = (alice(&relying_party).await?, alice(&relying_party).await?);
    let submit = |token: &str| {
        let request = Request::post("/me/sessions/end-others")
            .header(header::COOKIE, phone.cookie())
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        send(&app, request, format!("csrf={token}"))
    };
    let look = || {
        let request = Request::get("/me").header(header::COOKIE, laptop.cookie());
        send(&app, request, String::new())
    };
    assert_eq!(submit(laptop.csrf_token()).await?.0, StatusCode::FORBIDDEN);
    assert_eq!(look().await?.0, StatusCode::OK);
    assert_eq!(submit(phone.csrf_token()).await?.0, StatusCode::SEE_OTHER);
    assert_eq!(look().await?.0, StatusCode::UNAUTHORIZED);
    Ok(())
}
