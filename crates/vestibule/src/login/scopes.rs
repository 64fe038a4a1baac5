use crate::ProviderMetadata;

/// OpenID Connect Core section 11.
const OFFLINE_ACCESS: &str = "offline_access";

/// The scopes of a login, beside `openid`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Scopes {
    words: Vec<String>,
    wants_refresh_token: bool,
}

impl Scopes {
    /// Takes these scopes, one by one or separated by spaces, instead of those that were asked for before.
    pub(crate) fn set<S: AsRef<str>>(&mut self, scopes: impl IntoIterator<Item = S>) {
        self.words.clear();
        for scopes in scopes {
            let words = scopes.as_ref().split_ascii_whitespace().filter(|scope| *scope != "openid");
            self.words.extend(words.map(str::to_owned));
        }
    }

    pub(crate) fn want_refresh_token(&mut self) {
        self.wants_refresh_token = true;
    }

    /// Every scope that is asked for by name, `openid` first.
    pub(crate) fn asked(&self) -> impl Iterator<Item = &str> {
        std::iter::once("openid").chain(self.words.iter().map(String::as_str))
    }

    /// The parameter as this provider wants it.
    pub(crate) fn at(&self, metadata: &ProviderMetadata) -> String {
        let offered = |scope: &str| {
            metadata.scopes.as_ref().is_none_or(|scopes| scopes.iter().any(|offered| offered == scope))
        };
        let asked = self.asked().filter(|scope| *scope != OFFLINE_ACCESS || offered(scope));
        let is_added = self.wants_refresh_token
            && !metadata.gives_refresh_tokens_unasked()
            && offered(OFFLINE_ACCESS)
            && self.asked().all(|scope| scope != OFFLINE_ACCESS);
        asked.chain(is_added.then_some(OFFLINE_ACCESS)).collect::<Vec<_>>().join(" ")
    }
}
