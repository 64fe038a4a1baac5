//! A network that can be slow, cut or silent, between a store and its engine.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64, Ordering},
};
use std::time::Duration;

use anyhow::Result;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::sleep;

/// A TCP proxy in front of one address. A drop ends it and its connections.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    weather: Arc<watch::Sender<Weather>>,
    trips: Arc<Trips>,
    accepting: JoinHandle<()>,
}

/// How often something was asked after an answer had come.
#[derive(Debug, Default)]
struct Trips {
    begun: AtomicU64,
    is_under_way: AtomicBool,
}

/// What happens to what passes through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Weather {
    /// How long each piece takes, in either direction.
    delay: Duration,
    /// Nothing arrives, and nobody is told.
    silent: bool,
    /// New connections are closed at once.
    refusing: bool,
    /// Requests arrive, and connections are cut where their answers would come.
    answers_lost: bool,
    /// Counts the cuts: connections that are older end.
    cuts: u64,
    target: SocketAddr,
}

impl Proxy {
    /// Listens on a free port of 127.0.0.1 for what is meant for `target`.
    pub async fn to(target: SocketAddr) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let weather = Arc::new(watch::Sender::new(Weather::good(target)));
        let trips = Arc::new(Trips::default());
        let accepting = tokio::spawn(accept(listener, Arc::clone(&weather), Arc::clone(&trips)));
        Ok(Self { address, weather, trips, accepting })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `url` with the proxy's host and port in place of the engine's.
    pub fn in_url(&self, url: &str) -> String {
        let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let user = authority.rsplit_once('@').map(|(user, _)| format!("{user}@")).unwrap_or_default();
        format!("{scheme}://{user}{}{path}", self.address)
    }

    /// How many round trips there have been, if one connection was in use at a time.
    pub fn round_trips(&self) -> u64 {
        self.trips.begun.load(Ordering::Relaxed)
    }

    /// Lets each piece take this long, in either direction.
    pub fn delay(&self, delay: Duration) {
        self.weather.send_modify(|weather| weather.delay = delay);
    }

    /// Closes every connection; new ones are accepted.
    pub fn cut(&self) {
        self.weather.send_modify(|weather| weather.cuts += 1);
    }

    /// Closes every connection, and new ones at once.
    pub fn refuse(&self) {
        self.weather.send_modify(|weather| (weather.refusing, weather.cuts) = (true, weather.cuts + 1));
    }

    /// From now on nothing arrives, and nobody is told: a network that swallows everything.
    pub fn swallow(&self) {
        self.weather.send_modify(|weather| weather.silent = true);
    }

    /// Lets requests through, and cuts each connection where its next answer would come.
    pub fn lose_answers(&self) {
        self.weather.send_modify(|weather| weather.answers_lost = true);
    }

    /// Good weather again. What was swallowed stays lost, with the connections that missed it.
    pub fn heal(&self) {
        self.weather.send_modify(|weather| {
            let lost = u64::from(weather.silent);
            *weather = Weather { cuts: weather.cuts + lost, ..Weather::good(weather.target) };
        });
    }

    /// Closes every connection; new ones lead elsewhere, as after a failover.
    pub fn lead_to(&self, target: SocketAddr) {
        self.weather.send_modify(|weather| (weather.target, weather.cuts) = (target, weather.cuts + 1));
    }
}

