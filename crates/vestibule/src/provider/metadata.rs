use std::collections::BTreeSet;

use serde_json::{Map, Value};
use url::Url;

use super::{
    Backchannel,
    DiscoveryError::{self, InsecureUrl, Member},
};
use crate::{
    Issuer,
    endpoint::{is_allowed, is_plainly_written},
};

/// What a provider says about itself (OpenID Connect Discovery section 3), checked.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProviderMetadata {
    /// Who says so: the configured issuer, character by character.
    pub issuer: Issuer,
    /// Where users are sent to log in.
    pub authorization_endpoint: Url,
    /// Where codes and refresh tokens are exchanged.
    pub token_endpoint: Url,
    /// Where the provider's public keys are.
    pub jwks_uri: Url,
    /// Where claims about a user can be read.
    pub userinfo_endpoint: Option<Url>,
    /// Where access tokens are asked about (RFC 7662).
    pub introspection_endpoint: Option<Url>,
    /// Where tokens are revoked (RFC 7009).
    pub revocation_endpoint: Option<Url>,
    /// Where users are sent to log out (RP-Initiated Logout section 2.1).
    pub end_session_endpoint: Option<Url>,
    /// Where a login on another device is begun (RFC 8628 section 4).
    pub device_authorization_endpoint: Option<Url>,
    /// How clients may authenticate at the token endpoint. `client_secret_basic` when the provider does not say.
    pub token_endpoint_auth_methods: Vec<String>,
    /// What it lets clients sign their assertions with; `None` when it does not say.
    pub token_endpoint_auth_signing_algorithms: Option<Vec<String>>,
    /// The scopes it knows; `None` when it does not say.
    pub scopes: Option<Vec<String>>,
    /// What the provider signs ID tokens with.
    pub id_token_signing_algorithms: Vec<String>,
    /// The PKCE methods it knows; `None` when it does not say.
    pub code_challenge_methods: Option<Vec<String>>,
    /// Whether every authorization response carries `iss` (RFC 9207 section 3).
    pub authorization_response_iss: bool,
    /// Whether it sends logout tokens (Back-Channel Logout section 2.1).
    pub backchannel_logout: bool,
    /// Whether its logout tokens carry a `sid`.
    pub backchannel_logout_session: bool,
}

impl ProviderMetadata {
    pub(super) fn read(
        document: &Map<String, Value>,
        issuer: &Issuer,
        backchannel: &Backchannel,
    ) -> Result<Self, DiscoveryError> {
        let reader = Reader { document, issuer, backchannel };
        let stated = document.get("issuer").and_then(Value::as_str);
        if !stated.is_some_and(|stated| issuer.is_stated_by_metadata(stated)) {
            return Err(DiscoveryError::IssuerMismatch);
        }
        reader.required_strings("response_types_supported")?;
        Ok(Self {
            issuer: issuer.clone(),
            authorization_endpoint: reader
                .required(reader.visited("authorization_endpoint")?, "authorization_endpoint")?,
            token_endpoint: reader.required(reader.called("token_endpoint")?, "token_endpoint")?,
            jwks_uri: reader.required(reader.called("jwks_uri")?, "jwks_uri")?,
            userinfo_endpoint: reader.called("userinfo_endpoint")?,
            introspection_endpoint: reader.called("introspection_endpoint")?,
            revocation_endpoint: reader.called("revocation_endpoint")?,
            end_session_endpoint: reader.visited("end_session_endpoint")?,
            device_authorization_endpoint: reader.called("device_authorization_endpoint")?,
            token_endpoint_auth_methods: reader
                .strings("token_endpoint_auth_methods_supported")?
                .unwrap_or_else(|| vec!["client_secret_basic".into()]),
            token_endpoint_auth_signing_algorithms: reader
                .strings("token_endpoint_auth_signing_alg_values_supported")?,
            scopes: reader.strings("scopes_supported")?,
            id_token_signing_algorithms: reader.required_strings("id_token_signing_alg_values_supported")?,
            code_challenge_methods: reader.strings("code_challenge_methods_supported")?,
            authorization_response_iss: reader.flag("authorization_response_iss_parameter_supported")?,
            backchannel_logout: reader.flag("backchannel_logout_supported")?,
            backchannel_logout_session: reader.flag("backchannel_logout_session_supported")?,
        })
    }

