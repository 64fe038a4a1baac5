use vestibule::AuthorizationRequest;

use crate::{ConfigError, initiation::pass_on};

/// The ways to log in and out that an application may switch on.
#[derive(Debug, Default)]
pub(crate) struct LoginOptions {
    /// Whether anonymous visitors are asked about once, without a page.
    pub(crate) silent: bool,
    /// Whether the provider answers by a form.
    pub(crate) form_post: bool,
    /// Whether browsers take part in logouts.
    pub(crate) frontchannel_logout: bool,
    /// Whether sealed sessions keep the ID token, for the provider's logout.
    pub(crate) keep_id_token: bool,
    /// Whether a third party may start a login without naming the issuer.
    pub(crate) initiation_without_issuer: bool,
    /// What a third party that starts a login may add to the authorization request.
    pub(crate) initiation_parameters: Vec<String>,
}

impl LoginOptions {
    /// Checks that they can be had, and adds to every authorization request what belongs there.
    pub(crate) fn prepare(
        &self,
        request: AuthorizationRequest,
        secure: bool,
    ) -> Result<AuthorizationRequest, ConfigError> {
        let may_be_passed_on = |name: &String| pass_on(request.clone(), name, "").is_some();
        if !self.initiation_parameters.iter().all(may_be_passed_on) {
            return Err(ConfigError::InitiationParameter);
        }
        let request = if self.form_post { request.form_post() } else { request };
        if request.is_form_post() && !secure { Err(ConfigError::FormPost) } else { Ok(request) }
    }
}
