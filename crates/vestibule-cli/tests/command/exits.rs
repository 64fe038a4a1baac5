use std::fs;

use anyhow::Result;
use native::Desk;
use vestibule_dev_idp::Outage;

use crate::world::World;

#[tokio::test]
async fn exit_2_says_that_it_is_used_or_configured_wrongly() -> Result<()> {
    let world = World::new("usage")?;
    for arguments in
        [&["nonsense"][..], &["token", "--min-valid", "soon"], &["login", "--device", "--no-browser"]]
    {
        assert_eq!(world.run(arguments).await?.exit, Some(2), "{arguments:?}");
    }
    let said = world.run(&["token"]).await?;
    assert_eq!(said.exit, Some(2));
    assert!(
        said.stderr.starts_with("error[cli.no_application]: ")
            && said.stderr.contains("\n  fix: give --issuer")
    );
    let said = world.run(&["login", "--issuer", "http://acme.example", "--client-id", "x"]).await?;
    assert!(said.exit == Some(2) && said.stderr.contains("config.issuer"), "{}", said.stderr);

    let folder = world.home.join(".config/vestibule");
    fs::create_dir_all(&folder)?;
    fs::write(
        folder.join("config.toml"),
        "[profile.a]\nissuer = \"https://a.example\"\nclient_secret = \"s3cret\"",
    )?;
    let said = world.run(&["token", "-p", "a"]).await?;
    assert!(said.exit == Some(2) && said.stderr.contains("cli.config"), "{}", said.stderr);
    Ok(())
}

#[tokio::test]
async fn exit_3_says_that_the_session_was_ended_elsewhere() -> Result<()> {
    let world = World::new("gone")?;
    world.log_in(&[]).await?;
    world.desk.idp.end_session_of("alice").wait();
    let said = world.run(&["token", "--min-valid", "24h"]).await?;
    assert_eq!((said.exit, said.stdout.as_str()), (Some(3), ""));
    assert!(said.stderr.starts_with("error[refresh.revoked]: "), "{}", said.stderr);
    assert_eq!(world.run(&["whoami"]).await?.exit, Some(3));
    Ok(())
}

#[tokio::test]
async fn exit_5_says_that_the_provider_is_out_of_reach_and_nobody_is_signed_out() -> Result<()> {
    let world = World::new("down")?;
    world.log_in(&[]).await?;
    world.desk.idp.go_offline(Outage::Refused);
    assert_eq!(world.run(&["token", "--min-valid", "24h"]).await?.exit, Some(5));
    assert_eq!(world.run(&["token"]).await?.exit, Some(0), "the token there is lasts");
    let logout = world.run(&["logout"]).await?;
    assert!(logout.exit == Some(0) && logout.stderr.contains("out of reach"), "{}", logout.stderr);
    assert_eq!(world.run(&["token"]).await?.exit, Some(3));
    Ok(())
}

#[tokio::test]
async fn exit_6_says_that_the_store_does_not_do_its_part() -> Result<()> {
    let world = World::new("store")?;
    world.log_in(&[]).await?;
    let other = world.home.join("other");
    fs::copy(world.home.join("key"), &other)?;
    fs::write(&other, Desk::KEY.replace('P', "Q"))?;
    let said = world.run(&["token", "--key-file", &other.display().to_string()]).await?;
    assert_eq!((said.exit, said.stdout.as_str()), (Some(6), ""));
    assert!(said.stderr.starts_with("error[native.store_untrusted]: "), "{}", said.stderr);
    Ok(())
}

#[tokio::test]
async fn exit_7_says_that_it_took_too_long() -> Result<()> {
    let world = World::new("late")?;
    let waiting = world.begin_login(&["--timeout", "1s"]).await?;
    let said = waiting.end().await?;
    assert!(said.exit == Some(7) && said.stderr.contains("error[native.timeout]: "), "{}", said.stderr);
    Ok(())
}

#[tokio::test]
async fn f09_exit_130_says_that_it_was_called_off_and_the_next_login_goes_through() -> Result<()> {
    let world = World::new("interrupt")?;
    let waiting = world.begin_login(&[]).await?;
    let process = rustix::process::Pid::from_raw(i32::try_from(waiting.child.id().unwrap())?).unwrap();
    rustix::process::kill_process(process, rustix::process::Signal::INT)?;
    let said = waiting.end().await?;
    assert_eq!(said.exit, Some(130));
    assert!(said.stderr.contains("error[native.cancelled]: "), "{}", said.stderr);
    assert_eq!(world.log_in(&[]).await?.exit, Some(0));
    Ok(())
}
