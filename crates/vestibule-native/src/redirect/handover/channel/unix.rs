use std::{
    fs,
    io::{self, ErrorKind},
    os::unix::net::{UnixListener, UnixStream},
    path::{Path, PathBuf},
    time::Duration,
};

use rustix::process::geteuid;

pub(super) struct Address(PathBuf);

pub(super) struct End(UnixListener);

pub(in super::super) struct Listener(tokio::net::UnixListener);

impl Address {
    pub(super) fn new(folder: &Path, name: &str) -> Self {
        Self(folder.join(name))
    }

    /// Whoever is there gets three seconds for each step.
    pub(super) fn connect(&self) -> io::Result<UnixStream> {
        let first = UnixStream::connect(&self.0)?;
        first.set_write_timeout(Some(LIMIT))?;
        first.set_read_timeout(Some(LIMIT))?;
        Ok(first)
    }
}

const LIMIT: Duration = Duration::from_secs(3);

impl End {
    /// Takes the place of an instance that is gone.
    pub(super) fn open(address: &Address) -> io::Result<Self> {
        match fs::remove_file(&address.0) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let listener = UnixListener::bind(&address.0)?;
        listener.set_nonblocking(true)?;
        Ok(Self(listener))
    }

    pub(super) fn listen(&self) -> io::Result<Listener> {
        tokio::net::UnixListener::from_std(self.0.try_clone()?).map(Listener)
    }
}

impl Listener {
    /// The next peer of this very user.
    pub(in super::super) async fn accept(&mut self) -> io::Result<tokio::net::UnixStream> {
        loop {
            let (peer, _) = self.0.accept().await?;
            if peer.peer_cred()?.uid() == geteuid().as_raw() {
                return Ok(peer);
            }
        }
    }
}
