use std::{
    fs::{self, File, OpenOptions},
    io,
    path::{Path, PathBuf},
};

use tokio::net::windows::named_pipe::{NamedPipeServer, ServerOptions};
use vestibule::{OsRandom, Random};

/// A file that holds the pipe's name. Names of pipes are everybody's: this one cannot be guessed, and the file is where only
/// this user looks.
pub(super) struct Address(PathBuf);

/// The pipe's name.
pub(super) struct End(String);

pub(in super::super) struct Listener {
    name: String,
    next: NamedPipeServer,
}

impl Address {
    pub(super) fn new(folder: &Path, name: &str) -> Self {
        Self(folder.join(name))
    }

    pub(super) fn connect(&self) -> io::Result<File> {
        OpenOptions::new().read(true).write(true).open(fs::read_to_string(&self.0)?)
    }
}

impl End {
    pub(super) fn open(address: &Address) -> io::Result<Self> {
        let mut bytes = [0; 16];
        OsRandom.fill(&mut bytes).map_err(io::Error::other)?;
        let secret: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let name = format!(r"\\.\pipe\vestibule-{secret}");
        fs::write(&address.0, &name)?;
        Ok(Self(name))
    }

    /// By the access list that the system gives a pipe, only its maker may write to it.
    pub(super) fn listen(&self) -> io::Result<Listener> {
        let next =
            ServerOptions::new().first_pipe_instance(true).reject_remote_clients(true).create(&self.0)?;
        Ok(Listener { name: self.0.clone(), next })
    }
}

impl Listener {
    pub(in super::super) async fn accept(&mut self) -> io::Result<NamedPipeServer> {
        self.next.connect().await?;
        let following = ServerOptions::new().reject_remote_clients(true).create(&self.name)?;
        Ok(std::mem::replace(&mut self.next, following))
    }
}
