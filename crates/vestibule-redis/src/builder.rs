use std::sync::Arc;

use redis::{
    Client, ConnectionAddr, ConnectionInfo, IntoConnectionInfo, RedisConnectionInfo, TlsCertificates,
    TlsMode,
    cluster::{ClusterClient, ClusterClientBuilder},
    sentinel::{SentinelClient, SentinelClientBuilder, SentinelServerType},
};
use rustls::pki_types::{CertificateDer, pem::PemObject};
use vestibule::{Clock, SystemClock};

use crate::{
    Durability, RedisConfigError, RedisStore,
    link::{Link, Target},
    store::Settings,
};

/// Sets up a [`RedisStore`].
#[derive(Debug)]
#[must_use]
pub struct RedisStoreBuilder {
    url: String,
    servers: Servers,
    roots: Option<Vec<u8>>,
    clock: Option<Arc<dyn Clock>>,
    prefix: String,
    durability: Durability,
    log_length: usize,
}

#[derive(Debug)]
enum Servers {
    One,
    Sentinels { master: String, nodes: Vec<String> },
    Cluster { nodes: Vec<String> },
}

impl RedisStoreBuilder {
    pub(crate) fn new(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            servers: Servers::One,
            roots: None,
            clock: None,
            prefix: "vestibule".to_owned(),
            durability: Durability::default(),
            log_length: 16_384,
        }
    }

    /// Finds the server by asking Sentinels at these URLs for the master called `master`.
    ///
    /// User, password, database and TLS of the server itself are those of the store's URL, whose host is not used; those of
    /// the Sentinels are in `nodes`.
    pub fn sentinels<N: Into<String>>(
        mut self,
        master: impl Into<String>,
        nodes: impl IntoIterator<Item = N>,
    ) -> Self {
        self.servers =
            Servers::Sentinels { master: master.into(), nodes: nodes.into_iter().map(Into::into).collect() };
        self
    }

    /// Takes the store's URL as one node of a Redis Cluster, and these as further ones to start from.
    ///
    /// All sessions of one application lie on one of its servers, so that each verb stays one step: a cluster adds
    /// availability, and room for more applications.
    pub fn cluster<N: Into<String>>(mut self, nodes: impl IntoIterator<Item = N>) -> Self {
        self.servers = Servers::Cluster { nodes: nodes.into_iter().map(Into::into).collect() };
        self
    }

    /// Trusts these certificate authorities (PEM) for `rediss://` instead of the system's.
    pub fn root_certificates(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.roots = Some(pem.into());
        self
    }

    /// When a login, a logout or a refresh counts as stored. Default: [`Durability::Async`].
    pub const fn durability(mut self, durability: Durability) -> Self {
        self.durability = durability;
        self
    }

    /// What the names of all keys start with. Default: `vestibule`.
    pub fn prefix(mut self, prefix: &str) -> Self {
        prefix.clone_into(&mut self.prefix);
        self
    }

    /// About how many ends, revocations and replacements each application's log keeps. Default: 16,384.
    ///
    /// Whoever asks for older ones is told that it lagged.
    pub const fn log_length(mut self, entries: usize) -> Self {
        self.log_length = entries;
        self
    }

    /// What carries the store's time on between two replies. Only the monotonic clock is asked. Default: the machine's.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = Some(clock);
        self
    }

    /// The store. Connects to nothing yet.
    ///
    /// # Errors
    ///
    /// [`RedisConfigError`] when the URL, the durability or the certificates are none.
    pub fn build(self) -> Result<RedisStore, RedisConfigError> {
        if !self.durability.is_possible() {
            return Err(RedisConfigError::Durability);
        }
        let target = self.target()?;
        let clock = self.clock.unwrap_or_else(|| Arc::new(SystemClock::new()));
        let settings = Settings {
            clock,
            prefix: self.prefix,
            durability: self.durability,
            log_length: self.log_length.max(1),
        };
        Ok(RedisStore::over(Link::to(target), settings))
    }

    fn target(&self) -> Result<Target, RedisConfigError> {
        let info = info(&self.url)?;
        let certificates = self.certificates()?;
        if let ConnectionAddr::TcpTls { .. } = info.addr() {
            // The client takes the process's cryptography, and panics where a program has not chosen any.
            let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        }
        match &self.servers {
            Servers::One => {
                let client = match certificates {
                    Some(certificates) => Client::build_with_tls(info, certificates),
                    None => Client::open(info),
                };
                Ok(Target::One(client.map_err(|_| RedisConfigError::Url)?))
            }
            Servers::Sentinels { master, nodes } => {
                let client = sentinel(&info, master, nodes, certificates)?;
                Ok(Target::Sentinels(tokio::sync::Mutex::new(client)))
            }
            Servers::Cluster { nodes } => Ok(Target::Cluster(cluster(info, nodes, certificates)?)),
        }
    }

    fn certificates(&self) -> Result<Option<TlsCertificates>, RedisConfigError> {
        let Some(roots) = &self.roots else { return Ok(None) };
        let mut read = CertificateDer::pem_slice_iter(roots).peekable();
        if read.peek().is_none() || read.any(|certificate| certificate.is_err()) {
            return Err(RedisConfigError::RootCertificates);
        }
        Ok(Some(TlsCertificates { client_tls: None, root_cert: Some(roots.clone()) }))
    }
}

