use std::fmt;

use crate::{AuthorizationCode, Diagnose, Diagnosis, Disposition, ProviderRefusal, State, form};

/// The provider's answer to an authorization request, as it came with the browser (RFC 6749 section 4.1.2).
///
/// Parsing it believes nothing: an error in it counts only once the state has been found right (checklist C09).
///
/// ```
/// use vestibule::{Callback, CallbackError};
///
/// let callback = Callback::parse("code=SplxlOBe&state=af0ifjsldkj")?;
/// assert!(callback.state().is_some(), "which attempt it claims to answer");
///
/// let twice = Callback::parse("code=a&code=b&state=af0ifjsldkj");
/// assert!(matches!(twice, Err(CallbackError::DuplicateParameter("code"))));
/// # Ok::<(), CallbackError>(())
/// ```
pub struct Callback {
    state: Option<State>,
    issuer: Option<String>,
    code: Option<AuthorizationCode>,
    refusal: Option<ProviderRefusal>,
    has_token: bool,
    is_form: bool,
}

/// Members that may come once at most (RFC 6749 section 3.1, checklist C07).
const KNOWN: [&str; 10] = [
    "access_token",
    "code",
    "error",
    "error_description",
    "error_uri",
    "id_token",
    "iss",
    "session_state",
    "state",
    "token_type",
];

impl Callback {
    /// Reads the query of the callback URL, without its `?`. Unknown members are ignored.
    ///
    /// # Errors
    /// [`CallbackError::Malformed`] for broken escapes, [`CallbackError::DuplicateParameter`] for repeated members.
    pub fn parse(query: &str) -> Result<Self, CallbackError> {
        let mut values: [Option<String>; KNOWN.len()] = Default::default();
        for (name, value) in form::parse(query).map_err(|_| CallbackError::Malformed)? {
            let known = KNOWN.iter().zip(&mut values).find(|(known, _)| **known == name);
            if let Some((known, slot)) = known
                && slot.replace(value).is_some()
            {
                return Err(CallbackError::DuplicateParameter(known));
            }
        }
        let [access_token, code, error, description, _, id_token, issuer, _, state, _] = values;
        Ok(Self {
            state: state.map(State::new),
            issuer,
            code: code.map(AuthorizationCode::new),
            refusal: error.map(|error| ProviderRefusal::new(&error, description.as_deref())),
            has_token: access_token.is_some() || id_token.is_some(),
            is_form: false,
        })
    }

    /// Reads the form that the browser posted to the redirect URI of a [`form_post`] request. Unknown members are ignored.
    ///
    /// [`form_post`]: crate::AuthorizationRequest::form_post
    ///
    /// # Errors
    /// As [`parse`](Self::parse), and [`CallbackError::Malformed`] when the body is no UTF-8.
    pub fn parse_form(body: &[u8]) -> Result<Self, CallbackError> {
        let form = std::str::from_utf8(body).map_err(|_| CallbackError::Malformed)?;
        Ok(Self { is_form: true, ..Self::parse(form)? })
    }

    /// The `state` it claims to answer.
    pub fn state(&self) -> Option<&State> {
        self.state.as_ref()
    }

    pub(crate) fn is_form(&self) -> bool {
        self.is_form
    }

    pub(crate) fn issuer(&self) -> Option<&str> {
        self.issuer.as_deref()
    }

    /// The code of a recognised answer. At providers that promise it, `iss` must be there.
    pub(crate) fn code(&self, iss_promised: bool) -> Result<AuthorizationCode, CallbackError> {
        if iss_promised && self.issuer.is_none() {
            return Err(CallbackError::IssuerMismatch);
        }
        if self.has_token || (self.code.is_some() && self.refusal.is_some()) {
            return Err(CallbackError::UnexpectedParameter);
        }
        if let Some(refusal) = &self.refusal {
            return Err(CallbackError::Refused(refusal.clone()));
        }
        let code = self.code.as_ref().ok_or(CallbackError::CodeInvalid)?;
        let text = code.expose();
        let fits = (1..=4096).contains(&text.len()) && text.bytes().all(|byte| matches!(byte, 0x20..=0x7e));
        if fits { Ok(code.clone()) } else { Err(CallbackError::CodeInvalid) }
    }
}

