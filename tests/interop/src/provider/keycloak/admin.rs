//! Keycloak's admin REST API, as an administrator uses it.

use std::collections::HashMap;

use anyhow::{Context as _, Result, ensure};
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};
use url::Url;

use crate::application::Application;
use crate::provider::Refresh;

/// The service account that the server makes at its first start.
pub(super) const CLIENT_ID: &str = "interop";
pub(super) const CLIENT_SECRET: &str = "the administrator's secret";

/// The door to a running server.
#[derive(Debug)]
pub(crate) struct Admin {
    server: Url,
    http: Client,
}

impl Admin {
    pub(super) fn of(server: Url) -> Result<Self> {
        Ok(Self { server, http: Client::builder().no_proxy().build()? })
    }

    /// The ids of all users, by the names that they log in with.
    pub(super) async fn users(&self) -> Result<HashMap<String, String>> {
        let users = self.read("users").await?;
        let users = users.as_array().context("users are a list")?.iter();
        users.map(|user| Ok((text(user, "username")?, text(user, "id")?))).collect()
    }

    /// Ends every session of a user.
    pub(crate) async fn log_out(&self, user_id: &str) -> Result<()> {
        self.send(Method::POST, &format!("users/{user_id}/logout"), &json!({})).await.map(drop)
    }

    /// Ends one session.
    pub(crate) async fn end_session(&self, sid: &str) -> Result<()> {
        self.send(Method::DELETE, &format!("sessions/{sid}"), &Value::Null).await.map(drop)
    }

    /// Ends every session of the realm.
    pub(crate) async fn log_out_all(&self) -> Result<()> {
        self.send(Method::POST, "logout-all", &json!({})).await.map(drop)
    }

    /// Lets a user in, or no longer.
    pub(crate) async fn enable(&self, user_id: &str, enabled: bool) -> Result<()> {
        let path = format!("users/{user_id}");
        let mut user = self.read(&path).await?;
        user["enabled"] = enabled.into();
        self.send(Method::PUT, &path, &user).await.map(drop)
    }

    /// Takes a role of the realm from a user.
    pub(crate) async fn take_role(&self, user_id: &str, role: &str) -> Result<()> {
        let role = self.read(&format!("roles/{role}")).await?;
        let path = format!("users/{user_id}/role-mappings/realm");
        self.send(Method::DELETE, &path, &json!([role])).await.map(drop)
    }

    /// Changes the secret of a client.
    pub(crate) async fn set_secret(&self, application: &Application, secret: &str) -> Result<()> {
        let clients = self.read("clients").await?;
        let mut all = clients.as_array().context("clients are a list")?.iter();
        let client = all.find(|client| client["clientId"] == application.client_id);
        let mut client = client.context("no such client")?.clone();
        client["secret"] = secret.into();
        let path = format!("clients/{}", text(&client, "id")?);
        self.send(Method::PUT, &path, &client).await.map(drop)
    }

    pub(super) async fn set_access_token_lifetime(&self, seconds: u32) -> Result<()> {
        let realm = json!({ "accessTokenLifespan": seconds });
        self.send(Method::PUT, "", &realm).await.map(drop)
    }

    /// Adds keys for RS256 and ES256 that go before all others.
    pub(super) async fn add_keys(&self) -> Result<()> {
        let realm = text(&self.read("").await?, "id")?;
        let before = self.read("keys").await?;
        let kinds =
            [("rsa-generated", "algorithm", "RS256"), ("ecdsa-generated", "ecdsaEllipticCurveKey", "P-256")];
        for (kind, setting, value) in kinds {
            let component = json!({
                "name": format!("new {kind}"),
                "providerType": "org.keycloak.keys.KeyProvider",
                "providerId": kind,
                "parentId": realm,
                "config": { "priority": ["1000"], "enabled": ["true"], "active": ["true"], setting: [value] },
            });
            self.send(Method::POST, "components", &component).await?;
        }
        let after = self.read("keys").await?;
        ensure!(before["active"]["RS256"] != after["active"]["RS256"], "the old key is still in use");
        Ok(())
    }

    pub(super) async fn refreshes(&self, application: &Application) -> Result<Vec<Refresh>> {
        let mut url = self.url("events")?;
        url.query_pairs_mut().extend_pairs([("type", "REFRESH_TOKEN"), ("client", application.client_id)]);
        let events: Vec<Value> = self.authorized(self.http.get(url)).await?.json().await?;
        let rotated = |event: &Value| {
            let details = &event["details"];
            !details["updated_refresh_token_id"].is_null()
                && details["updated_refresh_token_id"] != details["refresh_token_id"]
        };
        Ok(events.iter().map(|event| Refresh { rotated: rotated(event) }).collect())
    }

    async fn read(&self, path: &str) -> Result<Value> {
        Ok(self.authorized(self.http.get(self.url(path)?)).await?.json().await?)
    }

    async fn send(&self, method: Method, path: &str, body: &Value) -> Result<Response> {
        self.authorized(self.http.request(method, self.url(path)?).json(body)).await
    }

    fn url(&self, path: &str) -> Result<Url> {
        let path = format!("/admin/realms/{}/{path}", super::REALM);
        Ok(self.server.join(path.trim_end_matches('/'))?)
    }

    async fn authorized(&self, request: RequestBuilder) -> Result<Response> {
        let form = [("grant_type", "client_credentials")];
        let url = self.server.join("/realms/master/protocol/openid-connect/token")?;
        let call = self.http.post(url).basic_auth(CLIENT_ID, Some(CLIENT_SECRET)).form(&form);
        let answer: Value = call.send().await?.error_for_status()?.json().await?;
        let answer = request.bearer_auth(text(&answer, "access_token")?).send().await?;
        let refused = answer.error_for_status_ref().err();
        if let Some(error) = refused {
            return Err(error).context(answer.text().await?);
        }
        Ok(answer)
    }
}

fn text(object: &Value, member: &str) -> Result<String> {
    Ok(object[member].as_str().with_context(|| format!("no `{member}`"))?.to_owned())
}
