//! The answer comes to a listener on this machine (RFC 8252 section 7.3).

mod connection;
mod head;
mod judgement;
mod page;
mod peers;
mod reply;
#[cfg(test)]
mod tests;

use std::{
    io::{self, ErrorKind},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use tokio::{net::TcpListener, time};
use vestibule::{Callback, Random, RedirectUri};

use self::{
    judgement::Door,
    peers::Peers,
    reply::{DONE, Reply},
};
use super::{
    RedirectError,
    plan::{LoopbackPlan, authority},
};

/// A port that is held for one login. Dropping it frees the port.
pub(crate) struct Loopback {
    listener: TcpListener,
    redirect_uri: RedirectUri,
    door: Door,
}

impl Loopback {
    /// Listens, before anything is told about it: the URL for the browser is built with what this returns (checklist F02).
    pub(crate) async fn bind(plan: &LoopbackPlan, random: &dyn Random) -> Result<Self, RedirectError> {
        let path = match plan.random_suffix {
            true => format!("{}/{}", plan.path, random_segment(random)?),
            false => plan.path.clone(),
        };
        let listener = listen(plan).await?;
        let address = listener.local_addr().map_err(|_| RedirectError::BindFailed)?;
        Ok(Self {
            redirect_uri: RedirectUri::loopback(address, &path)?,
            // Browsers leave the scheme's own port out.
            door: Door {
                authority: authority(address.ip(), Some(address.port()).filter(|port| *port != 80)),
                path,
            },
            listener,
        })
    }

    pub(crate) fn redirect_uri(&self) -> &RedirectUri {
        &self.redirect_uri
    }

    /// Waits for the one answer that is recognised, however long; everything else is refused and changes nothing. Then shows
    /// the page, and closes (checklist F05, F07).
    pub(crate) async fn answer(self, recognises: impl Fn(&Callback) -> bool) -> Callback {
        let mut peers = Peers::default();
        let callback = loop {
            let request = self.next_request(&mut peers).await;
            let answer = match &request.head {
                Ok(head) => self.door.answer(head),
                Err(error) => Err((*error).into()),
            };
            let reply = match answer {
                Ok(callback) if recognises(&callback) => {
                    peers.dismiss(request.stream, Reply::Taken);
                    break callback;
                }
                Ok(_) => Reply::NotTheAnswer,
                Err(reply) => reply,
            };
            tracing::debug!(?reply, "refused a request at the loopback redirect URI");
            peers.dismiss(request.stream, reply);
        };
        // A browser comes at once. Without it nothing is lost but the page.
        let _ = time::timeout(Duration::from_secs(2), self.show_page(&mut peers)).await;
        callback
    }

    async fn show_page(&self, peers: &mut Peers) {
        let door = Door { path: DONE.to_owned(), ..self.door.clone() };
        loop {
            let mut request = self.next_request(peers).await;
            let admitted = match &request.head {
                Ok(head) => door.admit(head),
                Err(error) => Err((*error).into()),
            };
            match admitted {
                Ok(()) => return connection::reply(&mut request.stream, Reply::Done).await,
                Err(reply) => peers.dismiss(request.stream, reply),
            }
        }
    }

    async fn next_request(&self, peers: &mut Peers) -> peers::Request {
        loop {
            tokio::select! {
                Some(request) = peers.heard() => return request,
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, _)) => peers.admit(stream),
                    // No descriptors left, say: whoever is connected goes on.
                    Err(_) => time::sleep(Duration::from_millis(50)).await,
                },
            }
        }
    }
}

/// On the literal that is registered. Where that is open, 127.0.0.1, and `[::1]` only on a machine without the former.
async fn listen(plan: &LoopbackPlan) -> Result<TcpListener, RedirectError> {
    let hosts = match &plan.host {
        Some(host) => std::slice::from_ref(host),
        None => &[IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)],
    };
    let ports = if plan.ports.is_empty() { &[0] } else { plan.ports.as_slice() };
    for host in hosts {
        match first_free(*host, ports).await {
            Ok(listener) => return Ok(listener),
            Err(error) if error.kind() == ErrorKind::AddrNotAvailable => {}
            Err(_) => break,
        }
    }
    Err(RedirectError::BindFailed)
}

async fn first_free(host: IpAddr, ports: &[u16]) -> io::Result<TcpListener> {
    let mut last = io::Error::from(ErrorKind::AddrNotAvailable);
    for port in ports {
        match TcpListener::bind(SocketAddr::new(host, *port)).await {
            Ok(listener) => return Ok(listener),
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// 128 bits, as one segment of a path.
fn random_segment(random: &dyn Random) -> Result<String, RedirectError> {
    let mut bytes = [0; 16];
    random.fill(&mut bytes)?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}
