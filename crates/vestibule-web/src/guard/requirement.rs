use std::{borrow::Cow, fmt, time::Duration};

/// What somebody must have to go on: rights, and proof of who they are.
///
/// It is judged against the [`Authority`](vestibule::Authority) of a session or of an access token. Names are compared
/// character by character.
///
/// ```
/// use std::time::Duration;
/// use vestibule_web::Requirement;
///
/// let requirement = Requirement::role("admin")
///     .or(Requirement::permission("invoices:write"))
///     .and(Requirement::acr(["urn:acme:mfa"]))
///     .and(Requirement::fresh(Duration::from_secs(300)));
/// assert_eq!(
///     requirement.to_string(),
///     "(role admin or permission invoices:write) and authentication urn:acme:mfa and a login within 300 s"
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Requirement(pub(super) Rule);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Rule {
    Role(Name),
    Permission(Name),
    Scope(Name),
    Organization(Name),
    EmailVerified,
    Acr(Vec<Name>),
    Fresh(Duration),
    All(Vec<Requirement>),
    Any(Vec<Requirement>),
}

pub(super) type Name = Cow<'static, str>;

impl Requirement {
    /// This role.
    pub fn role(name: impl Into<Name>) -> Self {
        Self(Rule::Role(name.into()))
    }

    /// This permission.
    pub fn permission(name: impl Into<Name>) -> Self {
        Self(Rule::Permission(name.into()))
    }

    /// This scope, as a whole word (RFC 6749 section 3.3).
    pub fn scope(name: impl Into<Name>) -> Self {
        Self(Rule::Scope(name.into()))
    }

    /// To act for this organization.
    pub fn organization(id: impl Into<Name>) -> Self {
        Self(Rule::Organization(id.into()))
    }

    /// An e-mail address that the provider says it checked. It proves nothing about who owns the address today.
    pub fn email_verified() -> Self {
        Self(Rule::EmailVerified)
    }

    /// One of these authentication contexts (`acr`, OpenID Connect Core section 2). Who has none of them can log in once
    /// more to get it. An empty list is met by nobody.
    pub fn acr(values: impl IntoIterator<Item = impl Into<Name>>) -> Self {
        Self(Rule::Acr(values.into_iter().map(Into::into).collect()))
    }

    /// Credentials entered at most `max_age` ago, in whole seconds (`auth_time`, OpenID Connect Core section 2), give or
    /// take the clock skew that the client's policy allows for. Who entered them earlier can log in once more.
    pub fn fresh(max_age: Duration) -> Self {
        Self(Rule::Fresh(max_age))
    }

    /// Both of these.
    pub fn and(self, other: Self) -> Self {
        Self(Rule::All(joined(self, other, |rule| match rule {
            Rule::All(parts) => Ok(parts),
            rule => Err(rule),
        })))
    }

    /// One of these at least.
    pub fn or(self, other: Self) -> Self {
        Self(Rule::Any(joined(self, other, |rule| match rule {
            Rule::Any(parts) => Ok(parts),
            rule => Err(rule),
        })))
    }

    /// The scopes that it names, for a challenge that tells which are needed (RFC 6750 section 3).
    pub fn scopes(&self) -> Vec<&str> {
        match &self.0 {
            Rule::Scope(name) => vec![name],
            Rule::All(parts) | Rule::Any(parts) => parts.iter().flat_map(Self::scopes).collect(),
            _ => Vec::new(),
        }
    }
}

/// The parts of both, which stay flat where they are joined by the same word.
fn joined(
    one: Requirement,
    other: Requirement,
    parts: fn(Rule) -> Result<Vec<Requirement>, Rule>,
) -> Vec<Requirement> {
    let mut all = parts(one.0).unwrap_or_else(|rule| vec![Requirement(rule)]);
    all.extend(parts(other.0).unwrap_or_else(|rule| vec![Requirement(rule)]));
    all
}

impl fmt::Display for Requirement {
    /// Fit for logs and pages: names that the application chose, and nothing about any user.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Rule::Role(name) => write!(f, "role {name}"),
            Rule::Permission(name) => write!(f, "permission {name}"),
            Rule::Scope(name) => write!(f, "scope {name}"),
            Rule::Organization(id) => write!(f, "organization {id}"),
            Rule::EmailVerified => f.write_str("a verified e-mail address"),
            Rule::Acr(values) => write!(f, "authentication {}", values.join(" or ")),
            Rule::Fresh(max_age) => write!(f, "a login within {} s", max_age.as_secs()),
            Rule::All(parts) => f.write_str(&texts(parts).join(" and ")),
            Rule::Any(parts) => f.write_str(&texts(parts).join(" or ")),
        }
    }
}

fn texts(parts: &[Requirement]) -> Vec<String> {
    let text = |part: &Requirement| match part.0 {
        Rule::All(_) | Rule::Any(_) => format!("({part})"),
        _ => part.to_string(),
    };
    parts.iter().map(text).collect()
}
