//! Device authorization answers (RFC 8628 section 3.2).

use serde_json::{Value, json};

use crate::provider::Provider;
use crate::settings::seconds;

pub(crate) fn document(provider: &Provider, device_code: &str, user_code: &str) -> Value {
    let uri = provider.url("/device");
    json!({
        "device_code": device_code,
        "user_code": user_code,
        "verification_uri": uri,
        "verification_uri_complete": format!("{uri}?user_code={user_code}"),
        "expires_in": seconds(provider.settings.device_code_lifetime),
        "interval": seconds(provider.settings.device_interval),
    })
}
