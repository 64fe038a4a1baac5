use std::sync::LazyLock;

use tokio::sync::watch;

/// How many refreshes of this process wait for their answer, or for the store to take it.
static UNDER_WAY: LazyLock<watch::Sender<usize>> = LazyLock::new(|| watch::Sender::new(0));

/// One of them, until it is dropped.
pub(super) struct UnderWay(());

impl UnderWay {
    pub(super) fn begin() -> Self {
        UNDER_WAY.send_modify(|count| *count = count.saturating_add(1));
        Self(())
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        UNDER_WAY.send_modify(|count| *count = count.saturating_sub(1));
    }
}

/// Waits until no refresh of this process is under way.
///
/// A refresh spends the old refresh token: whoever ends the runtime meanwhile may have signed the user out. Wait for this
/// before, with a limit, where a call was dropped before its end, as by Ctrl-C.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// use std::time::Duration;
///
/// let _ = tokio::time::timeout(Duration::from_secs(10), vestibule_native::settled()).await;
/// # }
/// ```
pub async fn settled() {
    // Never an error: the sender lives for ever.
    let _ = UNDER_WAY.subscribe().wait_for(|count| *count == 0).await;
}
