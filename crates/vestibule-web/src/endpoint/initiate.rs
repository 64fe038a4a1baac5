use std::future::Future;

use bytes::Bytes;
use vestibule::{IdpInitiatedLogin, State, Verified};

use super::{Start, form_body::read_form, start_login};
use crate::{
    challenge::challenge,
    engine::Engine,
    error::{Error, LoginError, Uninvited},
    http::{BodyFault, Parameters, Reply, RequestHead, is_form, is_page_load, is_prefetch},
    initiation::Initiation,
    return_to::ReturnTo,
    store::{Revocation, Revoke},
};

const BODY: usize = 16 * 1024;
/// The longest value of a parameter that is passed on.
const LONGEST: usize = 512;

/// Starts a login that began elsewhere: at the provider, in an invitation, at a tile (OpenID Connect Core section 4).
///
/// Whoever sends the browser here is believed in nothing but that a login is wanted; it is one like any other, with
/// `state`, `nonce` and PKCE of its own.
pub(super) async fn serve<B, F>(engine: &Engine, head: &RequestHead<'_>, body: B) -> Result<Reply, Error>
where
    B: FnOnce(usize) -> F,
    F: Future<Output = Result<Bytes, BodyFault>>,
{
    if is_prefetch(head) {
        return Err(LoginError::Prefetch.into());
    }
    if !is_page_load(head) {
        return Ok(challenge(None));
    }
    let parameters = read(head, body).await?;
    if let Some(error) = single(&parameters, "error")? {
        // Anybody can write this, so that the page does not repeat it.
        let error: String = error.chars().filter(char::is_ascii_graphic).take(64).collect();
        tracing::warn!(event = "login.not_initiated", error, "the provider could not start a login");
        return Err(refused(Uninvited::ProviderError));
    }
    check_issuer(engine, &parameters)?;
    match single(&parameters, "idp_initiated_login")? {
        Some(raw) => at_an_identity_provider(engine, head, raw).await,
        None => {
            let initiation = initiation(engine, &parameters)?;
            start(engine, head, initiation, target(engine, &parameters)?).await
        }
    }
}

/// Scalekit's own way to say where the login began: a signed token, good once.
async fn at_an_identity_provider(engine: &Engine, head: &RequestHead<'_>, raw: &str) -> Result<Reply, Error> {
    let asked = engine.client.verify_idp_initiated_login(raw).await?;
    let mut initiation = Initiation::default();
    initiation.add("connection_id", asked.connection_id());
    initiation.add("organization_id", asked.organization_id());
    if let Some(hint) = asked.login_hint() {
        initiation.add("login_hint", hint);
    }
    let relay_state = asked.untrusted_relay_state();
    let return_to = relay_state.and_then(|state| ReturnTo::parse_url(state, &engine.origin));
    let reply = start(engine, head, initiation, return_to.unwrap_or_else(ReturnTo::home)).await?;
    // Last, so that an outage spends nothing.
    spend(engine, &asked).await?;
    Ok(reply)
}

async fn start(
    engine: &Engine,
    head: &RequestHead<'_>,
    initiation: Initiation,
    return_to: ReturnTo,
) -> Result<Reply, Error> {
    let request = initiation.request(&engine.request).ok_or(refused(Uninvited::Parameter))?;
    start_login(engine, head, Start { request: &request, initiation, ..Start::new(engine, return_to) }).await
}

/// Takes the token's place among the logout tokens that were used, over all nodes. Where there is no store, this node
/// remembers it alone.
async fn spend(engine: &Engine, asked: &Verified<IdpInitiatedLogin>) -> Result<(), Error> {
    if engine.sealed.as_ref().is_some_and(|sealed| !sealed.hears_logouts) {
        let key = State::new(asked.replay_key());
        let first = engine.spent_states.take(&key, engine.clock().monotonic());
        return if first { Ok(()) } else { Err(refused(Uninvited::Replayed)) };
    }
    let id = engine.realm.logout_id(&format!("idp_initiated_login {}", asked.replay_key()));
    let revocation = Revocation { scopes: Vec::new(), heard: None, logout: Some(id), spare: None };
    match engine.store.revoke(revocation).await?.reply {
        Revoke::Revoked { .. } => Ok(()),
        Revoke::Replayed => Err(refused(Uninvited::Replayed)),
    }
}

fn check_issuer(engine: &Engine, parameters: &Parameters) -> Result<(), Error> {
    let known = match single(parameters, "iss")? {
        Some(issuer) => issuer == engine.realm.issuer(),
        // The token says whose it is.
        None if single(parameters, "idp_initiated_login")?.is_some() => true,
        None => engine.logins.initiation_without_issuer,
    };
    if known { Ok(()) } else { Err(refused(Uninvited::Issuer)) }
}

fn initiation(engine: &Engine, parameters: &Parameters) -> Result<Initiation, Error> {
    let mut initiation = Initiation::default();
    let listed = engine.logins.initiation_parameters.iter().map(String::as_str);
    for name in std::iter::once("login_hint").chain(listed) {
        if let Some(value) = single(parameters, name)? {
            initiation.add(name, harmless(value)?);
        }
    }
    Ok(initiation)
}

fn target(engine: &Engine, parameters: &Parameters) -> Result<ReturnTo, Error> {
    match single(parameters, "target_link_uri")? {
        Some(target) => ReturnTo::parse_url(target, &engine.origin).ok_or(refused(Uninvited::Target)),
        None => Ok(ReturnTo::home()),
    }
}

fn harmless(value: &str) -> Result<&str, Error> {
    let harmless = value.len() <= LONGEST && !value.chars().any(char::is_control);
    if harmless { Ok(value) } else { Err(refused(Uninvited::Parameter)) }
}

async fn read<B, F>(head: &RequestHead<'_>, body: B) -> Result<Parameters, Error>
where
    B: FnOnce(usize) -> F,
    F: Future<Output = Result<Bytes, BodyFault>>,
{
    let broken = || refused(Uninvited::Parameter);
    if head.method != "POST" {
        return Parameters::parse(head.query.unwrap_or_default()).ok_or_else(broken);
    }
    if !is_form(head) {
        return Err(broken());
    }
    let body = read_form(body, BODY).await.map_err(|_| broken())?;
    std::str::from_utf8(&body).ok().and_then(Parameters::parse).ok_or_else(broken)
}

fn single<'a>(parameters: &'a Parameters, name: &str) -> Result<Option<&'a str>, Error> {
    parameters.single(name).map_err(|_| refused(Uninvited::Parameter))
}

fn refused(why: Uninvited) -> Error {
    LoginError::InitiationRefused(why).into()
}
