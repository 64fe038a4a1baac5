use std::{
    mem,
    sync::mpsc::{Receiver, Sender, channel},
    thread,
};

use eframe::egui::Context;
use vestibule_native::{
    Blocking, Cancel, Login, LoginEvent, Logout, NativeError, Revoked, SessionState,
    vestibule::{Diagnose, Disposition},
};

use crate::{
    account::{News, Notice, Place, SigningIn},
    api::Api,
};

/// What goes on behind the window. The window never waits: whatever takes time has a thread, and its news come in between
/// two frames.
pub(crate) struct Desk {
    place: Place,
    app: Blocking,
    api: Api,
    window: Context,
    tell: Sender<News>,
    news: Receiver<News>,
}

impl Desk {
    /// Looks who is signed in already.
    pub(crate) fn new(app: Blocking, api: Api, window: Context) -> Self {
        let (tell, news) = channel();
        let desk = Self { place: Place::Looking, app, api, window, tell, news };
        desk.begin(|app, _| match app.user() {
            Ok(user) => News::Here(user),
            Err(error) if error.disposition() == Disposition::Gone => News::NobodyThere,
            Err(error) => failed(&error),
        });
        desk.look_after();
        desk
    }

    /// What to show now.
    pub(crate) fn place(&mut self) -> &mut Place {
        while let Ok(news) = self.news.try_recv() {
            self.place = mem::take(&mut self.place).after(news);
        }
        &mut self.place
    }

    /// Opens the system browser.
    pub(crate) fn sign_in(&mut self) {
        let cancel = Cancel::new();
        let tell = self.tell.clone();
        let window = self.window.clone();
        let login = Login::new().scopes(["profile", "email"]).in_browser().cancelled_by(&cancel).on_event(
            move |event| {
                if let LoginEvent::Browser(visit) | LoginEvent::NoBrowser(visit, _) = event {
                    let _ = tell.send(News::Page(visit.url().to_string()));
                    window.request_repaint();
                }
            },
        );
        self.place = Place::SigningIn(SigningIn { cancel, page: None });
        self.begin(|app, _| match app.login(login) {
            Ok(user) => News::Here(user),
            Err(error) if error.code() == "native.cancelled" => News::SignedOut(None),
            Err(error) => failed(&error),
        });
    }

    /// Asks whether the user signed out elsewhere. The provider is asked twice a minute at most.
    pub(crate) fn look_after(&self) {
        self.begin(|app, _| match app.session_state() {
            Ok(SessionState::Live) => News::Live,
            Ok(SessionState::Gone) => News::SignedOutElsewhere,
            Ok(SessionState::Offline(_)) => News::Offline,
            Err(error) => failed(&error),
        });
    }

    /// Calls the API with the user's token, which is renewed when it must be.
    pub(crate) fn call_api(&mut self) {
        self.is_busy();
        self.begin(|app, api| match app.access_token() {
            Ok(token) => News::Answer(api.me(&token)),
            Err(error) if error.disposition() == Disposition::Gone => News::SignedOutElsewhere,
            Err(error) => failed(&error),
        });
    }

    /// Signs out: here first, then at the provider as far as it can be reached.
    pub(crate) fn sign_out(&mut self, logout: Logout) {
        self.is_busy();
        self.begin(|app, _| match app.logout(logout) {
            Ok(farewell) => News::SignedOut(match farewell.revoked {
                Revoked::Offline(_) => Some(Notice::new(
                    "Signed out here",
                    "The provider could not be reached: what it was to withdraw ends by itself.",
                )),
                _ => None,
            }),
            Err(error) if error.disposition() == Disposition::Gone => News::SignedOut(None),
            Err(error) => failed(&error),
        });
    }

    fn is_busy(&mut self) {
        if let Place::SignedIn(account) = &mut self.place {
            (account.busy, account.answer, account.notice) = (true, None, None);
        }
    }

    fn begin(&self, work: impl FnOnce(&Blocking, &Api) -> News + Send + 'static) {
        let (app, api) = (self.app.clone(), self.api.clone());
        let (tell, window) = (self.tell.clone(), self.window.clone());
        thread::spawn(move || {
            // The window may be closed by now.
            let _ = tell.send(work(&app, &api));
            window.request_repaint();
        });
    }
}

/// Every error says what to do.
fn failed(error: &NativeError) -> News {
    let hint = error.hint();
    let (first, rest) = hint.split_at(hint.chars().next().map_or(0, char::len_utf8));
    News::Failed(Notice::new(
        &format!("That did not work: {error}"),
        format!("{}{rest}.", first.to_uppercase()),
    ))
}
