//! Load over loopback: kept-alive connections that ask for the same page again and again.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use anyhow::{Context as _, Result, ensure};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinSet,
    time::Instant,
};

use crate::{browser::HEADERS, provider::SUBJECT};

/// How many connections ask at once.
pub(crate) const CONNECTIONS: usize = 16;

/// What is asked for.
#[derive(Clone, Debug)]
pub(crate) struct Load {
    address: SocketAddr,
    request: Arc<[u8]>,
}

/// Connections that are ready to ask for it.
#[derive(Debug)]
pub(crate) struct Connections(Vec<Connection>);

#[derive(Debug)]
struct Connection {
    stream: TcpStream,
    request: Arc<[u8]>,
    buffer: Vec<u8>,
}

impl Load {
    pub(crate) fn new(address: SocketAddr, path: &str, cookie: &str) -> Self {
        Self { address, request: request(address, path, cookie).into() }
    }

    /// Opens the connections, each with a first answer.
    pub(crate) async fn connect(&self) -> Result<Connections> {
        let mut connections = Vec::with_capacity(CONNECTIONS);
        for _ in 0..CONNECTIONS {
            let stream = TcpStream::connect(self.address).await?;
            stream.set_nodelay(true)?;
            let (request, buffer) = (Arc::clone(&self.request), Vec::with_capacity(16 * 1024));
            let mut connection = Connection { stream, request, buffer };
            connection.ask().await?;
            connections.push(connection);
        }
        Ok(Connections(connections))
    }
}

impl Connections {
    /// Asks for so long, and returns how many answers there were: each was 200, and greeted the user.
    pub(crate) async fn ask_for(self, time: Duration) -> Result<u64> {
        let end = Instant::now() + time;
        let mut busy: JoinSet<_> = self.0.into_iter().map(|connection| connection.ask_until(end)).collect();
        let mut answered = 0;
        while let Some(of_one) = busy.join_next().await {
            answered += of_one??;
        }
        Ok(answered)
    }
}

fn request(address: SocketAddr, path: &str, cookie: &str) -> Vec<u8> {
    let mut request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\n");
    for (name, value) in HEADERS {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str(&format!("cookie: {cookie}\r\n\r\n"));
    request.into_bytes()
}

impl Connection {
    async fn ask_until(mut self, end: Instant) -> Result<u64> {
        let mut answered = 0;
        while Instant::now() < end {
            self.ask().await?;
            answered += 1;
        }
        Ok(answered)
    }

    async fn ask(&mut self) -> Result<()> {
        self.stream.write_all(&self.request).await?;
        self.read_answer().await
    }

    async fn read_answer(&mut self) -> Result<()> {
        self.buffer.clear();
        let head = loop {
            self.read_some().await?;
            if let Some(at) = find(&self.buffer, b"\r\n\r\n") {
                break at + 4;
            }
        };
        ensure!(self.buffer.starts_with(b"HTTP/1.1 200 "), "{}", self.so_far());
        let length = content_length(&self.buffer[..head])?;
        loop {
            let body = &self.buffer[head..];
            let complete = length.map_or_else(|| body.ends_with(b"0\r\n\r\n"), |length| body.len() >= length);
            if complete {
                break;
            }
            self.read_some().await?;
        }
        let greets = find(&self.buffer[head..], SUBJECT.as_bytes()).is_some();
        ensure!(greets, "another user, or none: {}", self.so_far());
        Ok(())
    }

    async fn read_some(&mut self) -> Result<()> {
        let read = self.stream.read_buf(&mut self.buffer).await?;
        ensure!(read > 0, "the server closed the connection after {}", self.so_far());
        Ok(())
    }

    fn so_far(&self) -> String {
        String::from_utf8_lossy(&self.buffer).into_owned()
    }
}

/// `None` where the body is chunked.
fn content_length(head: &[u8]) -> Result<Option<usize>> {
    const NAME: &[u8] = b"content-length:";
    let line = head
        .split(|byte| *byte == b'\n')
        .find(|line| line.get(..NAME.len()).is_some_and(|name| name.eq_ignore_ascii_case(NAME)));
    line.map(|line| {
        let value = std::str::from_utf8(&line[NAME.len()..])?;
        value.trim().parse().context("a content length")
    })
    .transpose()
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_is_read_whatever_its_case() {
        let head = b"HTTP/1.1 200 OK\r\nContent-Length: 25\r\n\r\n";
        assert_eq!(content_length(head).ok(), Some(Some(25)));
        assert_eq!(content_length(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").ok(), Some(None));
        assert!(content_length(b"content-length: many\r\n\r\n").is_err());
    }
}
