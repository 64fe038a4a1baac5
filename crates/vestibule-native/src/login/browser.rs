use super::{Login, LoginEvent, NoBrowser, Visit};
use crate::{BrowserError, NativeApp, NativeError, browser::show, redirect::WayBack};

impl NativeApp {
    /// The authorization code flow (RFC 8252): the way back is open before the address is made.
    pub(super) async fn log_in_by_browser(
        &self,
        login: &Login,
        without: Option<NoBrowser>,
    ) -> Result<vestibule::Login, NativeError> {
        let client = self.client();
        let way_back = WayBack::open(self.redirects(), client.provider().random().as_ref()).await?;
        let request = login.authorization_request(way_back.redirect_uri().clone());
        let start = client.begin_login(&request).await?;
        let without = match without {
            Some(why) => Some(why),
            None => match show(self.browser(), &start.url).await {
                Ok(()) => None,
                Err(BrowserError::Unavailable) => Some(NoBrowser::Failed(BrowserError::Unavailable)),
                Err(error) => return Err(error.into()),
            },
        };
        match without {
            None => login.tell(LoginEvent::Browser(Visit(start.url))),
            Some(_) if !login.is_heard() => return Err(BrowserError::Unavailable.into()),
            Some(why) => login.tell(LoginEvent::NoBrowser(Visit(start.url), why)),
        }
        let pending = start.pending;
        let answer =
            way_back.answer(login.paste.clone(), |answer| pending.recognises(answer).is_ok()).await?;
        login.tell(LoginEvent::Answered);
        Ok(client.complete_login(pending, &answer).await?)
    }
}
