//! Several relying parties in one application.

mod builder;
mod protected_path;

use std::{fmt, sync::Arc};

pub use builder::RelyingPartiesBuilder;
use protected_path::{ProtectedPath, readings};

use crate::{RelyingParty, endpoint::Endpoint, http::RequestHead, session::Visit};

/// The relying parties of one application: one client at one provider, or several.
///
/// A single [`RelyingParty`] becomes this by itself. Several are put together by [`builder`](Self::builder): each has
/// endpoints, cookies and sessions of its own, and a request is a visit at one of them. Logins and logouts at one leave
/// the others alone; [`Session::issuer`](crate::Session::issuer) tells whose user is there.
#[derive(Clone)]
pub struct RelyingParties(Inner);

#[derive(Clone)]
enum Inner {
    One(RelyingParty),
    Several(Arc<Several>),
}

type Chooser = Box<dyn Fn(&RequestHead<'_>) -> Option<usize> + Send + Sync>;

struct Several {
    first: RelyingParty,
    others: Vec<RelyingParty>,
    protected: Vec<(ProtectedPath, RelyingParty)>,
    chooser: Option<Chooser>,
    choose_at: Option<Arc<str>>,
}

/// A path that leads to one relying party or another, by who reads it.
struct Ambiguous;

impl RelyingParties {
    /// Starts with the relying party that every request visits which no other one is chosen for. In a chooser its
    /// number is 0.
    ///
    /// By path: staff log in at a provider of their own.
    ///
    /// ```
    /// # use vestibule_web::{ConfigError, RelyingParties, RelyingParty};
    /// # fn f(customers: RelyingParty, staff: RelyingParty) -> Result<RelyingParties, ConfigError> {
    /// RelyingParties::builder(customers).at("/staff", staff).build()
    /// # }
    /// ```
    ///
    /// By a chooser of the application's, here by host, with a page that asks those of whom nothing is known:
    ///
    /// ```
    /// # use vestibule_web::{ConfigError, RelyingParties, RelyingParty};
    /// # fn f(acme: RelyingParty, globex: RelyingParty) -> Result<RelyingParties, ConfigError> {
    /// RelyingParties::builder(acme)
    ///     .or(globex)
    ///     .chosen_by(|head| match head.header("host")? {
    ///         "acme.shop.example" => Some(0),
    ///         "globex.shop.example" => Some(1),
    ///         _ => None,
    ///     })
    ///     .choose_at("/sign-in")
    ///     .build()
    /// # }
    /// ```
    pub fn builder(first: RelyingParty) -> RelyingPartiesBuilder {
        RelyingPartiesBuilder::new(first)
    }

    /// Whose endpoint answers this path, and which, if any.
    pub fn endpoint(&self, path: &str) -> Option<(&RelyingParty, Endpoint)> {
        self.all().find_map(|relying_party| Some((relying_party, relying_party.endpoint(path)?)))
    }

    /// Opens the visit that a request makes at the relying party that is there for it: cheap, touches no store until
    /// somebody asks who the visitor is.
    pub fn visit(&self, head: &RequestHead<'_>) -> Visit {
        match &self.0 {
            Inner::One(only) => only.visit(head),
            Inner::Several(several) => several.visit(head),
        }
    }

    fn all(&self) -> impl Iterator<Item = &RelyingParty> {
        let (first, others) = match &self.0 {
            Inner::One(only) => (only, None),
            Inner::Several(several) => (&several.first, Some(several.all_others())),
        };
        std::iter::once(first).chain(others.into_iter().flatten())
    }
}

impl From<RelyingParty> for RelyingParties {
    fn from(only: RelyingParty) -> Self {
        Self(Inner::One(only))
    }
}

impl Several {
    fn visit(&self, head: &RequestHead<'_>) -> Visit {
        match self.chosen(head) {
            Some(chosen) => chosen.visit(head),
            None => self.first.visit_of_nobody(head, self.choose_at.as_ref()),
        }
    }

    fn chosen(&self, head: &RequestHead<'_>) -> Option<&RelyingParty> {
        match self.by_path(head.path) {
            Ok(Some(protected)) => return Some(protected),
            Ok(None) => {}
            Err(Ambiguous) => {
                tracing::warn!(event = "request.path_ambiguous", "a path leads to several relying parties");
                return None;
            }
        }
        let number = match &self.chooser {
            Some(choose) => choose(head),
            None => Some(0),
        };
        match number {
            Some(0) => Some(&self.first),
            Some(number) => {
                let chosen = self.others.get(number.wrapping_sub(1));
                if chosen.is_none() {
                    tracing::error!(
                        event = "config.chooser",
                        code = "config.chooser",
                        number,
                        "the chooser names a relying party that is not there"
                    );
                }
                chosen
            }
            None if self.choose_at.is_some() => None,
            None => Some(&self.first),
        }
    }

    /// Whose protected path this is. Nobody can tell which handler it reaches if routers read it differently.
    fn by_path(&self, path: &str) -> Result<Option<&RelyingParty>, Ambiguous> {
        let longest = |segments: &[String]| {
            let covering = self.protected.iter().enumerate().filter(|(_, (path, _))| path.covers(segments));
            covering.max_by_key(|(_, (path, _))| path.depth()).map(|(at, _)| at)
        };
        let mut choices = readings(path).into_iter().map(|segments| longest(&segments));
        let first = choices.next().flatten();
        if choices.any(|other| other != first) {
            return Err(Ambiguous);
        }
        Ok(first.and_then(|at| self.protected.get(at)).map(|(_, relying_party)| relying_party))
    }

    fn all_others(&self) -> impl Iterator<Item = &RelyingParty> {
        self.others.iter().chain(self.protected.iter().map(|(_, relying_party)| relying_party))
    }
}

impl fmt::Debug for RelyingParties {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.all()).finish()
    }
}
