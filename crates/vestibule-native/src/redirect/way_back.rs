use std::sync::Arc;

use vestibule::{Callback, Random, RedirectUri};

use super::{HandOver, Paste, RedirectError, RedirectPlan, loopback::Loopback, paste, plan::Way};

/// The way back of one login, open before the URL for the browser is built. Dropping it closes it.
pub(crate) enum WayBack {
    Loopback(Loopback),
    Link(Arc<HandOver>),
}

impl WayBack {
    /// Opens what the plan says.
    pub(crate) async fn open(plan: &RedirectPlan, random: &dyn Random) -> Result<Self, RedirectError> {
        Ok(match &plan.0 {
            Way::Loopback(plan) => Self::Loopback(Loopback::bind(plan, random).await?),
            Way::Link(hand_over) => Self::Link(hand_over.clone()),
        })
    }

    pub(crate) fn redirect_uri(&self) -> &RedirectUri {
        match self {
            Self::Loopback(loopback) => loopback.redirect_uri(),
            Self::Link(hand_over) => hand_over.redirect_uri(),
        }
    }

    /// Waits for the one answer that is recognised, without a limit of its own. With `by_hand` it may also be pasted.
    pub(crate) async fn answer(
        self,
        by_hand: Option<Arc<dyn Paste>>,
        recognises: impl Fn(&Callback) -> bool,
    ) -> Result<Callback, RedirectError> {
        let redirect_uri = self.redirect_uri().clone();
        let pasted = async {
            match by_hand {
                Some(by_hand) => paste::pasted(by_hand, &redirect_uri, &recognises).await,
                None => std::future::pending().await,
            }
        };
        let brought = async {
            match self {
                Self::Loopback(loopback) => Ok(loopback.answer(&recognises).await),
                Self::Link(hand_over) => hand_over.answer(&recognises).await,
            }
        };
        tokio::select! {
            answer = brought => answer,
            answer = pasted => answer,
        }
    }
}
