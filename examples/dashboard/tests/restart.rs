//! The dashboard as a process that is killed and started again, with its sessions in a file.

use std::{
    io::{BufRead as _, BufReader},
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
};

use anyhow::{Context as _, Result};
use example_shared::testing::{self, Browser};
use reqwest::StatusCode;
use vestibule_dev_idp::{DevIdp, User};

const KEY: &str = "7Jt0gSN3bM3w0m1v4Yd5mV0cS8o2bZQxj0a1l8k3nFs";

/// A drop kills it.
struct Dashboard(Child);

impl Dashboard {
    fn start(idp: &DevIdp, listen_addr: &str, folder: &Path) -> Result<Self> {
        let child = Command::new(env!("CARGO_BIN_EXE_dashboard"))
            .envs([("CLIENT_ID", "dashboard"), ("CLIENT_SECRET", "dashboard-secret"), ("COOKIE_KEYS", KEY)])
            .env("ISSUER", idp.issuer())
            .env("LISTEN_ADDR", listen_addr)
            .env("SESSION_STORE", format!("sqlite:{}", folder.join("sessions.db").display()))
            .env_remove("RUST_LOG")
            .stdout(Stdio::piped())
            .spawn()?;
        let mut dashboard = Self(child);
        let output = dashboard.0.stdout.take().context("its output is piped")?;
        let mut lines = BufReader::new(output).lines().map_while(Result::ok);
        lines.find(|line| line.contains("listening on")).context("it did not start")?;
        std::thread::spawn(move || lines.for_each(drop));
        Ok(dashboard)
    }
}

impl Drop for Dashboard {
    fn drop(&mut self) {
        // SIGKILL: nothing is put in order.
        let _ = self.0.kill().and_then(|()| self.0.wait());
    }
}

#[tokio::test]
async fn sessions_in_a_file_survive_the_process() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let idp = DevIdp::builder().user(User::new("alice")).user(User::new("bob")).start()?;
    let listen_addr = TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
    let url = format!("http://{listen_addr}");
    testing::settings(&idp, "dashboard", &url, None)?;
    let start = || Dashboard::start(&idp, &listen_addr, folder.path());

    let first = start()?;
    let (alice, bob) = (Browser::new()?, Browser::new()?);
    for (browser, name) in [(&alice, "alice"), (&bob, "bob")] {
        let login_page = browser.open(&format!("{url}/me")).await?;
        browser.sign_in(&login_page, name).await?.expect(StatusCode::OK)?;
    }
    drop(first);

    let second = start()?;
    let page = alice.open(&format!("{url}/me")).await?.expect(StatusCode::OK)?;
    assert_eq!(page.url.as_str(), format!("{url}/me"), "nobody had to sign in again");
    bob.call(&format!("{url}/api/me")).await?.expect(StatusCode::OK)?;
    let deliveries = idp.end_session_of("alice").await;
    assert_eq!(deliveries.first().and_then(|delivery| delivery.status), Some(200));
    drop(second);

    let _third = start()?;
    alice.call(&format!("{url}/api/me")).await?.expect(StatusCode::UNAUTHORIZED)?;
    bob.call(&format!("{url}/api/me")).await?.expect(StatusCode::OK)?;
    Ok(())
}
