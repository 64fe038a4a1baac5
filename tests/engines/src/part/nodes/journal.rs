//! A logout that nobody could store, in a process that dies before anybody can.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use reqwest::StatusCode;
use steps::report::{Report, Stopped};
use tokio::time::{sleep, timeout};

use super::{Company, Ground};

const LANDS_WITHIN: Duration = Duration::from_secs(20);
const GLANCE: Duration = Duration::from_millis(20);

pub(super) async fn run(report: &mut Report, ground: &Ground) -> Result<(), Stopped> {
    let title = "killed with a logout that it could not store: its successor stores it";
    report.measured(title, bm08_a_successor_stores_it(ground)).await
}

async fn bm08_a_successor_stores_it(ground: &Ground) -> Result<String> {
    let folder = tempfile::tempdir()?;
    let mut company = Company::start(ground, 2, true, true).await?;
    company.keep_journal(folder.path()).await?;
    let [alice, bob] = [company.signed_in("alice").await?, company.signed_in("bob").await?];
    let token = company.logout_token()?;

    ground.pause();
    let refused = company.nodes[0].hear(&token).await;
    ensure!(refused == Some(StatusCode::BAD_REQUEST), "the logout got {refused:?}");
    ensure!(entries(folder.path())? == 1, "it is not on disk");
    company.kill_first().await?;
    ground.resume();
    ensure!(company.is_in(&bob, 1).await?, "the disk alone knows of it now");
    company.restart_first().await?;

    let landed = async {
        while company.is_in(&bob, 1).await? {
            sleep(GLANCE).await;
        }
        anyhow::Ok(())
    };
    timeout(LANDS_WITHIN, landed).await.context("the successor does not store it")??;
    ensure!(!company.is_in(&bob, 0).await?, "out where it was heard, too");
    ensure!(company.is_in(&alice, 1).await?, "somebody else lost a session");
    company.sign_in(&bob, "bob").await?;
    ensure!(company.is_in(&bob, 1).await?, "a later login lives");
    while entries(folder.path())? > 0 {
        sleep(GLANCE).await;
    }
    Ok("400, on disk, the process killed; stored by the next one, and struck off the disk".to_owned())
}

fn entries(folder: &std::path::Path) -> Result<usize> {
    Ok(std::fs::read_dir(folder)?.count())
}
