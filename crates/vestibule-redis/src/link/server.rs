use redis::{
    Cmd, ErrorKind, FromRedisValue, RedisError, RedisFuture, ServerErrorKind, Value,
    aio::{ConnectionLike, MultiplexedConnection},
    cluster_async::ClusterConnection,
};

use super::info::Info;
use crate::{
    error::{Failure, Unfit},
    script::Verb,
};

/// A connection to a server that was found fit, shared by all who ask it something.
#[derive(Clone)]
pub(crate) struct Server {
    wire: Wire,
    /// Which run of which server this is. Another one may not know what this one knew.
    pub(crate) run: String,
    knows_flags: bool,
}

#[derive(Clone)]
pub(crate) enum Wire {
    One(MultiplexedConnection),
    Cluster(ClusterConnection),
}

/// The keys and arguments of a verb.
#[derive(Clone, Default)]
pub(crate) struct Call {
    pub(crate) keys: Vec<String>,
    pub(crate) args: Vec<Vec<u8>>,
}

impl Server {
    /// Looks at the server first: whether it is new enough, and the one that knows.
    pub(crate) async fn behind(wire: Wire) -> Result<Self, Failure> {
        let mut server = Self { wire, run: String::new(), knows_flags: false };
        let info = server.info("vestibule").await?;
        if !info.is_recent() {
            return Err(Unfit::Version(info.version().to_owned()).into());
        }
        // Of a cluster each realm lives on one server, whose run it finds out by itself.
        if !server.is_cluster() {
            if !info.is_master() {
                return Err(Unfit::Replica.into());
            }
            server.run = info.run().ok_or(Unfit::Unknown)?.to_owned();
        }
        server.knows_flags = info.knows_flags();
        Ok(server)
    }

    /// Carries a verb out: with its keys, and with the first arguments, which all verbs have, and its own.
    pub(crate) async fn invoke(
        &self,
        verb: &Verb,
        call: &Call,
        first: [u64; 3],
    ) -> Result<Value, RedisError> {
        let text = verb.text(self.knows_flags);
        let send = async |command: &str, script: &str| {
            let mut command = redis::cmd(command);
            command.arg(script).arg(call.keys.len()).arg(&call.keys).arg(&first);
            for arg in &call.args {
                command.arg(&arg[..]);
            }
            self.ask(&command).await
        };
        match send("EVALSHA", text.name.get_hash()).await {
            // It does not have it, or no more. Now it will.
            Err(error) if error.kind() == ErrorKind::Server(ServerErrorKind::NoScript) => {
                send("EVAL", &text.code).await
            }
            reply => reply,
        }
    }

    pub(crate) async fn ask<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, RedisError> {
        command.query_async(&mut self.wire.clone()).await
    }

    /// What the server with `key` tells about itself.
    pub(crate) async fn info(&self, key: &str) -> Result<Info, RedisError> {
        let mut command = Cmd::new();
        if self.is_cluster() {
            command.arg("EVAL").arg("return redis.call('INFO')").arg(1).arg(key);
        } else {
            command.arg("INFO");
        }
        self.ask(&command).await.map(Info)
    }

    pub(crate) const fn is_cluster(&self) -> bool {
        matches!(self.wire, Wire::Cluster(_))
    }
}

impl ConnectionLike for Wire {
    fn req_packed_command<'a>(&'a mut self, command: &'a Cmd) -> RedisFuture<'a, Value> {
        match self {
            Self::One(connection) => connection.req_packed_command(command),
            Self::Cluster(connection) => connection.req_packed_command(command),
        }
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        pipeline: &'a redis::Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        match self {
            Self::One(connection) => connection.req_packed_commands(pipeline, offset, count),
            Self::Cluster(connection) => connection.req_packed_commands(pipeline, offset, count),
        }
    }

    fn get_db(&self) -> i64 {
        match self {
            Self::One(connection) => connection.get_db(),
            Self::Cluster(connection) => connection.get_db(),
        }
    }
}
