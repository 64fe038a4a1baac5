//! Looking for secrets where none may be.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Result;

/// Every file below this folder.
///
/// # Errors
/// When a folder cannot be read.
pub fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        match path.symlink_metadata() {
            Ok(found) if found.is_dir() => files.extend(files_below(&path)?),
            Ok(found) if found.is_file() => files.push(path),
            _ => {}
        }
    }
    Ok(files)
}

/// The arguments and the environment of every process, as far as they can be read.
///
/// # Errors
/// When the list of processes cannot be read.
pub fn surroundings_of_processes() -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let path = entry?.path();
        let is_process = path.file_name().is_some_and(|name| name.to_string_lossy().parse::<u32>().is_ok());
        if is_process {
            files.extend(["cmdline", "environ"].map(|name| path.join(name)));
        }
    }
    Ok(files)
}

/// Those of the files that have this text in them. What is gone meanwhile, or not to be read, has not.
pub fn containing<'a>(files: &'a [PathBuf], text: &str) -> Vec<&'a Path> {
    let has_it = |content: &[u8]| content.windows(text.len()).any(|window| window == text.as_bytes());
    files
        .iter()
        .map(PathBuf::as_path)
        .filter(|file| fs::read(file).is_ok_and(|content| has_it(&content)))
        .collect()
}
