//! Access tokens: of a user, and of services that act for themselves.

use anyhow::{Context as _, Result, bail, ensure};
use reqwest::StatusCode;
use serde_json::json;
use vestibule_axum::vestibule::{
    ClientCredentials, ClientSecret, Credential, Diagnose as _, Provider as Issuer, TokenSource,
};

use super::sign_on::answer_prompts;
use crate::browser::{Browser, Page};
use crate::clients::{API, Probe, Robot};
use crate::provider::Provider;
use crate::report::{Report, Stopped};
use crate::stage::Stage;

/// A user's token, from a client that has a key instead of a secret.
pub(super) async fn of_a_user<P: Provider>(report: &mut Report, stage: &Stage<P>) -> Result<(), Stopped> {
    let bob = report
        .step("bob logs in at an application that signs instead of having a secret", async {
            let bob = Browser::new()?;
            at_probe(&bob, stage, "bob").await?;
            Ok(bob)
        })
        .await?;
    report
        .step("his access token opens its API, for bob and by way of that application", async {
            let token = token_of(&bob, stage).await?;
            let seen = call_api(stage, Some(&token)).await?.expect(StatusCode::OK)?.json()?;
            let expected = json!({
                "sub": stage.provider.subject_of("bob")?,
                "client_id": Probe::CLIENT_ID,
                "is_service": false,
            });
            ensure!(seen == expected, "the API sees {seen}");
            Ok(())
        })
        .await?;
    report
        .step("without a token the API answers 401, and tells where its metadata names the provider", async {
            let challenge = call_api(stage, None).await?.expect(StatusCode::UNAUTHORIZED)?;
            let challenge = challenge.challenge()?;
            let (_, metadata) = challenge.split_once("resource_metadata=\"").context("no metadata named")?;
            let metadata = metadata.split('"').next().unwrap_or_default().parse()?;
            let metadata = Browser::new()?.call(metadata).await?.expect(StatusCode::OK)?.json()?;
            let issuer = stage.provider.issuer().as_str().trim_end_matches('/');
            ensure!(metadata["authorization_servers"] == json!([issuer]), "the metadata is {metadata}");
            Ok(())
        })
        .await
}

/// Tokens that services get for themselves.
pub(super) async fn of_services<P: Provider>(report: &mut Report, stage: &Stage<P>) -> Result<(), Stopped> {
    report
        .step("a service that signs gets a token once for two calls; the API takes it for a service", async {
            let source = service(stage, Probe::CLIENT_ID, stage.clients.probe.key.clone())?;
            let token = source.token().await?;
            ensure!(source.token().await? == token, "the second call got another token");
            let seen = call_api(stage, Some(token.expose())).await?.expect(StatusCode::OK)?.json()?;
            ensure!(seen["client_id"] == Probe::CLIENT_ID, "it is taken for {}", seen["client_id"]);
            ensure!(seen["is_service"] == true, "it is not taken for a service");
            Ok(())
        })
        .await?;
    report
        .step("one with a secret gets a token; an API by another name refuses it as rs.audience", async {
            let token = service(stage, Robot::CLIENT_ID, ClientSecret::new(Robot::SECRET))?.token().await?;
            let policy = stage.provider.access_tokens();
            let api = issuer(stage)?.resource_server(API).policy(policy.clone()).build()?;
            let grant = api.verify(token.expose()).await?;
            ensure!(grant.client_id() == Some(Robot::CLIENT_ID), "it is taken for {:?}", grant.client_id());
            let other =
                issuer(stage)?.resource_server("https://other.acme.example").policy(policy).build()?;
            match other.verify(token.expose()).await {
                Ok(_) => bail!("the other API took it"),
                Err(error) => ensure!(error.code() == "rs.audience", "refused as {}", error.code()),
            }
            Ok(())
        })
        .await?;
    report
        .step("with a wrong secret it gets none, and the error says to check the secret", async {
            match service(stage, Robot::CLIENT_ID, ClientSecret::new("wrong"))?.token().await {
                Ok(_) => bail!("a wrong secret was taken"),
                Err(error) => {
                    ensure!(error.code() == "service.refused", "the code is {}", error.code());
                    ensure!(error.hint().contains("secret"), "the hint is: {}", error.hint());
                }
            }
            Ok(())
        })
        .await
}

/// Logs in at the probe.
pub(super) async fn at_probe<P: Provider>(browser: &Browser, stage: &Stage<P>, user: &str) -> Result<()> {
    let first = browser.open(stage.probe.url("/me")?).await?;
    let (landed, _) = answer_prompts(browser, stage, first, user).await?;
    let me = landed.expect(StatusCode::OK)?.json()?;
    ensure!(me["sub"] == stage.provider.subject_of(user)?, "{user} is {}", me["sub"]);
    Ok(())
}

/// The access token of whoever is logged in at the probe.
pub(super) async fn token_of<P: Provider>(browser: &Browser, stage: &Stage<P>) -> Result<String> {
    Ok(browser.call(stage.probe.url("/token")?).await?.expect(StatusCode::OK)?.into_text())
}

/// A call of the probe's API.
pub(super) async fn call_api<P: Provider>(stage: &Stage<P>, token: Option<&str>) -> Result<Page> {
    Browser::new()?.call_with(stage.probe.url("/api/whoami")?, token).await
}

fn service<P: Provider>(
    stage: &Stage<P>,
    client_id: &str,
    credential: impl Into<Credential>,
) -> Result<TokenSource> {
    let service = issuer(stage)?.service(client_id, credential);
    Ok(service.token_source(ClientCredentials::new().resource(API)))
}

/// The provider, as this harness knows it.
pub(super) fn issuer<P: Provider>(stage: &Stage<P>) -> Result<Issuer> {
    Ok(Issuer::new(stage.provider.issuer().as_str().trim_end_matches('/'))?)
}
