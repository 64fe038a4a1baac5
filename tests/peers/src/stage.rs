//! Contestants that are built, running, and signed in to.

use std::{
    fs,
    net::{SocketAddr, TcpListener},
    path::Path,
    process::Command,
};

use anyhow::{Context as _, Result};
use url::Url;

use crate::{
    apache, express,
    load::Load,
    process::{Process, programs, run},
    proof,
    provider::{Provider, SECRET, SUBJECT},
    roster::{Contestant, Program, Version},
};

/// The page, in every contestant.
const PAGE: &str = "/me";

/// A contestant that runs, and what is asked of its two pages.
#[derive(Debug)]
pub(crate) struct OnStage {
    pub(crate) contestant: &'static Contestant,
    pub(crate) title: String,
    pub(crate) cookie: String,
    pub(crate) protected: Load,
    pub(crate) bare: Load,
    pub(crate) process: Process,
}

/// Where a contestant is to serve, and for which provider.
#[derive(Debug)]
pub(crate) struct Place<'a> {
    pub(crate) name: &'static str,
    pub(crate) issuer: &'a str,
    pub(crate) protected: SocketAddr,
    pub(crate) bare: SocketAddr,
}

/// Builds the contestants, and installs what they consist of.
pub(crate) fn build(contestants: &[&Contestant]) -> Result<()> {
    let mut programs = false;
    for contestant in contestants {
        match contestant.program {
            Program::Cargo { .. } => programs = true,
            Program::Express => express::install()?,
            Program::Apache => apache::install()?,
        }
    }
    if programs {
        // All of them: by packages, cargo would build what they share anew for each choice of features.
        let mut cargo = Command::new("cargo");
        cargo.args(["build", "--release", "--workspace"]).current_dir(env!("CARGO_MANIFEST_DIR"));
        run(&mut cargo)?;
    }
    Ok(())
}

impl OnStage {
    /// Starts it, proves that it protects the page, and signs in.
    pub(crate) async fn start(contestant: &'static Contestant, provider: &Provider) -> Result<Self> {
        let place = Place::new(contestant.name, provider.issuer())?;
        let page = Url::parse(&place.base_url())?.join(PAGE)?;
        provider.register(contestant.name, &place.redirect_uri())?;
        let mut command = command(contestant, &place)?;
        let process = Process::start(contestant.name, &mut command, &[place.protected, place.bare]).await?;
        let proven = proof::that_it_protects(&page, provider).await;
        let cookie = proven.with_context(|| format!("{}:\n{}", contestant.name, process.log()))?;
        Ok(Self {
            contestant,
            title: contestant.title.replace("{}", &version(&contestant.version)?),
            protected: Load::new(place.protected, PAGE, &cookie),
            bare: Load::new(place.bare, PAGE, &cookie),
            cookie,
            process,
        })
    }
}

impl<'a> Place<'a> {
    fn new(name: &'static str, issuer: &'a str) -> Result<Self> {
        // Held together, so that they are not the same.
        let listeners = [TcpListener::bind("127.0.0.1:0")?, TcpListener::bind("127.0.0.1:0")?];
        let [protected, bare] = listeners.each_ref().map(TcpListener::local_addr);
        Ok(Self { name, issuer, protected: protected?, bare: bare? })
    }

    pub(crate) fn base_url(&self) -> String {
        format!("http://{}", self.protected)
    }

    pub(crate) fn redirect_uri(&self) -> String {
        format!("{}/auth/callback", self.base_url())
    }
}

/// What starts it. Each is told the same by its environment.
fn command(contestant: &Contestant, place: &Place<'_>) -> Result<Command> {
    let mut command = match contestant.program {
        Program::Cargo { package, arguments } => {
            let mut command = Command::new(programs()?.join(package));
            command.args(arguments);
            command
        }
        Program::Express => express::command()?,
        Program::Apache => apache::command(place)?,
    };
    command
        .env("PEERS_ISSUER", place.issuer)
        .env("PEERS_CLIENT_ID", place.name)
        .env("PEERS_CLIENT_SECRET", SECRET)
        .env("PEERS_SUBJECT", SUBJECT)
        .env("PEERS_KEY", KEY)
        .env("PEERS_PROTECTED", place.protected.to_string())
        .env("PEERS_BARE", place.bare.to_string());
    Ok(command)
}

/// What contestants that need a key seal their cookies with.
pub(crate) const KEY: &str = "5fe3a4b1c7d809e26b1f4c3d9a7e80512c6d4f8b3a90e1d7c5b2f6a8094e3d1c";

fn version(version: &Version) -> Result<String> {
    match version {
        Version::Crate(name) => {
            let lock = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.lock"))?;
            let entry = format!("name = \"{name}\"\nversion = \"");
            let (_, rest) = lock.split_once(&entry).with_context(|| format!("{name} is not locked"))?;
            Ok(rest.split('"').next().unwrap_or_default().to_owned())
        }
        Version::Npm(name) => express::version_of(name),
        Version::Debian(name) => apache::version_of(name),
    }
}
