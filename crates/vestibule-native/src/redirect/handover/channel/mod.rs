//! The channel between the instances of one application, for one user. The lock says who is first: it frees itself when its
//! holder dies, and then a file that is left behind stands for nothing.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

use std::{
    fs::File,
    io::{self, Read, Write},
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use aws_lc_rs::digest::{SHA256, digest};
use etcetera::BaseStrategy;
use vestibule::RedirectUri;

use crate::private_dir::PrivateDir;

#[cfg(unix)]
use self::unix as system;
#[cfg(windows)]
use self::windows as system;

/// The first instance's end. It is first for as long as this lives.
pub(super) struct Channel {
    _lock: File,
    end: system::End,
}

/// The way to the first instance.
pub(super) struct First(system::Address);

pub(super) enum Claim {
    First(Channel),
    Taken(First),
}

/// Where the channels of this user are.
pub(super) fn folder() -> Option<PathBuf> {
    let folders = etcetera::choose_base_strategy().ok()?;
    let run = folders.runtime_dir().map(|run| run.join("vestibule"));
    let state = || folders.state_dir().unwrap_or_else(|| folders.cache_dir()).join("vestibule").join("run");
    Some(run.unwrap_or_else(state))
}

impl Channel {
    /// Becomes the first of all that have this redirect URI, or finds the way to it.
    pub(super) fn claim(folder: &Path, redirect_uri: &RedirectUri) -> io::Result<Claim> {
        let folder = PrivateDir::open(folder).map_err(io::Error::other)?;
        let name = name(redirect_uri);
        let lock = folder.lock_file(&format!("{name}.lock")).map_err(io::Error::other)?;
        let address = system::Address::new(folder.path(), &name);
        match fs4::FileExt::try_lock(&lock) {
            Ok(()) => Ok(Claim::First(Self { _lock: lock, end: system::End::open(&address)? })),
            Err(fs4::TryLockError::WouldBlock) => Ok(Claim::Taken(First(address))),
            Err(fs4::TryLockError::Error(error)) => Err(error),
        }
    }

    pub(super) fn listen(&self) -> io::Result<system::Listener> {
        self.end.listen()
    }
}

impl First {
    /// Sends it to the first instance, and returns its word.
    pub(super) fn hand(&self, message: &[u8]) -> io::Result<u8> {
        let mut first = self.reach()?;
        first.write_all(message)?;
        let mut word = [0];
        first.read_exact(&mut word)?;
        let [word] = word;
        Ok(word)
    }

    /// It may be about to open its end: for a second that is waited for.
    fn reach(&self) -> io::Result<impl Read + Write> {
        for _ in 0..20 {
            if let Ok(first) = self.0.connect() {
                return Ok(first);
            }
            thread::sleep(Duration::from_millis(50));
        }
        self.0.connect()
    }
}

/// Short, since the paths of sockets are; the same in every instance.
fn name(redirect_uri: &RedirectUri) -> String {
    let digest = digest(&SHA256, redirect_uri.as_str().as_bytes());
    digest.as_ref().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
