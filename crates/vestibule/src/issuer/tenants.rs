use crate::ConfigError;

/// Whose users may log in at an issuer that serves many tenants under one name, as Microsoft Entra ID does for
/// `https://login.microsoftonline.com/organizations/v2.0`. Its metadata states a template with `{tenantid}`, and each
/// token the issuer of its own tenant.
///
/// ```
/// use vestibule::{Provider, Tenants};
///
/// # fn main() -> Result<(), vestibule::ConfigError> {
/// let tenants = Tenants::only(["9122040d-6c67-4c5b-b112-36a304b66dad"])?;
/// let provider =
///     Provider::builder("https://login.microsoftonline.com/organizations/v2.0")?.tenants(tenants)?.build()?;
/// # let _ = provider; Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Tenants(Allowed);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Allowed {
    Only(Vec<String>),
    Any,
}

const LONGEST_ID: usize = 64;

impl Tenants {
    /// These tenants, by the ids that stand in the claim `tid`.
    ///
    /// # Errors
    /// [`ConfigError::Tenants`] when there is none, or one is not made of letters, digits and hyphens.
    pub fn only(ids: impl IntoIterator<Item = impl Into<String>>) -> Result<Self, ConfigError> {
        let ids: Vec<String> = ids.into_iter().map(Into::into).collect();
        if ids.is_empty() || !ids.iter().all(|id| is_id(id)) {
            return Err(ConfigError::Tenants);
        }
        Ok(Self(Allowed::Only(ids)))
    }

    /// Every tenant: whoever has one can make users. Decide by `iss` and `sub` what they may do; their e-mail addresses
    /// are whatever their administrators wrote.
    pub fn any() -> Self {
        Self(Allowed::Any)
    }

    fn allow(&self, id: &str) -> bool {
        match &self.0 {
            Allowed::Only(ids) => ids.iter().any(|allowed| allowed == id),
            Allowed::Any => is_id(id),
        }
    }
}

/// Nothing that could end the path segment it stands in.
fn is_id(id: &str) -> bool {
    (1..=LONGEST_ID).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// An issuer with a place for a tenant.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Template {
    before: String,
    after: String,
    tenants: Tenants,
}

const PLACE: &str = "{tenantid}";

impl Template {
    /// The first segment of the path is the tenant's place.
    pub(super) fn of(issuer: &str, tenants: Tenants) -> Option<Self> {
        let (scheme, rest) = issuer.split_once("://")?;
        let (authority, path) = rest.split_once('/')?;
        let (place, after) = match path.split_once('/') {
            Some((place, after)) => (place, format!("/{after}")),
            None => (path, String::new()),
        };
        (!place.is_empty()).then(|| Self { before: format!("{scheme}://{authority}/"), after, tenants })
    }

    pub(super) fn is(&self, stated: &str) -> bool {
        self.place_in(stated) == Some(PLACE)
    }

    /// Whether this is the issuer of an allowed tenant.
    pub(super) fn fits(&self, stated: &str) -> bool {
        self.place_in(stated).is_some_and(|tenant| self.tenants.allow(tenant))
    }

    /// Whether this is the issuer of this tenant, which is allowed.
    pub(super) fn fits_tenant(&self, stated: &str, tenant: &str) -> bool {
        self.fits(stated) && self.place_in(stated) == Some(tenant)
    }

    fn place_in<'a>(&self, stated: &'a str) -> Option<&'a str> {
        stated.strip_prefix(&self.before)?.strip_suffix(&self.after)
    }
}
