use redis::{ErrorKind, RedisError, ServerErrorKind};
use vestibule::{Diagnose, Diagnosis, Disposition};
use vestibule_web::store::StoreError;

/// A store on Redis cannot be set up as asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RedisConfigError {
    /// The URL, that of a Sentinel or that of a cluster's node is none that this store understands. It may hold a password,
    /// so it is not told.
    #[error("the URL of the session store cannot be used")]
    Url,
    /// No replica is asked for, or they are given so long that every request would have timed out before.
    #[error("the durability asked of the session store cannot be had")]
    Durability,
    /// The root certificates are no PEM.
    #[error("the root certificates of the session store cannot be read")]
    RootCertificates,
}

impl Diagnose for RedisConfigError {
    fn diagnosis(&self) -> Diagnosis {
        let (code, fix) = match self {
            Self::Url => (
                "config.store_url",
                "give a URL such as redis://host:6379 or rediss://user:password@host:6380/0",
            ),
            Self::Durability => {
                ("config.store_durability", "wait for at least one replica, and for one second at most")
            }
            Self::RootCertificates => {
                ("config.store_certificates", "give the certificates of the authorities in PEM")
            }
        };
        Diagnosis::new(code, Disposition::Config, fix)
    }
}

/// Why the server behind a connection is of no use.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unfit {
    #[error("Redis {0} is too old: version 6.2 or newer is needed")]
    Version(String),
    #[error("the server is a replica")]
    Replica,
    #[error("the server does not tell what it is")]
    Unknown,
    #[error("a connection could not be made just now: {0}")]
    NotReached(String),
}

impl From<Unfit> for StoreError {
    fn from(unfit: Unfit) -> Self {
        Self::Unavailable(Box::new(unfit))
    }
}

/// What a failed command means.
pub(crate) struct Failure {
    pub(crate) error: StoreError,
    /// The connection is of no use any more, or leads to the wrong server.
    pub(crate) ends_connection: bool,
    /// A verb that may be carried out twice may be tried once more.
    pub(crate) is_broken: bool,
    /// Nothing was carried out.
    pub(crate) is_refused: bool,
}

impl Failure {
    pub(crate) const fn timed_out() -> Self {
        Self { error: StoreError::TimedOut, ends_connection: true, is_broken: false, is_refused: false }
    }

    pub(crate) const fn not_replicated() -> Self {
        Self { error: StoreError::NotReplicated, ends_connection: false, is_broken: false, is_refused: false }
    }

    /// What to tell those who waited for the same.
    pub(crate) fn cause(&self) -> String {
        match &self.error {
            StoreError::Unavailable(source) => source.to_string(),
            error => error.to_string(),
        }
    }
}

/// An answer that could not be understood.
impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self { error, ends_connection: false, is_broken: false, is_refused: false }
    }
}

impl From<Unfit> for Failure {
    fn from(unfit: Unfit) -> Self {
        Self { error: unfit.into(), ends_connection: true, is_broken: false, is_refused: true }
    }
}

impl From<RedisError> for Failure {
    fn from(error: RedisError) -> Self {
        let says = |word: &str| {
            error.code() == Some(word) || error.detail().is_some_and(|detail| detail.contains(word))
        };
        let read_only = error.kind() == ErrorKind::Server(ServerErrorKind::ReadOnly) || says("READONLY");
        let is_broken = error.is_connection_dropped();
        let ends_connection = read_only || error.is_io_error() || error.is_unrecoverable_error();
        let error = if error.is_timeout() {
            StoreError::TimedOut
        } else if says("OOM") {
            StoreError::Full
        } else if says("NOREPLICAS") {
            StoreError::NotReplicated
        } else if says("CORRUPT") {
            StoreError::Corrupt
        } else {
            StoreError::Unavailable(Box::new(error))
        };
        Self { error, ends_connection, is_broken, is_refused: read_only }
    }
}
