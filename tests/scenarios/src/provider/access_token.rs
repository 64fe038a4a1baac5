use serde_json::Value;

use super::IdentityProvider;

impl IdentityProvider {
    /// A fresh access token of the user `alice` for an API (RFC 9068), good but for what `alter` does to its claims.
    pub fn access_token(&self, audience: &str, alter: impl FnOnce(&mut Value)) -> String {
        self.access_token_typed("at+jwt", audience, alter)
    }

    /// The same with another `typ`.
    pub fn access_token_typed(&self, typ: &str, audience: &str, alter: impl FnOnce(&mut Value)) -> String {
        let serial = self.lock().next_serial();
        let mut claims = self.issuer.access_token_claims(audience, vestibule::Clock::now(&self.clock));
        claims["jti"] = format!("at-{serial}").into();
        alter(&mut claims);
        let token = self.issuer.sign_typed(typ, &claims);
        self.lock().secrets.push(token.clone());
        token
    }
}