    /// The hosts of endpoints that are not the issuer's own. Providers may spread over hosts; an unexpected one is worth
    /// a look (checklist E08).
    pub fn foreign_hosts(&self) -> BTreeSet<&str> {
        let optional = [
            &self.userinfo_endpoint,
            &self.introspection_endpoint,
            &self.revocation_endpoint,
            &self.end_session_endpoint,
            &self.device_authorization_endpoint,
        ];
        let own = self.issuer.url();
        [&self.authorization_endpoint, &self.token_endpoint, &self.jwks_uri]
            .into_iter()
            .chain(optional.into_iter().flatten())
            .filter_map(Url::host_str)
            .filter(|host| own.as_ref().and_then(Url::host_str) != Some(host))
            .collect()
    }

    /// Whether this is Keycloak, told by its paths: there, every login gets a refresh token.
    pub(crate) fn gives_refresh_tokens_unasked(&self) -> bool {
        let path = self.authorization_endpoint.as_str().strip_prefix(self.issuer.as_str());
        path == Some("/protocol/openid-connect/auth")
    }
}

struct Reader<'a> {
    document: &'a Map<String, Value>,
    issuer: &'a Issuer,
    backchannel: &'a Backchannel,
}

impl Reader<'_> {
    fn required(&self, endpoint: Option<Url>, member: &'static str) -> Result<Url, DiscoveryError> {
        endpoint.ok_or(Member(member))
    }

    /// An endpoint that this application calls.
    fn called(&self, member: &'static str) -> Result<Option<Url>, DiscoveryError> {
        let Some((url, text)) = self.url(member)? else { return Ok(None) };
        let url = self.backchannel.called(url, self.issuer);
        if self.backchannel.allows(&url) { proper(url, text, member) } else { Err(InsecureUrl(member)) }
    }

    /// An endpoint that browsers visit.
    fn visited(&self, member: &'static str) -> Result<Option<Url>, DiscoveryError> {
        let Some((url, text)) = self.url(member)? else { return Ok(None) };
        let url = self.backchannel.visited(url, self.issuer);
        if is_allowed(&url) { proper(url, text, member) } else { Err(InsecureUrl(member)) }
    }

    fn url(&self, member: &'static str) -> Result<Option<(Url, &str)>, DiscoveryError> {
        let Some(value) = self.document.get(member) else { return Ok(None) };
        let text = value.as_str().ok_or(Member(member))?;
        let url = Url::parse(text).map_err(|_| Member(member))?;
        Ok(Some((url, text)))
    }

    fn strings(&self, member: &'static str) -> Result<Option<Vec<String>>, DiscoveryError> {
        let Some(value) = self.document.get(member) else { return Ok(None) };
        let list = value.as_array().ok_or(Member(member))?;
        let texts = list.iter().map(|item| item.as_str().map(str::to_owned));
        texts.collect::<Option<_>>().map(Some).ok_or(Member(member))
    }

    fn required_strings(&self, member: &'static str) -> Result<Vec<String>, DiscoveryError> {
        self.strings(member)?.ok_or(Member(member))
    }

    fn flag(&self, member: &'static str) -> Result<bool, DiscoveryError> {
        match self.document.get(member) {
            None => Ok(false),
            Some(value) => value.as_bool().ok_or(Member(member)),
        }
    }
}

fn proper(url: Url, text: &str, member: &'static str) -> Result<Option<Url>, DiscoveryError> {
    let is_proper =
        url.fragment().is_none() && is_plainly_written(text) && url.as_str().parse::<http::Uri>().is_ok();
    if is_proper { Ok(Some(url)) } else { Err(Member(member)) }
}
