//! How a verb gets to the server, and what is owed to a server that was not the one before.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use redis::Cmd;
use vestibule_web::store::{Retention, Revocation, StoreError, StoreTime};

use super::Sessions;
use crate::{
    Durability,
    error::Failure,
    link::{Call, Server},
    reply::Reply,
    script::{self, Verb},
};

/// Moments and spans beyond this are none that a script can count with.
const FAR: u64 = 1 << 52;
/// How far the log jumps on a server that was not the one before: farther than any node has read ahead of it.
const JUMP: u64 = 1 << 20;

/// Which server the realm was last found on.
#[derive(Default)]
pub(super) struct Home {
    known: Mutex<Option<(Arc<Server>, String)>>,
    moving: tokio::sync::Mutex<()>,
    /// How many logouts have been repeated to a server since this node knows of several.
    told: AtomicUsize,
}

/// Whether a verb may be carried out twice when nobody knows whether it was once.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Again {
    Yes,
    No,
}

impl Sessions {
    pub(crate) fn retain(&self, retention: Retention) {
        let mut longest = lock(&self.retention);
        longest.cutoffs = longest.cutoffs.max(retention.cutoffs);
        longest.logout_ids = longest.logout_ids.max(retention.logout_ids);
    }

    /// A call on this realm. All need its meta data.
    pub(super) fn call(&self) -> Call {
        Call { keys: vec![self.keys.meta.clone()], args: Vec::new() }
    }

    /// One that must know what was struck.
    pub(super) fn call_on_cutoffs(&self) -> Call {
        self.call().key(&self.keys.cutoffs).key(&self.keys.spared)
    }

    /// One that also tells what it did.
    pub(super) fn call_that_tells(&self) -> Call {
        self.call_on_cutoffs().key(&self.keys.log).number(self.settings.log_length as u64)
    }

    pub(super) async fn ask(&self, verb: &Verb, call: &Call, again: Again) -> Result<Reply, StoreError> {
        let mut is_first = true;
        loop {
            let server = self.link.server().await?;
            match self.ask_server(&server, verb, call).await {
                Ok(reply) => return Ok(reply),
                Err(failure) => {
                    if failure.ends_connection {
                        self.link.lost(&server);
                    }
                    let may_try = failure.is_refused || (failure.is_broken && again == Again::Yes);
                    if !(is_first && may_try) {
                        return Err(failure.error);
                    }
                    is_first = false;
                }
            }
        }
    }

    /// As durably as was asked for.
    pub(super) async fn write(&self, verb: &Verb, call: &Call) -> Result<Reply, StoreError> {
        let Durability::WaitReplicas { replicas, within } = self.settings.durability else {
            return self.ask(verb, call, Again::No).await;
        };
        let shared = self.link.server().await?;
        let written = self.write_and_wait(&shared, verb, call, (replicas, within)).await;
        written.map_err(|failure| {
            if failure.ends_connection {
                self.link.lost(&shared);
            }
            failure.error
        })
    }

    async fn write_and_wait(
        &self,
        shared: &Arc<Server>,
        verb: &Verb,
        call: &Call,
        (replicas, within): (u8, Duration),
    ) -> Result<Reply, Failure> {
        self.settle(shared).await?;
        let own = self.link.own(shared).await?;
        let reply = self.limited(Duration::ZERO, self.invoke(&own, verb, call)).await?;
        // What was written before and not known to be replicated must be known now, even if this changed nothing.
        let mut mark = Cmd::new();
        mark.arg("HSET").arg(&self.keys.meta).arg("awaited").arg(1);
        let mut wait = Cmd::new();
        wait.arg("WAIT").arg(replicas).arg(whole(within.max(Duration::from_millis(1))));
        let have: u64 = self
            .limited(within, async {
                own.ask::<i64>(&mark).await?;
                Ok(own.ask(&wait).await?)
            })
            .await?;
        self.link.give_back(own);
        if have < u64::from(replicas) {
            return Err(Failure::not_replicated());
        }
        Ok(reply)
    }

    async fn ask_server(&self, server: &Arc<Server>, verb: &Verb, call: &Call) -> Result<Reply, Failure> {
        self.settle(server).await?;
        self.invoke(server, verb, call).await
    }

    async fn invoke(&self, server: &Server, verb: &Verb, call: &Call) -> Result<Reply, Failure> {
        let now = self.settings.clock.monotonic();
        let least = self.estimate.at(now).map_or(0, StoreTime::as_millis).min(FAR);
        let retention = *lock(&self.retention);
        let first = [least, millis(retention.cutoffs), millis(retention.logout_ids)];
        let value = server.invoke(verb, call, first).await.map_err(|error| {
            tracing::debug!(event = "store.redis_failed", verb = verb.name, error = %error, "a script failed");
            Failure::from(error)
        })?;
        let reply = Reply::read(value)?;
        self.estimate.observe(reply.at, self.settings.clock.monotonic());
        Ok(reply)
    }

