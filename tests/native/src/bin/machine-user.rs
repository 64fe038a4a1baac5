//! One process of an application on a [`Machine`](native::machine::Machine).
//!
//! Arguments: issuer, folder. The first line of its input is the key of the sealed files; `-` is the system's secure
//! store. Each further line says what its clock is ahead by, and asks for an access token.

use std::path::Path;

use anyhow::{Context, Result};
use native::{clock::AheadClock, machine::application};
use tokio::io::{AsyncBufReadExt, BufReader, stdin};
use vestibule_native::vestibule::Diagnose;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (issuer, folder) =
        (arguments.next().context("which issuer?")?, arguments.next().context("which folder?")?);
    let mut lines = BufReader::new(stdin()).lines();
    let key = lines.next_line().await?.context("which key?")?;
    let clock = AheadClock::default();
    let key = Some(key.as_str()).filter(|key| *key != "-");
    let app = application(&issuer, Path::new(&folder), key, clock.clone())?;
    println!("ready");
    while let Some(line) = lines.next_line().await? {
        clock.set_ahead(line.parse()?);
        match app.access_token().await {
            Ok(token) => println!("token {}", token.expose()),
            Err(error) => println!("error {}", error.code()),
        }
    }
    Ok(())
}
