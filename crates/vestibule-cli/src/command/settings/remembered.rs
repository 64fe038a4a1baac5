use std::{fs, io, path::Path};

use serde::{Deserialize, Serialize};

use super::Application;

/// The applications that were signed in to, the last one first. There is no secret among them: a file that was lost, or
/// that cannot be read, costs some flags.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Remembered(pub(super) Vec<Application>);

impl Remembered {
    pub(super) fn read(path: &Path) -> Self {
        fs::read(path).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
    }

    /// Replaces the file as a whole: commands that run at the same time see one or the other.
    pub(super) fn write(&self, path: &Path) -> io::Result<()> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let new = path.with_extension(format!("{}.new", std::process::id()));
        fs::write(&new, serde_json::to_vec_pretty(&self.0)?)?;
        fs::rename(&new, path)
    }

    pub(super) fn put_first(&mut self, application: Application) {
        self.0.retain(|known| !known.is(&application.issuer, &application.client_id));
        self.0.insert(0, application);
    }

    pub(super) fn find(self, issuer: &str, client_id: &str) -> Option<Application> {
        self.0.into_iter().find(|known| known.is(issuer, client_id))
    }

    pub(super) fn last(self) -> Option<Application> {
        self.0.into_iter().next()
    }
}
