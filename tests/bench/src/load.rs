//! Load over loopback: kept-alive connections that send the same request again and again.
//!
//! The client shares the machine with the server, so it does as little as can be: it writes the same bytes, and reads as many
//! as the first answer had.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use anyhow::{Result, ensure};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
};

use crate::{
    browser::Target,
    clock::{process_cpu, thread_cpu, wall},
    paired::Cost,
};

/// Connections that ask for one thing.
#[derive(Debug)]
pub struct Load {
    connections: Vec<Connection>,
}

#[derive(Debug)]
struct Connection {
    stream: TcpStream,
    request: Arc<[u8]>,
    answer: Vec<u8>,
}

impl Load {
    /// Opens so many connections.
    ///
    /// # Errors
    /// When it cannot be had.
    pub async fn open(address: SocketAddr, cookie: &str, target: Target, connections: usize) -> Result<Self> {
        let request: Arc<[u8]> = target.to_bytes(cookie).into();
        let mut opened = Vec::with_capacity(connections);
        for _ in 0..connections {
            opened.push(Connection::open(address, Arc::clone(&request)).await?);
        }
        Ok(Self { connections: opened })
    }

    /// Sends so many requests over all connections; the processor time is the server's. Call it on a runtime of this thread alone.
    ///
    /// # Errors
    /// When one is not answered with 200.
    pub async fn send(&mut self, requests: u64) -> Result<Cost> {
        let share = requests.div_ceil(self.connections.len() as u64);
        let (cpu, start) = (server_cpu(), wall());
        let mut busy = JoinSet::new();
        for connection in self.connections.drain(..) {
            busy.spawn(connection.send(share));
        }
        while let Some(connection) = busy.join_next().await {
            self.connections.push(connection??);
        }
        let wall = wall().saturating_sub(start);
        // Shares are rounded up; the cost is for the requests that were asked for.
        let asked = requests as f64 / (share * self.connections.len() as u64) as f64;
        let cpu = server_cpu().saturating_sub(cpu);
        Ok(Cost { wall: wall.mul_f64(asked), cpu: cpu.mul_f64(asked), engine: Duration::ZERO })
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

/// How long all threads but this one, the client's, have been on a processor.
fn server_cpu() -> Duration {
    process_cpu().saturating_sub(thread_cpu())
}

const OK: &[u8] = b"HTTP/1.1 200 ";
