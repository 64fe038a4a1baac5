//! Who calls the token and revocation endpoints (RFC 6749 section 2.3.1).

use aws_lc_rs::constant_time::verify_slices_are_equal;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use http::header::AUTHORIZATION;

use crate::application::Application;
use crate::endpoints::parameters::Parameters;
use crate::event::EventKind;
use crate::messages::oauth_error::OAuthError;
use crate::provider::Provider;
use crate::settings::ClientAuthentication;

/// The application that the request proves to come from.
pub(crate) fn authenticate(
    provider: &Provider,
    headers: &HeaderMap,
    form: &Parameters,
) -> Result<Application, OAuthError> {
    let (client_id, proof) = credentials(headers, form)?;
    let known = provider.environment().applications.get(&client_id).cloned();
    let refuse = |reason: &str| {
        provider
            .emit(EventKind::ClientRefused { client: Some(client_id.clone()), reason: reason.to_owned() });
        OAuthError::invalid_client(reason)
    };
    if proof.as_ref().is_some_and(|(way, _)| !provider.settings.client_authentication.contains(way)) {
        return Err(refuse("this way of client authentication is not allowed"));
    }
    let application = known.ok_or_else(|| refuse("no application has this client id"))?;
    let secret = match (proof, application.is_public()) {
        (None, true) => return Ok(application),
        (Some(_), true) => {
            return Err(refuse("an application of this type has no secret; it sends its client_id alone"));
        }
        (None, false) => return Err(refuse("the client does not authenticate")),
        (Some((_, secret)), false) => secret,
    };
    let right = application
        .secrets
        .iter()
        .any(|active| verify_slices_are_equal(active.expose().as_bytes(), secret.as_bytes()).is_ok());
    if right { Ok(application) } else { Err(refuse("the client secret is wrong")) }
}

/// The client id that the request names, whether it proves it or not.
pub(crate) fn named(headers: &HeaderMap, form: &Parameters) -> Option<String> {
    credentials(headers, form).ok().map(|(client_id, _)| client_id)
}

/// The client id, and the secret with the way it came, if there is one.
fn credentials(headers: &HeaderMap, form: &Parameters) -> Result<(String, Option<Secret>), OAuthError> {
    let in_form = (form.get("client_id"), form.get("client_secret"));
    match headers.get(AUTHORIZATION) {
        Some(header) => {
            let (client_id, secret) =
                header.to_str().ok().and_then(basic).ok_or_else(|| {
                    OAuthError::invalid_client("the Authorization header is not a Basic one")
                })?;
            if in_form.1.is_some() {
                return Err(OAuthError::invalid_request("the client authenticates in two ways at once"));
            }
            if in_form.0.is_some_and(|other| other != client_id) {
                return Err(OAuthError::invalid_request("client_id differs from the Authorization header"));
            }
            Ok((client_id, Some((ClientAuthentication::Basic, secret))))
        }
        None => match in_form {
            (Some(client_id), secret) => {
                let secret = secret.map(|secret| (ClientAuthentication::Post, secret.to_owned()));
                Ok((client_id.to_owned(), secret))
            }
            (None, _) => Err(OAuthError::invalid_client("the client does not authenticate")),
        },
    }
}

type Secret = (ClientAuthentication, String);

/// Both halves are form-encoded, so exactly one colon is left between them.
fn basic(header: &str) -> Option<(String, String)> {
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (client_id, secret) = decoded.split_once(':')?;
    if secret.contains(':') {
        return None;
    }
    Some((form_decoded(client_id)?, form_decoded(secret)?))
}

fn form_decoded(text: &str) -> Option<String> {
    let spaced = text.replace('+', " ");
    percent_encoding::percent_decode_str(&spaced).decode_utf8().ok().map(String::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(credentials: &str) -> Option<(String, String)> {
        basic(&format!("Basic {}", STANDARD.encode(credentials)))
    }

    #[test]
    fn both_halves_are_form_decoded() {
        assert_eq!(parse("a%3Ab:s+%2B%25%3A"), Some(("a:b".to_owned(), "s +%:".to_owned())));
        assert_eq!(parse("id:secret"), Some(("id".to_owned(), "secret".to_owned())));
        assert_eq!(parse("id:with:colon"), None);
        assert_eq!(parse("no-colon"), None);
        assert_eq!(basic("Bearer abc"), None);
        assert_eq!(basic("Basic !"), None);
    }
}
