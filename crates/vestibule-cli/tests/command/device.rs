use anyhow::{Context, Result};
use native::Desk;
use tokio::io::{AsyncBufReadExt, BufReader};

use crate::world::World;

/// RFC 8628 section 5.4: somebody else may have sent the code.
#[tokio::test]
async fn f14_code_and_address_come_with_a_warning_and_without_escapes() -> Result<()> {
    let world = World::new("device")?;
    let key = world.home.join("key").display().to_string();
    let issuer = world.desk.idp.issuer();
    let arguments =
        ["login", "--device", "--issuer", issuer, "--client-id", Desk::CLIENT, "--key-file", &key];
    let mut child = world.command(&arguments).spawn()?;
    let mut lines = BufReader::new(child.stderr.take().context("no stderr")?).lines();
    let mut shown = Vec::new();
    while let Some(line) = lines.next_line().await? {
        let is_last = line.contains("Go on only if you started this yourself");
        shown.push(line.trim().to_owned());
        if is_last {
            break;
        }
    }
    child.kill().await?;
    let code = shown.iter().find(|line| line.len() == 9 && line.as_bytes()[4] == b'-');
    assert!(code.is_some_and(|code| code.bytes().all(|byte| byte == b'-' || byte.is_ascii_uppercase())));
    assert!(shown.contains(&format!("{issuer}/device")), "{shown:?}");
    assert!(shown.last().is_some_and(|line| line.starts_with("Go on only")), "{shown:?}");
    assert!(!shown.concat().contains('\u{1b}'), "nobody asked for colours");
    Ok(())
}
