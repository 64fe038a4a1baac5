//! Rows C24, E22 and H15: what is sent is sent once, and it is known whether it was.

use std::net::TcpListener;

use vestibule::{
    Diagnose, Disposition,
    transport::{HttpTransport, Transport, TransportErrorKind},
};

use crate::{
    ROOMY, failure, get, post, send,
    server::{Server, answer},
};

const UNREACHABLE: TransportErrorKind = TransportErrorKind::Unreachable;

#[tokio::test]
async fn h15_a_refused_connection_has_sent_nothing() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let error = send(post(&format!("http://127.0.0.1:{port}/token"), "code=c"), ROOMY).await.unwrap_err();
    assert_eq!((error.kind(), error.maybe_sent()), (UNREACHABLE, false));
    assert_eq!((error.code(), error.disposition()), ("http.unreachable", Disposition::Retry));
}

#[tokio::test]
async fn h16_a_name_that_does_not_exist_has_sent_nothing() {
    let error = send(get("https://does-not-exist.invalid/"), ROOMY).await;
    assert_eq!(failure(error), (UNREACHABLE, false));
}

#[tokio::test]
async fn c24_a_connection_that_breaks_is_not_tried_again() {
    for said in ["", "HTTP/1.1 ", "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n", "garbage\r\n\r\n"] {
        let server = Server::answering(said);
        for request in [get(&server.url("/")), post(&server.url("/token"), "code=c")] {
            assert_eq!(failure(send(request, ROOMY).await), (UNREACHABLE, true), "{said:?}");
        }
        assert_eq!((server.connections(), server.heads().len()), (2, 2), "{said:?}");
    }
}

/// A kept connection may be closed by the other end at any time. What was sent on it is not sent again.
#[tokio::test]
async fn c24_a_kept_connection_that_breaks_is_not_tried_again() {
    let server = Server::start(|mut connection| {
        connection.read_request();
        connection.write(&answer(200, "", "{}"));
        connection.read_request();
    });
    let transport = HttpTransport::new().unwrap();
    transport.send(get(&server.url("/")), ROOMY).await.unwrap();
    let second = transport.send(post(&server.url("/token"), "code=c"), ROOMY).await;
    assert_eq!(failure(second), (UNREACHABLE, true));
    let sent: Vec<_> =
        server.heads().iter().filter(|head| head.starts_with("POST /token ")).cloned().collect();
    assert_eq!(sent.len(), 1);
    assert_eq!(server.connections(), 1, "it was the kept connection");
}

#[tokio::test]
async fn e22_errors_of_the_provider_are_answers() {
    for status in [429, 500, 502, 503, 504] {
        let server = Server::answering(answer(status, "retry-after: 1\r\n", "later"));
        let response = send(post(&server.url("/token"), "code=c"), ROOMY).await.unwrap();
        assert_eq!((response.status().as_u16(), response.body().as_ref()), (status, &b"later"[..]));
        assert_eq!(server.heads().len(), 1, "{status}");
    }
}

#[tokio::test]
async fn errors_do_not_show_the_query() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let error = send(get(&format!("http://127.0.0.1:{port}/?code=canary")), ROOMY).await.unwrap_err();
    let mut texts = format!("{error} {error:?}");
    let mut cause: Option<&dyn std::error::Error> = std::error::Error::source(&error);
    while let Some(inner) = cause {
        texts.push_str(&inner.to_string());
        cause = inner.source();
    }
    assert!(!texts.contains("canary"), "{texts}");
}
