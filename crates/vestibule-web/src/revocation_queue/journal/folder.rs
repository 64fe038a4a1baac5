use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

/// What an entry's file is called, after its name.
const ENTRY: &str = "logout";
/// What it is called while it is written.
const UNFINISHED: &str = "unfinished";
/// Longer than any entry is.
const LONGEST: u64 = 4096;

/// Makes the folder, for this user alone.
pub(super) fn make(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    fs::read_dir(folder).map(drop)
}

/// Writes a file whole or not at all; it is on disk when this returns.
pub(super) fn write(folder: &Path, name: &str, content: &[u8]) -> io::Result<()> {
    let (unfinished, finished) = (path(folder, name, UNFINISHED), path(folder, name, ENTRY));
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&unfinished)?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(&unfinished, &finished)?;
    sync(folder)
}

/// Deletes a file, if it is there.
pub(super) fn remove(folder: &Path, name: &str) -> io::Result<()> {
    match fs::remove_file(path(folder, name, ENTRY)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

/// Every finished file with what is in it. What was left half-written says nothing, and is deleted.
pub(super) fn read_all(folder: &Path) -> io::Result<Vec<(PathBuf, io::Result<Vec<u8>>)>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        match path.extension().and_then(|extension| extension.to_str()) {
            Some(ENTRY) => files.push((path.clone(), read(&path))),
            Some(UNFINISHED) => drop(fs::remove_file(&path)),
            _ => {}
        }
    }
    files.sort_by(|(one, _), (other, _)| one.cmp(other));
    Ok(files)
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    File::open(path)?.take(LONGEST).read_to_end(&mut content)?;
    Ok(content)
}

fn path(folder: &Path, name: &str, extension: &str) -> PathBuf {
    folder.join(name).with_extension(extension)
}

/// A renamed file is there after a power failure only when its folder was written as well.
fn sync(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
