//! One process of an application on a [`Machine`](native::machine::Machine).
//!
//! Arguments: issuer, folder. The first line of its input is the key of the sealed files; `-` is the system's secure
//! store. Each further line is a question, `token`, `login` or `logout`, and what its clock is ahead by.

use std::path::Path;

use anyhow::{Context, Result};
use native::{clock::AheadClock, machine::application};
use tokio::io::{AsyncBufReadExt, BufReader, stdin};
use vestibule_native::{Login, Logout, vestibule::Diagnose};

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
        let (question, ahead) = line.split_once(' ').context("no question")?;
        clock.set_ahead(ahead.parse()?);
        let answer = match question {
            "login" => {
                app.login(Login::new().in_browser()).await.map(|user| format!("done {}", user.subject()))
            }
            "logout" => app.logout(Logout::new()).await.map(|_| "done nobody".to_owned()),
            _ => app.access_token().await.map(|token| format!("token {}", token.expose())),
        };
        println!("{}", answer.unwrap_or_else(|error| format!("error {}", error.code())));
    }
    Ok(())
}
