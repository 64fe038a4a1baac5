use std::fmt;

use crate::{Login, Refusal, Setting};

/// One token of the corpus, and what both verifiers make of it.
pub struct Case {
    /// The row of the security checklist that it belongs to; `+` for a token that every verifier must accept.
    pub rule: &'static str,
    /// What the token is, in Markdown.
    pub token: &'static str,
    /// What the provider publishes, and what the client asks for.
    pub setting: Setting,
    /// The verdicts.
    pub expected: Expected,
    make: Box<dyn Fn(&Login) -> String>,
}

/// What both verifiers make of a token.
#[derive(Clone, Copy, Debug)]
pub enum Expected {
    /// Both accept it.
    Accepted,
    /// Both refuse it: we with this code.
    Refused(&'static str, Refusal),
    /// We alone refuse it, with this code, and this is why.
    OnlyOurs(&'static str, &'static str),
    /// The other alone refuses it, and this is why.
    OnlyTheirs(Refusal, &'static str),
}

impl Case {
    /// A token that both accept, unless said otherwise.
    pub(crate) fn new(
        rule: &'static str,
        token: &'static str,
        make: impl Fn(&Login) -> String + 'static,
    ) -> Self {
        Self { rule, token, setting: Setting::new(), expected: Expected::Accepted, make: Box::new(make) }
    }

    /// At this provider instead of one with a single RS256 key.
    pub(crate) fn at(self, setting: Setting) -> Self {
        Self { setting, ..self }
    }

    pub(crate) fn refused(self, code: &'static str, theirs: Refusal) -> Self {
        Self { expected: Expected::Refused(code, theirs), ..self }
    }

    pub(crate) fn refused_by_us(self, code: &'static str, why: &'static str) -> Self {
        Self { expected: Expected::OnlyOurs(code, why), ..self }
    }

    pub(crate) fn refused_by_them(self, theirs: Refusal, why: &'static str) -> Self {
        Self { expected: Expected::OnlyTheirs(theirs, why), ..self }
    }

    /// The token, made for this login.
    pub fn make(&self, login: &Login) -> String {
        (self.make)(login)
    }
}

impl Expected {
    /// The code that we refuse with.
    pub const fn ours(self) -> Result<(), &'static str> {
        match self {
            Self::Accepted | Self::OnlyTheirs(..) => Ok(()),
            Self::Refused(code, _) | Self::OnlyOurs(code, _) => Err(code),
        }
    }

    /// What the other refuses with.
    pub const fn theirs(self) -> Result<(), Refusal> {
        match self {
            Self::Accepted | Self::OnlyOurs(..) => Ok(()),
            Self::Refused(_, refusal) | Self::OnlyTheirs(refusal, _) => Err(refusal),
        }
    }

    /// Why the verdicts differ, where they do.
    pub const fn why(self) -> Option<&'static str> {
        match self {
            Self::Accepted | Self::Refused(..) => None,
            Self::OnlyOurs(_, why) | Self::OnlyTheirs(_, why) => Some(why),
        }
    }
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Case")
            .field("rule", &self.rule)
            .field("token", &self.token)
            .field("expected", &self.expected)
            .finish_non_exhaustive()
    }
}
