//! Sessions that no store keeps: the identity, and the application's data, sealed in cookies of the browser. No tokens.
//!
//! Cookies have no transactions: an answer that is late sets what it was told, after the newer one. So every change of
//! the data has a version, which is in the cookies' *name*, and the highest version counts: a late answer cannot
//! overwrite a newer one. And a logout leaves the session's mark behind, so that a late answer cannot bring it back
//! (checklist D23).

mod content;
mod ended_here;
mod opened;
mod outbox;
mod presented;

use std::time::Duration;

use bytes::Bytes;

use self::content::Content;
use self::presented::Numbered;
pub(crate) use self::{opened::OpenedLately, outbox::Outbox, presented::Presented};
use super::{Handle, Kept, grant, held::end_in_store, new_session::listens_to};
use crate::{
    Error, SessionError,
    cookie::{Sealer, SetCookie, chunks, chunks::Series},
    engine::Engine,
    store::{
        GoneReason, NewSession, PublicId, Retention, SessionKey, SessionRecord, StoreError, StoreTime,
        transition,
    },
};

/// By how much the clocks of nodes may differ where no store gives the time. A session that was used later than that
/// from now was sealed before the clock was set back, and its lifetimes cannot be told.
const SKEW: Duration = Duration::from_secs(60);

/// What an engine needs whose sessions are sealed.
#[derive(Debug)]
pub(crate) struct SealedSessions {
    pub(crate) sealer: Sealer,
    pub(crate) retention: Retention,
    /// Whether there is a store that remembers logouts.
    pub(crate) hears_logouts: bool,
    pub(crate) opened_lately: OpenedLately,
}

impl SealedSessions {
    /// Makes a session of a login, in place of the one that the browser holds.
    pub(super) async fn keep(
        &self,
        engine: &Engine,
        handle: &Handle,
        new: NewSession,
        ends: Option<SessionKey>,
        held: &Presented,
        version: u32,
    ) -> Result<Kept, Error> {
        let covered = engine.store.is_covered(&new.key, &new.scopes, new.began).await?;
        if covered.reply {
            return Ok(Kept::Refused);
        }
        let mut record = transition::insert(new, covered.at, self.retention);
        record.version = held.next_version().max(version.into());
        let mut cookies = self.cookies(engine, handle, &record, covered.at, &held.numbers())?;
        if let Some(old) = ends {
            end_in_store(engine, &old).await?;
            cookies.push(held.mark(engine, &old, record.version));
        }
        Ok(Kept::Session(cookies))
    }

    /// The `Set-Cookie` values that keep this session, and remove those of `brought` that do not belong to it.
    fn cookies(
        &self,
        engine: &Engine,
        handle: &Handle,
        record: &SessionRecord,
        now: StoreTime,
        brought: &[Numbered],
    ) -> Result<Vec<String>, SessionError> {
        let content = Content {
            handle: handle.clone(),
            began: record.began,
            last_seen: record.last_seen,
            idle_end: record.idle_end,
            absolute_end: record.absolute_end,
            grant: record.grant.clone(),
            data: record.data.clone(),
        };
        let plain = content.to_bytes().ok_or(SessionError::TooLarge)?;
        u32::try_from(record.version).map_err(|_| SessionError::TooLarge)?;
        let series =
            Series::new(Sealer::text_length(plain.len()), engine.random())?.ok_or(SessionError::TooLarge)?;
        let name = engine.names.sealed(record.version);
        let text = self.sealer.seal_text(&context(engine, &name, &series), &plain)?;
        let max_age = record.absolute_end.since(now).as_secs();
        let set = |name: &str, value: &str, max_age| {
            SetCookie { name, value, max_age, secure: engine.secure }.to_header()
        };
        let values = chunks::split(series, &text);
        let names: Vec<_> = (0..values.len()).map(|number| format!("{name}.{number}")).collect();
        let kept = names.iter().zip(&values).map(|(name, value)| set(name, value, max_age));
        let brought = brought.iter().map(|cookie| cookie.name(engine));
        let left_over = brought.filter(|name| !names.contains(name)).map(|name| set(&name, "", 0));
        Ok(kept.chain(left_over).collect())
    }

    /// The record that a session would have in a store; whether it is alive is another question.
    fn record(
        &self,
        engine: &Engine,
        key: SessionKey,
        content: Content,
        version: u64,
    ) -> Option<SessionRecord> {
        let public = grant::public(&content.grant)?;
        let subject = engine.realm.subject(public.subject());
        // Without cutoffs there is nothing to listen to.
        let scopes = match self.hears_logouts {
            true => listens_to(&engine.realm, &key, subject, public.subject(), public.sid()),
            false => Vec::new(),
        };
        Some(SessionRecord {
            key,
            public_id: PublicId::from_bytes([0; 16]),
            subject,
            scopes,
            began: content.began,
            created: content.began,
            last_seen: content.last_seen,
            idle_end: content.idle_end,
            absolute_end: content.absolute_end,
            label: Bytes::new(),
            grant: content.grant,
            refresh: None,
            grant_version: 0,
            data: content.data,
            version,
            lease: None,
            attempts: Vec::new(),
        })
    }
}

/// Whether a sealed session is alive: the time at which it was found to be, or why it is not.
pub(super) async fn look(
    engine: &Engine,
    record: &SessionRecord,
) -> Result<Result<StoreTime, GoneReason>, StoreError> {
    let covered = engine.store.is_covered(&record.key, &record.scopes, record.began).await?;
    let reason = match transition::lapsed(record, covered.at) {
        _ if covered.reply => Some(GoneReason::Revoked),
        None if record.last_seen > covered.at.plus(SKEW) => Some(GoneReason::Expired),
        lapsed => lapsed,
    };
    Ok(reason.map_or(Ok(covered.at), Err))
}

/// What the seal covers beside the content: whose cookie it is, under which name, in which series.
fn context<'a>(engine: &'a Engine, name: &'a str, series: &'a Series) -> [&'a [u8]; 4] {
    let realm = &engine.realm;
    [name.as_bytes(), realm.issuer().as_bytes(), realm.client_id().as_bytes(), series.as_bytes()]
}
