use std::sync::Arc;

use serde_json::{Map, Value};

use super::{Issuer, tenants::Template};

/// Which texts stand for an issuer, beside the configured one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) enum Spelling {
    #[default]
    Exact,
    /// One slash at the end, or none.
    SlashOptional,
    /// One issuer for each tenant.
    Tenants(Arc<Template>),
}

impl Issuer {
    /// The name under which the maker of a token is kept, if it is this issuer (checklist A15): the configured one, or
    /// that of its tenant.
    pub(crate) fn maker_of<'a>(&'a self, claims: &'a Map<String, Value>) -> Option<&'a str> {
        let text = |name: &str| claims.get(name).and_then(Value::as_str);
        let stated = text("iss")?;
        match &self.spelling {
            Spelling::Tenants(template) => template.fits_tenant(stated, text("tid")?).then_some(stated),
            _ => self.is_spelt(stated).then_some(self.as_str()),
        }
    }

    /// Whether metadata that states this issuer is its own (checklist E06).
    pub(crate) fn is_stated_by_metadata(&self, stated: &str) -> bool {
        match &self.spelling {
            Spelling::Tenants(template) => template.is(stated),
            _ => self.is_spelt(stated),
        }
    }

    /// Whether users are kept under this name who logged in here: the issuer's own, or that of one of its tenants.
    pub fn keeps_users_of(&self, name: &str) -> bool {
        match &self.spelling {
            Spelling::Tenants(template) => name == self.as_str() || template.fits(name),
            _ => name == self.as_str(),
        }
    }

    /// Whether a key of that owner may sign for this maker: among tenants, a key may belong to one of them (checklist A12).
    pub(crate) fn lends_key_to(&self, owner: Option<&str>, maker: Option<&str>) -> bool {
        match &self.spelling {
            Spelling::Tenants(template) => {
                owner.is_none_or(|owner| template.is(owner) || Some(owner) == maker)
            }
            _ => true,
        }
    }

    fn is_spelt(&self, stated: &str) -> bool {
        let bare = |text: &str| text.strip_suffix('/').unwrap_or(text).to_owned();
        stated == self.as_str()
            || self.spelling == Spelling::SlashOptional && bare(stated) == bare(self.as_str())
    }
}