    /// For connections without a limit of their own.
    pub(super) async fn limited<T>(
        &self,
        patience: Duration,
        call: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        tokio::time::timeout(patience + crate::link::RESPOND, call)
            .await
            .unwrap_or_else(|_| Err(Failure::timed_out()))
    }

    /// Before a server is asked for the first time: if it is another one than before, it may have missed the last logouts,
    /// and the readers of the log may have read what it never wrote.
    pub(super) async fn settle(&self, server: &Arc<Server>) -> Result<(), Failure> {
        if self.home.is(server) {
            return Ok(());
        }
        let _one_at_a_time = self.home.moving.lock().await;
        if self.home.is(server) {
            return Ok(());
        }
        let run = match server.is_cluster() {
            true => self.run_in_cluster(server).await?,
            false => server.run.clone(),
        };
        self.move_to(server, run).await
    }

    /// A cluster may move the realm to another of its servers without a word.
    pub(super) async fn settle_in_cluster(&self) -> Result<(), StoreError> {
        let server = self.link.server().await?;
        if !server.is_cluster() {
            return Ok(());
        }
        let moved = async {
            let _one_at_a_time = self.home.moving.lock().await;
            let run = self.run_in_cluster(&server).await?;
            self.move_to(&server, run).await
        };
        moved.await.map_err(|failure: Failure| failure.error)
    }

    async fn run_in_cluster(&self, server: &Server) -> Result<String, Failure> {
        let info = server.info(&self.keys.meta).await?;
        Ok(info.run().unwrap_or_default().to_owned())
    }

    async fn move_to(&self, server: &Arc<Server>, run: String) -> Result<(), Failure> {
        let before = self.home.run();
        if before.as_ref() != Some(&run) {
            if before.is_some() {
                self.repeat_logouts(server).await?;
            }
            let call = self.call().arg(run.as_bytes()).number(JUMP);
            self.invoke(server, &script::SETTLE, &call).await?;
            self.home.told.store(0, Ordering::Relaxed);
        }
        *lock(&self.home.known) = Some((Arc::clone(server), run));
        Ok(())
    }

    /// Goes on where an earlier try was cut short.
    async fn repeat_logouts(&self, server: &Arc<Server>) -> Result<(), Failure> {
        let mut repeated = 0_u64;
        loop {
            let told = self.home.told.load(Ordering::Relaxed);
            let Some((next, logout)) = self.acknowledged.after(told, self.settings.clock.monotonic()) else {
                break;
            };
            self.invoke(server, &script::REVOKE, &self.logout_call(&logout)).await?;
            self.home.told.store(next, Ordering::Relaxed);
            repeated += 1;
        }
        tracing::warn!(
            event = "store.server_changed",
            logouts = repeated,
            "the session store is another server than before; it was told of the last logouts"
        );
        Ok(())
    }

    pub(super) fn acknowledge(&self, revocation: &Revocation, cutoff: StoreTime) {
        self.acknowledged.note(self.settings.clock.monotonic(), revocation, cutoff);
    }
}

impl Home {
    fn is(&self, server: &Arc<Server>) -> bool {
        lock(&self.known).as_ref().is_some_and(|(known, _)| Arc::ptr_eq(known, server))
    }

    fn run(&self) -> Option<String> {
        lock(&self.known).as_ref().map(|(_, run)| run.clone())
    }
}

impl Call {
    pub(super) fn key(mut self, key: &str) -> Self {
        self.keys.push(key.to_owned());
        self
    }

    pub(super) fn arg(mut self, arg: &[u8]) -> Self {
        self.args.push(arg.to_vec());
        self
    }

    /// A digest, or nothing.
    pub(super) fn maybe(self, digest: Option<&[u8; 32]>) -> Self {
        self.arg(digest.map_or(&[], |digest| &digest[..]))
    }

    pub(super) fn number(self, number: u64) -> Self {
        self.arg(number.min(FAR).to_string().as_bytes())
    }

    pub(super) fn time(self, moment: StoreTime) -> Self {
        self.number(moment.as_millis())
    }

    pub(super) fn span(self, span: Duration) -> Self {
        self.arg(whole(span).as_bytes())
    }
}

fn whole(span: Duration) -> String {
    millis(span).to_string()
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(FAR).min(FAR)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
