use std::{fmt, sync::Arc};

use super::{Chooser, Inner, ProtectedPath, RelyingParties, Several};
use crate::{ConfigError, RelyingParty, http::RequestHead, return_to::ReturnTo};

/// Puts several relying parties together.
#[must_use]
pub struct RelyingPartiesBuilder {
    first: RelyingParty,
    others: Vec<RelyingParty>,
    protected: Vec<(String, RelyingParty)>,
    chooser: Option<Chooser>,
    choose_at: Option<String>,
}

impl RelyingPartiesBuilder {
    pub(super) fn new(first: RelyingParty) -> Self {
        Self { first, others: Vec::new(), protected: Vec::new(), chooser: None, choose_at: None }
    }

    /// Adds one for everything at a path and below it. The longest path counts; a path counts before the chooser.
    ///
    /// Routers differ in how they read a path with doubled slashes, dot segments or superfluous escapes. Where that makes
    /// a difference here, the visitor is anonymous.
    pub fn at(mut self, path: impl Into<String>, relying_party: RelyingParty) -> Self {
        self.protected.push((path.into(), relying_party));
        self
    }

    /// Adds one for the chooser. Its number is one more than that of the one before.
    pub fn or(mut self, relying_party: RelyingParty) -> Self {
        self.others.push(relying_party);
        self
    }

    /// Chooses whom a request visits, by number: by host, by tenant, by a cookie of the application's own. `None` is the
    /// first one, unless there is a page to [`choose_at`](Self::choose_at); for a number that is not there the visitor is
    /// anonymous. Default: always the first one.
    ///
    /// The request's `Host` is what the sender wrote. Choosing by it is safe, since each relying party believes its own
    /// cookies alone.
    pub fn chosen_by(
        mut self,
        chooser: impl Fn(&RequestHead<'_>) -> Option<usize> + Send + Sync + 'static,
    ) -> Self {
        self.chooser = Some(Box::new(chooser));
        self
    }

    /// The application's own page that asks where to log in. A visitor for whom the chooser names nobody is anonymous,
    /// and is sent there with a `return_to` when a page wants a session. Its buttons lead to
    /// [`login_path`](RelyingParty::login_path) of each relying party. Default: none.
    pub fn choose_at(mut self, path: impl Into<String>) -> Self {
        self.choose_at = Some(path.into());
        self
    }

    /// Checks that they get along.
    ///
    /// # Errors
    /// - [`ConfigError::SharedPrefix`] when two of them have the same prefix: one would hide the other's endpoints.
    /// - [`ConfigError::SharedClient`] when two of one host are the same client: they would share their cookies.
    /// - [`ConfigError::Relay`] when the relay of one lies inside one of another, or inside another's prefix.
    /// - [`ConfigError::Apart`] when providers do not know of each other.
    /// - [`ConfigError::ProtectedPath`] when a path is none.
    pub fn build(self) -> Result<RelyingParties, ConfigError> {
        let choose_at = match self.choose_at {
            Some(path) => Some(page(&path, &self.first)?),
            None => None,
        };
        let mut protected = Vec::new();
        for (path, relying_party) in self.protected {
            let path = ProtectedPath::new(&path).ok_or(ConfigError::ProtectedPath)?;
            if protected.iter().any(|(known, _)| *known == path) {
                return Err(ConfigError::ProtectedPath);
            }
            protected.push((path, relying_party));
        }
        let (first, others, chooser) = (self.first, self.others, self.chooser);
        let several = Several { first, others, protected, chooser, choose_at };
        let parties = RelyingParties(Inner::Several(Arc::new(several)));
        let all: Vec<_> = parties.all().collect();
        for (at, one) in all.iter().enumerate() {
            for other in all.iter().skip(at + 1) {
                get_along(one, other)?;
            }
        }
        Ok(parties)
    }
}

fn get_along(one: &RelyingParty, other: &RelyingParty) -> Result<(), ConfigError> {
    let (one, other) = (&one.0, &other.0);
    if one.prefix == other.prefix {
        return Err(ConfigError::SharedPrefix);
    }
    // Ports keep no cookies apart.
    if one.origin.host() == other.origin.host() && one.names.session == other.names.session {
        return Err(ConfigError::SharedClient);
    }
    let relays_are_apart = one.relays.are_apart_from(&other.prefix)
        && other.relays.are_apart_from(&one.prefix)
        && one.relays.paths().all(|path| other.relays.are_apart_from(path));
    if !relays_are_apart {
        return Err(ConfigError::Relay);
    }
    let beside = one.client.provider().is_beside(other.client.provider());
    if beside { Ok(()) } else { Err(ConfigError::Apart) }
}

fn page(path: &str, of: &RelyingParty) -> Result<Arc<str>, ConfigError> {
    let place = ReturnTo::parse(path, &of.0.origin).ok_or(ConfigError::ProtectedPath)?;
    if place.as_str().contains('?') { Err(ConfigError::ProtectedPath) } else { Ok(place.as_str().into()) }
}

impl fmt::Debug for RelyingPartiesBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RelyingPartiesBuilder")
            .field("first", &self.first)
            .field("others", &self.others)
            .field("protected", &self.protected)
            .finish_non_exhaustive()
    }
}