impl fmt::Debug for Callback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Callback").field("refusal", &self.refusal).finish_non_exhaustive()
    }
}

/// The answer does not complete a login. No code was sent anywhere.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CallbackError {
    /// Broken escapes, or bytes that are no UTF-8.
    #[error("the callback's parameters cannot be decoded")]
    Malformed,
    /// A protocol parameter came more than once (RFC 6749 section 3.1, checklist C07).
    #[error("the callback has more than one {0}")]
    DuplicateParameter(&'static str),
    /// The state is missing, unknown, altered, expired or used (RFC 6749 section 10.12, checklist C01).
    #[error("the callback's state belongs to no pending login")]
    StateInvalid,
    /// The state is genuine, but this browser did not start that login (RFC 9700 section 4.7, checklist C02).
    #[error("the callback's login was not started in this browser")]
    StateUnbound,
    /// The answer came as a query where a form was asked for, the other way round, or as no form that can be read
    /// (OAuth 2.0 Form Post Response Mode section 2, checklist C15).
    #[error("the callback did not come in the response mode that was asked for")]
    WrongMode,
    /// The login was started at another provider or by another client (RFC 9700 section 4.4, checklist C05).
    #[error("the callback's login was started at another provider")]
    ProviderMismatch,
    /// `iss` is wrong, or missing although the provider promises it (RFC 9207 section 2.4, checklist C06).
    #[error("the callback comes from another issuer")]
    IssuerMismatch,
    /// A token came although only a code was asked for, or a code beside an error (checklist C08).
    #[error("the callback has parameters that were not asked for")]
    UnexpectedParameter,
    /// The code is missing or no printable ASCII of at most 4096 characters (RFC 6749 appendix A.11, checklist C11).
    #[error("the callback has no usable code")]
    CodeInvalid,
    /// The provider refused the login (RFC 6749 section 4.1.2.1, checklist C10).
    #[error("the provider refused the login: {0}")]
    Refused(ProviderRefusal),
}

impl Diagnose for CallbackError {
    fn diagnosis(&self) -> Diagnosis {
        use Disposition::Reject;
        match self {
            Self::Malformed => Diagnosis::new("callback.malformed", Reject, "start the login again"),
            Self::DuplicateParameter(_) => Diagnosis::new(
                "callback.duplicate_param",
                Reject,
                "start the login again; a proxy may repeat parameters",
            ),
            Self::StateInvalid => Diagnosis::new(
                "callback.state_invalid",
                Reject,
                "start the login again; the attempt is over or was never made",
            ),
            Self::StateUnbound => Diagnosis::new(
                "callback.state_unbound",
                Reject,
                "start the login again in this browser; check that its cookies reach this application",
            ),
            Self::WrongMode => Diagnosis::new(
                "callback.wrong_mode",
                Reject,
                "start the login again; check that the provider supports the response mode",
            ),
            Self::ProviderMismatch => Diagnosis::new(
                "callback.provider_mismatch",
                Reject,
                "give every provider a callback path of its own",
            ),
            Self::IssuerMismatch => Diagnosis::new(
                "callback.iss_mismatch",
                Reject,
                "start the login again; another provider answered",
            ),
            Self::UnexpectedParameter => Diagnosis::new(
                "callback.unexpected_param",
                Reject,
                "start the login again; only a code was asked for",
            ),
            Self::CodeInvalid => Diagnosis::new("callback.code_invalid", Reject, "start the login again"),
            Self::Refused(_) => Diagnosis::new(
                "callback.idp_error",
                Reject,
                "the provider's error says why; the user may try again",
            ),
        }
    }
}
