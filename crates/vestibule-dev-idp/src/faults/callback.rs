//! Redirects back to the application that are wrong.

/// One thing that is wrong with the authorization response (OpenID Connect Core 3.1.2.5, RFC 9207).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CallbackFault {
    /// `code` ‖ "1": a code that was never issued.
    Code,
    /// The code of the callback before, which may be another browser's.
    CodeOfEarlierLogin,
    /// `code` is there twice.
    CodeTwice,
    /// This error in place of the code.
    Error(String),
    /// This error beside the code.
    ErrorAndCode(String),
    /// `iss` ‖ "1".
    Issuer,
    /// No `code`.
    NoCode,
    /// No `iss`, though discovery promises it.
    NoIssuer,
    /// No `state`, though one was sent.
    NoState,
    /// This parameter as well.
    Parameter(String, String),
    /// `state` ‖ "1"; just "1" where none was sent.
    State,
    /// The state of the callback before.
    StateOfEarlierLogin,
    /// `state` is there twice.
    StateTwice,
}

impl CallbackFault {
    /// `earlier` are the parameters of the callback before.
    pub(crate) fn apply(&self, parameters: &mut Vec<(String, String)>, earlier: &[(String, String)]) {
        match self {
            Self::Code => suffix(parameters, "code"),
            Self::CodeOfEarlierLogin => copy(parameters, "code", earlier),
            Self::CodeTwice => double(parameters, "code"),
            Self::Error(error) => {
                remove(parameters, "code");
                parameters.push(("error".to_owned(), error.clone()));
            }
            Self::ErrorAndCode(error) => parameters.push(("error".to_owned(), error.clone())),
            Self::Issuer => suffix(parameters, "iss"),
            Self::NoCode => remove(parameters, "code"),
            Self::NoIssuer => remove(parameters, "iss"),
            Self::NoState => remove(parameters, "state"),
            Self::Parameter(name, value) => parameters.push((name.clone(), value.clone())),
            Self::State => suffix(parameters, "state"),
            Self::StateOfEarlierLogin => copy(parameters, "state", earlier),
            Self::StateTwice => double(parameters, "state"),
        }
    }
}

/// One thing that is wrong with the redirect after logout (OpenID Connect RP-Initiated Logout 1.0 section 3).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PostLogoutFault {
    /// No `state`, though one was sent.
    NoState,
    /// `state` ‖ "_INVALID".
    State,
}

impl PostLogoutFault {
    pub(crate) fn apply(&self, state: Option<String>) -> Option<String> {
        match self {
            Self::NoState => None,
            Self::State => Some(format!("{}_INVALID", state.unwrap_or_default())),
        }
    }
}

fn suffix(parameters: &mut Vec<(String, String)>, name: &str) {
    match parameters.iter_mut().find(|(known, _)| known == name) {
        Some((_, value)) => value.push('1'),
        None => parameters.push((name.to_owned(), "1".to_owned())),
    }
}

fn remove(parameters: &mut Vec<(String, String)>, name: &str) {
    parameters.retain(|(known, _)| known != name);
}

fn double(parameters: &mut Vec<(String, String)>, name: &str) {
    if let Some(again) = parameters.iter().find(|(known, _)| known == name).cloned() {
        parameters.push(again);
    }
}

fn copy(parameters: &mut Vec<(String, String)>, name: &str, earlier: &[(String, String)]) {
    remove(parameters, name);
    parameters.extend(earlier.iter().find(|(known, _)| known == name).cloned());
}
