//! The answer comes to a second process, which the system starts with the link, and which hands it to the first (RFC 8252
//! sections 7.1 and 7.2).

mod channel;
mod message;
#[cfg(all(test, unix))]
mod tests;

use std::{ffi::OsString, fmt, path::Path, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt},
    sync::Mutex,
    time,
};
use vestibule::{Callback, RedirectUri};

use self::channel::{Channel, Claim};
use super::RedirectError;

/// Where the links of an application arrive: in its first instance, over a channel that is the user's alone.
///
/// Call [`first_or_forward`](Self::first_or_forward) at the very start of `main`, before any window. The system starts the
/// application once more for each link; that start ends at once.
///
/// ```no_run
/// use vestibule_native::{HandOver, Instance, RedirectPlan, vestibule::RedirectUri};
///
/// let redirect_uri = RedirectUri::private_use("com.example.acme:/callback")?;
/// let hand_over = match HandOver::first_or_forward(redirect_uri, std::env::args_os())? {
///     Instance::First(hand_over) => hand_over,
///     Instance::Forwarded => return Ok(()),
///     Instance::AlreadyRunning => return Ok(println!("Acme is running already.")),
/// };
/// let plan = RedirectPlan::link(hand_over);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct HandOver {
    redirect_uri: RedirectUri,
    channel: Mutex<Channel>,
}

/// Which start of the application this is.
#[derive(Debug)]
pub enum Instance {
    /// The first: it may log in, and gets the links of those that come later.
    First(HandOver),
    /// A later one with a link, which the first has taken. Nothing is left to do.
    Forwarded,
    /// A later one, started by a person.
    AlreadyRunning,
}

impl HandOver {
    /// Becomes the first instance, or hands the link among the arguments to it and waits up to three seconds for its word.
    ///
    /// `redirect_uri` is the link as it is registered, at the provider and at the operating system.
    ///
    /// # Errors
    /// [`RedirectError::HandoffRefused`] if the arguments have more than one link, or one that is not the redirect URI with
    /// a query; if the first instance awaits no such answer; or if the channel could be another user's (checklist F15).
    pub fn first_or_forward(
        redirect_uri: RedirectUri,
        arguments: impl IntoIterator<Item = OsString>,
    ) -> Result<Instance, RedirectError> {
        let folder = channel::folder().ok_or(RedirectError::HandoffRefused)?;
        Self::first_or_forward_in(&folder, redirect_uri, arguments)
    }

    fn first_or_forward_in(
        folder: &Path,
        redirect_uri: RedirectUri,
        arguments: impl IntoIterator<Item = OsString>,
    ) -> Result<Instance, RedirectError> {
        let link = message::link_in(arguments, &redirect_uri)?;
        let claim = Channel::claim(folder, &redirect_uri).map_err(|_| RedirectError::HandoffRefused)?;
        match (claim, link) {
            // With a link too: whoever waited for it is gone.
            (Claim::First(channel), _) => {
                Ok(Instance::First(Self { redirect_uri, channel: Mutex::new(channel) }))
            }
            (Claim::Taken(_), None) => Ok(Instance::AlreadyRunning),
            (Claim::Taken(first), Some(link)) => match first.hand(&message::frame(&link)) {
                Ok(message::TAKEN) => Ok(Instance::Forwarded),
                _ => Err(RedirectError::HandoffRefused),
            },
        }
    }

    pub(crate) fn redirect_uri(&self) -> &RedirectUri {
        &self.redirect_uri
    }

    /// Waits for the one link that is recognised; everything else is refused and changes nothing.
    pub(crate) async fn answer(
        &self,
        recognises: impl Fn(&Callback) -> bool,
    ) -> Result<Callback, RedirectError> {
        let channel = self.channel.lock().await;
        let mut listener = channel.listen().map_err(|_| RedirectError::HandoffRefused)?;
        loop {
            let Ok(mut peer) = listener.accept().await else {
                time::sleep(Duration::from_millis(50)).await;
                continue;
            };
            let answer = self.read(&mut peer).await.filter(&recognises);
            let verdict = if answer.is_some() { message::TAKEN } else { message::REFUSED };
            let _ = time::timeout(LIMIT, peer.write_all(&[verdict])).await;
            match answer {
                Some(callback) => return Ok(callback),
                None => tracing::debug!("refused what was handed over"),
            }
        }
    }

    async fn read(&self, peer: &mut (impl AsyncRead + AsyncWrite + Unpin)) -> Option<Callback> {
        let link = time::timeout(LIMIT, message::read(peer)).await.ok()??;
        Callback::parse(super::paste::answer_in(&link, &self.redirect_uri)?).ok()
    }
}

/// How long a peer of the same user may take for each step.
const LIMIT: Duration = Duration::from_secs(2);

impl fmt::Debug for HandOver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HandOver").field("redirect_uri", &self.redirect_uri).finish_non_exhaustive()
    }
}
