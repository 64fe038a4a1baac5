use vestibule_native::{Cancel, User};

use crate::api::Me;

/// What the window shows.
#[derive(Debug, Default)]
pub(crate) enum Place {
    /// Nobody knows yet who is signed in.
    #[default]
    Looking,
    SignedOut(Option<Notice>),
    SigningIn(SigningIn),
    SignedIn(Account),
}

/// The browser is open.
#[derive(Debug)]
pub(crate) struct SigningIn {
    pub(crate) cancel: Cancel,
    /// The page, for those whose browser did not open.
    pub(crate) page: Option<String>,
}

/// Somebody is signed in.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) user: User,
    pub(crate) offline: bool,
    /// Something is being asked.
    pub(crate) busy: bool,
    pub(crate) answer: Option<Result<Me, String>>,
    pub(crate) notice: Option<Notice>,
}

/// Something to know: what happened, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Notice {
    pub(crate) title: String,
    pub(crate) text: String,
}

/// What came of something that was begun.
#[derive(Debug)]
pub(crate) enum News {
    NobodyThere,
    Page(String),
    Here(User),
    Live,
    Offline,
    SignedOutElsewhere,
    Answer(Result<Me, String>),
    SignedOut(Option<Notice>),
    Failed(Notice),
}

impl Notice {
    pub(crate) fn new(title: &str, text: impl Into<String>) -> Self {
        Self { title: title.to_owned(), text: text.into() }
    }
}

impl Place {
    /// What is shown after the news.
    pub(crate) fn after(self, news: News) -> Self {
        match (self, news) {
            (_, News::Here(user)) => {
                Self::SignedIn(Account { user, offline: false, busy: false, answer: None, notice: None })
            }
            (_, News::SignedOut(notice)) => Self::SignedOut(notice),
            (Self::SignedIn(_), News::SignedOutElsewhere) => Self::SignedOut(Some(Notice::new(
                "Signed out elsewhere",
                "You signed out in another application, so this one let go of your account too.",
            ))),
            (Self::SignedIn(account), news) => Self::SignedIn(account.after(news)),
            (Self::SigningIn(signing_in), News::Page(page)) => {
                Self::SigningIn(SigningIn { page: Some(page), ..signing_in })
            }
            (Self::SigningIn(_) | Self::Looking, News::Failed(notice)) => Self::SignedOut(Some(notice)),
            (Self::Looking, News::NobodyThere) => Self::SignedOut(None),
            // Late news about what is shown no more.
            (place, _) => place,
        }
    }
}

impl Account {
    fn after(self, news: News) -> Self {
        match news {
            News::Live => Self { offline: false, ..self },
            News::Offline => Self { offline: true, busy: false, ..self },
            News::Answer(answer) => Self { answer: Some(answer), busy: false, ..self },
            News::Failed(notice) => Self { notice: Some(notice), busy: false, ..self },
            _ => self,
        }
    }
}
