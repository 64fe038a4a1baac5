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

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::{TcpListener, TcpStream},
    };
    use url::Url;
    use vestibule::testing::SeededRandom;

    use super::*;

    /// Enters the redirect URI with this behind it, or nothing.
    #[derive(Debug)]
    struct Entered(Option<String>);

    impl Paste for Entered {
        fn ask(&self, _: &str) -> Option<String> {
            self.0.clone()
        }
    }

    async fn open() -> (WayBack, String) {
        let way = WayBack::open(&RedirectPlan::any_port(), &SeededRandom::new(1)).await.unwrap();
        let uri = way.redirect_uri().as_str().to_owned();
        (way, uri)
    }

    fn authority(uri: &str) -> String {
        Url::parse(uri).unwrap().authority().to_owned()
    }

    #[tokio::test]
    async fn f16_a_pasted_answer_ends_the_wait_and_frees_the_port() {
        let (way, uri) = open().await;
        let by_hand: Arc<dyn Paste> = Arc::new(Entered(Some(format!("{uri}?code=c&state=s"))));
        let callback = way.answer(Some(by_hand), |_| true).await.unwrap();
        assert_eq!(callback.state().unwrap().expose(), "s");
        assert!(TcpListener::bind(authority(&uri)).await.is_ok());
    }

    #[tokio::test]
    async fn f16_who_pastes_nothing_is_waited_for_as_before() {
        let (way, uri) = open().await;
        let authority = authority(&uri);
        let browser = async {
            for target in ["/callback?code=c&state=s", "/done"] {
                let mut stream = TcpStream::connect(&authority).await.unwrap();
                let head = format!("GET {target} HTTP/1.1\r\nHost: {authority}\r\n\r\n");
                stream.write_all(head.as_bytes()).await.unwrap();
                stream.read_to_end(&mut Vec::new()).await.unwrap();
            }
        };
        let by_hand: Arc<dyn Paste> = Arc::new(Entered(None));
        let (callback, ()) = tokio::join!(way.answer(Some(by_hand), |_| true), browser);
        assert_eq!(callback.unwrap().state().unwrap().expose(), "s");
    }

    #[tokio::test]
    async fn f16_a_wrong_paste_ends_the_login() {
        let (way, _) = open().await;
        let by_hand: Arc<dyn Paste> =
            Arc::new(Entered(Some("https://evil.example/?code=c&state=s".to_owned())));
        assert_eq!(way.answer(Some(by_hand), |_| true).await.unwrap_err(), RedirectError::PasteRefused);
    }
}
