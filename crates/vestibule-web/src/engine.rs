use std::{
    collections::BTreeSet,
    fmt,
    sync::{Arc, atomic::AtomicBool},
};

use url::Url;
use vestibule::{AnyKind, AuthorizationRequest, Client, Clock, Random, RandomError, RedirectUri};

use crate::{
    application::Application,
    cookie::{CookieNames, Sealer, SetCookie},
    endpoint::Endpoint,
    login_options::LoginOptions,
    pending::PendingCookies,
    return_to::ReturnTo,
    session::{AuthoritySource, Flights, Revalidation, SealedSessions, Watchers},
    settings::{Lifetimes, LogoutScope},
    spent_states::SpentStates,
    store::{NodeStore, Realm},
    upstream::Relays,
};

pub(crate) type BoxError = Box<dyn std::error::Error + Send + Sync>;
/// Everything that a relying party is made of, without type parameters.
pub(crate) struct Engine {
    pub(crate) client: Client<AnyKind>,
    pub(crate) realm: Realm,
    pub(crate) store: Arc<NodeStore>,
    /// Where sessions are sealed in cookies, and the store remembers no more than logouts.
    pub(crate) sealed: Option<SealedSessions>,
    pub(crate) origin: Url,
    pub(crate) prefix: String,
    pub(crate) secure: bool,
    pub(crate) post_logout_redirect_uri: RedirectUri,
    pub(crate) request: AuthorizationRequest,
    pub(crate) authority: AuthoritySource,
    pub(crate) lifetimes: Lifetimes,
    pub(crate) logout_scope: LogoutScope,
    /// Where the provider is asked about sessions, since its logouts do not reach us.
    pub(crate) revalidation: Option<Revalidation>,
    pub(crate) logins: LoginOptions,
    pub(crate) after_logout: Option<ReturnTo>,
    pub(crate) application: Application,
    pub(crate) relays: Relays,
    pub(crate) session_claims: BTreeSet<String>,
    pub(crate) names: CookieNames,
    pub(crate) pending_sealer: Sealer,
    pub(crate) token_sealer: Sealer,
    pub(crate) csrf_sealer: Sealer,
    pub(crate) step_up_sealer: Sealer,
    pub(crate) spent_states: SpentStates,
    pub(crate) flights: Flights,
    pub(crate) watchers: Watchers,
    pub(crate) is_maintained: AtomicBool,
}

impl Engine {
    pub(crate) fn clock(&self) -> &dyn Clock {
        self.client.provider().clock().as_ref()
    }

    pub(crate) fn random(&self) -> &dyn Random {
        self.client.provider().random().as_ref()
    }

    pub(crate) fn random_bytes<const N: usize>(&self) -> Result<[u8; N], RandomError> {
        let mut bytes = [0; N];
        self.random().fill(&mut bytes)?;
        Ok(bytes)
    }

    /// An id that ties an answer to its log line.
    pub(crate) fn correlation(&self) -> String {
        let bytes = self.random_bytes::<8>().unwrap_or_default();
        format!("{:016x}", u64::from_be_bytes(bytes))
    }

    pub(crate) fn path_of(&self, endpoint: Endpoint) -> String {
        format!("{}/{}", self.prefix, endpoint.name())
    }

    pub(crate) fn pending(&self) -> PendingCookies<'_> {
        PendingCookies {
            names: &self.names,
            sealer: &self.pending_sealer,
            secure: self.secure,
            answered_by_form: self.request.is_form_post(),
            origin: &self.origin,
        }
    }

    pub(crate) fn session_cookie(&self, handle: &str) -> String {
        let max_age = self.lifetimes.absolute.as_secs();
        SetCookie { name: &self.names.session, value: handle, max_age, secure: self.secure }.to_header()
    }

    pub(crate) fn no_session_cookie(&self) -> String {
        SetCookie { name: &self.names.session, value: "", max_age: 0, secure: self.secure }.to_header()
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").field("client", &self.client).finish_non_exhaustive()
    }
}
