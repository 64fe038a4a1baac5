use std::time::Duration;

use redis::{
    AsyncConnectionConfig, Client, RedisError, cluster::ClusterClient, cluster::ClusterConfig,
    sentinel::SentinelClient,
};
use tokio::{sync::Mutex, time::timeout};

use super::server::{Server, Wire};
use crate::error::Failure;

/// How long it may take to be connected.
const CONNECT: Duration = Duration::from_secs(1);
/// How long a reply may take: less than a request waits.
pub(crate) const RESPOND: Duration = Duration::from_millis(1500);

/// Where the servers are.
pub(crate) enum Target {
    One(Client),
    /// The one that the Sentinels call the master at present.
    Sentinels(Mutex<SentinelClient>),
    Cluster(ClusterClient),
}

impl Target {
    /// A connection for all, whose replies come in time or not at all.
    pub(super) async fn connect(&self) -> Result<Server, Failure> {
        self.dial(Some(RESPOND)).await
    }

    /// A connection on which replies may be waited for.
    pub(super) async fn connect_patiently(&self) -> Result<Server, Failure> {
        self.dial(None).await
    }

    async fn dial(&self, respond: Option<Duration>) -> Result<Server, Failure> {
        let dial = async { Server::behind(self.wire(respond).await?).await };
        timeout(CONNECT, dial).await.unwrap_or_else(|_| Err(Failure::timed_out()))
    }

    async fn wire(&self, respond: Option<Duration>) -> Result<Wire, RedisError> {
        let config =
            AsyncConnectionConfig::new().set_connection_timeout(Some(CONNECT)).set_response_timeout(respond);
        match self {
            Self::One(client) => {
                Ok(Wire::One(client.get_multiplexed_async_connection_with_config(&config).await?))
            }
            Self::Sentinels(sentinels) => {
                let master = sentinels.lock().await.async_get_client().await?;
                Ok(Wire::One(master.get_multiplexed_async_connection_with_config(&config).await?))
            }
            Self::Cluster(client) => {
                let config = ClusterConfig::new().set_connection_timeout(CONNECT);
                let config = match respond {
                    Some(respond) => config.set_response_timeout(respond),
                    None => config,
                };
                Ok(Wire::Cluster(client.get_async_connection_with_config(config).await?))
            }
        }
    }
}
