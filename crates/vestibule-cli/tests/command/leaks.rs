use std::{fs, path::Path};

use anyhow::{Context, Result};

use crate::world::World;

#[tokio::test]
async fn f11_what_others_can_read_of_a_waiting_login_holds_no_secret() -> Result<()> {
    let world = World::new("waiting")?;
    let waiting = world.begin_login(&[]).await?;
    let process = format!("/proc/{}", waiting.child.id().context("it waits")?);
    let seen = [fs::read(format!("{process}/cmdline"))?, fs::read(format!("{process}/environ"))?].concat();
    let seen = String::from_utf8(seen)?;
    // What the address has, the arguments need not have: nothing but what the user typed is there.
    for secret in ["state=", "nonce=", "code_verifier", "eyJ"] {
        assert!(!seen.contains(secret), "{secret}");
    }
    assert!(!waiting.address.contains("code_verifier") && waiting.address.contains("code_challenge="));
    assert_eq!(found(&world.desk.folder, "code_verifier")?, 0, "the verifier is in memory alone");

    world.desk.alice.visit(&waiting.address.parse()?).await?;
    assert_eq!(waiting.end().await?.exit, Some(0));
    Ok(())
}

#[tokio::test]
async fn f20_a_token_is_printed_when_it_is_asked_for_and_is_nowhere_else() -> Result<()> {
    let world = World::new("printed")?;
    let login = world.log_in(&["--json"]).await?;
    let token = world.run(&["token"]).await?.stdout.trim().to_owned();
    assert!(token.len() > 20);
    let mut said = format!("{login:?}");
    for arguments in [&["whoami"][..], &["whoami", "--json"], &["accounts", "--json"], &["logout"]] {
        assert_eq!(found(&world.desk.folder, &token)?, 0, "in plain text on disk");
        said.push_str(&format!("{:?}", world.run(arguments).await?));
    }
    assert!(!said.contains(&token) && !said.contains("eyJ"), "{said}");
    Ok(())
}

/// In how many files below a folder the text stands.
fn found(folder: &Path, text: &str) -> Result<usize> {
    let mut files = 0;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        files += if path.is_dir() {
            found(&path, text)?
        } else {
            usize::from(fs::read(&path)?.windows(text.len()).any(|part| part == text.as_bytes()))
        };
    }
    Ok(files)
}
