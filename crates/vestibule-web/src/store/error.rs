use vestibule::{Diagnose, Diagnosis, Disposition};

/// The store could not do what it was asked. Never means "no such session".
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The engine could not be reached or failed (checklist B15, BM08, H07).
    #[error("the session store is unavailable")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The engine did not answer in time (checklist H08).
    #[error("the session store did not answer in time")]
    TimedOut,
    /// A bound was reached and nothing may be forgotten: sessions, cutoffs or spent logout tokens.
    #[error("the session store is full")]
    Full,
    /// The engine may forget what must be remembered (checklist BM12).
    #[error("the session store may evict entries")]
    MayEvict,
    /// The engine took a write, but fewer replicas than demanded have it in time (checklist H09). It may be lost.
    #[error("the session store could not replicate a write")]
    NotReplicated,
    /// A stored record could not be read.
    #[error("a stored session cannot be read")]
    Corrupt,
}

impl Diagnose for StoreError {
    fn diagnosis(&self) -> Diagnosis {
        match self {
            Self::Unavailable(_) => Diagnosis::new(
                "store.unavailable",
                Disposition::Retry,
                "check that the session store runs and can be reached",
            ),
            Self::TimedOut => {
                Diagnosis::new("store.timeout", Disposition::Retry, "check the load of the session store")
            }
            Self::Full => Diagnosis::new(
                "store.full",
                Disposition::Retry,
                "raise the store's capacity or shorten the session lifetimes",
            ),
            Self::MayEvict => Diagnosis::new(
                "config.store_evicts",
                Disposition::Config,
                "configure the store so that it never evicts",
            ),
            Self::NotReplicated => Diagnosis::new(
                "store.not_replicated",
                Disposition::Retry,
                "check the replicas of the session store",
            ),
            Self::Corrupt => Diagnosis::new(
                "store.corrupt",
                Disposition::Retry,
                "another version may have written it; check which versions run side by side",
            ),
        }
    }
}
