//! The command against the development provider and an API that notes who calls it.

#![cfg(unix)]

use std::{fs, os::unix::fs::PermissionsExt, process::Stdio};

use anyhow::{Context, Result};
use native::Desk;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpListener,
    process::Command,
};

#[tokio::test]
async fn it_signs_in_calls_the_api_as_the_user_and_signs_out() -> Result<()> {
    let desk = Desk::new("acme")?;
    fs::create_dir_all(&desk.folder)?;
    let key = desk.folder.join("key");
    fs::write(&key, Desk::KEY)?;
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600))?;
    let api = TcpListener::bind("127.0.0.1:0").await?;
    let dashboard = format!("http://{}", api.local_addr()?);
    let acme = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_acme"));
        command.args(arguments).args([
            "--issuer",
            desk.idp.issuer(),
            "--dashboard",
            &dashboard,
            "--key-file",
        ]);
        command.arg(&key).env_clear().env("HOME", desk.folder.join("home")).stderr(Stdio::piped());
        command.stdout(Stdio::piped()).kill_on_drop(true);
        command
    };

    assert_eq!(acme(&["me"]).status().await?.code(), Some(3), "nobody is signed in");
    let mut login = acme(&["login", "--no-browser"]).spawn()?;
    let mut lines = BufReader::new(login.stderr.take().context("no stderr")?).lines();
    let address = loop {
        let line = lines.next_line().await?.context("no address came")?;
        if line.trim().starts_with("http") {
            break line.trim().parse()?;
        }
    };
    desk.alice.visit(&address).await?;
    assert!(login.wait().await?.success());

    let (me, request) =
        tokio::try_join!(async { anyhow::Ok(acme(&["me"]).output().await?) }, answer(&api, "alice"))?;
    assert_eq!((me.status.code(), me.stdout.as_slice()), (Some(0), b"alice\n".as_slice()));
    assert!(request.starts_with("GET /api/me HTTP/1.1\r\n") && request.contains("authorization: Bearer ey"));

    assert!(acme(&["logout"]).status().await?.success());
    assert_eq!(acme(&["me"]).status().await?.code(), Some(3));
    Ok(())
}

/// Answers one request, and returns its head.
async fn answer(api: &TcpListener, body: &str) -> Result<String> {
    let (mut stream, _) = api.accept().await?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    let length = body.len();
    stream.write_all(format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{body}").as_bytes()).await?;
    Ok(String::from_utf8(head)?)
}
