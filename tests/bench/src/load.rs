//! Load over loopback: kept-alive connections that send the same request again and again.
//!
//! The client shares the machine with the server, so it does as little as can be: it writes the same bytes, and reads as many
//! as the first answer had.

use std::{net::SocketAddr, sync::Arc, time::Instant};

use anyhow::{Result, ensure};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
};

use crate::{paired::Cost, server::Server};

/// Connections to one page.
#[derive(Debug)]
pub struct Load<'a> {
    server: &'a Server,
    connections: Vec<Connection>,
}

#[derive(Debug)]
struct Connection {
    stream: TcpStream,
    request: Arc<[u8]>,
    answer: Vec<u8>,
}

impl<'a> Load<'a> {
    /// Opens so many connections.
    ///
    /// # Errors
    /// When the page cannot be had.
    pub async fn open(
        server: &'a Server,
        address: SocketAddr,
        path: &str,
        connections: usize,
    ) -> Result<Self> {
        let request: Arc<[u8]> = request(path, &server.cookie).into_bytes().into();
        let mut opened = Vec::with_capacity(connections);
        for _ in 0..connections {
            opened.push(Connection::open(address, Arc::clone(&request)).await?);
        }
        Ok(Self { server, connections: opened })
    }

    /// Sends so many requests over all connections; the processor time is the server's.
    ///
    /// # Errors
    /// When one is not answered with 200.
    pub async fn send(&mut self, requests: u64) -> Result<Cost> {
        let share = requests.div_ceil(self.connections.len() as u64);
        let (cpu, wall) = (self.server.cpu().await, Instant::now());
        let mut busy = JoinSet::new();
        for connection in self.connections.drain(..) {
            busy.spawn(connection.send(share));
        }
        while let Some(connection) = busy.join_next().await {
            self.connections.push(connection??);
        }
        let wall = wall.elapsed();
        // Shares are rounded up; the cost is for the requests that were asked for.
        let asked = requests as f64 / (share * self.connections.len() as u64) as f64;
        let cpu = self.server.cpu().await.saturating_sub(cpu);
        Ok(Cost { wall: wall.mul_f64(asked), cpu: cpu.mul_f64(asked) })
    }
}

impl Connection {
    async fn open(address: SocketAddr, request: Arc<[u8]>) -> Result<Self> {
        let mut stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        stream.write_all(&request).await?;
        let mut answer = vec![0; 4096];
        let length = stream.read(&mut answer).await?;
        answer.truncate(length);
        ensure!(answer.starts_with(OK), "{}", String::from_utf8_lossy(&answer));
        Ok(Self { stream, request, answer })
    }

    async fn send(mut self, requests: u64) -> Result<Self> {
        for _ in 0..requests {
            self.stream.write_all(&self.request).await?;
            self.stream.read_exact(&mut self.answer).await?;
            ensure!(self.answer.starts_with(OK), "{}", String::from_utf8_lossy(&self.answer));
        }
        Ok(self)
    }
}

const OK: &[u8] = b"HTTP/1.1 200 ";

fn request(path: &str, cookie: &str) -> String {
    format!(
        "GET {path} HTTP/1.1\r\nhost: app.example\r\naccept: text/html,application/xhtml+xml\r\n\
         user-agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\r\n\
         cookie: {cookie}\r\n\r\n"
    )
}
