//! Rows E03 and E04: a call ends in time, and an answer is no larger than allowed.

use std::time::Duration;

use tokio::net::{TcpSocket, TcpStream};
use vestibule::{
    Diagnose, Disposition,
    transport::{Limits, TransportErrorKind},
};

use crate::{
    HASTY, ROOMY, failure, get, send,
    server::{Server, answer},
};

const TIMED_OUT: TransportErrorKind = TransportErrorKind::TimedOut;
const TOO_LARGE: TransportErrorKind = TransportErrorKind::TooLarge;
const UNREACHABLE: TransportErrorKind = TransportErrorKind::Unreachable;

/// A port whose queue of connections is full: whoever connects next hears nothing at all.
async fn black_hole() -> (std::net::SocketAddr, impl Drop) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut queue = Vec::new();
    while let Ok(Ok(queued)) =
        tokio::time::timeout(Duration::from_millis(100), TcpStream::connect(address)).await
    {
        queue.push(queued);
    }
    (address, Queue(listener, queue))
}

struct Queue(tokio::net::TcpListener, Vec<TcpStream>);

impl Drop for Queue {
    fn drop(&mut self) {
        let _ = (&self.0, self.1.len());
    }
}

#[tokio::test]
async fn e03_a_connection_that_is_never_made_ends_after_three_seconds() {
    let (address, _queue) = black_hole().await;
    let outcome = send(get(&format!("http://{address}/")), ROOMY).await;
    assert_eq!(failure(outcome), (TIMED_OUT, false), "long before the whole call's ten seconds");
}

#[tokio::test]
async fn e03_a_connection_that_is_never_made_ends_with_the_call() {
    let (address, _queue) = black_hole().await;
    assert_eq!(failure(send(get(&format!("http://{address}/")), HASTY).await).0, TIMED_OUT);
}

#[tokio::test]
async fn e03_a_tls_handshake_that_stalls_ends_with_the_call() {
    let server = Server::start(|connection| connection.stall());
    let url = format!("https://127.0.0.1:{}/", server.port());
    assert_eq!(failure(send(get(&url), HASTY).await).0, TIMED_OUT);
    assert!(server.connections() <= 1, "asked once");
}

#[tokio::test]
async fn e03_a_head_that_never_comes_ends_with_the_call() {
    let server = Server::start(|mut connection| {
        connection.read_request();
        connection.stall();
    });
    let error = send(get(&server.url("/")), HASTY).await.unwrap_err();
    assert_eq!((error.kind(), error.maybe_sent()), (TIMED_OUT, true));
    assert_eq!((error.code(), error.disposition()), ("http.timeout", Disposition::Retry));
    assert!(server.connections() <= 1, "asked once");
}

#[tokio::test]
async fn e03_a_head_that_drips_ends_with_the_call() {
    let server = Server::start(|mut connection| {
        connection.read_request();
        connection.write(b"HTTP/1.1 200 OK\r\nx: ");
        connection.drip(b"x");
    });
    assert_eq!(failure(send(get(&server.url("/")), HASTY).await), (TIMED_OUT, true));
}

#[tokio::test]
async fn e03_a_body_that_stalls_ends_with_the_call() {
    let server = Server::start(|mut connection| {
        connection.read_request();
        connection.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{");
        connection.stall();
    });
    assert_eq!(failure(send(get(&server.url("/")), HASTY).await), (TIMED_OUT, true));
}

#[tokio::test]
async fn e03_a_body_that_drips_ends_with_the_call() {
    for head in ["content-length: 1000\r\n\r\n", "connection: close\r\n\r\n"] {
        let server = Server::start(move |mut connection| {
            connection.read_request();
            connection.write(format!("HTTP/1.1 200 OK\r\n{head}").as_bytes());
            connection.drip(b" ");
        });
        assert_eq!(failure(send(get(&server.url("/")), HASTY).await), (TIMED_OUT, true), "{head}");
    }
}

#[tokio::test]
async fn e04_an_announced_length_is_believed_at_once() {
    for length in ["1025", "10000000000"] {
        let server = Server::start(move |mut connection| {
            connection.read_request();
            connection.write(format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n").as_bytes());
            connection.stall();
        });
        assert_eq!(failure(send(get(&server.url("/")), ROOMY).await), (TOO_LARGE, true), "{length}");
    }
}

#[tokio::test]
async fn e04_endless_chunks_end() {
    let server = Server::start(|mut connection| {
        connection.read_request();
        connection.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
        while connection.write(b"10\r\n0123456789abcdef\r\n") {}
    });
    assert_eq!(failure(send(get(&server.url("/")), ROOMY).await), (TOO_LARGE, true));
}

#[tokio::test]
async fn e04_one_huge_chunk_ends() {
    let server = Server::start(|mut connection| {
        connection.read_request();
        connection.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nfffffff\r\n");
        while connection.write(&[b'x'; 512]) {}
    });
    assert_eq!(failure(send(get(&server.url("/")), ROOMY).await), (TOO_LARGE, true));
}

#[tokio::test]
async fn e04_an_endless_body_without_a_length_ends() {
    let server = Server::start(|mut connection| {
        connection.read_request();
        connection.write(b"HTTP/1.1 200 OK\r\n\r\n");
        while connection.write(&[b'x'; 512]) {}
    });
    assert_eq!(failure(send(get(&server.url("/")), ROOMY).await), (TOO_LARGE, true));
}

#[tokio::test]
async fn e04_an_endless_head_ends() {
    let server = Server::start(|mut connection| {
        connection.read_request();
        connection.write(b"HTTP/1.1 200 OK\r\n");
        while connection.write(b"x-header: 0123456789abcdef0123456789abcdef\r\n") {}
    });
    assert_eq!(failure(send(get(&server.url("/")), ROOMY).await), (UNREACHABLE, true));
}

#[tokio::test]
async fn e04_a_body_shorter_than_announced_is_no_answer() {
    let server = Server::answering("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"a\":1}");
    assert_eq!(failure(send(get(&server.url("/")), ROOMY).await), (UNREACHABLE, true));
}

#[tokio::test]
async fn e04_chunks_that_break_off_are_no_answer() {
    let server = Server::answering("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n7\r\n{\"a\":1}\r\n");
    assert_eq!(failure(send(get(&server.url("/")), ROOMY).await), (UNREACHABLE, true));
}

#[tokio::test]
async fn e04_nothing_beyond_the_announced_length_is_read() {
    let server = Server::answering("HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\n{\"a\":1},\"b\":2}");
    assert_eq!(send(get(&server.url("/")), ROOMY).await.unwrap().body(), "{\"a\":1}");
}

#[tokio::test]
async fn e04_two_lengths_are_no_answer() {
    let server =
        Server::answering("HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 7\r\n\r\n{\"a\":1}");
    assert_eq!(failure(send(get(&server.url("/")), ROOMY).await), (UNREACHABLE, true));
}

#[tokio::test]
async fn e04_the_largest_answer_arrives_whole() {
    let body = "x".repeat(ROOMY.body);
    let chunked = format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n400\r\n{body}\r\n0\r\n\r\n");
    for answer in [answer(200, "", &body), chunked.into_bytes()] {
        let server = Server::answering(answer);
        assert_eq!(send(get(&server.url("/")), ROOMY).await.unwrap().body().len(), ROOMY.body);
    }
}

#[test]
fn the_limits_are_those_that_are_promised() {
    assert_eq!(Limits::STANDARD, Limits { time: Duration::from_secs(10), body: 256 * 1024 });
    assert_eq!(Limits::USER_INFO, Limits { time: Duration::from_secs(10), body: 1024 * 1024 });
}
