use std::{
    fs::{self, Permissions},
    os::unix::fs::{MetadataExt, PermissionsExt, symlink},
};

use vestibule::Diagnose;

use super::*;
use crate::vault::tests::Folder;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o777
}

fn refused(dir: &PrivateDir, why: Distrust) {
    let error = dir.read("file").unwrap_err();
    assert_eq!(error, VaultError::untrusted(&dir.path().join("file"), why));
    assert_eq!(error.code(), "native.store_untrusted");
}

#[test]
fn f18_folder_and_file_are_this_users_alone() {
    let folder = Folder::new("modes");
    let dir = PrivateDir::open(folder.path().join("a/b")).unwrap();
    dir.write("file", b"content").unwrap();
    assert_eq!(mode(dir.path()), 0o700);
    assert_eq!(mode(&folder.path().join("a")), 0o700);
    assert_eq!(mode(&dir.path().join("file")), 0o600);
    assert_eq!(dir.read("file").unwrap().unwrap().as_slice(), b"content");
    assert!(dir.remove("file").unwrap());
    assert!(!dir.remove("file").unwrap());
    assert!(dir.read("file").unwrap().is_none());
}

#[test]
fn f18_a_file_that_others_may_touch_is_not_read() {
    let folder = Folder::new("open-file");
    let dir = PrivateDir::open(folder.path()).unwrap();
    for mode in [0o644, 0o660, 0o601] {
        dir.write("file", b"content").unwrap();
        fs::set_permissions(dir.path().join("file"), Permissions::from_mode(mode)).unwrap();
        refused(&dir, Distrust::Mode);
    }
}

#[test]
fn f18_no_link_is_followed_and_no_pipe_waited_for() {
    let folder = Folder::new("links");
    let dir = PrivateDir::open(folder.path()).unwrap();
    dir.write("elsewhere", b"content").unwrap();
    symlink(dir.path().join("elsewhere"), dir.path().join("file")).unwrap();
    refused(&dir, Distrust::Link);
    assert!(dir.lock_file("file").is_err());
    // Written over, a link is replaced, and what it led to is left.
    dir.write("file", b"new").unwrap();
    assert_eq!(dir.read("file").unwrap().unwrap().as_slice(), b"new");
    assert_eq!(dir.read("elsewhere").unwrap().unwrap().as_slice(), b"content");

    fs::remove_file(dir.path().join("file")).unwrap();
    fs::create_dir(dir.path().join("file")).unwrap();
    refused(&dir, Distrust::Kind);

    symlink(dir.path(), dir.path().join("linked")).unwrap();
    let linked = PrivateDir::open(dir.path().join("linked")).unwrap_err();
    assert_eq!(linked, VaultError::untrusted(&dir.path().join("linked"), Distrust::Kind));
}

#[test]
fn f18_an_open_folder_is_not_used() {
    let folder = Folder::new("open-folder");
    PrivateDir::open(folder.path()).unwrap();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
    let error = PrivateDir::open(folder.path()).unwrap_err();
    assert_eq!(error, VaultError::untrusted(folder.path(), Distrust::Mode));
}

/// Only root can give files away; others look at what is root's.
#[test]
fn f18_another_users_file_and_folder_are_not_used() {
    let folder = Folder::new("owner");
    let dir = PrivateDir::open(folder.path()).unwrap();
    dir.write("file", b"content").unwrap();
    if rustix::process::geteuid().is_root() {
        std::os::unix::fs::chown(dir.path().join("file"), Some(12345), None).unwrap();
        refused(&dir, Distrust::Owner);
        std::os::unix::fs::chown(dir.path(), Some(12345), None).unwrap();
        let error = PrivateDir::open(folder.path()).unwrap_err();
        assert_eq!(error, VaultError::untrusted(folder.path(), Distrust::Owner));
    } else {
        assert_eq!(PrivateDir::open("/root").unwrap_err().code(), "native.store_untrusted");
    }
}

#[test]
fn f18_a_crash_before_the_rename_leaves_the_old_file_and_the_next_writer_tidies_up() {
    let folder = Folder::new("crash");
    let dir = PrivateDir::open(folder.path()).unwrap();
    dir.write("file", b"old").unwrap();
    let alone = dir.writers().unwrap();
    // As a killed process leaves it: neither renamed nor removed.
    std::mem::forget(Staged::write(&dir, "file", b"half of the n", &alone).unwrap());
    drop(alone);
    assert!(dir.path().join("file.new").exists());
    assert_eq!(dir.read("file").unwrap().unwrap().as_slice(), b"old");
    dir.write("file", b"new").unwrap();
    assert_eq!(dir.read("file").unwrap().unwrap().as_slice(), b"new");
    assert!(!dir.path().join("file.new").exists());
}

#[test]
fn f18_what_is_not_put_in_place_is_removed() {
    let folder = Folder::new("staged");
    let dir = PrivateDir::open(folder.path()).unwrap();
    dir.write("file", b"old").unwrap();
    let alone = dir.writers().unwrap();
    drop(Staged::write(&dir, "file", b"new", &alone).unwrap());
    assert!(!dir.path().join("file.new").exists());
    assert_eq!(dir.read("file").unwrap().unwrap().as_slice(), b"old");
}

#[test]
fn f18_a_link_in_place_of_the_new_file_is_not_written_through() {
    let folder = Folder::new("planted");
    let dir = PrivateDir::open(folder.path()).unwrap();
    dir.write("victim", b"precious").unwrap();
    symlink(dir.path().join("victim"), dir.path().join("file.new")).unwrap();
    dir.write("file", b"new").unwrap();
    assert_eq!(dir.read("victim").unwrap().unwrap().as_slice(), b"precious");
    assert_eq!(dir.read("file").unwrap().unwrap().as_slice(), b"new");
}

#[test]
fn f18_a_file_of_any_length_is_not_read() {
    let folder = Folder::new("long");
    let dir = PrivateDir::open(folder.path()).unwrap();
    dir.write("file", &vec![b'x'; usize::try_from(LARGEST).unwrap() + 1]).unwrap();
    refused(&dir, Distrust::Size);
}
