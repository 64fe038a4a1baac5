use std::fmt;

use url::form_urlencoded::Serializer;
use vestibule::AuthorizationRequest;

/// What whoever sent the browser here, to log in, added to the authorization request.
#[derive(Clone, Default)]
pub(crate) struct Initiation(Vec<(String, String)>);

impl Initiation {
    pub(crate) fn add(&mut self, name: &str, value: &str) {
        self.0.push((name.to_owned(), value.to_owned()));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The application's own request with what was added; `None` when that is one of the protocol's own parameters
    /// (checklist C25).
    pub(crate) fn request(&self, own: &AuthorizationRequest) -> Option<AuthorizationRequest> {
        self.0.iter().try_fold(own.clone(), |request, (name, value)| match name.as_str() {
            "login_hint" => Some(request.login_hint(value)),
            listed => pass_on(request, listed, value),
        })
    }

    pub(crate) fn to_form(&self) -> String {
        Serializer::new(String::new()).extend_pairs(&self.0).finish()
    }

    pub(crate) fn from_form(form: &str) -> Option<Self> {
        vestibule::form::parse(form).ok().map(Self)
    }
}

impl fmt::Debug for Initiation {
    /// Shows names alone: values may tell who somebody is.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

/// The request with a parameter that was listed; `None` when it is one of the protocol's own (checklist C25).
pub(crate) fn pass_on(
    request: AuthorizationRequest,
    name: &str,
    value: &str,
) -> Option<AuthorizationRequest> {
    match name {
        "connection_id" => Some(request.connection_id(value)),
        "organization_id" => Some(request.organization_id(value)),
        "domain_hint" => Some(request.domain_hint(value)),
        "provider" => Some(request.social_provider(value)),
        "ui_locales" => Some(request.ui_locales(value)),
        other => request.parameter(other, value).ok(),
    }
}