impl Weather {
    fn good(target: SocketAddr) -> Self {
        Self { delay: Duration::ZERO, silent: false, refusing: false, answers_lost: false, cuts: 0, target }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Trips {
    fn pass(&self, direction: Direction) {
        let asks = direction == Direction::Request;
        if self.is_under_way.swap(asks, Ordering::Relaxed) != asks && asks {
            self.begun.fetch_add(1, Ordering::Relaxed);
        }
    }
}

async fn accept(listener: TcpListener, weather: Arc<watch::Sender<Weather>>, trips: Arc<Trips>) {
    let mut connections = JoinSet::new();
    while let Ok((near, _)) = listener.accept().await {
        if !weather.borrow().refusing {
            connections.spawn(connect(near, weather.subscribe(), Arc::clone(&trips)));
        }
        while connections.try_join_next().is_some() {}
    }
}

/// One connection: it lives until one of its ends, or the weather, closes it.
async fn connect(near: TcpStream, mut weather: watch::Receiver<Weather>, trips: Arc<Trips>) {
    let Weather { cuts, target, .. } = *weather.borrow_and_update();
    let Ok(far) = TcpStream::connect(target).await else { return };
    // Without these, small pieces wait for one another, and that would be measured.
    let _ = (near.set_nodelay(true), far.set_nodelay(true));
    let ((near_read, near_write), (far_read, far_write)) = (near.into_split(), far.into_split());
    let requests = carry(near_read, far_write, weather.clone(), Direction::Request, &trips);
    let answers = carry(far_read, near_write, weather.clone(), Direction::Answer, &trips);
    tokio::select! {
        () = requests => {}
        () = answers => {}
        _ = weather.wait_for(|weather| weather.cuts > cuts) => {}
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Request,
    Answer,
}

async fn carry(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    weather: watch::Receiver<Weather>,
    direction: Direction,
    trips: &Trips,
) {
    let mut piece = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = from.read(&mut piece).await {
        trips.pass(direction);
        let now = *weather.borrow();
        if now.answers_lost && direction == Direction::Answer {
            return;
        }
        if !now.delay.is_zero() {
            sleep(now.delay).await;
        }
        if weather.borrow().silent {
            continue;
        }
        let Some(piece) = piece.get(..length) else { return };
        if to.write_all(piece).await.is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::timeout;

    use super::*;

    #[tokio::test]
    async fn good_weather_passes_everything_on_and_bad_weather_what_it_says() -> Result<()> {
        let proxy = Proxy::to(echo().await?).await?;
        let mut line = TcpStream::connect(proxy.address()).await?;
        assert_eq!(said(&mut line).await?, Some(*b"hello"));

        assert_eq!(said(&mut line).await?, Some(*b"hello"));
        assert_eq!(proxy.round_trips(), 2);

        proxy.cut();
        assert_eq!(said(&mut line).await?, None, "the old connection ended");
        let mut line = TcpStream::connect(proxy.address()).await?;
        assert_eq!(said(&mut line).await?, Some(*b"hello"), "a new one works");

        proxy.lose_answers();
        assert_eq!(said(&mut line).await?, None, "it ended where the answer would have come");
        proxy.heal();
        proxy.refuse();
        let mut line = TcpStream::connect(proxy.address()).await?;
        assert_eq!(said(&mut line).await?, None, "it ended at once");

        proxy.heal();
        let mut line = TcpStream::connect(proxy.address()).await?;
        proxy.swallow();
        let silence = timeout(Duration::from_millis(50), said(&mut line)).await;
        assert!(silence.is_err(), "nothing came, and nothing was said");
        proxy.heal();
        let mut line = TcpStream::connect(proxy.address()).await?;
        assert_eq!(said(&mut line).await?, Some(*b"hello"));
        Ok(())
    }

    #[tokio::test]
    async fn urls_lead_through_it() -> Result<()> {
        let proxy = Proxy::to(echo().await?).await?;
        let here = proxy.address();
        assert_eq!(proxy.in_url("redis://127.0.0.1:6379"), format!("redis://{here}"));
        assert_eq!(proxy.in_url("postgres://me@host:1/db?x=y"), format!("postgres://me@{here}/db?x=y"));
        Ok(())
    }

    async fn echo() -> Result<SocketAddr> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        tokio::spawn(async move {
            while let Ok((mut line, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let (mut read, mut write) = line.split();
                    tokio::io::copy(&mut read, &mut write).await
                });
            }
        });
        Ok(address)
    }

    /// What comes back; `None` if the line was cut.
    async fn said(line: &mut TcpStream) -> Result<Option<[u8; 5]>> {
        let mut heard = [0; 5];
        let spoken = line.write_all(b"hello").await.is_ok() && line.read_exact(&mut heard).await.is_ok();
        Ok(spoken.then_some(heard))
    }
}
