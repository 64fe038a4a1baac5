//! That no secret goes where it does not belong (checklist D27, X2).
//!
//! Every secret of a world is known: the provider's are canaries, the engine's are seen when they pass by in cookies
//! and authorization URLs. None of them may be in a log line at any level, in a body, or in a header, save where the
//! protocol puts it: cookies in `Set-Cookie`, `state`, `nonce` and `id_token_hint` in a redirect to the provider.

use url::Url;

use crate::{Answer, Exchange, IdentityProvider, trace};

/// Every secret in the wrong place, with that place.
pub fn find(provider: &IdentityProvider, exchanges: &[Exchange]) -> Vec<String> {
    let mut secrets = provider.secrets();
    secrets.extend(exchanges.iter().flat_map(|exchange| passing(&exchange.answer)));
    secrets.sort();
    secrets.dedup();
    let places: Vec<_> = exchanges.iter().flat_map(places).chain(trace::lines()).collect();
    secrets
        .iter()
        .flat_map(|secret| {
            places
                .iter()
                .filter(move |place| place.contains(secret))
                .map(move |place| format!("{secret} in {place}"))
        })
        .collect()
}

/// The engine's own secrets that an answer carries where they belong.
fn passing(answer: &Answer) -> Vec<String> {
    let values = answer.set_cookies().into_iter().filter_map(|cookie| {
        let (pair, _) = cookie.split_once(';')?;
        let (_, value) = pair.split_once('=')?;
        (!value.is_empty()).then(|| value.to_owned())
    });
    let location = answer.headers_named("location").first().and_then(|location| Url::parse(location).ok());
    let parameters = location.iter().flat_map(|url| url.query_pairs().into_owned().collect::<Vec<_>>());
    let unguessable = parameters
        .filter(|(name, _)| matches!(name.as_str(), "state" | "nonce" | "id_token_hint"))
        .map(|(_, value)| value);
    values.chain(unguessable).collect()
}

/// Where none of them belongs. A redirect that stays with us must not carry any; one to the provider must.
fn places(exchange: &Exchange) -> Vec<String> {
    let Exchange { answer, .. } = exchange;
    let headers = answer
        .headers
        .iter()
        .filter(|(name, value)| name != "set-cookie" && (name != "location" || value.starts_with('/')))
        .map(|(name, value)| format!("{name}: {value}"));
    headers.chain([answer.text().to_owned()]).collect()
}