fn info(url: &str) -> Result<ConnectionInfo, RedisConfigError> {
    let info = url.into_connection_info().map_err(|_| RedisConfigError::Url)?;
    match info.addr() {
        // A server that anybody can pass for is no place for sessions.
        ConnectionAddr::TcpTls { insecure: true, .. } => Err(RedisConfigError::Url),
        _ => Ok(info),
    }
}

fn sentinel(
    server: &ConnectionInfo,
    master: &str,
    nodes: &[String],
    certificates: Option<TlsCertificates>,
) -> Result<SentinelClient, RedisConfigError> {
    let nodes = nodes.iter().map(|node| info(node)).collect::<Result<Vec<_>, _>>()?;
    let of_sentinels = nodes.first().ok_or(RedisConfigError::Url)?.clone();
    let addresses = nodes.iter().map(|node| node.addr().clone());
    let mut builder = SentinelClientBuilder::new(addresses, master, SentinelServerType::Master)
        .map_err(|_| RedisConfigError::Url)?
        .set_client_to_redis_db(server.redis_settings().db());
    if let ConnectionAddr::TcpTls { .. } = server.addr() {
        builder = builder.set_client_to_redis_tls_mode(TlsMode::Secure);
        if let Some(certificates) = &certificates {
            builder = builder.set_client_to_redis_certificates(certificates.clone());
        }
    }
    if let ConnectionAddr::TcpTls { .. } = of_sentinels.addr() {
        builder = builder.set_client_to_sentinel_tls_mode(TlsMode::Secure);
        if let Some(certificates) = certificates {
            builder = builder.set_client_to_sentinel_certificates(certificates);
        }
    }
    let (name, password) = credentials(server.redis_settings());
    let builder = name.into_iter().fold(builder, SentinelClientBuilder::set_client_to_redis_username);
    let builder = password.into_iter().fold(builder, SentinelClientBuilder::set_client_to_redis_password);
    let (name, password) = credentials(of_sentinels.redis_settings());
    let builder = name.into_iter().fold(builder, SentinelClientBuilder::set_client_to_sentinel_username);
    let builder = password.into_iter().fold(builder, SentinelClientBuilder::set_client_to_sentinel_password);
    builder.build().map_err(|_| RedisConfigError::Url)
}

fn cluster(
    first: ConnectionInfo,
    further: &[String],
    certificates: Option<TlsCertificates>,
) -> Result<ClusterClient, RedisConfigError> {
    let further = further.iter().map(|node| info(node)).collect::<Result<Vec<_>, _>>()?;
    let mut builder: ClusterClientBuilder = ClusterClient::builder([first].into_iter().chain(further));
    if let Some(certificates) = certificates {
        builder = builder.certs(certificates);
    }
    builder.build().map_err(|_| RedisConfigError::Url)
}

fn credentials(of: &RedisConnectionInfo) -> (Option<&str>, Option<&str>) {
    (of.username(), of.password())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn urls_that_are_none_are_refused_without_being_told() {
        for url in ["", "sessions", "http://sessions", "redis://", "rediss://app:secret@sessions/#insecure"] {
            let refused = RedisStore::new(url).unwrap_err();
            assert!(matches!(refused, RedisConfigError::Url), "{url}");
            assert!(!refused.to_string().contains("secret"));
        }
        let url = "redis://sessions";
        let no_sentinel = RedisStore::builder(url).sentinels("sessions", [""; 0]).build();
        assert!(matches!(no_sentinel, Err(RedisConfigError::Url)));
        let no_sentinel = RedisStore::builder(url).sentinels("sessions", ["sentinel-1:26379"]).build();
        assert!(matches!(no_sentinel, Err(RedisConfigError::Url)));
        let no_node = RedisStore::builder(url).cluster(["node-2"]).build();
        assert!(matches!(no_node, Err(RedisConfigError::Url)));
    }

    #[test]
    fn nothing_is_connected_to_before_it_is_needed() {
        for url in [
            "redis://app:secret@nowhere.invalid",
            "rediss://nowhere.invalid:6380/3",
            "valkey://nowhere.invalid",
        ] {
            let store = RedisStore::new(url).unwrap();
            assert!(!format!("{store:?}").contains("secret"));
        }
        RedisStore::builder("redis://nowhere.invalid")
            .cluster(["redis://nowhere.invalid:7001"])
            .build()
            .unwrap();
    }

    #[test]
    fn only_a_durability_that_can_be_had_is_taken() {
        let second = Duration::from_secs(1);
        for (replicas, within, is_possible) in
            [(1, second, true), (0, second, false), (1, Duration::ZERO, false), (1, second * 2, false)]
        {
            let durability = Durability::WaitReplicas { replicas, within };
            let built = RedisStore::builder("redis://sessions").durability(durability).build();
            assert_eq!(built.is_ok(), is_possible, "{durability:?}");
        }
    }

    #[test]
    fn certificates_must_be_some() {
        for pem in ["", "certificate", "-----BEGIN CERTIFICATE-----\nnot base64\n-----END CERTIFICATE-----\n"]
        {
            let built = RedisStore::builder("rediss://sessions").root_certificates(pem).build();
            assert!(matches!(built, Err(RedisConfigError::RootCertificates)), "{pem}");
        }
    }
}
