//! What an application may be registered with.

use url::Url;

use super::{Application, ApplicationError, ApplicationType, origin, redirect_rule};

impl Application {
    pub(crate) fn check(&self) -> Result<(), ApplicationError> {
        if self.client_id.is_empty() {
            return Err(ApplicationError::NoClientId);
        }
        self.check_type()?;
        self.check_secrets()?;
        self.check_uris()
    }

    fn check_type(&self) -> Result<(), ApplicationError> {
        let client_id = || self.client_id.clone();
        if !self.is_spa() && !self.origins.is_empty() {
            return Err(ApplicationError::OriginNotForType { client_id: client_id() });
        }
        match self.application_type {
            ApplicationType::Native if !self.secrets.is_empty() => {
                Err(ApplicationError::NotForNative { client_id: client_id(), property: "secret" })
            }
            ApplicationType::Native if !self.backchannel_logout_uris.is_empty() => {
                let property = "back-channel logout URI";
                Err(ApplicationError::NotForNative { client_id: client_id(), property })
            }
            ApplicationType::Service if self.has_users() => {
                Err(ApplicationError::NotForService { client_id: client_id() })
            }
            ApplicationType::Spa => match self.what_no_spa_has() {
                Some(property) => Err(ApplicationError::NotForSpa { client_id: client_id(), property }),
                None => Ok(()),
            },
            ApplicationType::Native | ApplicationType::Service | ApplicationType::Web => Ok(()),
        }
    }

    fn what_no_spa_has(&self) -> Option<&'static str> {
        [
            (!self.secrets.is_empty(), "a secret, which everybody could read"),
            (
                !self.backchannel_logout_uris.is_empty(),
                "a back-channel logout URI, where no browser can be called",
            ),
            (self.device_flow, "the device flow, which is for devices without a browser"),
        ]
        .into_iter()
        .find_map(|(is_there, property)| is_there.then_some(property))
    }

    fn has_users(&self) -> bool {
        self.device_flow || !self.redirect_uris.is_empty() || !self.post_logout_redirect_uris.is_empty()
    }

    fn check_secrets(&self) -> Result<(), ApplicationError> {
        let client_id = || self.client_id.clone();
        if self.secrets.iter().any(|secret| secret.expose().is_empty()) {
            return Err(ApplicationError::EmptySecret { client_id: client_id() });
        }
        match self.secrets.len() {
            0..=MOST_SECRETS => Ok(()),
            count => Err(ApplicationError::TooManySecrets { client_id: client_id(), count }),
        }
    }

    fn check_uris(&self) -> Result<(), ApplicationError> {
        let client_id = || self.client_id.clone();
        let mut redirects = self.redirect_uris.iter().chain(&self.post_logout_redirect_uris);
        if let Some(uri) = redirects.find(|uri| !redirect_rule::may_be_registered(uri, self.application_type))
        {
            return Err(ApplicationError::RedirectUri { client_id: client_id(), uri: uri.clone() });
        }
        if let Some(origin) = self.origins.iter().find(|origin| !origin::may_be_registered(origin)) {
            return Err(ApplicationError::Origin { client_id: client_id(), origin: origin.clone() });
        }
        match self.backchannel_logout_uris.iter().find(|uri| !is_plain_http(uri)) {
            Some(uri) => {
                Err(ApplicationError::BackchannelLogoutUri { client_id: client_id(), uri: uri.clone() })
            }
            None => Ok(()),
        }
    }
}

fn is_plain_http(uri: &str) -> bool {
    Url::parse(uri).is_ok_and(|url| url.scheme() == "http" && url.has_host() && url.fragment().is_none())
}

const MOST_SECRETS: usize = 2;

#[cfg(test)]
mod tests {
    use super::*;

    fn code(application: &Application) -> &'static str {
        application.check().unwrap_err().code()
    }

    #[test]
    fn registration_is_strict() {
        let good = Application::web("app", "one").redirect_uri("http://127.0.0.1:1/cb");
        good.check().unwrap();
        good.clone().secret("two").check().unwrap();
        assert_eq!(code(&good.clone().secret("two").secret("three")), "application.too_many_secrets");
        assert_eq!(code(&good.clone().secret("")), "application.empty_secret");
        assert_eq!(code(&Application::web("", "one")), "application.no_client_id");
        assert_eq!(code(&good.clone().redirect_uri("/relative")), "application.redirect_uri");
        assert_eq!(code(&good.clone().redirect_uri("http://h/cb#part")), "application.redirect_uri");
        assert_eq!(code(&good.clone().post_logout_redirect_uri("nowhere")), "application.redirect_uri");
        let native = Application::native("app").redirect_uri("http://127.0.0.1/cb");
        native.check().unwrap();
        assert_eq!(code(&native.clone().secret("one")), "application.not_for_native");
        assert_eq!(
            code(&native.clone().backchannel_logout_uri("http://h/out")),
            "application.not_for_native"
        );
        assert_eq!(code(&native.redirect_uri("http://localhost/cb")), "application.redirect_uri");
        let spa = Application::spa("app").redirect_uri("http://localhost:5173/cb");
        spa.clone().origin("https://app.acme.example").check().unwrap();
        assert_eq!(code(&spa.clone().secret("one")), "application.not_for_spa");
        assert_eq!(code(&spa.clone().device_flow(true)), "application.not_for_spa");
        assert_eq!(code(&spa.clone().backchannel_logout_uri("http://h/out")), "application.not_for_spa");
        assert_eq!(code(&spa.clone().redirect_uri("http://h/cb")), "application.redirect_uri");
        assert_eq!(code(&spa.clone().post_logout_redirect_uri("http://h/out")), "application.redirect_uri");
        assert_eq!(code(&spa.origin("https://app.acme.example/")), "application.origin");
        assert_eq!(code(&good.clone().origin("https://app.acme.example")), "application.origin_not_for_type");
        let service = Application::service("app", "one");
        service.check().unwrap();
        assert_eq!(code(&service.clone().device_flow(true)), "application.not_for_service");
        assert_eq!(code(&service.redirect_uri("http://h/cb")), "application.not_for_service");
        assert_eq!(code(&good.backchannel_logout_uri("https://h/out")), "application.backchannel_logout_uri");
    }
}
