use bytes::Bytes;
use zeroize::Zeroizing;

use super::super::Handle;
use crate::store::StoreTime;

/// The format of what is sealed. A format that was ever written is read for ever; others are no session.
const VERSION: u8 = 1;

/// What is inside a sealed session.
///
/// version (1) | id (32) | began, last seen, idle end, absolute end (8 each) | length of the identity (4) | identity |
/// the application's data
#[derive(Clone)]
pub(super) struct Content {
    pub(super) handle: Handle,
    pub(super) began: StoreTime,
    pub(super) last_seen: StoreTime,
    pub(super) idle_end: StoreTime,
    pub(super) absolute_end: StoreTime,
    /// As a stored record has it, without tokens to call anybody with. It has a format of its own.
    pub(super) grant: Bytes,
    pub(super) data: Bytes,
}

impl Content {
    pub(super) fn to_bytes(&self) -> Option<Zeroizing<Vec<u8>>> {
        let length = u32::try_from(self.grant.len()).ok()?;
        let mut bytes = Zeroizing::new(Vec::with_capacity(69 + self.grant.len() + self.data.len()));
        bytes.push(VERSION);
        bytes.extend_from_slice(self.handle.to_bytes()?.as_ref());
        for moment in [self.began, self.last_seen, self.idle_end, self.absolute_end] {
            bytes.extend_from_slice(&moment.as_millis().to_be_bytes());
        }
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(&self.grant);
        bytes.extend_from_slice(&self.data);
        Some(bytes)
    }

    /// `None` for a format that this version does not know: during a rollout another node may write a newer one.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (&VERSION, rest) = bytes.split_first()? else { return None };
        let (id, rest) = rest.split_first_chunk::<32>()?;
        let (moments, rest) = rest.split_first_chunk::<32>()?;
        let (length, rest) = rest.split_first_chunk::<4>()?;
        let (grant, data) = rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
        let (moments, _) = moments.as_chunks::<8>();
        let mut moments = moments.iter().map(|moment| StoreTime::from_millis(u64::from_be_bytes(*moment)));
        Some(Self {
            handle: Handle::from_bytes(id),
            began: moments.next()?,
            last_seen: moments.next()?,
            idle_end: moments.next()?,
            absolute_end: moments.next()?,
            grant: Bytes::copy_from_slice(grant),
            data: Bytes::copy_from_slice(data),
        })
    }
}
