//! Servers behind TLS, in a cluster, behind Sentinels.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use async_trait::async_trait;
use engines::redis::{Redis, Sentinel};
use engines::subject::RedisSubject;
use rcgen::{CertificateParams, KeyPair};
use steps::report::Report;
use vestibule_redis::{Durability, RedisStore};
use vestibule_web::conformance::{NoHand, Subject, all};
use vestibule_web::store::{Realm, Retention, StoreBackend};

use super::user::{is_live, log_end, open, sign_in, sign_out};

pub(super) async fn run(report: &mut Report) {
    let _ = report.measured("a cluster keeps every promise", in_a_cluster()).await;
    let _ = report.step("a Sentinel's choice is followed", behind_a_sentinel()).await;
    let _ = report.step("TLS with a private authority, and no other", behind_tls()).await;
}

/// A cluster of three masters, which share the realms.
struct Cluster(Vec<RedisSubject>);

/// How many slots the keys of a cluster are spread over.
const SLOTS: usize = 16_384;

impl Cluster {
    async fn start() -> Result<Self> {
        let mut masters = Vec::new();
        for _ in 0..3 {
            let settings = ["--save", "", "--cluster-enabled", "yes", "--cluster-node-timeout", "2000"];
            masters.push(RedisSubject(Redis::start_with(&settings).await?));
        }
        let share = SLOTS.div_ceil(masters.len());
        for (number, RedisSubject(master)) in masters.iter().enumerate() {
            let slots = number * share..((number + 1) * share).min(SLOTS);
            let slots: Vec<_> = slots.map(|slot| slot.to_string()).collect();
            master.run(
                &[&["CLUSTER", "ADDSLOTS"], &*slots.iter().map(String::as_str).collect::<Vec<_>>()].concat(),
            )?;
            for RedisSubject(other) in &masters {
                master.run(&["CLUSTER", "MEET", "127.0.0.1", &other.port().to_string()])?;
            }
        }
        for RedisSubject(master) in &masters {
            while !master.run(&["CLUSTER", "INFO"])?.contains("cluster_state:ok") {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        Ok(Self(masters))
    }

    /// On how many of them there is something.
    fn used(&self) -> Result<usize> {
        let sizes = self.0.iter().map(|RedisSubject(master)| master.run(&["DBSIZE"]));
        Ok(sizes.collect::<Result<Vec<_>>>()?.iter().filter(|size| *size != "0").count())
    }
}

#[async_trait]
impl Subject for Cluster {
    async fn fresh(&self) -> Arc<dyn StoreBackend> {
        for master in &self.0 {
            master.fresh().await;
        }
        let urls = self.0.iter().map(|RedisSubject(master)| master.url());
        let builder = RedisStore::builder(&self.0[0].0.url()).cluster(urls);
        Arc::new(builder.log_length(32).build().expect("the URL is one"))
    }

    async fn advance(&self, span: Duration) {
        for master in &self.0 {
            master.advance(span).await;
        }
    }

    fn log_bound(&self) -> usize {
        self.0[0].log_bound()
    }

    async fn wipe_indexes(&self) -> Result<(), NoHand> {
        Err(NoHand("one server has it"))
    }

    async fn lose_everything(&self) -> Result<(), NoHand> {
        Err(NoHand("one server has it"))
    }

    async fn step_back(&self, _span: Duration) -> Result<(), NoHand> {
        Err(NoHand("one server has it"))
    }

    async fn operations(&self) -> Result<u64, NoHand> {
        Err(NoHand("one server has it"))
    }
}

async fn in_a_cluster() -> Result<String> {
    let cluster = Cluster::start().await?;
    let cluster = tokio::spawn(async move {
        all(&cluster).await;
        cluster
    })
    .await?;
    // Each application is on one of them.
    let backend = cluster.fresh().await;
    let retention = Retention { cutoffs: Duration::from_secs(60), logout_ids: Duration::from_secs(60) };
    for number in 0..20 {
        let realm = Realm::new("https://acme.example", format!("app-{number}"));
        backend.open(&realm, retention).now().await?;
    }
    let used = cluster.used()?;
    ensure!(used == 3, "20 applications are on {used} of 3 servers");
    Ok("three masters, 20 applications spread over all of them".to_owned())
}

async fn behind_a_sentinel() -> Result<()> {
    let mut primary = Redis::start().await?;
    let replica = Redis::replica_of(&primary).await?;
    let sentinel = Sentinel::watch(&primary).await?;
    sentinel.knows_a_replica().await?;
    let on_both = Durability::WaitReplicas { replicas: 1, within: Duration::from_millis(500) };
    let node = RedisStore::builder("redis://the-master").sentinels(Sentinel::MASTER, [sentinel.url()]);
    let node = node.durability(on_both).build()?;
    let store = open(&node);
    for (number, sub) in [(1, "alice"), (2, "bob")] {
        sign_in(&*store, number, sub).await?;
    }
    sign_out(&*store, "alice").await?;
    let end = log_end(&*store).await?;
    primary.kill();
    let recovered = async {
        while store.now().await.is_err() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), recovered).await.context("no failover")?;
    ensure!(replica.run(&["ROLE"])?.starts_with("master"), "the replica was promoted");
    ensure!(!is_live(&*store, 1).await?, "who signed out stays so");
    ensure!(is_live(&*store, 2).await?, "and who did not");
    ensure!(log_end(&*store).await? > end, "caches start anew");
    Ok(())
}

async fn behind_tls() -> Result<()> {
    let key = KeyPair::generate()?;
    let certificate = CertificateParams::new(vec!["localhost".to_owned()])?.self_signed(&key)?;
    let folder = tempfile::tempdir()?;
    let (certificate_path, key_path) = (folder.path().join("server.pem"), folder.path().join("server.key"));
    std::fs::write(&certificate_path, certificate.pem())?;
    std::fs::write(&key_path, key.serialize_pem())?;
    let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let (certificate_path, key_path) = (certificate_path.to_string_lossy(), key_path.to_string_lossy());
    let _server = Redis::start_with(&[
        "--save",
        "",
        "--tls-port",
        &port.to_string(),
        "--tls-auth-clients",
        "no",
        "--tls-cert-file",
        &certificate_path,
        "--tls-key-file",
        &key_path,
        "--tls-ca-cert-file",
        &certificate_path,
    ])
    .await?;
    let url = format!("rediss://localhost:{port}");

    let store = open(&RedisStore::builder(&url).root_certificates(certificate.pem()).build()?);
    sign_in(&*store, 1, "alice").await?;
    ensure!(is_live(&*store, 1).await?, "she is signed in");
    let trusting = open(&RedisStore::new(&url)?);
    ensure!(trusting.now().await.is_err(), "a server that nobody vouches for is not asked");
    Ok(())
}
