use std::{error::Error, fmt};

use serde_json::{Value, json};
use vestibule_native::{
    NativeError,
    vestibule::{self, ConfigError, Diagnose, Diagnosis},
};

use crate::Exit;

/// What a command failed with: any error at all, for `?`. Those that can be diagnosed bring code, cure and exit code.
///
/// ```
/// use vestibule_cli::{Exit, Failure};
/// use vestibule_native::NativeError;
///
/// let failure = Failure::from(NativeError::NotSignedIn);
/// assert_eq!(failure.exit(), Exit::NotSignedIn);
/// ```
pub struct Failure {
    error: Box<dyn Error + Send + Sync>,
    diagnosis: Option<Diagnosis>,
}

impl<E: Error + Send + Sync + 'static> From<E> for Failure {
    /// The errors of this SDK bring their diagnosis; give others with [`Failure::diagnosed`].
    fn from(error: E) -> Self {
        let diagnosis = known::<NativeError>(&error)
            .or_else(|| known::<vestibule::Error>(&error))
            .or_else(|| known::<ConfigError>(&error));
        Self { error: Box::new(error), diagnosis }
    }
}

fn known<E: Diagnose + 'static>(error: &(dyn Error + 'static)) -> Option<Diagnosis> {
    error.downcast_ref::<E>().map(Diagnose::diagnosis)
}

impl Failure {
    /// An error of the application's own that can be diagnosed.
    pub fn diagnosed(error: impl Diagnose + Send + Sync + 'static) -> Self {
        Self { diagnosis: Some(error.diagnosis()), error: Box::new(error) }
    }

    /// The exit code that belongs to it.
    pub fn exit(&self) -> Exit {
        self.diagnosis.map_or(Exit::Failed, |diagnosis| Exit::of(&diagnosis))
    }

    /// Rule, disposition and cure, where the error has them.
    pub fn diagnosis(&self) -> Option<Diagnosis> {
        self.diagnosis
    }

    /// As it is told to a program: `{"error": {"code", "message", "fix"}}`.
    pub fn to_json(&self) -> Value {
        json!({ "error": {
            "code": self.diagnosis.map(|diagnosis| diagnosis.code()),
            "message": self.to_string(),
            "fix": self.diagnosis.map(|diagnosis| diagnosis.hint()),
        } })
    }
}

impl fmt::Display for Failure {
    /// The error and what caused it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut told = self.error.to_string();
        f.write_str(&told)?;
        let mut cause = self.error.source();
        while let Some(error) = cause {
            // Transparent errors repeat what they wrap.
            let text = error.to_string();
            if text != told {
                write!(f, ": {text}")?;
            }
            (told, cause) = (text, error.source());
        }
        Ok(())
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.error, f)
    }
}
