//! The provider's account of what it did.

use serde::Deserialize;

use crate::application::Application;
use crate::provider::Refresh;

/// The token calls that were granted since the provider's start, oldest first.
#[derive(Debug, Deserialize)]
pub(super) struct Journal {
    grants: Vec<Grant>,
}

#[derive(Debug, Deserialize)]
struct Grant {
    client: String,
    grant_type: String,
    rotated: bool,
    authentication: String,
}

impl Journal {
    pub(super) fn refreshes(&self, application: &Application) -> Vec<Refresh> {
        let refreshes = self.grants_of(application, "refresh_token");
        refreshes.map(|grant| Refresh { rotated: grant.rotated }).collect()
    }

    /// How `application` authenticated when it last redeemed a code.
    pub(super) fn authentication_of(&self, application: &Application) -> Option<String> {
        self.grants_of(application, "authorization_code").last().map(|grant| grant.authentication.clone())
    }

    fn grants_of(&self, application: &Application, grant_type: &str) -> impl Iterator<Item = &Grant> {
        let of =
            move |grant: &&Grant| grant.client == application.client_id && grant.grant_type == grant_type;
        self.grants.iter().filter(of)
    }
}
