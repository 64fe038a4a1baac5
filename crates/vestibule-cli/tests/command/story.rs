use anyhow::Result;
use native::Desk;
use tokio::io::{AsyncBufReadExt, BufReader};

use crate::world::World;

#[tokio::test]
async fn a_login_is_remembered_and_the_next_commands_need_no_flags() -> Result<()> {
    let world = World::new("story")?;
    let login = world.log_in(&[]).await?;
    assert_eq!((login.exit, login.stdout.as_str()), (Some(0), ""), "{}", login.stderr);
    assert!(
        login
            .stderr
            .ends_with("\u{2713} Signed in as alice (alice@acme.example). Kept in an encrypted file.\n")
    );
    assert!(!login.stderr.contains('\x1b'), "no colours where nobody sees them");

    let before = world.desk.idp.requests();
    let token = world.run(&["token"]).await?;
    assert_eq!((token.exit, token.stderr.as_str()), (Some(0), ""));
    assert_eq!(token.stdout.split('.').count(), 3, "a token and a line's end, nothing else");
    assert_eq!(world.run(&["token"]).await?.stdout, token.stdout);
    assert_eq!((world.desk.idp.requests() - before).back_channel(), 0);

    let who = world.run(&["whoami"]).await?;
    assert_eq!((who.exit, who.stderr.as_str()), (Some(0), ""));
    assert!(who.stdout.starts_with("alice\n  email    alice@acme.example\n"), "{}", who.stdout);

    let accounts = world.run(&["accounts"]).await?;
    assert_eq!(accounts.stdout, format!("* alice  {}  {}\n", world.desk.idp.issuer(), Desk::CLIENT));

    let logout = world.run(&["logout"]).await?;
    assert_eq!((logout.exit, logout.stdout.as_str()), (Some(0), ""), "{}", logout.stderr);
    assert!(logout.stderr.contains("Its tokens were withdrawn."));
    assert_eq!(world.run(&["token"]).await?.exit, Some(3));
    Ok(())
}

#[tokio::test]
async fn programs_are_answered_in_json() -> Result<()> {
    let world = World::new("json")?;
    let login = world.log_in(&["--json"]).await?;
    assert_eq!(json(&login.stdout)?["name"], "alice");
    assert!(json(&world.run(&["token", "--json"]).await?.stdout)?["access_token"].is_string());
    let who = json(&world.run(&["whoami", "--json"]).await?.stdout)?;
    assert_eq!((&who["session"], &who["email"]), (&"live".into(), &"alice@acme.example".into()));
    assert_eq!(json(&world.run(&["accounts", "--json"]).await?.stdout)?[0]["label"], "alice");

    world.run(&["logout", "-q"]).await?;
    let error = world.run(&["token", "--json"]).await?;
    assert_eq!((error.exit, error.stdout.as_str()), (Some(3), ""));
    assert_eq!(json(&error.stderr)?["error"]["code"], "native.not_signed_in");
    Ok(())
}

#[tokio::test]
async fn shells_and_manuals_are_served() -> Result<()> {
    let world = World::new("manual")?;
    assert!(world.run(&["completions", "bash"]).await?.stdout.contains("_vestibule()"));
    let man = world.run(&["man"]).await?.stdout;
    for told in [".TH vestibule 1", "Exit codes:", "login", "whoami", "config.toml"] {
        assert!(man.contains(told), "{told}");
    }
    Ok(())
}

fn json(text: &str) -> Result<serde_json::Value> {
    Ok(serde_json::from_str(text)?)
}

/// Takes the five seconds that the protocol lets between two questions.
#[tokio::test]
async fn f14_another_device_gets_an_address_a_code_and_a_warning() -> Result<()> {
    let world = World::new("device")?;
    let key = world.home.join("key").display().to_string();
    let arguments =
        ["--issuer", world.desk.idp.issuer(), "--client-id", Desk::CLIENT, "--key-file", key.as_str()];
    let mut child = world.command(&[&["login", "--device"], arguments.as_slice()].concat()).spawn()?;
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut said = Vec::new();
    while !said
        .last()
        .is_some_and(|line: &String| line.starts_with("Go on only if you started this yourself"))
    {
        said.push(lines.next_line().await?.expect("a warning comes"));
    }
    assert_eq!(said[0], "On any device, visit", "no QR code where nobody sees it");
    assert!(said[1].trim().starts_with(world.desk.idp.issuer()));
    world.desk.idp.approve_device(said[3].trim(), "alice")?;
    assert!(child.wait().await?.success());
    assert_eq!(world.run(&["whoami"]).await?.exit, Some(0));
    Ok(())
}
