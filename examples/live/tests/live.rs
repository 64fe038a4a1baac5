//! The room beside a development provider: what is open ends when the user logs out elsewhere.

use anyhow::{Context as _, Result};
use example_shared::testing::{Browser, Stage};
use futures_util::{SinkExt as _, StreamExt as _};
use reqwest::{Response, StatusCode, header};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{self, ClientRequestBuilder, Message},
};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

fn stage() -> Result<Stage> {
    Stage::set_axum("live", |settings, relying_party| Ok(live::app(settings, relying_party)))
}

#[tokio::test]
async fn an_event_stream_ends_when_its_user_logs_out_elsewhere() -> Result<()> {
    let stage = stage()?;
    let (alice, _) = stage.alice_at("/").await?;
    let mut events = Events::of(alice.stream(&stage.at("/events")).await?);
    assert_eq!(events.next().await?.context("an event")?, "event: present\ndata: 0");
    log_out_at_the_provider(&stage);
    assert_eq!(events.next().await?.context("an event")?, "event: signed-out\ndata: bye");
    assert!(events.next().await?.is_none(), "the stream is over");
    let again = alice.call(&stage.at("/events")).await?;
    assert_eq!(again.problem(StatusCode::UNAUTHORIZED)?["code"], "auth.required");
    Ok(())
}

#[tokio::test]
async fn a_socket_carries_messages_until_its_user_logs_out_elsewhere() -> Result<()> {
    let stage = stage()?;
    let (alice, _) = stage.alice_at("/").await?;
    let mut socket = connect(&stage, &alice, None).await?;
    socket.send("hello".into()).await?;
    assert_eq!(socket.next().await.context("a message")??, Message::text("Alice Liddell: hello"));
    log_out_at_the_provider(&stage);
    let Some(Ok(Message::Close(Some(close)))) = socket.next().await else { anyhow::bail!("no close") };
    assert_eq!((u16::from(close.code), close.reason.as_str()), (4401, "signed out"));
    Ok(())
}

#[tokio::test]
async fn a_socket_is_opened_by_pages_of_this_application_only() -> Result<()> {
    let stage = stage()?;
    let (alice, _) = stage.alice_at("/").await?;
    for origin in ["http://evil.example", "http://127.0.0.1:1", "null"] {
        let refused = connect(&stage, &alice, Some(origin)).await.unwrap_err();
        assert_eq!(status(&refused), Some(403), "{origin}: {refused}");
    }
    let nobody = connect(&stage, &Browser::new()?, None).await.unwrap_err();
    assert_eq!(status(&nobody), Some(401), "{nobody}");
    Ok(())
}

#[tokio::test]
async fn the_page_runs_no_script_but_its_own() -> Result<()> {
    let stage = stage()?;
    let (alice, page) = stage.alice_at("/").await?;
    let policy = page.headers[header::CONTENT_SECURITY_POLICY].to_str()?;
    assert!(policy.starts_with("default-src 'none'; script-src 'self';") && !policy.contains("unsafe"));
    for asset in ["/live.js", "/live.css"] {
        alice.open(&stage.at(asset)).await?.expect(StatusCode::OK)?;
    }
    Ok(())
}

/// An event stream, event by event.
struct Events {
    response: Response,
    text: String,
}

impl Events {
    fn of(response: Response) -> Self {
        Self { response, text: String::new() }
    }

    async fn next(&mut self) -> Result<Option<String>> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let (event, rest) = (event.to_owned(), rest.to_owned());
                self.text = rest;
                return Ok(Some(event));
            }
            let Some(chunk) = self.response.chunk().await? else { return Ok(None) };
            self.text.push_str(std::str::from_utf8(&chunk)?);
        }
    }
}

/// The user logs out at the provider, which tells the application.
fn log_out_at_the_provider(stage: &Stage) {
    stage.idp.end_session_of("alice");
}

/// Opens the socket with the browser's cookies, as a page of this origin does.
async fn connect(stage: &Stage, browser: &Browser, origin: Option<&str>) -> Result<Socket> {
    let url = stage.at("/socket");
    let origin = origin.map_or_else(|| stage.at(""), str::to_owned);
    let mut request =
        ClientRequestBuilder::new(url.replacen("http", "ws", 1).parse()?).with_header("Origin", origin);
    if let Some(cookies) = browser.cookies(&url)? {
        request = request.with_header("Cookie", cookies.to_str()?);
    }
    Ok(connect_async(request).await?.0)
}

fn status(error: &anyhow::Error) -> Option<u16> {
    match error.downcast_ref()? {
        tungstenite::Error::Http(response) => Some(response.status().as_u16()),
        _ => None,
    }
}
