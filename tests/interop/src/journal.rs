//! The provider's account of what it did.

use serde::Deserialize;

use crate::application::Application;

/// Everything since the provider's start, oldest first.
#[derive(Debug, Deserialize)]
pub(crate) struct Journal {
    interactions: Vec<Interaction>,
    grants: Vec<Grant>,
    deliveries: Vec<Delivery>,
}

#[derive(Debug, Deserialize)]
struct Interaction {
    client: String,
}

/// A token call that was granted.
#[derive(Debug, Deserialize)]
pub(crate) struct Grant {
    client: String,
    grant_type: String,
    /// Whether the refresh token that was presented was exchanged for another.
    pub(crate) rotated: bool,
    /// How the client authenticated.
    pub(crate) authentication: String,
}

/// A logout token that was sent.
#[derive(Debug, Deserialize)]
pub(crate) struct Delivery {
    url: String,
    pub(crate) token: String,
    pub(crate) status: u16,
}

impl Journal {
    /// How often a user of `application` was shown a page.
    pub(crate) fn pages_shown(&self, application: &Application) -> usize {
        self.interactions.iter().filter(|page| page.client == application.client_id).count()
    }

    /// The codes that `application` redeemed.
    pub(crate) fn codes_redeemed(&self, application: &Application) -> Vec<&Grant> {
        self.grants_of(application, "authorization_code")
    }

    /// The refreshes of `application`.
    pub(crate) fn refreshes(&self, application: &Application) -> Vec<&Grant> {
        self.grants_of(application, "refresh_token")
    }

    /// The logout tokens sent to `application`.
    pub(crate) fn logout_tokens(&self, application: &Application) -> Vec<&Delivery> {
        self.deliveries
            .iter()
            .filter(|delivery| delivery.url == application.backchannel_logout_uri())
            .collect()
    }

    fn grants_of(&self, application: &Application, grant_type: &str) -> Vec<&Grant> {
        let of = |grant: &&Grant| grant.client == application.client_id && grant.grant_type == grant_type;
        self.grants.iter().filter(of).collect()
    }
}
