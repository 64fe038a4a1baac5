//! huskarl-axum with sessions sealed in cookies, as its tutorial sets it up.

use anyhow::{Context as _, Result};
use axum::{Router, http::StatusCode, routing::get};
use contestant::{CALLBACK, PAGE, Task, greeting};
use huskarl::{
    core::{
        client_auth::ClientSecret,
        crypto::seal::AeadV1Sealer,
        jwk::{JwksSource, OctBytes},
        secrets::{
            EnvVarSecret, Secret as _,
            encodings::{HexEncoding, StringEncoding},
        },
        server_metadata::AuthorizationServerMetadata,
        url_mapping::PublicUrlMapping,
    },
    grant::authorization_code::AuthorizationCodeGrant,
};
use huskarl_axum::login::{
    CookieSession, CookieSessionStore, LoginConfig, LoginLayer, LoginSession, LogoutConfig, Session as _,
    SessionLifetime,
};
use huskarl_crypto_native::aead::AesGcmKey;
use huskarl_reqwest::{ReqwestClient, mtls::NoMtls};

#[tokio::main]
async fn main() -> Result<()> {
    let task = Task::from_env()?;
    let http = ReqwestClient::builder().mtls(NoMtls).build().await?;
    let metadata =
        AuthorizationServerMetadata::oidc_fetch().http_client(&http).issuer(&task.issuer).call().await?;
    let grant = AuthorizationCodeGrant::builder_from_metadata(&metadata)
        .context("the provider has no authorization endpoint")?
        .client_id(task.client_id.clone())
        .client_auth(ClientSecret::new(EnvVarSecret::new("PEERS_CLIENT_SECRET", &StringEncoding)?))
        .http_client(http.clone())
        .redirect_uri(task.redirect_uri())
        .jws_verifier_factory(JwksSource::builder().http_client(http).build())
        .build()
        .await?;
    let key = EnvVarSecret::new("PEERS_KEY", &HexEncoding)?.mapped(OctBytes::new("A256GCM"));
    let key = AesGcmKey::from_secret(key).await?;
    let sessions: CookieSessionStore = CookieSessionStore::builder()
        .sealer(AeadV1Sealer::new(key))
        .cookie_name("huskarl_session".parse()?)
        .build();
    let config = LoginConfig::builder()
        .url_mapping(PublicUrlMapping::new(&task.base_url(), "/")?)
        .callback_path(CALLBACK.to_owned())
        .scope(["openid", "profile", "email"].map(str::to_owned).to_vec())
        .session_lifetime(SessionLifetime::DelegatedToAuthorizationServer)
        .logout(
            LogoutConfig::builder()
                .path("/logout".to_owned())
                .maybe_end_session_endpoint(metadata.end_session_endpoint)
                .build()?,
        )
        .build()?;
    let login = LoginLayer::builder().config(config).grant(grant).session_store(sessions).build()?;
    let application = Router::new().route(PAGE, get(me)).layer(login);
    contestant::axum::serve(task, application).await
}

async fn me(session: LoginSession<CookieSession>) -> Result<String, StatusCode> {
    Ok(greeting(session.sub().ok_or(StatusCode::UNAUTHORIZED)?))
}
