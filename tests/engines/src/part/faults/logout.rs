//! A logout, and an engine or a node that dies or sleeps beside it.

use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::sleep;
use vestibule_web::{
    NearCache,
    conformance::model::{RETENTION, key, logout, realm, session},
    store::{Insert, Load, StoreBackend as _},
};

use super::engine::Engine;
use super::stage::Stage;

/// The engine is killed (SIGKILL) at six moments beside a logout: 200 means dead everywhere, anything else can be repeated.
pub(super) async fn bm14_killed_beside_a_logout<E: Engine>() -> Result<String> {
    let mut engine = E::start().await?;
    let (mut confirmed, mut repeated) = (0, 0);
    let mut stage = Stage::set(&engine).await?;
    for moment in 0..6u32 {
        let name = format!("dave{moment}");
        stage.people.truncate(3);
        stage.sign_in(&[&name]).await?;
        let token = stage.logout_token(&name);
        let death = async {
            sleep(Duration::from_millis(1) * moment).await;
            engine.kill();
        };
        let (status, ()) = tokio::join!(stage.hear(0, &token), death);
        engine.restart().await?;
        stage.recovered_but_for(&[&name]).await?;
        if status == 200 {
            confirmed += 1;
        } else {
            ensure!(status == 400, "a logout got {status}");
            super::outage::repeated(&stage, &token).await?;
            repeated += 1;
        }
        stage.signed_out(&[&name]).await?;
    }
    Ok(format!("{confirmed} confirmed and {repeated} repeated, all obeyed; 0 sessions of others lost"))
}

/// A node is stopped (SIGSTOP) with a warm cache, for longer than the bound. The first thing it does when it goes on is to
/// answer a request for a session that ended meanwhile.
pub(super) async fn bm13_a_stopped_node<E: Engine>() -> Result<String> {
    let engine = E::start().await?;
    let store = E::node(&engine.url())?.open(&realm(), RETENTION);
    let began = store.now().await?;
    let stored = store.insert(session(1, "alice", Some("s1"), began), None).await?.reply;
    ensure!(matches!(stored, Insert::Stored(_)), "{stored:?}");

    let mut node = OtherProcess::start::<E>(&engine.url())?;
    for _ in 0..3 {
        ensure!(node.looks().await? == "live", "its cache is warm");
    }
    let pid = node.child.id().and_then(|id| Pid::from_raw(id.try_into().ok()?)).context("it has ended")?;
    kill_process(pid, Signal::STOP)?;
    store.revoke(logout(vec![realm().sid("s1")])).await?;
    sleep(Duration::from_millis(1_200)).await;
    node.ask().await?;
    kill_process(pid, Signal::CONT)?;
    let found = node.answer().await?;
    ensure!(found == "gone", "it answered from before: {found}");
    Ok("stopped for 1.2 s: the first answer is right".to_owned())
}

/// A node in a process of its own, with a near cache: it looks for one session whenever it is asked.
struct OtherProcess {
    child: Child,
    questions: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
}

impl OtherProcess {
    fn start<E: Engine>(url: &str) -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args([super::NODE, E::NAME, url]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.kill_on_drop(true).spawn()?;
        let questions = child.stdin.take().context("no standard input")?;
        let answers = BufReader::new(child.stdout.take().context("no standard output")?).lines();
        Ok(Self { child, questions, answers })
    }

    async fn looks(&mut self) -> Result<String> {
        self.ask().await?;
        self.answer().await
    }

    async fn ask(&mut self) -> Result<()> {
        self.questions.write_all(b"?\n").await?;
        Ok(self.questions.flush().await?)
    }

    async fn answer(&mut self) -> Result<String> {
        self.answers.next_line().await?.context("it ended")
    }
}

/// What that process does.
pub(super) async fn node<E: Engine>(url: &str) -> Result<()> {
    let store = NearCache::over(E::node(url)?).open(&realm(), RETENTION);
    let mut questions = BufReader::new(tokio::io::stdin()).lines();
    while questions.next_line().await?.is_some() {
        let found = match store.load(&key(1)).await {
            Ok(answer) if matches!(answer.reply, Load::Live(_)) => "live".to_owned(),
            Ok(_) => "gone".to_owned(),
            Err(error) => format!("{error:?}"),
        };
        println!("{found}");
    }
    Ok(())
}
