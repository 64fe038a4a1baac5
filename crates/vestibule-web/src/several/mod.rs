//! Several relying parties in one application.

mod builder;
mod protected_path;

use std::{fmt, sync::Arc};

pub use builder::RelyingPartiesBuilder;
use protected_path::ProtectedPath;

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
        match (self.chosen(head), &self.choose_at) {
            (Some(chosen), _) => chosen.visit(head),
            (None, None) => self.first.visit(head),
            (None, Some(page)) => self.first.visit_of_nobody(head, page),
        }
    }

    fn chosen(&self, head: &RequestHead<'_>) -> Option<&RelyingParty> {
        let by_path = self.protected.iter().filter(|(path, _)| path.covers(head.path));
        if let Some((_, longest)) = by_path.max_by_key(|(path, _)| path.depth()) {
            return Some(longest);
        }
        let number = match &self.chooser {
            Some(choose) => choose(head)?,
            None => 0,
        };
        let chosen = if number == 0 { Some(&self.first) } else { self.others.get(number.wrapping_sub(1)) };
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

    fn all_others(&self) -> impl Iterator<Item = &RelyingParty> {
        self.others.iter().chain(self.protected.iter().map(|(_, relying_party)| relying_party))
    }
}

impl fmt::Debug for RelyingParties {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.all()).finish()
    }
}
