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
use vestibule_web::conformance::{Subject, all};
use vestibule_web::store::StoreBackend;

use super::user::{is_live, log_end, open, sign_in, sign_out};

pub(super) async fn run(report: &mut Report) {
    let _ = report.step("a cluster keeps every promise", in_a_cluster()).await;
    let _ = report.step("a Sentinel's choice is followed", behind_a_sentinel()).await;
    let _ = report.step("TLS with a private authority, and no other", behind_tls()).await;
}

/// A cluster of one server.
struct Cluster(RedisSubject);

#[async_trait]
impl Subject for Cluster {
    async fn fresh(&self) -> Arc<dyn StoreBackend> {
        self.0.fresh().await;
        let builder = RedisStore::builder(&self.0.0.url()).cluster([self.0.0.url()]);
        Arc::new(builder.log_length(32).build().expect("the URL is one"))
    }

    async fn advance(&self, span: Duration) {
        self.0.advance(span).await;
    }

    fn log_bound(&self) -> usize {
        self.0.log_bound()
    }
}

async fn in_a_cluster() -> Result<()> {
    let server = Redis::start_with(&["--save", "", "--cluster-enabled", "yes"]).await?;
    let slots: Vec<String> = (0..16384).map(|slot| slot.to_string()).collect();
    for slots in slots.chunks(4096) {
        let mut command = vec!["CLUSTER", "ADDSLOTS"];
        command.extend(slots.iter().map(String::as_str));
        server.run(&command)?;
    }
    while !server.run(&["CLUSTER", "INFO"])?.contains("cluster_state:ok") {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let cluster = Cluster(RedisSubject(server));
    Ok(tokio::spawn(async move { all(&cluster).await }).await?)
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
