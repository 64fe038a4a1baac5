//! That no secret goes where it does not belong (checklist D27, X2).
//!
//! Every secret of a world is known: the provider's are canaries, the engine's are seen when they pass by in cookies
//! and authorization URLs. None of them may be in a log line at any level, in a metric, in a body, or in a header, save where the
//! protocol puts it: cookies in `Set-Cookie`, `state`, `nonce` and `id_token_hint` in a redirect to the provider.

use url::Url;

use crate::{Answer, Exchange, IdentityProvider, meter, trace};

/// Every secret in the wrong place, with that place.
pub fn find(provider: &IdentityProvider, exchanges: &[Exchange]) -> Vec<String> {
    let mut secrets = provider.secrets();
    secrets.extend(exchanges.iter().flat_map(|exchange| passing(&exchange.answer)));
    secrets.sort();
    secrets.dedup();
    let places: Vec<_> =
        exchanges.iter().flat_map(places).chain(trace::lines()).chain(meter::lines("")).collect();
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

/// What an authorization or logout request tells the provider in its URL.
const TOLD_TO_THE_PROVIDER: [&str; 3] = ["state", "nonce", "id_token_hint"];

/// The engine's own secrets that an answer carries where they belong.
fn passing(answer: &Answer) -> Vec<String> {
    let values = answer.set_cookies().into_iter().filter_map(|cookie| {
        let (pair, _) = cookie.split_once(';')?;
        let (_, value) = pair.split_once('=')?;
        (!value.is_empty()).then(|| value.to_owned())
    });
    let location = answer.headers_named("location").first().and_then(|location| Url::parse(location).ok());
    let parameters = location.iter().flat_map(|url| url.query_pairs().into_owned().collect::<Vec<_>>());
    let unguessable =
        parameters.filter(|(name, _)| TOLD_TO_THE_PROVIDER.contains(&name.as_str())).map(|(_, value)| value);
    values.chain(unguessable).collect()
}

/// Where none of them belongs: everything but cookies that are set and what the provider must be told.
fn places(exchange: &Exchange) -> Vec<String> {
    let Exchange { answer, .. } = exchange;
    let headers =
        answer.headers.iter().filter(|(name, _)| name != "set-cookie").map(|(name, value)| match Url::parse(
            value,
        )
        .ok()
        .filter(|_| name == "location")
        {
            Some(elsewhere) => format!("{name}: {}", without_what_is_told(elsewhere)),
            None => format!("{name}: {value}"),
        });
    headers.chain([answer.text().to_owned()]).collect()
}

fn without_what_is_told(mut url: Url) -> Url {
    let others = url.clone();
    let others = others.query_pairs().filter(|(name, _)| !TOLD_TO_THE_PROVIDER.contains(&name.as_ref()));
    url.query_pairs_mut().clear().extend_pairs(others);
    url
}
