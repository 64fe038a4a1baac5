//! The discovery document (OpenID Connect Discovery 1.0 section 3).

use openidconnect::core::{
    CoreAuthDisplay, CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreGrantType, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreResponseMode, CoreResponseType,
    CoreSubjectIdentifierType,
};
use openidconnect::url::ParseError;
use openidconnect::{
    AdditionalProviderMetadata, AuthUrl, AuthenticationContextClass, IssuerUrl, JsonWebKeySetUrl,
    ProviderMetadata, ResponseTypes, Scope, TokenUrl, UserInfoUrl,
};
use serde::{Deserialize, Serialize};

use crate::endpoints::PROMPTS;
use crate::provider::Provider;
use crate::settings::ClientAuthentication;
use crate::signing_algorithm::SigningAlgorithm;

/// The scopes that the provider knows.
pub(crate) const SCOPES: [&str; 4] = ["openid", "profile", "email", "offline_access"];

const GRANT_TYPES: [CoreGrantType; 4] = [
    CoreGrantType::AuthorizationCode,
    CoreGrantType::ClientCredentials,
    CoreGrantType::DeviceCode,
    CoreGrantType::RefreshToken,
];

pub(crate) fn document(provider: &Provider) -> Result<Metadata, ParseError> {
    let settings = &provider.settings;
    let methods = settings.client_authentication.iter().map(|method| match method {
        ClientAuthentication::Basic => CoreClientAuthMethod::ClientSecretBasic,
        ClientAuthentication::Post => CoreClientAuthMethod::ClientSecretPost,
    });
    let confidential: Vec<_> = methods.collect();
    let methods: Vec<_> = confidential.iter().cloned().chain([CoreClientAuthMethod::None]).collect();
    let names = ["sub", "name", "preferred_username", "email", "email_verified", "sid"];
    let metadata = Metadata::new(
        IssuerUrl::new(provider.issuer.clone())?,
        AuthUrl::new(provider.url("/authorize"))?,
        JsonWebKeySetUrl::new(provider.url("/jwks"))?,
        vec![ResponseTypes::new(vec![CoreResponseType::Code])],
        vec![CoreSubjectIdentifierType::Public],
        SigningAlgorithm::ALL.iter().map(|algorithm| algorithm.core()).collect(),
        MoreMetadata {
            authorization_response_iss_parameter_supported: true,
            backchannel_logout_session_supported: true,
            backchannel_logout_supported: true,
            code_challenge_methods_supported: vec!["S256".to_owned()],
            device_authorization_endpoint: provider.url("/device_authorization"),
            end_session_endpoint: provider.url("/end_session"),
            introspection_endpoint: provider.url("/introspect"),
            introspection_endpoint_auth_methods_supported: confidential,
            prompt_values_supported: PROMPTS.map(str::to_owned).to_vec(),
            revocation_endpoint: provider.url("/revoke"),
            revocation_endpoint_auth_methods_supported: methods.clone(),
        },
    );
    let acr_values = settings.acr_values.iter().cloned().map(AuthenticationContextClass::new);
    Ok(metadata
        .set_acr_values_supported(Some(acr_values.collect::<Vec<_>>()).filter(|known| !known.is_empty()))
        .set_token_endpoint(Some(TokenUrl::new(provider.url("/token"))?))
        .set_userinfo_endpoint(Some(UserInfoUrl::new(provider.url("/userinfo"))?))
        .set_scopes_supported(Some(SCOPES.map(|scope| Scope::new(scope.to_owned())).to_vec()))
        .set_response_modes_supported(Some(vec![CoreResponseMode::Query]))
        .set_grant_types_supported(Some(GRANT_TYPES.to_vec()))
        .set_token_endpoint_auth_methods_supported(Some(methods))
        .set_userinfo_signing_alg_values_supported(Some(
            SigningAlgorithm::ALL.iter().map(|algorithm| algorithm.core()).collect(),
        ))
        .set_claim_types_supported(Some(vec![CoreClaimType::Normal]))
        .set_claims_supported(Some(names.map(|name| CoreClaimName::new(name.to_owned())).to_vec()))
        .set_claims_parameter_supported(Some(false))
        .set_request_parameter_supported(Some(false))
        .set_request_uri_parameter_supported(Some(false)))
}

pub(crate) type Metadata = ProviderMetadata<
    MoreMetadata,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// Members that OpenID Connect Discovery does not name: RFC 8414, RFC 8628, RFC 9207, and the logout specifications.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct MoreMetadata {
    authorization_response_iss_parameter_supported: bool,
    backchannel_logout_session_supported: bool,
    backchannel_logout_supported: bool,
    code_challenge_methods_supported: Vec<String>,
    device_authorization_endpoint: String,
    end_session_endpoint: String,
    introspection_endpoint: String,
    introspection_endpoint_auth_methods_supported: Vec<CoreClientAuthMethod>,
    prompt_values_supported: Vec<String>,
    revocation_endpoint: String,
    revocation_endpoint_auth_methods_supported: Vec<CoreClientAuthMethod>,
}

impl AdditionalProviderMetadata for MoreMetadata {}
